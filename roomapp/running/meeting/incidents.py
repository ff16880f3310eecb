"""A lost link handled by the rules: whom to call, what to tell, when it may be reconnected; every step journalled."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from roomapp.events import IncidentView
from roomapp.words import Words

CAUSES = ("carrier", "cable", "gateway", "power", "server", "platform", "device", "unknown")
CAUSE_OF = {"address": "gateway"}  # a layer of the way, where the cause has another name
USUAL_REMEDY = {
    "carrier": "carrier_repairs",
    "cable": "replug",
    "gateway": "restart_box",
    "server": "wait_server",
    "platform": "wait_server",
}
REMEDIES = ("carrier_repairs", "replug", "restart_box", "backup_link", "wait_server", "checking")
ENDED_BY = ("replaced", "repaired", "restarted", "replugged", "power_back", "by_itself")  # remedies of a reported one
ETA_MINUTES = (15, 30, 60)
UNKNOWN = "unknown"
ASK_LEAVE, RECONNECT = 4, 5  # steps


@dataclass(slots=True)
class Incident:
    """One interruption, from the last good media to its confirmed end."""

    id: str
    started_at: datetime
    step: int = 1
    cause: str = "unknown"
    remedy: str = "checking"
    eta: str = UNKNOWN
    etas: tuple[str, ...] = ()
    called_at: datetime | None = None
    answered_at: datetime | None = None
    told_at: datetime | None = None
    link_back: bool = False
    allowed_by: str = ""
    layer: str = "media_lost"
    where: str = ""  # the layer of the way that died
    restored_at: datetime | None = None
    extra: dict[str, str] = field(default_factory=dict)


class Incidents:
    """The open incident, if there is one. Restored from the journal after a kill at any second."""

    def __init__(
        self,
        keep: Callable[[str, Mapping[str, Any]], Awaitable[object]],
        now: Callable[[], datetime],
        local: Callable[[datetime], datetime],
        words: Words,
        site: str,
    ) -> None:
        self._keep, self._now, self._local, self._words, self._site = keep, now, local, words, site
        self.open: Incident | None = None

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        for kind, body in rows:
            if kind == "incident.opened" and body.get("in_meeting", True):
                started = datetime.fromisoformat(body["started_at"])
                self.open = Incident(
                    str(body["id"]),
                    started,
                    cause=body.get("cause", UNKNOWN),
                    remedy=body.get("remedy", "checking"),
                    where=body.get("where", ""),
                    etas=tuple(body["etas"]),
                    layer=body.get("layer", "media_lost"),
                )
            elif self.open is not None and body.get("id") == self.open.id:
                self._apply(self.open, kind, body)
                if kind == "incident.closed":
                    self.open = None

    @staticmethod
    def _apply(incident: Incident, kind: str, body: Mapping[str, Any]) -> None:
        at = datetime.fromisoformat(body["at"]) if "at" in body else None
        if kind == "incident.called":
            incident.called_at, incident.step = at, max(incident.step, 2)
        elif kind == "incident.answered":
            incident.answered_at = incident.answered_at or at
        elif kind == "incident.described":
            if body["key"] in ("cause", "remedy", "eta"):
                setattr(incident, body["key"], str(body["value"]))
        elif kind == "incident.told":
            incident.told_at, incident.step = at, max(incident.step, 3)
        elif kind == "incident.link_back":
            incident.link_back, incident.step = True, max(incident.step, 4)
        elif kind == "incident.leave":
            incident.allowed_by, incident.step = str(body["who"]), 5
        elif kind == "incident.restored":
            incident.restored_at, incident.step = at, 6
        elif kind == "incident.lost_again":
            incident.restored_at, incident.step, incident.link_back, incident.allowed_by = None, 1, False, ""

    async def begin(self, started_at: datetime, layer: str, where: str) -> None:
        """The link is lost: the clock runs from the last good media (Art. 9.1.b). `where`: the layer that died."""
        if self.open is not None:
            await self._write("incident.lost_again", {})
            return
        etas = tuple(f"{self._rounded(self._local(self._now()) + timedelta(minutes=m)):%H:%M}" for m in ETA_MINUTES)
        cause = CAUSE_OF.get(where, where)
        remedy = USUAL_REMEDY.get(cause, "checking")
        self.open = Incident(uuid4().hex[:12], started_at, 1, cause, remedy, etas=etas, layer=layer, where=where)
        await self._keep(
            "incident.opened",
            {
                "id": self.open.id,
                "started_at": started_at.isoformat(),
                "layer": layer,
                "cause": cause,
                "remedy": remedy,
                "where": where,
                "etas": list(etas),
            },
        )

    @staticmethod
    def _rounded(at: datetime) -> datetime:
        """Up to the next five minutes: nobody says “09:13”."""
        past = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
        return at if not past else at - past + timedelta(minutes=5)

    async def called(self) -> None:
        await self._write("incident.called", {"role": "carrier_tech"})

    async def answered(self) -> None:
        """The carrier has taken it on: the time from the call to this stands in the period's averages."""
        if self.open is not None and self.open.answered_at is None:
            await self._write("incident.answered", {"role": "carrier_tech"})

    async def describe(self, key: str, value: str) -> None:
        allowed = {"cause": CAUSES, "remedy": REMEDIES, "eta": (*(self.open.etas if self.open else ()), UNKNOWN)}
        if value in allowed.get(key, ()):
            await self._write("incident.described", {"key": key, "value": value})

    async def told(self) -> None:
        """Art. 9.2.d: cause, remedy and expected time have been told to the chair site."""
        incident = self.open
        if incident is not None:
            await self._write(
                "incident.told", {"cause": incident.cause, "remedy": incident.remedy, "eta": incident.eta}
            )

    async def link_is_back(self) -> None:
        await self._write("incident.link_back", {})

    async def leave(self, who: str, channel: str) -> None:
        await self._write("incident.leave", {"who": who, "channel": channel})

    async def restored(self) -> None:
        await self._write("incident.restored", {})

    async def close(self, who: str, told: str = "confirmed") -> None:
        """`told`: confirmed by the chair site, or how else it ended."""
        incident = self.open
        if incident is not None:
            end = incident.restored_at or self._now()
            await self._write(
                "incident.closed",
                {
                    "who": who,
                    "end": told,
                    "interruption_s": round((end - incident.started_at).total_seconds(), 1),
                },
            )
            self.open = None

    async def report(self, kind: str) -> None:
        """An incident that a person reports; also outside meetings."""
        await self._keep("incident.reported", {"id": uuid4().hex[:12], "kind": kind, "at": self._now().isoformat()})

    async def end_reported(self, id: str, cause: str, remedy: str) -> bool:
        """A reported one is put right; False for a cause or remedy that is in no list. `id` is the caller's to know."""
        if cause not in CAUSES or remedy not in ENDED_BY:
            return False
        body = {"id": id, "at": self._now().isoformat(), "cause": cause, "remedy": remedy}
        await self._keep("incident.ended", body)
        return True

    async def _write(self, kind: str, body: dict[str, Any]) -> None:
        if self.open is None:
            return
        body = {"id": self.open.id, "at": self._now().isoformat(), **body}
        await self._keep(kind, body)
        self._apply(self.open, kind, body)

    def _where(self, incident: Incident) -> tuple[str, ...]:
        """What of it this PC has found out, and what may be done about it in the room."""
        key = f"incident.where_{incident.where}"
        return (self._words(key),) if key in self._words else ()

    def view(self, needs_leave: bool) -> IncidentView | None:
        incident, words = self.open, self._words
        if incident is None:
            return None
        causes = tuple((c, words(f"incident.cause_{c}")) for c in CAUSES)
        remedies = tuple((r, words(f"incident.remedy_{r}")) for r in REMEDIES)
        etas = (*((e, e) for e in incident.etas), (UNKNOWN, words("incident.eta_unknown")))
        passed = (self._now() - incident.started_at).total_seconds()
        started = self._local(incident.started_at)
        read = words(
            "incident.read_aloud" if incident.eta != UNKNOWN else "incident.read_aloud_no_eta",
            site=self._site,
            time=f"{started:%H:%M}",
            cause=dict(causes)[incident.cause].lower(),
            remedy=dict(remedies)[incident.remedy],
            eta=incident.eta,
        )
        return IncidentView(
            started,
            time.monotonic() - max(0.0, passed),
            RECONNECT if incident.step == ASK_LEAVE and not needs_leave else incident.step,
            self._local(incident.called_at) if incident.called_at else None,
            self._local(incident.told_at) if incident.told_at else None,
            incident.cause,
            incident.remedy,
            incident.eta,
            etas,
            causes,
            remedies,
            read,
            incident.link_back,
            incident.allowed_by,
            needs_leave,
            " ".join((words(f"incident.layer_{incident.layer}"), *self._where(incident))),
            self._local(incident.answered_at) if incident.answered_at else None,
        )
