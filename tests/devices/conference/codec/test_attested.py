"""Codecs without counters, judged as the room judges a road that cannot measure."""

import asyncio
import time
from dataclasses import replace

import pytest

from devices.conference.codec.road import CodecConference
from roomapp.rules.attested import Attested
from tests.devices.conference.codec.makers import MAKERS, TO, Bench, benched, until


@pytest.mark.parametrize("maker", [maker for maker in MAKERS if maker != "cisco"])
def test_codec_without_counters_is_in_the_room_by_its_own_fresh_answer_only(
    maker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.conference.codec.road.LOOK_S", 0.05)

    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.join(TO)
        room = Attested(time.monotonic())
        await until(lambda e: e.connections, conference)
        look = await until(lambda e: room.judge(e).linked, conference)
        verdict = room.judge(look)
        assert (conference.measures, verdict.in_meeting, verdict.said) == (False, False, "answered_by_road")
        bench.fake.away = True
        await bench.cut()
        silent = await until(lambda e: e.signalling is False, conference)
        assert not room.judge(replace(silent, at=silent.at + 7)).linked
        bench.fake.away = False

    async def main() -> None:
        async with benched(maker) as (bench, conference):
            await run(bench, conference)

    asyncio.run(main())
