"""The report's annexes: meetings, incidents, costs, adjustments; numbered in the order in which they stand."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from roomapp.records.papers import saying
from roomapp.records.papers.heading import Issuer, day_in_words
from roomapp.records.papers.paper import Align, Annex, Cell, Column, Table
from roomapp.words import Words, nfc

ROMAN = ("I", "II", "III", "IV")
Row = Mapping[str, Any]
Twin = Mapping[str, Any]


def annexes(words: Words, twin: Twin, issuer: Issuer, number: str, made_on: date | None) -> dict[str, Annex]:
    """By key (meetings, incidents, costs, adjustments); the last two only where the twin has them."""
    tables: dict[str, tuple[str, Table]] = {
        "meetings": (words("usage.annex_meetings"), _meetings(words, twin)),
        "incidents": (words("usage.annex_incidents"), _incidents(words, twin)),
    }
    if twin.get("costs"):
        tables["costs"] = (words("usage.annex_costs"), _costs(words, twin["costs"]))
    if twin.get("adjustments"):
        tables["adjustments"] = (words("usage.annex_adjustments"), _adjustments(words, twin["adjustments"]))
    year = date.fromisoformat(twin["period"]["to"]).year
    day = day_in_words(words, made_on) if made_on else words("heading.day_left_free", year=year)
    reference = words("usage.annex_reference", number=number.replace(":", ""), day=day, unit=issuer.title)
    return {
        key: Annex(words("usage.annex", number=roman), title, reference, (table,), landscape=True)
        for roman, (key, (title, table)) in zip(ROMAN, tables.items(), strict=False)
    }


def _moment(twin: Twin) -> Callable[[Any], datetime | None]:
    """Times of the twin in the site's zone."""
    zone = ZoneInfo(twin["site"].get("time_zone") or "Asia/Ho_Chi_Minh")

    def read(text: Any) -> datetime | None:
        if not text:
            return None
        at = datetime.fromisoformat(str(text))
        return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)

    return read


def _text(row: Row, key: str) -> str:
    return nfc(str(row.get(key) or ""))


def _minutes(first: datetime | None, last: datetime | None) -> int | None:
    """Whole ones, the part of a minute cut off, below nought too."""
    return int((last - first).total_seconds() // 60) if first and last else None


def _number(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None


def _meetings(words: Words, twin: Twin) -> Table:
    read = _moment(twin)
    columns = (
        Column(words("usage_column.planned"), 23, Align.CENTRE),
        Column(words("usage_column.title"), 52),
        Column(words("usage_column.level"), 18, Align.CENTRE),
        Column(words("usage_column.scale"), 14, Align.CENTRE),
        Column(words("usage_column.system"), 24),
        Column(words("usage_column.host"), 30),
        Column(words("usage_column.role"), 20, Align.CENTRE),
        Column(words("usage_column.status"), 17, Align.CENTRE),
        Column(words("usage_column.length"), 14, Align.RIGHT),
        Column(words("usage_column.lead"), 21, Align.RIGHT),
        Column(words("usage_column.trial"), 23, Align.CENTRE),
        Column(words("usage_column.attendance"), 16, Align.RIGHT),
    )
    rows = [_meeting(words, one, read) for one in twin["meetings"]]
    table = saying.table(words, columns, rows, words("usage.no_meeting"))
    if not rows:
        return table
    held = [row for one, row in zip(twin["meetings"], rows, strict=True) if one.get("status") == "held"]
    total: list[Cell] = ["", "", words("common.total"), *[""] * 10]
    total[9], total[12] = _sum(held, 8), _sum(held, 11)
    return Table(table.columns, (*table.rows, tuple(total)), total=True)


def _sum(rows: list[tuple[Cell, ...]], column: int) -> int:
    return sum(cell for row in rows if isinstance(cell := row[column], int))


def _meeting(words: Words, one: Row, read: Callable[[Any], datetime | None]) -> tuple[Cell, ...]:
    planned, joined = read(one.get("planned_opening")), read(one.get("joined_at"))
    held = one.get("status") == "held"
    return (
        planned,
        _text(one, "title"),
        saying.named(words, "level", one.get("level")),
        _text(one, "class"),
        saying.named(words, "system", one.get("system")),
        _text(one, "host_unit"),
        saying.named(words, "role", one.get("role")),
        saying.named(words, "status", one.get("status")),
        _minutes(read(one.get("opened_at")), read(one.get("closed_at"))) if held else None,
        _minutes(joined, planned),
        read(one.get("trial_finished_at")),
        _number(one.get("attendance")),
    )


def _incidents(words: Words, twin: Twin) -> Table:
    read, titles = _moment(twin), {str(one.get("id")): _text(one, "title") for one in twin["meetings"]}
    columns = (
        Column(words("usage_column.started"), 23, Align.CENTRE),
        Column(words("usage_column.restored"), 23, Align.CENTRE),
        Column(words("usage_column.lasted"), 18, Align.RIGHT),
        Column(words("usage_column.kind"), 20),
        Column(words("usage_column.meeting"), 48),
        Column(words("usage_column.lost"), 14, Align.CENTRE),
        Column(words("usage_column.cause"), 36),
        Column(words("usage_column.remedy"), 36),
        Column(words("usage_column.eta"), 23, Align.CENTRE),
        Column(words("usage_column.told"), 23, Align.CENTRE),
    )
    rows = (_incident(words, one, read, titles) for one in twin["incidents"])
    return saying.table(words, columns, rows, words("usage.no_incident"))


def _incident(
    words: Words, one: Row, read: Callable[[Any], datetime | None], titles: Mapping[str, str]
) -> tuple[Cell, ...]:
    started, restored = read(one.get("started_at")), read(one.get("restored_at"))
    meeting = str(one.get("meeting_id") or "")
    return (
        started,
        restored,
        _minutes(started, restored),
        saying.named(words, "incident_kind", one.get("kind")),
        titles.get(meeting, meeting),
        words("common.yes") if one.get("connection_lost") in (True, "yes") else words("common.no"),
        _text(one, "cause"),
        _text(one, "remedy"),
        _eta(one, read),
        read(one.get("told_chair_at")),
    )


def _eta(one: Row, read: Callable[[Any], datetime | None]) -> Cell:
    """A moment, or what was written in its place."""
    try:
        return read(one.get("eta"))
    except ValueError:
        return _text(one, "eta")


def _costs(words: Words, lines: list[Row]) -> Table:
    columns = (
        Column(words("usage_column.level"), 26),
        Column(words("usage_column.system"), 50),
        Column(words("usage_column.tariff"), 34, Align.RIGHT),
        Column(words("usage_column.times"), 26, Align.RIGHT),
        Column(words("usage_column.amount"), 36, Align.RIGHT),
        Column(words("usage_column.payer"), 60),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            saying.named(words, "level", one.get("level")),
            saying.named(words, "system", one.get("system")),
            _number(one.get("tariff_vnd")),
            _number(one.get("held")),
            int(one["amount_vnd"]),
            _text(one, "payer"),
        )
        for one in lines
    ]
    total = (words("common.total"), "", None, _sum(rows, 3), _sum(rows, 4), "")
    return Table(columns, (*rows, total), total=True)


def _adjustments(words: Words, lines: list[Row]) -> Table:
    columns = (
        Column(words("usage_column.what"), 70),
        Column(words("usage_column.before"), 45),
        Column(words("usage_column.after"), 45),
        Column(words("usage_column.reason"), 90),
    )
    rows = (tuple(_text(one, key) for key in ("what", "before", "after", "reason")) for one in lines)
    return saying.table(words, columns, rows, "")
