"""How long until the truth about a SIP call is told: real baresips, judged by the room's own Presence.

Each line: what was done to the call, what the room must say, what it said, and when. An incident where none may be, or
a truth that comes late, fails the proof.
"""

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from devices.conference.sip.baresip import DIAL_S, BaresipConference
from devices.conference.sip.program import Equipment
from devices.conference.sip.server import Server
from devices.contract import CallState, Evidence, Invitation
from roomapp.rules.presence import INCIDENT_S, Presence, Verdict
from tests.benchmarks.table import table
from tests.fakes.baresip_peer import BaresipPeer, free_pair
from tests.fakes.baresip_server import SipServer

LOOK_S = 0.1
GOAL_S = 8.0
LOST_S = GOAL_S + 1.5  # after the last sign of life, which was up to a look before
CAMERA_OFF_S = 40.0
TO = Invitation("", "8123", "proof")
ROOM = Equipment("ausine,440", "aubridge,proof", "fakevideo,nil")


@dataclass(slots=True)
class Watched:
    """A conference looked at ten times a second; `seen` keeps every verdict with its time."""

    conference: BaresipConference
    presence: Presence = field(default_factory=lambda: Presence(time.monotonic()))
    seen: list[tuple[float, Verdict, Evidence]] = field(default_factory=list)

    async def until(self, true: Callable[[Verdict, Evidence], object], wait_s: float) -> float | None:
        """Seconds until this was so, or None."""
        began = time.monotonic()
        while time.monotonic() - began < wait_s:
            look = self.conference.evidence() or Evidence(at=time.monotonic())
            verdict = self.presence.judge(look)
            self.seen.append((time.monotonic(), verdict, look))
            if true(verdict, look):
                return time.monotonic() - began
            await asyncio.sleep(LOOK_S)
        return None


@dataclass(slots=True)
class Line:
    what: str
    must: str
    said: str
    seconds: float | None
    limit_s: float

    @property
    def good(self) -> bool:
        return self.seconds is not None and self.seconds <= self.limit_s


Play = Callable[[Watched, BaresipPeer], Awaitable[list[Line]]]


async def in_call(play: Play) -> list[Line]:
    with BaresipPeer() as far:
        conference = BaresipConference(Server(far.uri, interface="127.0.0.1"), ROOM)
        try:
            await conference.join(TO)
            watched = Watched(conference)
            if await watched.until(lambda v, _: v.in_meeting and v.media == "both", 20) is None:
                return [Line("the call before", "in the meeting", "never", None, 20)]
            return await play(watched, far)
        finally:
            await conference.stop()


async def begins() -> list[Line]:
    with BaresipPeer() as far:
        conference = BaresipConference(Server(far.uri, interface="127.0.0.1"), ROOM)
        try:
            began = time.monotonic()
            await conference.join(TO)
            watched = Watched(conference)
            stood = await watched.until(lambda _, e: e.connections, 5)
            stands = None if stood is None else time.monotonic() - began
            met = await watched.until(lambda v, _: v.in_meeting and v.media == "both", 15)
            meets = None if met is None else time.monotonic() - began
        finally:
            await conference.stop()
    return [
        Line("joined, baresip not yet running", "the call stands", "stands", stands, 1.0),
        Line(
            "joined, baresip not yet running",
            "in the meeting, both ways",
            "in_meeting, both",
            meets,
            12.0,
        ),
    ]


def lost(what: str, do: Callable[[Watched, BaresipPeer], object]) -> Play:
    async def play(watched: Watched, far: BaresipPeer) -> list[Line]:
        began = time.monotonic()
        do(watched, far)
        doubt = await watched.until(lambda v, _: not v.in_meeting, 30)
        told = await watched.until(lambda v, _: v.state is CallState.MEDIA_LOST, 30)
        lost_s = None if told is None else time.monotonic() - began
        said = watched.seen[-1][1].said
        incident = await watched.until(lambda v, _: v.incident, 30)
        incident_s = None if incident is None else time.monotonic() - began
        return [
            Line(what, "no meeting any more", "not in_meeting", doubt, GOAL_S),
            Line(what, "lost", said, lost_s, LOST_S),
            Line(what, "an incident", "incident", incident_s, INCIDENT_S + 1.5),
        ]

    return play


