"""Who issues a paper: the heading, number, place and date, and the signature block, by the kind of site (TP-05).

Decree 30/2020/NĐ-CP, Appendix I, Part I, II.1 to II.4 and II.7. The number is the registry's: its place is left free.
Words of papers stand in resources/papers, in Vietnamese only: an official paper has no other lawful language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from roomapp.records.papers.paper import Heading, Signer
from roomapp.words import RESOURCES, Words, nfc

PARTY, SCHOOL = "party", "school"
SIGNERS = ("commune", "school", "department", "province", "district", "party", "central", "other")


def paper_words() -> Words:
    """The sentences of all papers; a few milliseconds, so ask once for each paper."""
    return Words("vi", RESOURCES / "papers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The unit that issues, as the profile's [site] tells it.

    `unit` heads the paper, at a school `name`. `place`: of the unit's seat; without it, the commune of the name, else
    the province. `abbreviation`: of the unit in the paper's symbol, set by the unit's head (II.3.b); else left open.
    """

    unit: str
    name: str = ""
    kind: str = "other"
    parent_unit: str = ""
    province: str = ""
    place: str = ""
    abbreviation: str = ""
    signer: Signer | None = None

    @classmethod
    def from_site(cls, site: Mapping[str, Any]) -> "Issuer":
        """Of the json twin's “site”; keys that are not known here are passed over."""
        known = ("unit", "name", "kind", "parent_unit", "province", "place", "abbreviation")
        texts = {key: nfc(str(site[key])) for key in known if site.get(key)}
        given = {key: nfc(str(text)) for key, text in dict(site.get("signer") or {}).items()}
        return cls(**{"unit": texts.get("name", ""), **texts}, signer=Signer(**given) if given else None)

    @property
    def title(self) -> str:
        """The unit's full name in running text."""
        return self.name if self.kind == SCHOOL and self.name else self.unit


def numbered(number: int) -> str:
    """Of a paper: below ten with a nought before it (II.3.c)."""
    return f"{number:02d}"


def day_in_words(words: Words, day: date) -> str:
    """Day below 10 and months 1 and 2 take a leading nought (II.4.b): 05 tháng 01, 24 tháng 7."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return words("heading.day", day=f"{day.day:02d}", month=month, year=day.year)


def short_day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def heading(
    words: Words,
    issuer: Issuer,
    symbol: str,
    day: date | None,
    year: int,
    number: int | None = None,
    dated: bool = True,
    numbered_paper: bool = True,
) -> Heading:
    """`symbol`: the kind's abbreviation (BC, BB), empty for a letter; without a day its place is left free in `year`.

    `dated`: minutes are not, their times stand in the text; `numbered_paper`: a sheet of the room's own has no number.
    """
    party = issuer.kind == PARTY
    parent = issuer.parent_unit or (issuer.unit if issuer.kind == SCHOOL and issuer.unit != issuer.title else "")
    when = day_in_words(words, day) if day else words("heading.day_left_free", year=year)
    return Heading(
        parent=_full(words, parent).upper(),
        unit=_full(words, issuer.title, "\n").upper(),
        state=words("heading.party_state") if party else words("heading.state"),
        motto="" if party else words("heading.motto"),
        number=_number(words, issuer, symbol, number) if numbered_paper else "",
        place_and_date=words("heading.place_and_date", place=_place(words, issuer), day=when) if dated else "",
    )


def _number(words: Words, issuer: Issuer, symbol: str, number: int | None) -> str:
    written = numbered(number) if number is not None else words("heading.number_left_free")
    unit = issuer.abbreviation or _short_unit(words, issuer)
    if issuer.kind == PARTY:
        pattern = "heading.party_number" if symbol else "heading.party_letter_number"
    else:
        pattern = "heading.number" if symbol else "heading.letter_number"
    return words(pattern, number=written, symbol=symbol, unit=unit)


def signer(words: Words, issuer: Issuer) -> Signer:
    """As given, else the usual one of the kind of site: of a commune its chairman for the committee."""
    if issuer.signer is not None:
        return Signer(issuer.signer.power.upper(), issuer.signer.post.upper(), issuer.signer.name, issuer.signer.note)
    kind = issuer.kind if issuer.kind in SIGNERS else "other"
    power, _, post = words(f"signer.{kind}").partition("|")
    return Signer(power=power, post=post)


def _full(words: Words, unit: str, between: str = " ") -> str:
    """The committee's name in full, as a heading asks; its place on a line of its own where `between` says so."""
    for start in (words("heading.committee_short"), words("heading.committee")):
        if unit.casefold().startswith(start.casefold() + " "):
            return words("heading.committee") + between + unit[len(start) + 1 :]
    return unit


def _short_unit(words: Words, issuer: Issuer) -> str:
    if issuer.kind == PARTY:
        return words("heading.party_unit")
    committee = words("heading.committee").casefold()
    if issuer.kind != SCHOOL and _full(words, issuer.unit).casefold().startswith(committee):
        return words("heading.committee_short")
    return words("heading.open")


def _place(words: Words, issuer: Issuer) -> str:
    """Without the commune's kind, unless a number or nothing else would be left (II.4.a)."""
    if issuer.place:
        return issuer.place
    found = re.fullmatch(words("heading.commune_pattern"), issuer.name, re.IGNORECASE)
    return found["place"] if found and not found["place"].isdigit() else issuer.province or words("heading.open")
