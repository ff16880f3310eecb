"""Framings over the real VISCA driver and the practice camera: on air, turned by hand, cut off, taken up again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.camera.visca_driver import ViscaCamera, make_visca
from devices.contract import CameraState, CameraStatus, Outcome, Position, Reason
from devices.practice.camera import PracticeCamera
from roomapp.events import SeatState
from roomapp.profile import Camera, Profile, Seat, Site
from roomapp.running.cameras.framed import RESTORED, STORED, Framed, FramedStore
from roomapp.running.cameras.framing import Framing
from roomapp.running.cameras.watching import CameraWatch
from roomapp.words import Words

PRESETS = {0: (0, 0, 0), 1: (-400, 0, 0x1000), 2: (400, 0, 0x1000)}
PROFILE = Profile(
    schema=1,
    site=Site(code="T", name="T", kind="commune", unit="T", rules="ha-giang"),
    cameras=(Camera(id="main", name="Camera chính", driver="visca-udp", host="127.0.0.1"),),
    seats=(
        Seat(id="toan-canh", name="Toàn cảnh", camera="main", preset=0, overview=True),
        Seat(id="ghe-1", name="Ghế 1", camera="main", preset=1, x=0.2, y=0.2),
        Seat(id="ghe-2", name="Ghế 2", camera="main", preset=2, x=0.6, y=0.2),
    ),
)


@dataclass
class Desk:
    """One camera and everything that watches it; `rows` is what a journal would keep."""

    far: PracticeCamera
    camera: ViscaCamera
    rows: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The program ends and comes up again: only the rows are left."""
        words, cameras = Words("vi"), {"main": self.camera}
        self.framing = Framing(PROFILE, cameras, self.keep, words, lambda: None)
        self.framing.remember(self.rows)
        self.watch = CameraWatch(PROFILE, cameras, self.framing, self.keep, words, lambda: None)

    async def keep(self, kind: str, body: Mapping[str, Any]) -> None:
        self.rows.append((kind, body))

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.rows]

    def turned(self, pan: int) -> None:
        """The camera points elsewhere, and nobody ordered it."""
        self.far._go((pan, 0, 0))

    def state(self, seat: str) -> SeatState:
        return next(s.state for s in self.framing.seats() if s.id == seat)


def on_a_desk(work: Callable[[Desk], Awaitable[None]]) -> None:
    async def run() -> None:
        far = PracticeCamera(PRESETS)
        port = await far.start()
        camera = make_visca("visca-udp", "main", "127.0.0.1", port)
        try:
            await work(Desk(far, camera))
        finally:
            await camera.close()
            await far.stop()

    asyncio.run(run())


def test_seat_is_on_air_once_it_was_read_back() -> None:
    async def work(desk: Desk) -> None:
        assert (await desk.framing.aim("ghe-1")).outcome is Outcome.VERIFIED
        assert desk.framing.on_air == "ghe-1"
        assert desk.state("ghe-1") is SeatState.THERE
        assert desk.kinds() == ["framing.recalled", "framing.learned"]

    on_a_desk(work)


def test_camera_turned_by_hand_is_told_and_kept_once() -> None:
    async def work(desk: Desk) -> None:
        await desk.framing.aim("ghe-1")
        desk.turned(600)
        await asyncio.sleep(1.0)
        for _ in range(3):
            await desk.watch.ask("main")
        assert desk.framing.on_air == ""
        assert desk.framing.moved_by_hand == {"main"}
        assert desk.kinds().count("camera.moved_by_hand") == 1
        assert desk.watch.alert() == "Camera chính đã bị xoay. Chạm lại ghế để gọi khung hình."
        await desk.framing.aim("ghe-1")
        assert desk.framing.moved_by_hand == set()
        assert desk.watch.alert() == ""

    on_a_desk(work)


def test_a_camera_that_we_move_ourselves_is_never_called_turned_by_hand() -> None:
    async def work(desk: Desk) -> None:
        await desk.framing.aim("ghe-1")
        aiming = asyncio.create_task(desk.framing.aim("ghe-2"))
        while not aiming.done():
            await desk.watch.ask("main")
        await desk.framing.nudged("main")
        await desk.camera.drive(1, 0, 0)
        await asyncio.sleep(0.2)
        await desk.camera.stop()
        await desk.watch.ask("main")
        assert "camera.moved_by_hand" not in desk.kinds()

    on_a_desk(work)


def test_restart_claims_the_seat_only_after_it_was_read_back_again() -> None:
    async def work(desk: Desk) -> None:
        await desk.framing.aim("ghe-1")
        desk.restart()
        assert desk.framing.on_air == ""
        await desk.watch.ask("main")
        assert desk.framing.on_air == "ghe-1"
        assert desk.state("ghe-1") is SeatState.THERE

    on_a_desk(work)


def test_turned_by_hand_while_the_program_was_down_is_told_by_one_look() -> None:
    async def work(desk: Desk) -> None:
        await desk.framing.aim("ghe-1")
        desk.turned(600)
        await asyncio.sleep(1.0)
        desk.restart()
        await desk.watch.ask("main")
        assert desk.framing.moved_by_hand == {"main"}

    on_a_desk(work)


