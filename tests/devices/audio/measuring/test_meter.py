"""Levels, floor, active speech and clipping of sounds whose truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.audio.measuring.meter import (
    BLOCK_FRAMES,
    RATE_HZ,
    Meter,
    active_level_dbov,
    clipped_runs,
    dc_dbfs,
    floor_dbfs,
    measure,
)
from devices.audio.stand_in import noise, speech_like


def sine(hz: float, amplitude: float, seconds: float = 1.0) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def test_full_scale_sine_is_three_decibels_under_a_square() -> None:
    level = measure(sine(1000, 1.0)[:, np.newaxis], 0.0)
    assert level.rms_dbfs == pytest.approx(-3.01, abs=0.01)
    assert level.peak_dbfs == pytest.approx(0.0, abs=0.01)


def test_level_is_that_of_the_loudest_channel() -> None:
    both = np.stack([sine(1000, 0.01), sine(1000, 0.1)], axis=1)
    assert measure(both, 0.0).rms_dbfs == pytest.approx(-23.01, abs=0.01)


def test_only_digital_silence_is_exact_zero() -> None:
    silence = np.zeros((BLOCK_FRAMES, 2), np.float32)
    assert measure(silence, 0.0).exact_zero
    assert measure(silence, 0.0).rms_dbfs == -math.inf
    silence[7, 1] = 1e-9
    assert not measure(silence, 0.0).exact_zero


@given(st.lists(st.integers(min_value=1, max_value=3000), min_size=1, max_size=40))
def test_blocks_are_fifty_milliseconds_whatever_the_chunks(lengths: list[int]) -> None:
    meter = Meter()
    for length in lengths:
        meter.feed(np.full((length, 1), 0.5, np.float32), 0.0)
    assert len(meter.levels) == sum(lengths) // BLOCK_FRAMES
    assert all(level.rms_dbfs == pytest.approx(-6.02, abs=0.01) for level in meter.levels)


def test_pauses_do_not_lower_the_speech_level() -> None:
    voice = speech_like(4.0, -22.0)
    paused = np.concatenate([voice, np.zeros(4 * RATE_HZ, np.float32)])
    assert active_level_dbov(paused) == pytest.approx(active_level_dbov(voice), abs=0.5)


def test_active_level_of_a_steady_tone_is_its_rms() -> None:
    assert active_level_dbov(sine(1000, 0.5, 4.0)) == pytest.approx(-9.03, abs=0.1)


def test_active_level_of_silence_is_none_at_all() -> None:
    assert active_level_dbov(np.zeros(RATE_HZ, np.float32)) == -math.inf


def test_a_cough_does_not_raise_the_floor() -> None:
    room = noise(3.0, -60.0)
    room[:RATE_HZ] += sine(300, 0.2)
    assert floor_dbfs(room) == pytest.approx(-60.0, abs=0.5)


def test_clipped_speech_is_counted_also_after_it_was_turned_down() -> None:
    voice = speech_like(3.0, -6.0)
    assert clipped_runs(0.6 * np.clip(voice, -0.5, 0.5)) > 3


@pytest.mark.parametrize("level_dbov", [-10.0, -16.0, -22.0])
def test_loud_speech_is_not_taken_for_clipping(level_dbov: float) -> None:
    assert clipped_runs(speech_like(3.0, level_dbov)) == 0


@pytest.mark.parametrize("hz", [50, 100, 150, 1000])
def test_a_deep_tone_in_sixteen_bits_is_not_taken_for_clipping(hz: int) -> None:
    assert clipped_runs(np.round(sine(hz, 0.5) * 32768).astype(np.float32) / 32768) == 0


def test_constant_part_is_measured() -> None:
    assert dc_dbfs(sine(1000, 0.1) + np.float32(0.01)) == pytest.approx(-40.0, abs=0.1)
