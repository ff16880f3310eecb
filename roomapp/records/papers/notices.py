"""One page each: times to the carrier (HG-30), the window to the power company (HG-60), gaps to the host (HG-26).

Each is addressed to one body, so it is an official letter (công văn: no kind of its own, its subject under the number,
Decree 30/2020/NĐ-CP, Appendix I, II.5.b). Docx and pdf; long names are set smaller, never cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from roomapp.records.papers import saying
from roomapp.records.papers.files import write_paper
from roomapp.records.papers.heading import Issuer, heading, paper_words, signer
from roomapp.records.papers.paper import Block, Cell, Facts, Paper, Paragraph
from roomapp.words import Words

POWER_AFTER = timedelta(minutes=30)  # HG-60: until the planned end and this much more


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The meeting as all three tell it; times in the site's zone. `to`: the addressee; `day`: of the letter."""

    issuer: Issuer
    day: date
    to: str
    site: str
    meeting: str
    opening: datetime
    end: datetime
    strict: datetime
    latest: datetime
    connect: datetime
    place: str = ""
    officer: str = ""
    phone: str = ""
    number: int | None = None
    copies: tuple[str, ...] = ()


def write_carrier_notice(notice: Notice, out: Path) -> tuple[Path, ...]:
    return write_paper(carrier_letter(notice), out, _name("bao-duong-truyen", notice))


def write_power_notice(notice: Notice, out: Path) -> tuple[Path, ...]:
    return write_paper(power_letter(notice), out, _name("bao-dien-luc", notice))


def write_gaps_notice(notice: Notice, gaps: Sequence[str], too_late: bool, out: Path) -> tuple[Path, ...]:
    """`gaps`: names under notice_gap of the catalogue, or sentences; `too_late`: the trial's deadline had passed."""
    return write_paper(gaps_letter(notice, gaps, too_late), out, _name("bo-sung-giay-moi", notice))


def _name(kind: str, notice: Notice) -> str:
    return f"{kind}-{notice.opening:%Y%m%d-%H%M}"


def carrier_letter(notice: Notice) -> Paper:
    words = paper_words()
    facts = (*_meeting(words, notice), *_times(words, notice), *_contact(words, notice))
    intro = words("notice.carrier_intro", unit=notice.issuer.title)
    return _letter(
        words,
        notice,
        words("notice.carrier_subject"),
        (Paragraph(intro), Facts(facts)),
        words("notice.carrier_closing"),
    )


def power_letter(notice: Notice) -> Paper:
    """The window runs from the connect deadline to the planned end and half an hour."""
    words = paper_words()
    end = notice.end + POWER_AFTER
    window = words("notice.window_text", start=saying.told(words, notice.connect), end=saying.told(words, end))
    facts = (*_meeting(words, notice), (words("notice.power_window"), window), *_contact(words, notice))
    intro = words("notice.power_intro", unit=notice.issuer.title)
    return _letter(
        words, notice, words("notice.power_subject"), (Paragraph(intro), Facts(facts)), words("notice.power_closing")
    )


def gaps_letter(notice: Notice, gaps: Sequence[str], too_late: bool) -> Paper:
    words = paper_words()
    latest = saying.told(words, notice.latest)
    late = (Paragraph(words("notice.gaps_late", latest=latest)),) if too_late else ()
    named = [f"{saying.named(words, 'notice_gap', gap)};" for gap in gaps]
    if named:
        named[-1] = named[-1][:-1] + "."
    body: tuple[Block, ...] = (
        Paragraph(words("notice.gaps_intro", unit=notice.issuer.title)),
        Facts((*_meeting(words, notice), *_times(words, notice), *_contact(words, notice))),
        Paragraph(words("notice.gaps_list")),
        *saying.points(words, named),
        *late,
    )
    return _letter(words, notice, words("notice.gaps_subject"), body, words("notice.gaps_closing"))


def _meeting(words: Words, notice: Notice) -> Iterator[tuple[str, Cell]]:
    yield words("notice.meeting"), notice.meeting
    yield words("notice.site"), notice.site
    yield words("notice.place"), saying.told(words, notice.place)
    yield words("notice.opening"), notice.opening
    yield words("notice.end"), notice.end


def _times(words: Words, notice: Notice) -> Iterator[tuple[str, Cell]]:
    times = {"strict": saying.told(words, notice.strict), "latest": saying.told(words, notice.latest)}
    yield words("notice.trial"), words("notice.trial_text", **times)
    yield words("notice.connect"), notice.connect


def _contact(words: Words, notice: Notice) -> Iterator[tuple[str, Cell]]:
    name, phone = saying.told(words, notice.officer), saying.told(words, notice.phone)
    yield words("notice.contact"), words("notice.contact_text", name=name, phone=phone)


def _letter(words: Words, notice: Notice, subject: str, body: tuple[Block, ...], closing: str) -> Paper:
    return Paper(
        kind="",
        subject=words("heading.about", subject=subject),
        heading=heading(words, notice.issuer, "", notice.day, notice.day.year, notice.number),
        day=notice.day,
        recipient=saying.addressed(words, (notice.to,)),
        body=body,
        closing=closing,
        copies=saying.copies(words, notice.copies),
        signers=(signer(words, notice.issuer),),
        one_page_each=True,
    )
