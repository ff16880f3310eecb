"""The cameras' pictures: read only while somebody looks, judged on what arrived just now, never two openers of one."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from devices.contract import Finding, Frame, PictureJudge, PictureReference, Reason, Video
from roomapp.profile import Profile

JUDGED_FRAMES = 5
FROZEN_S = 2.2  # identical frames over more than 2 s are a frozen picture: so long is looked at one that stands still
LOOK_S = 6.0  # opening takes a second, a dead host three
POLL_S = 0.03


@dataclass(frozen=True, slots=True)
class Look:
    """A few fresh frames and what is wrong with them; without one, why there is none. `age_s`: of the newest."""

    frames: tuple[Frame, ...] = ()
    findings: tuple[Finding, ...] = ()
    reason: Reason | None = None
    age_s: float | None = None

    @property
    def frame(self) -> Frame | None:
        """The newest."""
        return self.frames[-1] if self.frames else None

    @property
    def good(self) -> bool:
        return bool(self.frames) and not self.findings


class Pictures:
    """Each camera's reader is started for its first looker and stopped after its last.

    A USB camera has one opener at a time: while `lent()` says that the conference has it, nobody here opens it.
    """

    def __init__(
        self, profile: Profile, videos: Mapping[str, Video], judge: PictureJudge, lent: Callable[[], bool]
    ) -> None:
        self._videos, self._judge, self._lent = videos, judge, lent
        self._usb = {camera.id for camera in profile.cameras if camera.video.startswith("usb:")}
        self._lookers: dict[str, set[object]] = {id: set() for id in videos}  # tokens, one for each look
        self._left: set[object] = set()  # tokens of those who left before they had come: two threads keep no order
        self._ended = False
        self._changing = threading.Lock()  # held while a reader starts or stops, so never taken by the screen's thread
        self._choosing = threading.Lock()
        self._previewed: str | None = None
        self._preview_token = object()
        self.judge = judge

    def cameras(self) -> tuple[str, ...]:
        return tuple(self._videos)

    def is_lent(self, camera: str) -> bool:
        """The conference has it now (Art. 9: one camera, one picture)."""
        return camera in self._usb and self._lent()

    def preview(self, camera: str | None) -> None:
        """Shows this camera's picture from now on, and no other's; None: nobody looks. Returns at once; any thread."""
        with self._choosing:
            before, self._previewed = self._previewed, camera
            if camera == before:
                return
            old, self._preview_token = self._preview_token, object()
            new = self._preview_token
        if camera in self._videos:
            self._in_thread(lambda: self._look_on(str(camera), new))
        if before in self._videos:
            self._in_thread(lambda: self._look_off(str(before), old))

    def previewed(self) -> str | None:
        return self._previewed

    def newest(self) -> Frame | None:
        """The previewed camera's newest frame; read by any thread."""
        video = self._videos.get(self._previewed or "")
        return video.newest() if video is not None and not self.is_lent(self._previewed or "") else None

    def why_not(self) -> Reason | None:
        """Why the previewed camera shows nothing; REFUSED_BUSY: the conference has it."""
        video = self._videos.get(self._previewed or "")
        if video is None:
            return Reason.UNSUPPORTED if self._previewed else None
        return Reason.REFUSED_BUSY if self.is_lent(self._previewed or "") else video.why_not()

    async def hand_over(self) -> None:
        """Lets go of every USB camera before the conference opens it; within 4 s."""
        await asyncio.gather(*(asyncio.to_thread(self._stop, self._videos[id]) for id in self._usb & set(self._videos)))

    def take_back(self) -> None:
        """The conference is over: whoever still looks sees the picture again."""
        for camera in self._usb & set(self._videos):
            self._in_thread(partial(self._look_again, camera))

    async def look(self, camera: str, reference: PictureReference | None = None) -> Look:
        """One fresh picture, judged; within LOOK_S + 5 s; never raises. KeyError for a camera without a picture."""
        video = self._videos[camera]
        if self.is_lent(camera):
            return Look(reason=Reason.REFUSED_BUSY)
        token = object()
        try:
            await asyncio.to_thread(self._look_on, camera, token)
            frames = await self._collect(video)
            why_not = video.why_not()  # a reader that was stopped has no reason any more
        finally:
            await asyncio.to_thread(self._look_off, camera, token)
        if not frames:
            return Look(reason=why_not or Reason.NO_ANSWER)
        findings = await asyncio.to_thread(self._judge.judge, frames, reference)
        return Look(tuple(frames), findings, None, time.monotonic() - frames[-1].arrived)

    async def refer(self, camera: str) -> PictureReference | None:
        """How sharp the picture is now, as a framing's own reference; None where it is not good enough to be one."""
        look = await self.look(camera)
        return await asyncio.to_thread(self._judge.refer, look.frames) if look.good else None

    async def stop(self) -> None:
        """Every reader, for good; within 4 s."""
        self._ended = True
        await asyncio.gather(*(asyncio.to_thread(self._stop, video) for video in self._videos.values()))

    async def _collect(self, video: Video) -> list[Frame]:
        """The newest frames since now: a few that differ, or as many as prove that it stands still."""
        begun, frames = time.monotonic(), list[Frame]()
        while time.monotonic() - begun < LOOK_S:
            frame = video.newest()
            if frame is not None and frame.arrived > begun and (not frames or frame.number != frames[-1].number):
                frames.append(frame)
                if len(frames) > JUDGED_FRAMES:  # it stands still: the first one and the newest ones tell
                    del frames[1]
            if len(frames) >= JUDGED_FRAMES and (_lives(frames) or frames[-1].arrived - frames[0].arrived > FROZEN_S):
                break
            await asyncio.sleep(POLL_S)
        return frames

    # --- in a thread ---------------------------------------------------------------------------------------------

    def _look_on(self, camera: str, token: object) -> None:
        with self._changing:
            if token in self._left:
                self._left.discard(token)
                return
            self._lookers[camera].add(token)
            if not self.is_lent(camera) and not self._ended:
                self._videos[camera].start()

    def _look_again(self, camera: str) -> None:
        with self._changing:
            if self._lookers[camera] and not self.is_lent(camera) and not self._ended:
                self._videos[camera].start()

    def _look_off(self, camera: str, token: object) -> None:
        with self._changing:
            if token not in self._lookers[camera]:
                self._left.add(token)
                return
            self._lookers[camera].discard(token)
            if not self._lookers[camera]:
                self._videos[camera].stop()

    def _stop(self, video: Video) -> None:
        with self._changing:
            video.stop()

    @staticmethod
    def _in_thread(work: Callable[[], None]) -> None:
        threading.Thread(target=work, name="video-switch", daemon=True).start()


def _lives(frames: list[Frame]) -> bool:
    """A sensor's noise differs from frame to frame."""
    return any((one.image != other.image).any() for one, other in pairwise(frames))
