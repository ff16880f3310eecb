"""What every hardware codec must do alike, whoever made it: over each maker's counterpart."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from devices.conference.codec.road import CodecConference
from devices.contract import Ability, DeviceError, Invitation, Reason, Standing
from tests.devices.conference.codec.makers import MAKERS, TO, Bench, benched, until

ROAD, LINES = "devices.conference.codec.road", "devices.conference.codec.lines"
ANSWERING = [maker for maker in MAKERS if maker != "huawei"]
Run = Callable[[Bench, CodecConference], Awaitable[None]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{ROAD}.LOOK_S", 0.05)
    monkeypatch.setattr(f"{ROAD}.LEAST_S", 0.01)
    monkeypatch.setattr(f"{ROAD}.SEEN_S", 0.4)


@pytest.fixture(params=MAKERS)
def maker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def on(maker: str, run: Run) -> None:
    async def main() -> None:
        async with benched(maker) as (bench, conference):
            await run(bench, conference)

    asyncio.run(main())


async def refused(order: Awaitable[object]) -> Reason:
    with pytest.raises(DeviceError) as told:
        await order
    return told.value.reason


def test_call_stands_with_the_microphone_closed_before_it_was_dialled(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.join(TO)
        assert bench.muted()
        look = await until(lambda e: e.connections, conference)
        assert (look.signalling, look.microphone_muted, look.page_error) == (True, True, None)
        assert len(bench.dialled()) == 1
        assert "8123" in bench.dialled()[0]

    on(maker, run)


def test_own_call_is_ended_once_and_leaving_again_does_nothing(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.join(TO)
        await until(lambda e: e.connections, conference)
        await conference.leave()
        assert not bench.in_call()
        assert conference.evidence() is None
        bench.foreign_call()
        await conference.leave()
        assert bench.in_call()

    on(maker, run)


def test_codec_in_somebody_elses_call_is_left_alone(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        bench.foreign_call()
        assert await refused(conference.join(TO)) is Reason.REFUSED_BUSY
        await conference.leave()
        await conference.stop()
        assert bench.in_call()
        assert bench.dialled() == []

    on(maker, run)


def test_call_that_takes_the_place_of_ours_is_not_hung_up(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.join(TO)
        await until(lambda e: e.connections, conference)
        bench.end()
        await until(lambda e: e.standing, conference)
        bench.foreign_call()
        await conference.leave()
        assert bench.in_call()

    on(maker, run)


def test_far_end_that_hangs_up_is_told_as_an_end(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.join(TO)
        await until(lambda e: e.connections, conference)
        bench.end()
        look = await until(lambda e: e.standing, conference)
        assert (look.standing, look.connections, look.page_error) == (Standing.ENDED, 0, None)

    on(maker, run)


def test_microphone_is_turned_once_and_read_back(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        assert await conference.set_microphone(True) is None, "nothing is known before the codec was asked"
        await conference.join(TO)
        await until(lambda e: e.connections, conference)
        turned = bench.mutings()
        said = [await conference.set_microphone(to) for to in (False, True, True, False, False)]
        assert said == [False, True, True, False, False]
        assert bench.mutings() - turned == 2
        assert bench.muted()
        bench.set_muted(False)  # by the codec's own key
        look = await until(lambda e: e.microphone_muted is False, conference)
        assert look.connections == 1

    on(maker, run)


@pytest.mark.parametrize("maker", ANSWERING)
def test_codec_that_does_not_close_its_microphone_dials_nobody(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        bench.fake.obeys = False
        assert await refused(conference.join(TO)) is Reason.NOT_NOW
        assert bench.dialled() == []

    on(maker, run)


@pytest.mark.parametrize("maker", ANSWERING)
def test_microphone_that_is_not_turned_is_not_said_to_be(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.join(TO)
        bench.fake.obeys = False
        assert await conference.set_microphone(True) is False

    on(maker, run)


@pytest.mark.parametrize("maker", ANSWERING)
def test_caller_is_told_and_taken_only_when_asked_with_the_microphone_closed(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.wait_for_calls()
        assert conference.evidence() is None
        assert await refused(conference.answer()) is Reason.NOT_NOW
        bench.ring()
        look = await until(lambda e: e.ringing, conference)
        assert "8000" in look.ringing
        assert look.connections == 0
        assert not bench.muted()
        await conference.answer()
        assert bench.muted()
        look = await until(lambda e: e.connections, conference)
        assert look.ringing == ""
        await conference.leave()
        assert not bench.in_call()

    on(maker, run)


@pytest.mark.parametrize("maker", ANSWERING)
def test_caller_is_refused_by_leaving(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.wait_for_calls()
        bench.ring()
        await until(lambda e: e.ringing, conference)
        await conference.leave()
        assert not bench.in_call()

    on(maker, run)


@pytest.mark.parametrize("maker", ANSWERING)
def test_tones_go_into_a_call_that_stands_only(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        assert await refused(conference.send_tones("1")) is Reason.NOT_NOW
        await conference.join(TO)
        await until(lambda e: e.connections, conference)
        assert await refused(conference.send_tones("1\r\nreboot")) is Reason.UNSUPPORTED
        await conference.send_tones("1*#")
        await asyncio.sleep(0.1)
        if maker == "cisco":
            assert bench.fake.orders[-1] == ("xCommand/Call/DTMFSend", {"CallId": 42, "DTMFString": "1*#"})
        else:
            assert [line for line in bench.fake.came if "gendial" in line] == [f"gendial {tone}" for tone in "1*#"]

    on(maker, run)


@pytest.mark.parametrize("maker", ANSWERING)
def test_preset_is_recalled_within_what_the_codec_has(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.recall_preset(3)
        assert await refused(conference.recall_preset(100)) is Reason.PRESET_MISSING
        await asyncio.sleep(0.05)
        if maker == "cisco":
            assert bench.fake.orders == [("xCommand/Camera/Preset/Activate", {"PresetId": 3})]
        else:
            assert "preset near go 3" in bench.fake.came

    on(maker, run)


def test_what_huaweis_documents_do_not_name_is_not_offered() -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        assert conference.abilities == {Ability.MICROPHONE}
        orders = (conference.answer(), conference.send_tones("1"), conference.recall_preset(1))
        assert [await refused(order) for order in orders] == [Reason.UNSUPPORTED] * 3

    on("huawei", run)


def test_lost_talk_is_no_end_of_the_call_and_is_taken_up_again(maker: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        await conference.join(TO)
        await until(lambda e: e.connections, conference)
        bench.fake.away = True
        await bench.cut()
        look = await until(lambda e: e.signalling is False, conference)
        assert (look.connections, look.standing, look.page_error) == (1, None, None)
        assert look.microphone_muted is None, "nobody knows now"
        bench.fake.away = False
        await until(lambda e: e.signalling is True, conference)
        await conference.leave()
        assert not bench.in_call()

    on(maker, run)


def test_call_that_cannot_be_ended_is_not_said_to_be(maker: str) -> None:
    async def main() -> None:
        bench = MAKERS[maker]()
        async with bench.fake:
            conference = bench.road()
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
        with pytest.raises(DeviceError) as told:
            await conference.stop()
        assert told.value.reason in (Reason.LINK_LOST, Reason.NO_ANSWER)

    asyncio.run(main())


def test_dead_port_is_told_as_lost(maker: str) -> None:
    async def main() -> None:
        bench = MAKERS[maker]()
        async with bench.fake:
            conference = bench.road()
        assert await refused(conference.join(TO)) is Reason.LINK_LOST

    asyncio.run(main())


@pytest.mark.parametrize("maker", ANSWERING)
def test_silent_codec_is_told_as_silent_in_time(maker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{ROAD}.JOIN_S", 0.4)

    async def run(bench: Bench, conference: CodecConference) -> None:
        bench.fake.silent = True
        assert await refused(conference.join(TO)) is Reason.NO_ANSWER

    on(maker, run)


def test_dial_that_nobody_answers_is_taken_back_by_its_own_limit(maker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{ROAD}.DIAL_S", 0.2)

    async def run(bench: Bench, conference: CodecConference) -> None:
        bench.fake.answers = False
        await conference.join(TO)
        look = await until(lambda e: e.page_error, conference)
        assert (look.page_error, look.connections, look.standing) == ("load_failed", 0, None)
        for _ in range(100):
            if not bench.in_call():
                break
            await asyncio.sleep(0.02)
        assert not bench.in_call()

    on(maker, run)


@pytest.mark.parametrize("room", ['1"\r\nhangup all', "8;reboot now\r", "", "'"])
def test_room_that_could_be_another_order_is_never_sent(maker: str, room: str) -> None:
    async def run(bench: Bench, conference: CodecConference) -> None:
        if room == "8;reboot now\r":
            await conference.join(Invitation("", room, "x"))
            assert "8;rebootnow" in bench.dialled()[0]
        else:
            assert await refused(conference.join(Invitation("", room, "x"))) is Reason.UNSUPPORTED
            assert bench.dialled() == []

    on(maker, run)
