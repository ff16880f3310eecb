"""Recording a meeting's sound where it is necessary: for a reason, by a person, seen by everyone, never by itself."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from devices.contract import DeviceError, Reason, Recorder, Segment
from roomapp.events import RecordingView
from roomapp.rules.session import NotAllowedError

log = logging.getLogger(__name__)

FOLDER = "recordings"
REASONS = ("minutes", "chair_asked", "dispute")


class Recording:
    """Off until somebody asks, and off again with the meeting. What was written is kept, and its hash is journalled."""

    def __init__(
        self,
        recorder: Recorder | None,
        folder: Path,
        keep: Callable[[str, Mapping[str, Any]], Awaitable[object]],
        now: Callable[[], datetime],
        may_begin: Callable[[], bool],
        may_go_on: Callable[[], bool],
    ) -> None:
        """`may_begin`: in a meeting now, which is one without state secrets. No recorder: the profile allows none."""
        self._recorder, self._folder, self._keep, self._now = recorder, folder / FOLDER, keep, now
        self._may_begin, self._may_go_on = may_begin, may_go_on
        self._known: set[str] = set()
        self._since: datetime | None = None
        self._trouble = ""

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Which files the journal knows."""
        self._known = {str(body["file"]) for kind, body in rows if kind == "recording.segment"}

    async def take_up(self) -> None:
        """What a kill or a power cut ended is closed, and its hash kept."""
        if self._recorder is None or not self._folder.is_dir():
            return
        try:
            await self._keep_segments(await self._recorder.take_up(self._folder, self._known))
        except DeviceError as error:
            log.warning("earlier recordings were not looked at: %s", error)

    async def start(self, reason: str, person: str) -> None:
        """NotAllowedError outside a meeting, or without a reason and a person."""
        if self._recorder is None or not self._may_begin():
            raise NotAllowedError("no_recording", None)
        if not reason.strip() or not person.strip():
            raise NotAllowedError("recording_unnamed", None)
        if self._since is not None:
            return
        await self._keep("recording.started", {"reason": reason, "person": person})  # first on paper, then in fact
        try:
            await self._recorder.start(self._folder)
        except DeviceError as error:
            log.warning("the recording did not begin: %s", error)
            self._trouble = "disk_low" if error.reason is Reason.NOT_NOW else "failed"
            await self._keep("recording.ended", {"why": self._trouble})
            return
        self._since, self._trouble = self._now(), ""

    async def stop(self, why: str) -> None:
        """Idempotent: every end of a meeting comes here."""
        if self._recorder is None or self._since is None:
            return
        self._since = None
        await self._keep_segments(await self._recorder.stop())
        await self._keep("recording.ended", {"why": why})

    async def watch(self) -> None:
        """Called several times a second: finished files are kept, the meeting's end ends it, a full disk is told."""
        if self._recorder is None or self._since is None:
            return
        await self._keep_segments(self._recorder.finished())
        state = self._recorder.state()
        if state.stopped_by:
            self._trouble = state.stopped_by
            await self.stop(state.stopped_by)
        elif not self._may_go_on():
            await self.stop("meeting_over")

    async def _keep_segments(self, segments: tuple[Segment, ...]) -> None:
        for one in segments:
            facts = {"file": one.path.name, "seconds": round(one.seconds, 1), "sha256": one.sha256}
            await self._keep("recording.segment", {**facts, "complete": one.complete})

    def view(self) -> RecordingView:
        possible = self._recorder is not None and self._may_go_on()
        return RecordingView(possible, self._since, self._trouble if possible else "")
