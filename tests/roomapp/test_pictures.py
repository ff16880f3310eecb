"""Pictures: read only while somebody looks, one opener of a USB camera, judged on fresh frames only."""

import asyncio
import time
from collections.abc import Callable

from devices.camera.picture_check import PictureChecker
from devices.contract import Finding, Reason
from roomapp.profile import Camera, Profile, Site
from roomapp.running.cameras.pictures import JUDGED_FRAMES, Look, Pictures
from tests.fakes.video import HandVideo

PROFILE = Profile(
    schema=1,
    site=Site(code="T", name="T", kind="commune", unit="T", rules="ha-giang"),
    cameras=(
        Camera(id="main", name="Camera chính", driver="visca-udp", host="127.0.0.1", video="rtsp://127.0.0.1/1"),
        Camera(id="usb", name="Camera USB", driver="fixed", video="usb:usb-Cam-index0"),
    ),
)


class Bench:
    """Two cameras, and a conference that has the USB one while `lent`."""

    def __init__(self, main: HandVideo | None = None) -> None:
        self.main, self.usb, self.lent = main or HandVideo(), HandVideo(), False
        self.pictures = Pictures(PROFILE, {"main": self.main, "usb": self.usb}, PictureChecker(), lambda: self.lent)

    def look(self, camera: str) -> Look:
        return asyncio.run(self.pictures.look(camera))


def until(true: Callable[[], bool], within_s: float = 3.0) -> None:
    ends = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_reader_runs_only_for_the_look() -> None:
    bench = Bench()
    look = bench.look("main")
    assert (look.good, look.reason, len(look.frames)) == (True, None, JUDGED_FRAMES)
    assert look.age_s is not None
    assert look.age_s < 1.0
    assert (bench.main.running, bench.main.starts, bench.main.stops) == (False, 1, 1)


def test_look_that_is_cut_off_at_any_moment_leaves_the_reader_off() -> None:
    bench = Bench()

    async def cut_off(after_s: float) -> None:
        task = asyncio.create_task(bench.pictures.look("main"))
        await asyncio.sleep(after_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def many() -> None:
        await asyncio.gather(*(cut_off(number / 5000) for number in range(60)))

    asyncio.run(many())
    until(lambda: not bench.main.running)


def test_preview_switched_many_times_ends_as_the_last_touch_said() -> None:
    bench = Bench()
    for _ in range(60):
        bench.pictures.preview("main")
        bench.pictures.preview("usb")
    bench.pictures.preview(None)
    until(lambda: not bench.main.running and not bench.usb.running)


def test_room_that_has_ended_opens_no_camera_any_more() -> None:
    bench = Bench()
    asyncio.run(bench.pictures.stop())
    bench.pictures.preview("main")
    time.sleep(0.1)
    assert not bench.main.running


def test_look_while_somebody_watches_leaves_the_picture_on() -> None:
    bench = Bench()
    bench.pictures.preview("main")
    until(lambda: bench.main.running)
    bench.look("main")
    assert bench.main.running
    bench.pictures.preview(None)
    until(lambda: not bench.main.running)
    assert bench.main.starts == 1


def test_preview_follows_the_chosen_camera() -> None:
    bench = Bench()
    bench.pictures.preview("main")
    bench.pictures.preview("usb")
    until(lambda: bench.usb.running and not bench.main.running)
    assert bench.pictures.newest() is not None


def test_usb_camera_that_the_conference_has_is_not_opened() -> None:
    bench = Bench()
    bench.lent = True
    assert bench.look("usb").reason is Reason.REFUSED_BUSY
    bench.pictures.preview("usb")
    time.sleep(0.1)
    assert bench.usb.starts == 0
    assert bench.pictures.why_not() is Reason.REFUSED_BUSY
    assert bench.pictures.newest() is None


def test_usb_camera_is_handed_over_and_taken_back() -> None:
    bench = Bench()
    bench.pictures.preview("usb")
    until(lambda: bench.usb.running)
    bench.lent = True
    asyncio.run(bench.pictures.hand_over())
    assert not bench.usb.running
    bench.lent = False
    bench.pictures.take_back()
    until(lambda: bench.usb.running)


def test_camera_on_the_network_goes_on_while_the_conference_has_the_usb_one() -> None:
    bench = Bench()
    bench.pictures.preview("main")
    until(lambda: bench.main.running)
    asyncio.run(bench.pictures.hand_over())
    assert bench.main.running


def test_nobody_who_looks_after_the_meeting_gets_no_picture_back() -> None:
    bench = Bench()
    bench.pictures.take_back()
    time.sleep(0.1)
    assert bench.usb.starts == 0


def test_camera_without_a_picture_says_why() -> None:
    bench = Bench(HandVideo(silent=True))
    begun = time.monotonic()
    look = bench.look("main")
    assert (look.frame, look.reason, look.good) == (None, Reason.LINK_LOST, False)
    assert time.monotonic() - begun < 9.0


def test_picture_that_stands_still_is_found_and_few_frames_are_kept() -> None:
    look = Bench(HandVideo(alive=False)).look("main")
    assert Finding.FROZEN in look.findings
    assert len(look.frames) <= JUDGED_FRAMES
    assert look.frames[-1].arrived - look.frames[0].arrived > 2.0


def test_dark_picture_is_found_and_makes_no_reference() -> None:
    bench = Bench(HandVideo(dark=True))
    assert Finding.BLACK in bench.look("main").findings
    assert asyncio.run(bench.pictures.refer("main")) is None