def test_nudge_before_a_restart_is_no_hand() -> None:
    async def work(desk: Desk) -> None:
        await desk.framing.aim("ghe-1")
        await desk.framing.nudged("main")
        desk.turned(600)
        await asyncio.sleep(1.0)
        desk.restart()
        await desk.watch.ask("main")
        assert desk.framing.moved_by_hand == set()

    on_a_desk(work)


def test_silent_camera_is_named_and_nothing_is_claimed_of_it_any_more() -> None:
    async def work(desk: Desk) -> None:
        await desk.framing.aim("ghe-1")
        desk.far.silent = True
        status = await desk.watch.ask("main")
        assert (status.state, status.reason) == (CameraState.OFFLINE, Reason.NO_ANSWER)
        assert desk.framing.on_air == ""
        assert desk.watch.alert() == "Camera chính không trả lời. Bật công tắc phía sau camera."
        assert desk.framing.sentence == desk.watch.alert()
        desk.far.silent = False
        await desk.watch.ask("main")
        assert desk.framing.sentence == "Chạm vào từng ghế."
        assert desk.watch.alert() == ""
        states = [body["state"] for kind, body in desk.rows if kind == "camera.state"]
        assert states == ["offline", "ready"]

    on_a_desk(work)


def test_heartbeat_stops_asking_where_no_answer_is_wanted() -> None:
    async def work(desk: Desk) -> None:
        wanted = True
        desk.watch.start(lambda: wanted)
        await asyncio.sleep(0.5)
        assert desk.watch.newest("main") is not None
        wanted = False
        await asyncio.sleep(2.3)
        assert desk.watch.newest("main") is None
        await desk.watch.stop()

    on_a_desk(work)


def test_framing_stored_here_is_on_air_and_known_by_its_position() -> None:
    async def work(desk: Desk) -> None:
        desk.turned(123)
        await asyncio.sleep(1.0)
        aim = await desk.framing.store("ghe-2")
        assert aim.outcome is Outcome.VERIFIED
        assert desk.framing.on_air == "ghe-2"
        position = desk.framing.framed.of("ghe-2").position
        assert position is not None
        assert position.pan == 123

    on_a_desk(work)


def test_seat_without_a_preset_is_given_one_when_it_is_stored() -> None:
    async def work(desk: Desk) -> None:
        seat = desk.framing.plan.new_seat("main", lambda n: f"Ghế {n}", 0.5, 0.5)
        await desk.framing.place(seat)
        assert desk.state(seat.id) is SeatState.NOT_STORED
        assert (await desk.framing.store(seat.id)).outcome is Outcome.VERIFIED
        assert desk.state(seat.id) is SeatState.THERE
        desk.restart()
        assert desk.state(seat.id) is SeatState.IDLE

    on_a_desk(work)


def test_camera_that_forgot_its_presets_is_led_by_position_and_given_its_preset_again() -> None:
    async def work(desk: Desk) -> None:
        await desk.framing.aim("ghe-1")
        await desk.framing.aim("ghe-2")
        desk.far.forgets()
        aim = await desk.framing.aim("ghe-1")
        assert aim.outcome is Outcome.VERIFIED
        assert desk.far.position()[0] == PRESETS[1][0]
        assert desk.far.presets[1] == desk.far.position()
        assert [body["by"] for kind, body in desk.rows if kind == "framing.recalled"] == [
            "preset",
            "preset",
            "position",
        ]
        assert desk.kinds()[-2:] == ["framing.restored", "framing.recalled"]
        await desk.framing.aim("ghe-2")
        await desk.framing.aim("ghe-1")
        assert desk.rows[-1][1]["by"] == "preset"

    on_a_desk(work)


def test_heartbeat_ends_at_whatever_moment_it_is_told_to() -> None:
    async def work(desk: Desk) -> None:
        for number in range(300):
            desk.watch.start(lambda: True)
            await asyncio.sleep(number % 60 / 20_000)
            async with asyncio.timeout(2.0):
                await desk.watch.stop()

    on_a_desk(work)


def test_framing_given_back_to_the_camera_stays_where_it_was_stored() -> None:
    store, place = FramedStore(), Position(100, 20, 0x1000)
    store.aimed(STORED, "ghe-1", place, "t1")
    store.aimed(RESTORED, "ghe-1", Position(107, 20, 0x1000), "t2")
    assert store.of("ghe-1") == Framed(place, "t2")
    store.aimed(RESTORED, "ghe-1", None, "")
    assert store.of("ghe-1") == Framed(place, "t2")


def test_camera_that_is_still_starting_is_not_said_to_answer_nonsense() -> None:
    async def work(desk: Desk) -> None:
        await desk.watch._take("main", CameraStatus(CameraState.FAULT, Reason.NOT_NOW))
        assert desk.watch.alert() == "Camera chính đang khởi động, hoặc đang mở bảng chọn riêng. Chờ một phút."

    on_a_desk(work)
