"""Điều khiển: this site chairs the meeting; who is there, who asks to speak, who was invited, each act a row."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from roomapp.events import ChairView, RowState, StepRow
from roomapp.profile.choices import Role
from roomapp.rules.books import Contact
from roomapp.rules.chairing import (
    ASKED,
    ENDED,
    INVITED,
    SITE,
    SITES,
    WITHDRAWN,
    Chair,
    ChairError,
    Site,
    SiteState,
    Teller,
    Turn,
    chair_of,
    seen_by_platform,
)
from roomapp.rules.lettering import folded
from roomapp.rules.meeting import SiteRole
from roomapp.rules.session import Phase
from roomapp.running.storeys.core import Parts
from roomapp.running.storeys.reporting import Reporting
from roomapp.words import nfc

LEAST_CARRIERS = 2  # of the carrier's people at a chair site (Art. 16.3)
LOOKS = {  # amber: somebody must still hear and see that both ways are good
    SiteState.ABSENT: RowState.WAITING,
    SiteState.CONNECTED: RowState.ASK,
    SiteState.BOTH_WAYS: RowState.PASSED,
    SiteState.LOST: RowState.FAILED,
}


class Chairing(Reporting):
    """Art. 9.1.a and c. No other site is ever touched (Art. 9.2.c): an invitation is said by a person, and kept."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.chair = Chair()
        self._chaired = ""  # the meeting that `chair` is of
        self._site_names: dict[str, str] = {}  # of sites that only the platform knows
        self._named: tuple[str, ...] | None = None  # the platform's list as it was heard last
        self._present: tuple[str, ...] = ()  # the same by the sites' ids
        self._chairing = asyncio.Lock()

    def chairs(self) -> bool:
        """The role is the meeting's, not the room's (Art. 2); a trial and a call that never stood have no chair."""
        meeting, phase = self._meeting_of(self.meeting_id), self.session.phase
        on = self.in_meeting() and phase is not Phase.JOINING and not self.session.trial
        return on and meeting is not None and meeting.role is SiteRole.CHAIR

    def remember_chair(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """As it was before a kill."""
        self._chaired, self.chair = self.meeting_id, chair_of(rows, self.meeting_id)

    # --- what a person asks ---

    async def add_sites(self, names: Iterable[str]) -> None:
        """Into the room's list, which holds for later meetings too; a name that is on it already is not doubled."""
        listed = [(one.id, one.name) for one in self.chair.listed()]
        known = {folded(name) for _, name in listed}
        for name in map(nfc, names):
            if name.strip() and folded(name) not in known:
                known.add(folded(name))
                listed.append((uuid4().hex[:8], name.strip()))
        await self._list_sites(listed)

    async def drop_site(self, site: str) -> None:
        """Off the list; while it is there or waits to speak it stays on the page."""
        await self._list_sites((one.id, one.name) for one in self.chair.listed() if one.id != site)

    async def _list_sites(self, listed: Iterable[tuple[str, str]]) -> None:
        await self._chair_act(SITES, sites=[{"id": id, "name": name} for id, name in listed])

    async def tell_site(self, site: str, state: str) -> None:
        """How a site stands, as the officer hears and sees it."""
        await self._chair_act(SITE, site=site, state=str(SiteState(state)), by=str(Teller.PERSON))

    async def site_asks(self, site: str) -> None:
        await self._chair_act(ASKED, id=uuid4().hex[:8], site=site)

    async def invite_site(self, turn: str) -> None:
        await self._chair_act(INVITED, id=turn)

    async def withdraw_site(self, turn: str) -> None:
        await self._chair_act(WITHDRAWN, id=turn)

    async def end_turn(self) -> None:
        turn = self.chair.speaking
        if turn is not None and turn.invited_at is not None:
            seconds = round((self._utc() - turn.invited_at).total_seconds(), 1)
            await self._chair_act(ENDED, id=turn.id, seconds=seconds)

    async def _chair_act(self, kind: str, **body: Any) -> None:
        """On the disk before it is on the screen; what may not be done is told and leaves no row."""
        if not self.chairs():
            return
        async with self._chairing:
            row = {"meeting": self.meeting_id, "at": self._utc().isoformat(), **body}
            try:
                after = self._chair_now().after(kind, row)
            except ChairError as error:
                self._refuse_words(f"chair.{error.key}", f"chair.{error.key}_remedy")
                return
            await self.keep(kind, row)
            self.chair = after
        self.publish()

    def _chair_now(self) -> Chair:
        """Of this meeting: another one begins with the room's list and nobody there."""
        if self._chaired != self.meeting_id:
            self.remember_chair([(row.kind, row.body) for row in self.journal.rows(SITES)])
            self._named, self._present = None, ()
        return self.chair

    # --- what the platform and our own link say ---

    async def watch_sites(self) -> None:
        """Called by the room's watch: who came and went by the platform's own list, where the road knows it."""
        if not self.chairs():
            return
        chair, before = self._chair_now(), self._present
        if self.session.phase in (Phase.LOST, Phase.LEAVE_GRANTED, Phase.REJOINING):
            self._named, self._present = None, ()
            await self._keep_sites([(one.id, SiteState.LOST) for one in chair.sites if one.there], Teller.OWN_LINK)
            return
        named = self.calling.view().participants if self.calling.linked() else None
        if named is not None and named != self._named:
            self._named, found = named, [await self._site_of(name) for name in named]
            self._present = tuple(id for id in found if id)
            await self._keep_sites(seen_by_platform(chair, before, self._present), Teller.PLATFORM)

    async def _keep_sites(self, news: Iterable[tuple[str, SiteState]], by: Teller) -> None:
        for site, state in news:
            await self._chair_act(SITE, site=site, state=str(state), by=str(by))

    async def _site_of(self, name: str) -> str:
        """The site of that name on the list, else the number of a name outside the chain; empty: ourselves."""
        looked_for = folded(name)
        if looked_for in ("", folded(self.profile.site.name)):
            return ""
        for one in self.chair.listed():
            if folded(one.name) == looked_for:
                return one.id
        known = next((id for id, said in self._site_names.items() if folded(said) == looked_for), "")
        if not known:
            known = f"p{await self.journal.remember(nfc(name).strip(), '')}"
            self._site_names[known] = name
        return known

    def _site_name(self, site: Site | None) -> str:
        if site is None or site.name:
            return site.name if site is not None else ""
        if site.id not in self._site_names:
            person = self.journal.person(int(site.id[1:])) if site.id[1:].isdecimal() else None
            self._site_names[site.id] = person.name if person is not None else self.words("book.erased")
        return self._site_names[site.id]

    # --- the page ---

    def chair_view(self) -> ChairView | None:
        if not self.chairs():
            return None
        chair, words = self._chair_now(), self.words
        rows = tuple(
            StepRow(one.id, self._site_name(one), LOOKS[one.state], words(f"chair.site_{one.state}"))
            for one in chair.sites
        )
        turns = ((chair.speaking,) if chair.speaking is not None else ()) + chair.queue
        good = sum(one.state is SiteState.BOTH_WAYS for one in chair.sites)
        return ChairView(
            sites=rows,
            said=words("chair.sites_said", good=good, n=len(rows)) if rows else words("chair.no_sites"),
            asks=words("chair.asks_said", n=len(chair.queue)) if chair.queue else words("chair.nobody_waits"),
            queue=tuple(self._turn_row(turn, place) for place, turn in enumerate(turns, 0 if chair.speaking else 1)),
            speaking=chair.speaking.id if chair.speaking is not None else "",
            first=chair.queue[0].id if chair.queue else "",
            waiting=frozenset(turn.site for turn in turns),
            listed=frozenset(one.id for one in chair.listed()),
            offered=self._sites_offered(),
            warnings=self._warnings(),
        )

    def _turn_row(self, turn: Turn, place: int) -> StepRow:
        site = self.chair.site(turn.site)
        name, words = self._site_name(site), self.words
        if turn.invited_at is not None:
            since = f"{self.local(turn.invited_at):%H:%M}"
            return StepRow(turn.id, name, RowState.PASSED, words("chair.invited_at", time=since))
        lost, asked = site is not None and site.state is SiteState.LOST, f"{self.local(turn.asked_at):%H:%M}"
        said = words("chair.asked_lost", time=asked) if lost else words("chair.asked_at", time=asked)
        return StepRow(turn.id, f"{place}. {name}", RowState.TODO if place == 1 else RowState.WAITING, said)

    def _sites_offered(self) -> tuple[str, ...]:
        """The units of the contact register that are not on the list."""
        known = {folded(one.name) for one in self.chair.listed()} | {folded(self.profile.site.name), ""}
        units = {folded(one.unit): one.unit for one in self.books.of(Contact)}
        return tuple(unit for key, unit in units.items() if key not in known)

    def _warnings(self) -> tuple[StepRow, ...]:
        """Art. 16.3: so many of the carrier's people can be called at a chair site."""
        called = folded(self.words("ui.contact_carrier_tech"))
        kept = sum(folded(one.role) in (called, str(Role.CARRIER_TECH)) for one in self.books.of(Contact))
        there = kept + sum(one.role is Role.CARRIER_TECH and bool(one.phone) for one in self.profile.contacts)
        if there >= LEAST_CARRIERS:
            return ()
        said = self.words("chair.carriers_said", n=there)
        return (StepRow("carriers", self.words("chair.carriers"), RowState.WARNED, said),)
