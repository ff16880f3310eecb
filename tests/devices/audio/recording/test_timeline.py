"""Two sources become one recording: nothing doubled, nothing shifted, gaps are silence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from devices.audio.measuring.meter import RATE_HZ
from devices.audio.recording.timeline import JITTER_S, Timeline

BLOCK = 480


def counted(frames: int) -> np.ndarray:
    return np.arange(1, frames + 1, dtype=np.float32)[:, np.newaxis]


def lay_in_blocks(timeline: Timeline, source: int, wave: np.ndarray, began: float, jitter: list[float]) -> None:
    for number, start in enumerate(range(0, len(wave), BLOCK)):
        block = wave[start : start + BLOCK]
        timeline.lay(source, block, began + (start + len(block)) / RATE_HZ + jitter[number % len(jitter)])


@given(
    st.lists(st.floats(0, JITTER_S * 0.9), min_size=1, max_size=8),
    st.lists(st.floats(0.001, 0.4), min_size=1, max_size=12),
)
def test_sources_keep_every_frame_however_late_blocks_are_and_however_it_is_taken(
    jitter: list[float], pieces: list[float]
) -> None:
    timeline, wave = Timeline(2, 100.0), counted(RATE_HZ // 2)
    lay_in_blocks(timeline, 0, wave, 100.0, jitter)
    lay_in_blocks(timeline, 1, -wave, 100.0, [0.0])
    taken, until = [], 100.0
    for piece in [*pieces, 1.0]:
        until += piece
        taken.append(timeline.take(until))
    whole = np.concatenate(taken)[: len(wave)]
    assert np.array_equal(whole[:, 0], wave[:, 0])
    assert np.array_equal(whole[:, 1], -wave[:, 0])


def test_what_no_source_brought_is_silence() -> None:
    timeline = Timeline(2, 0.0)
    timeline.lay(0, counted(BLOCK), 1.0)
    whole = timeline.take(2.0)
    assert whole.shape == (2 * RATE_HZ, 2)
    assert np.count_nonzero(whole[:, 0]) == BLOCK
    assert np.flatnonzero(whole[:, 0])[-1] == RATE_HZ - 1
    assert not whole[:, 1].any()


def test_what_comes_after_its_time_was_taken_is_dropped() -> None:
    timeline = Timeline(1, 0.0)
    timeline.take(1.0)
    timeline.lay(0, counted(BLOCK), 0.5)
    assert not timeline.take(2.0).any()


def test_channels_of_a_source_are_averaged() -> None:
    timeline = Timeline(1, 0.0)
    timeline.lay(0, np.array([[1.0, 0.0], [0.5, 0.5]], np.float32), 2 / RATE_HZ)
    assert timeline.take(2 / RATE_HZ)[:, 0].tolist() == [0.5, 0.5]
