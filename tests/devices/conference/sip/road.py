"""What the tests of the road `sip` share: a road that ends with its test, and waiting for what it tells."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from devices.conference.sip.baresip import BaresipConference
from devices.conference.sip.program import Equipment
from devices.conference.sip.server import Server
from devices.contract import Evidence, Invitation
from roomapp.rules.presence import Presence, Verdict

REAL_BARESIP = [pytest.mark.needs(name) for name in ("baresip-core", "baresip-ffmpeg", "setpriv")]
TONE = Equipment("ausine,440", "aubridge,near", "fakevideo,nil")
TO = Invitation("", "8123", "Điểm cầu xã Suối Mây")
TOLD_S = 8.0 * 3  # three times the figure; the figure itself is measured by tests/proofs/sip_faults.py


@asynccontextmanager
async def road(server: Server, equipment: Equipment = TONE, **more: object) -> AsyncIterator[BaresipConference]:
    conference = BaresipConference(server, equipment, **more)  # type: ignore[arg-type]
    try:
        yield conference
    finally:
        await conference.stop()


async def gone(conference: BaresipConference) -> None:
    async with asyncio.timeout(5):
        while conference.evidence() is not None:  # noqa: ASYNC110 - it is polled by its users too
            await asyncio.sleep(0.02)


def near(target: str, **more: str) -> Server:
    return Server(target, interface="127.0.0.1", **more)


async def until(true: Callable[[Evidence], object], conference: BaresipConference, wait_s: float = 10.0) -> Evidence:
    ends, look = time.monotonic() + wait_s, None
    while time.monotonic() < ends:
        look = conference.evidence()
        if look is not None and true(look):
            return look
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {wait_s} s: {look}")


async def judged(
    true: Callable[[Verdict], object], conference: BaresipConference, presence: Presence, wait_s: float = 20.0
) -> Verdict:
    ends, verdict = time.monotonic() + wait_s, None
    while time.monotonic() < ends:
        verdict = presence.judge(conference.evidence() or Evidence(at=time.monotonic()))
        if true(verdict):
            return verdict
        await asyncio.sleep(0.1)
    raise AssertionError(f"not within {wait_s} s: {verdict}")
