"""Recording: off until somebody asks for a reason, seen, kept by its hash, ended with the meeting, a full disk told."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from devices.contract import DeviceError, Reason, RecordingState, Segment
from roomapp.rules.session import NotAllowedError
from roomapp.running.meeting.recording import Recording
from roomapp.words import LANGUAGES, Words

ONE = Segment(Path("a.opus"), 600.0, "aa")
LAST = Segment(Path("b.opus"), 12.5, "bb")
LEFT = Segment(Path("c.opus"), 3.0, "cc", complete=False)


class HandRecorder:
    def __init__(self) -> None:
        self.on, self.stopped_by = False, ""
        self.refuses: Reason | None = None
        self.ready: list[Segment] = []

    async def start(self, folder: Path) -> None:
        if self.refuses is not None:
            raise DeviceError(self.refuses, "disk")
        self.on = True

    async def stop(self) -> tuple[Segment, ...]:
        self.on = False
        return (LAST,)

    def finished(self) -> tuple[Segment, ...]:
        ready, self.ready = tuple(self.ready), []
        return ready

    def state(self) -> RecordingState:
        return RecordingState(self.on, 1.0, self.stopped_by)

    async def take_up(self, folder: Path, known: Collection[str]) -> tuple[Segment, ...]:
        return tuple(one for one in (LEFT,) if one.path.name not in known)


class Bench:
    def __init__(self, folder: Path, recorder: HandRecorder | None = None) -> None:
        self.recorder, self.in_room, self.in_meeting = recorder or HandRecorder(), True, True
        self.rows: list[tuple[str, dict[str, Any]]] = []
        self.recording = Recording(
            self.recorder,
            folder,
            self._keep,
            lambda: datetime.now(UTC),
            may_begin=lambda: self.in_room,
            may_go_on=lambda: self.in_meeting,
        )

    async def _keep(self, kind: str, body: Mapping[str, Any]) -> None:
        self.rows.append((kind, dict(body)))

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.rows]


def in_meeting(folder: Path, test: Callable[[Bench], Awaitable[None]]) -> Bench:
    bench = Bench(folder)
    asyncio.run(test(bench))
    return bench


def test_reason_and_person_are_kept_before_the_first_sample(tmp_path: Path) -> None:
    async def record(bench: Bench) -> None:
        await bench.recording.start("minutes", "focal_officer")
        assert bench.recording.view().since is not None
        await bench.recording.stop("officer")

    bench = in_meeting(tmp_path, record)
    assert bench.rows == [
        ("recording.started", {"reason": "minutes", "person": "focal_officer"}),
        ("recording.segment", {"file": "b.opus", "seconds": 12.5, "sha256": "bb", "complete": True}),
        ("recording.ended", {"why": "officer"}),
    ]


def test_nothing_is_recorded_outside_a_meeting_or_without_a_reason(tmp_path: Path) -> None:
    async def record(bench: Bench) -> None:
        with pytest.raises(NotAllowedError, match="recording_unnamed"):
            await bench.recording.start(" ", "focal_officer")
        bench.in_room = False
        with pytest.raises(NotAllowedError, match="no_recording"):
            await bench.recording.start("minutes", "focal_officer")

    bench = in_meeting(tmp_path, record)
    assert bench.rows == []
    assert not bench.recorder.on


def test_room_whose_profile_allows_none_has_none(tmp_path: Path) -> None:
    async def keep(_kind: str, _body: Mapping[str, Any]) -> None:
        raise AssertionError("nothing to keep")

    def always() -> bool:
        return True

    recording = Recording(None, tmp_path, keep, lambda: datetime.now(UTC), always, always)
    assert not recording.view().possible
    with pytest.raises(NotAllowedError):
        asyncio.run(recording.start("minutes", "focal_officer"))


def test_end_of_the_meeting_ends_it(tmp_path: Path) -> None:
    async def record(bench: Bench) -> None:
        await bench.recording.start("minutes", "focal_officer")
        await bench.recording.watch()
        bench.in_meeting = False
        await bench.recording.watch()
        await bench.recording.watch()

    bench = in_meeting(tmp_path, record)
    assert bench.rows[-1] == ("recording.ended", {"why": "meeting_over"})
    assert bench.kinds().count("recording.ended") == 1


def test_finished_files_are_kept_while_it_runs(tmp_path: Path) -> None:
    async def record(bench: Bench) -> None:
        await bench.recording.start("minutes", "focal_officer")
        bench.recorder.ready.append(ONE)
        await bench.recording.watch()

    assert in_meeting(tmp_path, record).rows[-1][1]["sha256"] == "aa"


def test_full_disk_is_told_and_what_there_is_is_kept(tmp_path: Path) -> None:
    async def record(bench: Bench) -> None:
        await bench.recording.start("minutes", "focal_officer")
        bench.recorder.stopped_by = "disk_full"
        await bench.recording.watch()

    bench = in_meeting(tmp_path, record)
    assert bench.kinds()[-2:] == ["recording.segment", "recording.ended"]
    assert bench.recording.view().trouble == "disk_full"
    assert bench.recording.view().since is None


@pytest.mark.parametrize(("reason", "told"), [(Reason.NOT_NOW, "disk_low"), (Reason.PROTOCOL, "failed")])
def test_recording_that_cannot_begin_is_told_and_nothing_is_said_to_run(
    tmp_path: Path, reason: Reason, told: str
) -> None:
    async def record(bench: Bench) -> None:
        bench.recorder.refuses = reason
        await bench.recording.start("minutes", "focal_officer")

    bench = in_meeting(tmp_path, record)
    assert (bench.recording.view().trouble, bench.recording.view().since) == (told, None)
    assert bench.rows[-1] == ("recording.ended", {"why": told})


def test_what_a_kill_left_is_taken_up_as_incomplete(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    bench = in_meeting(tmp_path, lambda bench: bench.recording.take_up())
    assert bench.rows == [
        ("recording.segment", {"file": "c.opus", "seconds": 3.0, "sha256": "cc", "complete": False}),
    ]


def test_file_that_the_journal_knows_is_not_taken_up_again(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()

    async def start_again(bench: Bench) -> None:
        bench.recording.remember([("recording.segment", {"file": "c.opus"})])
        await bench.recording.take_up()

    assert in_meeting(tmp_path, start_again).rows == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_trouble_has_its_sentence(lang: str) -> None:
    words = Words(lang)
    assert all(f"recording.{one}" in words for one in ("disk_low", "disk_full", "failed"))
