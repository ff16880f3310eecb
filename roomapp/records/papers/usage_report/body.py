"""The report's text: every figure of the twin in a sentence or a table, what is not there said so."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from roomapp.records.papers import saying
from roomapp.records.papers.heading import Issuer, short_day
from roomapp.records.papers.paper import Align, Block, Cell, Column, Paragraph, Table, shown
from roomapp.words import Words, nfc

LEVELS = ("TW", "T", "X")
LEAST_TRAINED = 2  # HG-51
Twin = Mapping[str, Any]


def in_sentence(label: str) -> str:
    """A period's label within a sentence: its first letter small."""
    return label[:1].lower() + label[1:]


def body(words: Words, twin: Twin, issuer: Issuer, annex: Mapping[str, str]) -> tuple[Block, ...]:
    """`annex`: titles of the annexes by their keys, as the text points to them."""
    return (
        *_general(words, twin, issuer),
        *_meetings(words, twin, annex),
        *_connecting(words, twin),
        *_incidents(words, twin, annex),
        *_upkeep(words, twin, annex),
        *_remarks(words, twin),
    )


def _section(words: Words, twin: Twin, key: str) -> Mapping[str, Any]:
    found = twin.get(key)
    return found if isinstance(found, Mapping) else {}


def _list(words: Words, texts: Any) -> str:
    """None: nobody told; an empty list: there was none."""
    if texts is None:
        return words("common.no_data")
    return "; ".join(nfc(str(text)) for text in texts) or words("common.none")


def _general(words: Words, twin: Twin, issuer: Issuer) -> Iterator[Block]:
    period, site, details = twin["period"], twin["site"], _section(words, twin, "details")
    label = in_sentence(nfc(str(period["label_vi"])))
    yield Paragraph(words("usage.intro", unit=issuer.title, period=label))
    basis = words("usage.basis_nd09") if period["basis"] == "nd09" else words("usage.basis_calendar")
    first, last = (short_day(date.fromisoformat(period[end])) for end in ("from", "to"))
    yield Paragraph(words("usage.span", first=first, last=last, basis=basis))
    yield Paragraph(words("usage.general"), bold=True)
    facts = {
        "name": nfc(str(site.get("name", issuer.title))),
        "code": site.get("code") or words("common.no_data"),
        "kind": saying.named(words, "site_kind", site.get("kind", "other")),
        "systems": _list(words, details.get("systems")),
        "budget": saying.known(words, details.get("budget_source")),
    }
    yield Paragraph(words("usage.site", **facts))
    pack, calendar = twin["rule_pack"], twin["calendar"]
    yield Paragraph(
        words(
            "usage.rules",
            pack=nfc(str(pack["name"])),
            version=pack["version"],
            signed="" if pack.get("signed") is True else words("usage.unsigned"),
            calendar=calendar["version"],
            confirmed="" if calendar.get("confirmed") is True else words("usage.unconfirmed"),
        )
    )


def _meetings(words: Words, twin: Twin, annex: Mapping[str, str]) -> Iterator[Block]:
    figures = twin["figures"]
    counts, minutes = figures["meetings"], figures["minutes"]
    yield Paragraph(words("usage.results"), bold=True)
    yield Paragraph(words("usage.meetings"), bold=True)
    totals = {kind: shown(counts[kind]["total"]) for kind in ("held", "cancelled", "postponed")}
    yield Paragraph(words("usage.meetings_text", annex=annex["meetings"], **totals))
    yield _by_level(words, {**counts, "minutes": minutes})
    yield Paragraph(words("usage.groups"), bold=True)
    role = figures["role"]
    yield Paragraph(words("usage.groups_text", member=shown(role["member"]), chair=shown(role["chair"])))
    yield _by_group(words, twin["meetings"])
    yield Paragraph(words("usage.length"), bold=True)
    held = counts["held"]["total"]
    mean = shown(round(minutes["total"] / held, 1)) if held else words("common.no_data")
    facts = {"minutes": shown(minutes["total"]), "mean": mean, "attendance": saying.known(words, figures["attendance"])}
    yield Paragraph(words("usage.length_text", **facts))


