"""Before a trial connection dials, the room measures what each link carries, and says it with the trial's result."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.contract import CallState, PathState, Reason, Throughput
from roomapp.events import Place
from roomapp.rules.session import Phase
from roomapp.running.meeting import calling
from tests.roomapp.test_attending import House

LINKS = """
[[link]]
id = "main"
name = "Đường chính"
throughput = "iperf3://do.example.vn"
[[link]]
id = "spare"
name = "4G dự phòng"
throughput = "iperf3://do.example.vn"
"""
GOOD = Throughput(PathState.GOOD, 2940.0, 3001.0)


class HandMeter:
    """Tells what it is told to; `let_go` ends a measurement that hangs."""

    def __init__(self, id: str, found: Throughput) -> None:
        self.id, self.found = id, found
        self.let_go = asyncio.Event()
        self.let_go.set()
        self.asked, self.cut, self.begun = 0, False, asyncio.Event()

    async def measure(self) -> Throughput:
        self.asked += 1
        self.begun.set()
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.cut = True
            raise
        return self.found


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(calling, "LOOK_S", 0.001)
    made = House(tmp_path)
    made.hand.profile += LINKS
    yield made
    made.run(made.hand.end())
    made.loop.close()


def measured(house: House, *found: Throughput) -> tuple[HandMeter, ...]:
    meters = tuple(HandMeter(id, one) for id, one in zip(("main", "spare"), found, strict=False))
    house.hand.meters = meters
    house.begin()
    return meters


def words_of(house: House) -> str:
    house.go(12)
    house.room.watch_trial()
    trial = house.room.trial_view()
    assert trial is not None
    return "\n".join(trial.words)


def test_each_link_is_measured_kept_and_told_before_anything_is_dialled(house: House) -> None:
    meters = measured(house, GOOD, Throughput(PathState.WEAK, 800.0, 2000.0))
    house.run(house.room.start_trial())
    said = words_of(house)
    assert [meter.asked for meter in meters] == [1, 1]
    assert "Đường chính: tốc độ gửi 2,9, nhận 3,0 Mbit/giây, đủ cho cuộc họp." in said
    assert "4G dự phòng: tốc độ gửi 0,8, nhận 2,0 Mbit/giây, hình có thể mờ." in said
    kept = house.hand.rows("trial.throughput")
    assert [(row["link"], row["up_kbps"], row["state"]) for row in kept] == [
        ("main", 2940.0, "good"),
        ("spare", 800.0, "weak"),
    ]
    kinds = [row.kind for row in house.hand.journal.rows()]
    assert kinds.index("trial.began") < kinds.index("trial.throughput") < kinds.index("meeting.connected")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.LINK_LOST, "chưa đo được tốc độ với máy đo của tỉnh"),
        (Reason.REFUSED_BUSY, "đang bận"),
        (Reason.UNSUPPORTED, "chưa cài iperf3"),
    ],
)
def test_what_was_not_measured_is_told_with_its_reason_and_the_trial_goes_on(
    house: House, reason: Reason, said: str
) -> None:
    measured(house, Throughput(PathState.UNKNOWN, 2900.0, reason=reason))
    house.run(house.room.start_trial())
    assert said in words_of(house)
    assert house.room.session.phase is Phase.IN_ROOM


def test_while_it_measures_the_screen_says_so_and_stopping_dials_nothing(house: House) -> None:
    (meter, other) = measured(house, GOOD, GOOD)
    meter.let_go.clear()

    async def started_and_stopped() -> None:
        trial = asyncio.create_task(house.room.start_trial())
        async with asyncio.timeout(5):
            await meter.begun.wait()
        view = house.hand.views[-1]
        assert (view.place, view.call.state) == (Place.JOIN, CallState.PROBING)
        assert view.call.sentence == "Đang đo tốc độ Đường chính, chờ vài giây."
        await house.room.stop_joining()
        await trial

    house.run(started_and_stopped())
    assert (meter.cut, other.asked, house.road.acts) == (True, 0, [])
    assert (house.room.session.phase, house.room.trial_view()) == (Phase.READY, None)
    assert house.hand.views[-1].call.state is CallState.IDLE
    meter.let_go.set()
    house.run(house.room.start_trial())
    words_of(house)
    assert house.room.session.phase is Phase.IN_ROOM
