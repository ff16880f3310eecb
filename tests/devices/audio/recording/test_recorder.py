"""A recording on a real PulseAudio: both sides on their own channel, safe against a kill, whole after a full disk."""

import asyncio
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from devices.audio.measuring.meter import RATE_HZ, channel_rms, db
from devices.audio.pulse.truth import PulseTruth
from devices.audio.recording import segments
from devices.audio.recording.recorder import WRITE_EVERY_S, RoomRecorder
from devices.audio.recording.segments import DiskFullError, Segments, sha256, take_up
from devices.contract import DeviceError, Reason, RecordingState
from tests.devices.audio.needs import REAL_SOUND
from tests.fakes.processes import Child
from tests.fakes.pulse_server import PulseServer

LOST_S = 2.0  # what a kill may take away
DB = 1.0  # Opus is lossy


def tone(hz: float, seconds: float, level: float = 0.1) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def stereo(seconds: float) -> np.ndarray:
    return np.column_stack([tone(440, seconds), tone(1000, seconds)])


@contextmanager
def recording(server: PulseServer, folder: Path, *limit: str) -> Iterator[Child]:
    command = [sys.executable, "-m", "tests.fakes.recording_program", server.url, str(folder), *limit]
    with Child(command, env=server.env) as program:
        yield program


@pytest.fixture
def any_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "BEGIN_FREE_BYTES", 0)
    monkeypatch.setattr(segments, "GO_ON_FREE_BYTES", 0)


class TestOnTheServer:
    pytestmark = REAL_SOUND

    def test_microphone_stands_left_and_the_loudspeaker_right(self, tmp_path: Path) -> None:
        with PulseServer() as server, recording(server, tmp_path / "recordings") as program:
            program.until(lambda told: told["seconds"] > 0.5, "the recording")
            server.play(tone(440, 20.0))
            server.play(tone(1000, 20.0, 0.05), sink="room_speaker")
            program.until(lambda told: told["seconds"] > 4.0, "four seconds")
            program.ask_to_end()
            told = program.until(lambda told: "segments" in told, "the files")["segments"]
        ((path, seconds, digest, complete),) = told
        samples, rate = soundfile.read(path)
        heard = samples[-rate * 2 : -rate // 2]
        spectrum = np.abs(np.fft.rfft(heard, axis=0))
        hz = np.fft.rfftfreq(len(heard), 1 / rate)
        assert [round(hz[side.argmax()]) for side in spectrum.T] == [440, 1000]
        assert [db(rms) for rms in channel_rms(heard)] == pytest.approx([-23.0, -29.0], abs=DB)
        assert (digest, complete) == (sha256(Path(path)), True)
        assert seconds == pytest.approx(len(samples) / rate, abs=0.1)

    @pytest.mark.parametrize("after_s", [2.3, 3.1, 3.9])
    def test_kill_takes_no_more_than_two_seconds(self, tmp_path: Path, after_s: float) -> None:
        folder = tmp_path / "recordings"
        with PulseServer() as server, recording(server, folder) as program:
            began = program.until(lambda told: told["recording"], "the recording")["at"]
            program.during(after_s)
            program.signal(signal.SIGKILL)
            killed = time.monotonic()
            program.wait(5)
        (left,) = take_up(folder, ())
        assert not left.complete
        assert left.seconds > killed - began - LOST_S
        assert soundfile.read(str(left.path))[0].shape[1] == 2
        assert left.path.name.endswith(".opus")
        assert left.sha256 == sha256(left.path)
        assert take_up(folder, {left.path.name}) == ()

    def test_full_disk_is_told_and_what_there_is_is_kept(self, tmp_path: Path) -> None:
        with PulseServer() as server, recording(server, tmp_path / "recordings", "30000") as program:
            server.play(np.random.default_rng(1).normal(0, 0.1, RATE_HZ * 30).astype(np.float32), sink="room_speaker")
            last = program.until(lambda told: told.get("stopped_by"), "the full disk", 30)
            assert (last["stopped_by"], last["recording"]) == ("disk_full", False)
            program.ask_to_end()
            told = program.until(lambda told: "segments" in told, "the files")["segments"]
        ((path, _, _, complete),) = told
        assert not complete
        assert len(soundfile.read(path)[0]) > 0


@pytest.mark.usefixtures("any_disk")
def test_recording_whose_file_breaks_is_not_said_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_segments: Segments, _samples: np.ndarray) -> None:
        raise soundfile.LibsndfileError(1)

    async def record() -> RecordingState:
        recorder = RoomRecorder(None, "", PulseTruth("unix:/nowhere"))
        await recorder.start(tmp_path)
        await asyncio.sleep(3 * WRITE_EVERY_S)
        await recorder.stop()
        return recorder.state()

    monkeypatch.setattr(Segments, "write", breaks)
    state = asyncio.run(record())
    assert (state.recording, state.stopped_by) == (False, "failed")


@pytest.mark.usefixtures("any_disk")
def test_segments_follow_one_another_without_a_gap(tmp_path: Path) -> None:
    wave = stereo(2.5)
    writer = Segments(tmp_path, segment_s=1.0)
    for start in range(0, len(wave), 4321):
        writer.write(wave[start : start + 4321])
    writer.close()
    told = writer.finished()
    assert [round(one.seconds, 3) for one in told] == [1.0, 1.0, 0.5]
    assert [one.path.name[-8:] for one in told] == ["-01.opus", "-02.opus", "-03.opus"]
    assert sum(len(soundfile.read(str(one.path))[0]) for one in told) == len(wave)
    assert all(one.path.stat().st_mode & 0o077 == 0 for one in told)


def test_disk_with_too_little_room_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "BEGIN_FREE_BYTES", 1 << 62)
    with pytest.raises(DeviceError) as refused:
        Segments(tmp_path)
    assert refused.value.reason is Reason.NOT_NOW
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made_is_not_called_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file stands where the folder should")
    with pytest.raises(DeviceError) as refused:
        Segments(tmp_path / "recordings")
    assert refused.value.reason is Reason.PROTOCOL


def test_disk_that_runs_low_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "BEGIN_FREE_BYTES", 0)
    monkeypatch.setattr(segments, "GO_ON_FREE_BYTES", 1 << 62)
    writer = Segments(tmp_path)
    with pytest.raises(DiskFullError):
        writer.write(stereo(0.1))
    writer.close()
    assert len(writer.finished()) == 1


@pytest.mark.usefixtures("any_disk")
def test_closed_file_that_nobody_knows_of_is_told_as_complete(tmp_path: Path) -> None:
    writer = Segments(tmp_path)
    writer.write(stereo(1.2))
    writer.close()
    (told,) = take_up(tmp_path, ())
    assert told.complete
    assert told.seconds == pytest.approx(1.2, abs=0.01)


def test_rubbish_in_the_folder_is_told_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "20260101-000000-01.part.opus").write_bytes(b"OggS" + bytes(50))
    (tmp_path / "20260101-000000-02.part.opus").write_bytes(b"")
    assert [(one.seconds, one.complete) for one in take_up(tmp_path, ())] == [(0.0, False)] * 2