async def hung_up(watched: Watched, far: BaresipPeer) -> list[Line]:
    far.order("hangup")
    ended = await watched.until(lambda v, e: e.standing and not v.linked, 10)
    return [Line("far end hangs up", "ended, by the far end", str(watched.seen[-1][2].standing), ended, GOAL_S)]


def quiet(what: str, do: Callable[[Watched, BaresipPeer], Awaitable[object]], seconds: float) -> Play:
    """What must be no incident, looked at for so long."""

    async def play(watched: Watched, far: BaresipPeer) -> list[Line]:
        begin = len(watched.seen)
        task = asyncio.ensure_future(do(watched, far))
        incident = await watched.until(lambda v, _: v.incident, seconds)
        await task
        states = {verdict.state for _, verdict, _ in watched.seen[begin:]}
        said = ", ".join(sorted(state.value for state in states))
        wrong = incident is not None or CallState.MEDIA_LOST in states
        return [Line(f"{what}, {seconds:.0f} s", "no incident", said, None if wrong else 0.0, seconds)]

    return play


async def camera_off(_: Watched, far: BaresipPeer) -> None:
    far.order("video_dir", "recvonly")


async def microphone_closed(_: Watched, far: BaresipPeer) -> None:
    far.order("mute")


async def stutter(_: Watched, far: BaresipPeer) -> None:
    far.freeze()
    await asyncio.sleep(4)
    far.thaw()


def ours(how: signal.Signals) -> Callable[[Watched, BaresipPeer], object]:
    return lambda watched, _: os.kill(watched.conference.pid or 0, how)


IN_CALL: tuple[Play, ...] = (
    lost("far end killed -9", lambda _, far: far.kill()),
    lost("far end stopped (SIGSTOP)", lambda _, far: far.freeze()),
    lost("our baresip killed -9", ours(signal.SIGKILL)),
    lost("our baresip stopped (SIGSTOP)", ours(signal.SIGSTOP)),
    hung_up,
    quiet("chair's camera off", camera_off, CAMERA_OFF_S),
    quiet("chair's microphone closed", microphone_closed, 15.0),
    quiet("far end stands still for 4 s", stutter, 12.0),
)
DIALS = (
    ("486 Busy Here", None, "busy", 2.0),
    ("603 Decline", None, "refused", 2.0),
    ("404 Not Found", None, "no_room", 2.0),
    ("486 Busy Here", "right", "password", 2.0),
    ("", None, "None", DIAL_S + 2),
    ("dead port", None, "None", DIAL_S + 2),
)


async def dialled(says: str, password: str | None, must: str, limit_s: float) -> Line:
    with SipServer("" if says == "dead port" else says, password) as server:
        port = free_pair() if says == "dead port" else server.port
        who = "room" if password else ""
        conference = BaresipConference(
            Server(f"sip:{{room}}@127.0.0.1:{port}", who, interface="127.0.0.1"), ROOM, lambda: "wrong"
        )
        try:
            await conference.join(TO)
            watched = Watched(conference)
            seconds = await watched.until(lambda v, _: v.state is CallState.FAILED, limit_s + 5)
            said = str(watched.seen[-1][2].standing)
        finally:
            await conference.stop()
    what = "password refused" if password else says or "server takes the call and says nothing"
    return Line(f"dial: {what}", f"failed, {must}", said, seconds if said == must else None, limit_s)


async def play_all() -> list[Line]:
    lines = await begins()
    for play in IN_CALL:
        lines += await in_call(play)
    for dial in DIALS:
        lines.append(await dialled(*dial))
    return lines


def main(argv: list[str]) -> int:
    if shutil.which("baresip") is None:
        return 3
    logging.disable(logging.ERROR)
    lines = asyncio.run(play_all())
    rows = [
        (line.what, line.must, line.said, "-" if line.seconds is None else f"{line.seconds:.2f}", f"{line.limit_s:.1f}")
        for line in lines
    ]
    header = ("what was done", "the room must say", "it said", "after s", "at most s")
    print(table("A SIP call between real baresips", header, rows))
    wrong = [line for line in lines if not line.good]
    print(f"{len(lines)} lines, {len(wrong)} wrong or late.")
    for line in wrong:
        print(f"- {line.what}: {line.said}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