def _by_level(words: Words, counts: Mapping[str, Any]) -> Table:
    columns = (
        Column(words("usage_column.level"), 45),
        Column(words("usage_column.held"), 25, Align.RIGHT),
        Column(words("usage_column.cancelled"), 25, Align.RIGHT),
        Column(words("usage_column.postponed"), 25, Align.RIGHT),
        Column(words("usage_column.minutes"), 40, Align.RIGHT),
    )
    keys = ("held", "cancelled", "postponed", "minutes")
    rows: list[tuple[Cell, ...]] = [
        (saying.named(words, "level", level), *(counts[key][level] for key in keys)) for level in LEVELS
    ]
    rows.append((words("common.total"), *(counts[key]["total"] for key in keys)))
    return Table(columns, tuple(rows), words("usage.by_level"), total=True)


def _by_group(words: Words, meetings: list[Mapping[str, Any]]) -> Table:
    columns = (
        Column(words("usage_column.group"), 45),
        Column(words("usage_column.value"), 80),
        Column(words("usage_column.count"), 35, Align.RIGHT),
    )
    groups = (
        ("class", "usage_class", words("usage_group.scale")),
        ("kind", "meeting_kind", words("usage_group.kind")),
        ("system", "system", words("usage_group.system")),
    )
    rows: list[tuple[Cell, ...]] = []
    for column, area, group in groups:
        found = Counter(str(one.get(column) or "") for one in meetings if one.get("status") == "held")
        for code, count in sorted(found.items()):
            rows.append((group, saying.named(words, area, code) or words("common.no_data"), count))
    return Table(columns, tuple(rows), words("usage.by_group"), empty=words("usage.no_group"))


def _connecting(words: Words, twin: Twin) -> Iterator[Block]:
    figures, details = twin["figures"], _section(words, twin, "details")
    connected, trials = figures["connected_in_time"], figures["trials"]
    yield Paragraph(words("usage.connecting"), bold=True)
    worst = connected["worst_lead_s"]
    if worst is None:
        said = words("usage.lead_unknown")
    elif worst >= 0:
        said = words("usage.lead_before", length=saying.length(words, worst))
    else:
        said = words("usage.lead_after", length=saying.length(words, worst))
    met, of = shown(connected["met"]), shown(connected["of"])
    yield Paragraph(words("usage.connecting_text", met=met, of=of, worst=said))
    yield Paragraph(words("usage.trials"), bold=True)
    causes = details.get("trial_causes")
    told = None if causes is None else [f"{cause} ({count})" for cause, count in sorted(causes.items())]
    counts = {key: shown(trials[key]) for key in ("on_time", "near_limit", "late", "none")}
    sessions = saying.known(words, figures.get("trial_sessions", trials.get("trial_sessions")))
    yield Paragraph(words("usage.trials_text", causes=_list(words, told), sessions=sessions, **counts))
    yield Paragraph(words("usage.invitations"), bold=True)
    incomplete = saying.known(words, details.get("invitations_incomplete"))
    yield Paragraph(words("usage.invitations_text", late=shown(figures["invitations_late"]), incomplete=incomplete))


