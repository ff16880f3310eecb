"""Chairing a meeting: how each site stands, and the requests to speak in the order in which they came; pure.

Art. 9.1.a and c (Hà Giang): the chair site's technician watches the sites and passes their requests to the chairperson.
Nothing here touches another site (Art. 9.2.c): an invitation is a word that is said, and kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

SITES, SITE, ASKED, INVITED = "chair.sites", "chair.site", "chair.asked", "chair.invited"
WITHDRAWN, ENDED = "chair.withdrawn", "chair.ended"
MOST_SITES = 300  # a province has some 130 communes; beyond this a list is a mistake


class SiteState(StrEnum):
    """How a site stands; that both ways are good is a person's word."""

    ABSENT = "absent"
    CONNECTED = "connected"
    BOTH_WAYS = "both_ways"
    LOST = "lost"


class Teller(StrEnum):
    """Who says how a site stands; OWN_LINK: our own link fell, so nothing is known of anybody any more."""

    PERSON = "person"
    PLATFORM = "platform"
    OWN_LINK = "own_link"


@dataclass(frozen=True, slots=True)
class Site:
    """`name` is empty where the platform alone knows it: such names live outside the chain, by the site's id."""

    id: str
    name: str = ""
    state: SiteState = SiteState.ABSENT
    listed: bool = False  # it stands on the room's own list
    on_platform: bool = False  # the platform has told of it in this meeting, so it also tells when it is gone

    @property
    def there(self) -> bool:
        return self.state in (SiteState.CONNECTED, SiteState.BOTH_WAYS)


@dataclass(frozen=True, slots=True)
class Turn:
    """One request to speak, and when it was granted."""

    id: str
    site: str
    asked_at: datetime
    invited_at: datetime | None = None


class ChairError(Exception):
    """`key` names a sentence of the area "chair": what may not be done now."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Chair:
    """The sites of one meeting, those who wait to speak in their order, and the one that was invited."""

    sites: tuple[Site, ...] = ()
    queue: tuple[Turn, ...] = ()
    speaking: Turn | None = None

    def site(self, id: str) -> Site | None:
        return next((one for one in self.sites if one.id == id), None)

    def listed(self) -> tuple[Site, ...]:
        """The sites of the room's own list."""
        return tuple(one for one in self.sites if one.listed)

    def waits(self, site: str) -> bool:
        """It has asked, or was invited and has not ended."""
        return any(turn.site == site for turn in (*self.queue, *((self.speaking,) if self.speaking else ())))

    def with_sites(self, listed: Iterable[tuple[str, str]]) -> "Chair":
        """Another list, (id, name) each. Whoever is there or waits to speak stays, also when no longer on it."""
        before, names = {one.id: one for one in self.sites}, dict(listed)
        if len(names) > MOST_SITES or not all(id and name for id, name in names.items()):
            raise ChairError("too_many_sites")
        sites = [replace(before.get(id, Site(id)), name=name, listed=True) for id, name in names.items()]
        stay = (one for one in self.sites if one.id not in names and (one.there or self.waits(one.id)))
        return replace(self, sites=(*sites, *(replace(one, listed=False) for one in stay)))

    def told(self, id: str, state: SiteState, by: Teller) -> "Chair":
        """How a site stands now; one that only the platform knows is new."""
        if self.site(id) is None and by is not Teller.PLATFORM:
            raise ChairError("unknown_site")
        seen = by is Teller.PLATFORM
        old = self.sites if self.site(id) is not None else (*self.sites, Site(id))
        changed = (
            replace(one, state=state, on_platform=one.on_platform or seen) if one.id == id else one for one in old
        )
        return replace(self, sites=tuple(changed))

    def ask(self, id: str, site: str, at: datetime) -> "Chair":
        """Xin phát biểu: at the end of the queue."""
        if self.site(site) is None:
            raise ChairError("unknown_site")
        if self.waits(site):
            raise ChairError("asked_already")
        return replace(self, queue=(*self.queue, Turn(id, site, at)))

    def invite(self, id: str, at: datetime) -> "Chair":
        """Mời: whom the chairperson names, usually the first; never a second one beside who speaks."""
        turn = self._waiting(id)
        if self.speaking is not None:
            raise ChairError("one_speaks")
        return replace(self._without(id), speaking=replace(turn, invited_at=at))

    def withdraw(self, id: str) -> "Chair":
        """Rút: the request is gone, the others keep their order."""
        self._waiting(id)
        return self._without(id)

    def end(self, id: str) -> "Chair":
        """Phát biểu xong."""
        if self.speaking is None or self.speaking.id != id:
            raise ChairError("gone")
        return replace(self, speaking=None)

    def after(self, kind: str, body: Mapping[str, Any]) -> "Chair":
        """What a row makes of it; ChairError, KeyError, TypeError or ValueError where that cannot be."""
        if kind == SITES:
            return self.with_sites([(str(one["id"]), str(one["name"])) for one in body["sites"]])
        if kind == SITE:
            return self.told(str(body["site"]), SiteState(body["state"]), Teller(body["by"]))
        if kind == ASKED:
            return self.ask(str(body["id"]), str(body["site"]), datetime.fromisoformat(body["at"]))
        if kind == INVITED:
            return self.invite(str(body["id"]), datetime.fromisoformat(body["at"]))
        if kind == WITHDRAWN:
            return self.withdraw(str(body["id"]))
        return self.end(str(body["id"])) if kind == ENDED else self

    def _waiting(self, id: str) -> Turn:
        turn = next((one for one in self.queue if one.id == id), None)
        if turn is None:
            raise ChairError("gone")
        return turn

    def _without(self, id: str) -> "Chair":
        return replace(self, queue=tuple(one for one in self.queue if one.id != id))


def chair_of(rows: Iterable[tuple[str, Mapping[str, Any]]], meeting: str) -> Chair:
    """As the journal has it: the room's list whenever it was made, all else of this meeting.

    A row that makes no sense changes nothing: the page must come up whatever was once written.
    """
    chair = Chair()
    for kind, body in rows:
        if kind == SITES or (kind.startswith("chair.") and body.get("meeting") == meeting):
            try:
                chair = chair.after(kind, body)
            except (ChairError, KeyError, TypeError, ValueError):
                continue
    return chair


def seen_by_platform(chair: Chair, before: Iterable[str], present: Iterable[str]) -> tuple[tuple[str, SiteState], ...]:
    """What the platform's list of those present, by site id, says anew: who has come, and whom it lost.

    `before`: the list that was heard last. Of a site that stays on it the platform says nothing: a person's word that
    neither picture nor sound comes from there must stand.
    """
    there, states = list(dict.fromkeys(present)), {one.id: one for one in chair.sites}
    new = (id for id in there if id not in set(before))
    come = [(id, SiteState.CONNECTED) for id in new if id not in states or not states[id].there]
    gone = [(one.id, SiteState.LOST) for one in chair.sites if one.on_platform and one.there and one.id not in there]
    return (*come, *gone)
