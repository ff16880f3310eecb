"""How values are said on papers: lengths of time, codes by their names, and what is not known."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from roomapp.records.papers.heading import day_in_words
from roomapp.records.papers.paper import Align, Cell, Column, Paragraph, Table, shown
from roomapp.words import Words, nfc


def named(words: Words, area: str, code: object) -> str:
    """A code by its name of the area; what has no name is printed as it is, nothing is guessed."""
    key = f"{area}.{code}"
    return words(key) if key in words else nfc(str(code or ""))


def length(words: Words, seconds: float | None) -> str:
    """A length of time in whole seconds, “Chưa có số liệu” for None."""
    if seconds is None:
        return words("common.no_data")
    minutes, left = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return words("common.hours", hours=hours, minutes=minutes)
    return words("common.minutes", minutes=minutes, seconds=left) if minutes else words("common.seconds", seconds=left)


def lead(words: Words, seconds: float | None) -> str:
    """How long before a moment (positive) or after it."""
    if seconds is None:
        return words("common.no_data")
    said = length(words, seconds)
    return words("common.before", length=said) if seconds >= 0 else words("common.after", length=said)


def moment(words: Words, at: datetime | None) -> str:
    """14 giờ 05 phút, ngày 05 tháng 01 năm 2026."""
    if at is None:
        return words("common.not_told")
    return words("common.at", hour=at.hour, minute=at.minute, day=day_in_words(words, at.date()))


def known(words: Words, value: Cell) -> str:
    """As printed; “Chưa có số liệu” for what is not there."""
    return shown(value) if value is not None and value != "" else words("common.no_data")


def told(words: Words, value: Cell) -> str:
    """As printed; “Chưa ghi nhận” for what nobody recorded."""
    return shown(value) if value is not None and value != "" else words("common.not_told")


def money(words: Words, amount: int | None) -> str:
    return words("common.money", amount=shown(amount)) if amount is not None else words("common.no_data")


def answer(words: Words, value: bool | None) -> str:
    match value:
        case None:
            return words("common.not_told")
        case True:
            return words("common.yes")
        case _:
            return words("common.no")


def points(words: Words, texts: Sequence[str]) -> tuple[Paragraph, ...]:
    """Lettered a, b, c, d, đ, e, g (II.6.đ); beyond the alphabet by numbers."""
    letters = words("common.letters")
    marks = [*letters, *(str(n) for n in range(len(letters) + 1, len(texts) + 1))]
    return tuple(
        Paragraph(words("common.point", letter=mark, text=text)) for mark, text in zip(marks, texts, strict=False)
    )


def addressed(words: Words, who: Sequence[str]) -> tuple[str, ...]:
    """One addressee on the line of “Kính gửi”, several below it (II.9.d)."""
    if len(who) < 2:
        return tuple(words("common.to", who=one) for one in who)
    *rest, last = who
    items = [words("common.to_item", who=one) for one in rest]
    return words("common.to_several"), *items, words("common.to_last_item", who=last)


def copies(words: Words, others: Iterable[str] = (), as_above: bool = True) -> tuple[str, ...]:
    """“Nơi nhận”, ended by the file copy, whose drafting section the registry fills in."""
    first = [words("common.copies_as_above")] if as_above else []
    named_ = [words("common.copies_item", who=one) for one in others]
    return words("common.copies"), *first, *named_, words("common.copies_last")


def table(
    words: Words, columns: Sequence[Column], rows: Iterable[tuple[Cell, ...]], empty: str, caption: str = ""
) -> Table:
    """With the running number in front."""
    counted = tuple((n, *row) for n, row in enumerate(rows, 1))
    return Table((number_column(words), *columns), counted, caption, empty=empty)


def number_column(words: Words) -> Column:
    return Column(words("common.number_column"), 12, Align.CENTRE)