def _incidents(words: Words, twin: Twin, annex: Mapping[str, str]) -> Iterator[Block]:
    found, details = twin["figures"]["incidents"], _section(words, twin, "details")
    available = twin["figures"].get("availability")
    yield Paragraph(words("usage.incidents"), bold=True)
    facts = {
        "total": shown(found["total"]),
        "inside": shown(found["in_meetings"]),
        "outside": shown(found["total"] - found["in_meetings"]),
        "interruption": saying.length(words, found["interruption_s"]),
        "trouble": saying.length(words, found["trouble_in_meetings_s"]),
        "availability": words("common.no_data") if available is None else percent(available),
        "annex": annex["incidents"],
    }
    yield Paragraph(words("usage.incidents_text", **facts))
    rows: list[tuple[Cell, ...]] = [
        (saying.named(words, "incident_kind", kind), count) for kind, count in found["by_kind"].items()
    ]
    if rows:
        columns = (Column(words("usage_column.kind"), 110), Column(words("usage_column.number"), 50, Align.RIGHT))
        total: tuple[Cell, ...] = (words("common.total"), found["total"])
        yield Table(columns, (*rows, total), words("usage.by_incident"), total=True)
    times = {"told": "told_chair_mean_s", "answered": "carrier_answer_mean_s", "repaired": "carrier_repair_mean_s"}
    means = {key: saying.length(words, details.get(name)) for key, name in times.items()}
    yield Paragraph(words("usage.incidents_times", **means))
    yield Paragraph(words("usage.quality"), bold=True)
    tests = details.get("self_tests")
    said = words("common.no_data")
    if tests and tests["of"]:
        share = shown(round(100 * tests["ready"] / tests["of"], 1))
        said = words("usage.tests_ready", ready=tests["ready"], of=tests["of"], percent=share)
    yield Paragraph(words("usage.quality_text", link=_link(words, details), tests=said))


def _link(words: Words, details: Mapping[str, Any]) -> str:
    """Loss, delay and weak minutes of the held meetings, as far as a call could be measured."""
    loss, rtt = details.get("loss_pct_mean"), details.get("rtt_ms_mean")
    said = [words("usage.link_loss", loss=shown(loss))] if loss is not None else []
    said += [words("usage.link_delay", rtt=shown(rtt))] if rtt is not None else []
    if not said:
        return words("common.no_data")
    weak = words("usage.link_weak", minutes=round((details.get("link") or {}).get("weak_s", 0) / 60))
    return ", ".join((*said, weak))


def percent(share: float) -> str:
    """Cut off, never rounded up: 0.999999 is no whole hundred."""
    hundredths = int(share * 1_000_000) / 10_000
    return f"{hundredths:.4f}".rstrip("0").rstrip(".").replace(".", ",") + " %"


def _upkeep(words: Words, twin: Twin, annex: Mapping[str, str]) -> Iterator[Block]:
    other = _section(words, _section(words, twin, "details"), "other_use")
    staff, upkeep = _section(words, twin, "staff"), _section(words, twin, "upkeep")
    yield Paragraph(words("usage.other_use"), bold=True)
    counts = {key: saying.known(words, other.get(key)) for key in ("refused", "approved")}
    yield Paragraph(words("usage.other_use_text", papers=_list(words, other.get("papers")), **counts))
    yield Paragraph(words("usage.staff"), bold=True)
    trained = staff.get("trained")
    enough = ""
    if trained is not None:
        enough = words("usage.staff_enough") if trained >= LEAST_TRAINED else words("usage.staff_short")
    lists = {key: _list(words, staff.get(key)) for key in ("changes", "trainings")}
    yield Paragraph(words("usage.staff_text", trained=saying.known(words, trained), enough=enough, **lists))
    yield Paragraph(words("usage.upkeep"), bold=True)
    counts = {key: saying.known(words, upkeep.get(key)) for key in ("done", "overdue", "repairs")}
    yield Paragraph(words("usage.upkeep_text", cost=saying.money(words, upkeep.get("cost_vnd")), **counts))
    yield Paragraph(words("usage.costs"), bold=True)
    if "costs" in annex:
        total = sum(line["amount_vnd"] for line in twin["costs"])
        yield Paragraph(words("usage.costs_text", total=saying.money(words, total), annex=annex["costs"]))
    else:
        yield Paragraph(words("usage.costs_unknown"))


def _remarks(words: Words, twin: Twin) -> Iterator[Block]:
    remarks = twin.get("remarks")
    told = remarks if isinstance(remarks, Mapping) else {"difficulties": remarks}
    yield Paragraph(words("usage.difficulties"), bold=True)
    for head, key in ((words("usage.difficulties_head"), "difficulties"), (words("usage.proposals_head"), "proposals")):
        texts = told.get(key)
        yield Paragraph(head, bold=True)
        if texts:
            yield from saying.points(words, [nfc(str(text)) for text in texts])
        else:
            yield Paragraph(_list(words, texts) + ".")
