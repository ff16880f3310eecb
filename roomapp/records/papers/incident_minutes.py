"""Biên bản sự cố: minutes of one incident, form 1.9 of Decree 30/2020/NĐ-CP, Appendix III.

HG-32, HG-36 to HG-38, HG-59. Minutes carry no place and date in the heading: they begin and end with their times.
The control technician stands in them by name and does not sign. What was not recorded is printed as “Chưa ghi nhận”.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from roomapp.records.papers import saying
from roomapp.records.papers.files import write_paper
from roomapp.records.papers.heading import Issuer, heading, numbered, paper_words
from roomapp.records.papers.paper import Align, Block, Column, Paper, Paragraph, Signer, Table
from roomapp.words import Words


@dataclass(frozen=True, slots=True)
class Present:
    name: str
    post: str = ""


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One row of the timeline: a call, a text, a leave to reconnect, what was done."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMinutes:
    """What a fold of the journal gives of one incident; times aware, in the site's zone; `day` of the minutes.

    `kinds`: link, sound, picture, power, equipment. `minute_of_meeting` counts from the opening; no meeting: outside.
    """

    issuer: Issuer
    day: date
    site: str
    started_at: datetime
    place: str = ""
    number: int | None = None
    present: tuple[Present, ...] = ()
    meeting: str = ""
    meeting_opening: datetime | None = None
    minute_of_meeting: int | None = None
    kinds: tuple[str, ...] = ()
    phenomenon: str = ""
    cause: str = ""
    remedy: str = ""
    eta: datetime | str = ""
    told_chair_at: datetime | None = None
    course: tuple[CourseLine, ...] = ()
    restored_at: datetime | None = None
    confirmed_at: datetime | None = None
    interruption_s: float | None = None
    leave: str = ""
    missed_speech: bool | None = None
    recording: bool | None = None
    effect: str = ""
    ticket: str = ""
    called_at: datetime | None = None
    answered_at: datetime | None = None
    proposals: str = ""
    control_tech: str = ""
    ended_at: datetime | None = None
    officer: str = ""
    carrier_tech: str = ""
    copies: tuple[str, ...] = ()


def write_incident_minutes(minutes: IncidentMinutes, out: Path) -> tuple[Path, ...]:
    """Docx and pdf in the folder; OSError where the disk refuses."""
    number = f"-{numbered(minutes.number)}" if minutes.number is not None else ""
    name = f"bien-ban-su-co-{minutes.started_at:%Y%m%d-%H%M}{number}"
    return write_paper(incident_paper(minutes), out, name)


def incident_paper(minutes: IncidentMinutes) -> Paper:
    words = paper_words()
    top = heading(words, minutes.issuer, "BB", minutes.day, minutes.day.year, minutes.number, dated=False)
    sign = words("common.sign_here")
    return Paper(
        kind=words("incident.kind"),
        subject=words("incident.subject", site=minutes.site),
        heading=top,
        day=minutes.day,
        body=(
            *_opening(words, minutes),
            *_findings(words, minutes),
            _course(words, minutes),
            *_outcome(words, minutes),
        ),
        closing=words("incident.closing", at=saying.moment(words, minutes.ended_at)),
        copies=saying.copies(words, minutes.copies, as_above=False),
        signers=(
            Signer(post=words("incident.officer"), name=minutes.officer, note=sign),
            Signer(post=words("incident.carrier_tech"), name=minutes.carrier_tech, note=sign),
        ),
    )


def _opening(words: Words, one: IncidentMinutes) -> Iterator[Block]:
    yield Paragraph(words("incident.began", at=saying.moment(words, one.started_at)))
    yield Paragraph(words("incident.place", place=saying.told(words, one.place or one.site)))
    present = words("incident.present")
    people = [words("common.person", name=who.name, post=who.post) if who.post else who.name for who in one.present]
    yield Paragraph(present if people else f"{present} {words('common.not_told')}")
    yield from saying.points(words, people)
    if one.meeting:
        opening, minute = saying.moment(words, one.meeting_opening), saying.told(words, one.minute_of_meeting)
        yield Paragraph(words("incident.meeting", title=one.meeting, opening=opening, minute=minute))
    else:
        yield Paragraph(words("incident.outside"))


def _findings(words: Words, one: IncidentMinutes) -> Iterator[Block]:
    yield Paragraph(words("incident.findings"), bold=True)
    kinds = ", ".join(saying.named(words, "incident_kind", kind).lower() for kind in one.kinds)
    kinds = saying.told(words, kinds)
    yield Paragraph(words("incident.phenomenon", kinds=kinds, text=saying.told(words, one.phenomenon)))
    yield Paragraph(words("incident.cause", text=saying.told(words, one.cause)))
    yield Paragraph(words("incident.remedy", text=saying.told(words, one.remedy)))
    eta = saying.moment(words, one.eta) if isinstance(one.eta, datetime) else saying.told(words, one.eta)
    yield Paragraph(words("incident.eta", text=eta))
    yield Paragraph(words("incident.told", text=saying.moment(words, one.told_chair_at)))
    yield Paragraph(words("incident.course"), bold=True)


def _course(words: Words, one: IncidentMinutes) -> Table:
    columns = (
        Column(words("incident.time_column"), 32, Align.CENTRE),
        Column(words("incident.who_column"), 45),
        Column(words("incident.what_column"), 76),
    )
    rows = ((f"{line.at:%H:%M:%S %d/%m/%Y}", line.who, line.what) for line in one.course)
    return saying.table(words, columns, rows, words("incident.no_course"), words("incident.course_caption"))


def _outcome(words: Words, one: IncidentMinutes) -> Iterator[Block]:
    yield Paragraph(words("incident.outcome"), bold=True)
    restored, confirmed = saying.moment(words, one.restored_at), saying.moment(words, one.confirmed_at)
    lasted = saying.length(words, one.interruption_s)
    yield Paragraph(words("incident.restored", at=restored, confirmed=confirmed, length=lasted))
    yield Paragraph(words("incident.leave", who=saying.told(words, one.leave)))
    missed, recording = saying.answer(words, one.missed_speech), saying.answer(words, one.recording)
    yield Paragraph(words("incident.effect", missed=missed, recording=recording, text=one.effect).rstrip())
    called, answered = saying.moment(words, one.called_at), saying.moment(words, one.answered_at)
    ticket = saying.told(words, one.ticket)
    yield Paragraph(words("incident.carrier", ticket=ticket, called=called, answered=answered))
    yield Paragraph(words("incident.proposals", text=one.proposals or words("common.none")))
    yield Paragraph(words("incident.control_tech", name=saying.told(words, one.control_tech)))
