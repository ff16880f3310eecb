"""The meter against libebur128 and against what EBU Tech 3341 says of its signals."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.audio.measuring.loudness import HOP_FRAMES, LARGEST, RATE_HZ, Programme
from devices.audio.measuring.meter import BLOCK_FRAMES, Meter
from devices.audio.stand_in import noise, speech_like
from tests.fakes import tech3341
from tests.fakes.ebur128 import Ebur128

ORACLE = pytest.mark.needs("libebur128-1")
WEIGHTS = {1: (1.0,), 2: (1.0, 1.0), 5: (1.0, 1.0, 1.0, 1.41, 1.41)}
AGREES_LU = 0.02
Sound = tech3341.Sound


def heard(sound: Sound) -> Programme:
    programme = Programme(WEIGHTS[sound.shape[1]])
    programme.feed(sound)
    programme.end()
    return programme


def oracle_maxima(sound: Sound) -> tuple[float, float]:
    """libebur128's largest momentary and short-term loudness, asked every 10 ms."""
    momentary, short_term = -math.inf, -math.inf
    with Ebur128(sound.shape[1]) as oracle:
        for start in range(0, len(sound) - HOP_FRAMES + 1, HOP_FRAMES):
            oracle.feed(sound[start : start + HOP_FRAMES])
            momentary = max(momentary, oracle.momentary())
            if start + HOP_FRAMES >= 3 * RATE_HZ:
                short_term = max(short_term, oracle.short_term())
    return momentary, short_term


def voices(channels: int, seconds: float = 6.0) -> Sound:
    """A voice in noise, another in each channel."""
    made = [speech_like(seconds, -20.0 - 5 * number) + noise(seconds, -50.0, number) for number in range(channels)]
    return np.stack(made, axis=1).astype(np.float32)


# --- Tech 3341 -------------------------------------------------------------------------------------------------


@ORACLE
@pytest.mark.parametrize("case", tech3341.INTEGRATED)
def test_integrated_loudness_is_that_of_libebur128(case: int) -> None:
    sound, _ = tech3341.INTEGRATED[case]
    with Ebur128(sound.shape[1]) as oracle:
        oracle.feed(sound)
        assert heard(sound).integrated() == pytest.approx(oracle.integrated(), abs=AGREES_LU)


@pytest.mark.parametrize("case", tech3341.INTEGRATED)
def test_integrated_loudness_is_within_the_tolerance_of_tech_3341(case: int) -> None:
    sound, expected = tech3341.INTEGRATED[case]
    assert heard(sound).integrated() == pytest.approx(expected, abs=0.1)


def test_what_lies_below_minus_70_lufs_has_no_integrated_loudness() -> None:
    assert heard(tech3341.tone((-72.0, 2.0))).integrated() == -math.inf


def test_short_term_loudness_of_case_9_is_constant() -> None:
    assert heard(tech3341.case_9()).short_term()[:-10] == pytest.approx(-23.0, abs=0.1)


def test_momentary_loudness_of_case_12_is_constant() -> None:
    assert heard(tech3341.case_12()).momentary()[60:-10] == pytest.approx(-23.0, abs=0.1)


@ORACLE
def test_largest_short_term_of_case_9_is_that_of_libebur128() -> None:
    sound = tech3341.case_9()
    assert heard(sound).max_short_term() == pytest.approx(oracle_maxima(sound)[1], abs=AGREES_LU)


@ORACLE
def test_largest_momentary_of_case_12_is_that_of_libebur128() -> None:
    sound = tech3341.case_12()
    assert heard(sound).max_momentary() == pytest.approx(oracle_maxima(sound)[0], abs=AGREES_LU)


@ORACLE
@pytest.mark.parametrize("file", range(20))
def test_largest_short_term_of_a_case_10_file_is_read(file: int) -> None:
    sound = tech3341.case_10(file)
    read = heard(sound).max_short_term()
    assert read == pytest.approx(oracle_maxima(sound)[1], abs=AGREES_LU)
    assert read == pytest.approx(-23.0, abs=0.1)


@ORACLE
@pytest.mark.parametrize("file", range(20))
def test_largest_momentary_of_a_case_13_file_is_read(file: int) -> None:
    sound = tech3341.case_13(file)
    read = heard(sound).max_momentary()
    assert read == pytest.approx(oracle_maxima(sound)[0], abs=AGREES_LU)
    assert read == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("case", tech3341.TRUE_PEAK)
def test_true_peak_is_what_the_signal_was_made_with(case: int) -> None:
    amplitude = tech3341.TRUE_PEAK[case][1]
    assert heard(tech3341.peak_tone(case)).true_peak() == pytest.approx(20 * math.log10(amplitude), abs=0.1)


@ORACLE
def test_true_peak_of_a_voice_is_that_of_libebur128() -> None:
    sound = voices(1)
    with Ebur128(1) as oracle:
        oracle.feed(sound)
        assert heard(sound).true_peak() == pytest.approx(oracle.true_peak(), abs=0.1)


# --- the meter of the microphone -------------------------------------------------------------------------------


@ORACLE
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_each_channel_of_a_level_is_that_of_libebur128(channels: int) -> None:
    sound, meter = voices(channels), Meter()
    meter.feed(sound, 0.0)
    for number in range(channels):
        momentary, short_term = oracle_maxima(sound[:, [number]])
        levels = [level.channels[number] for level in meter.levels]
        assert max(level.momentary_lufs for level in levels) == pytest.approx(momentary, abs=AGREES_LU)
        assert max(level.short_term_lufs for level in levels) == pytest.approx(short_term, abs=AGREES_LU)


def test_a_burst_of_400_ms_between_two_blocks_is_read_in_full() -> None:
    meter = Meter()
    meter.feed(tech3341.tone((-400.0, 1.02), (-23.0, 0.4), (-400.0, 1.0), channels=1), 0.0)
    assert max(level.channels[0].momentary_lufs for level in meter.levels) == pytest.approx(-26.01, abs=0.1)


def test_loudness_is_unknown_until_the_window_was_heard() -> None:
    meter = Meter()
    meter.feed(tech3341.tone((-23.0, 3.0), channels=1), 0.0)
    momentary = [level.channels[0].momentary_lufs for level in meter.levels]
    short_term = [level.channels[0].short_term_lufs for level in meter.levels]
    assert [math.isinf(value) for value in momentary[:8]] == [True] * 7 + [False]
    assert [math.isinf(value) for value in short_term] == [True] * 59 + [False]


def test_silence_has_no_loudness() -> None:
    meter = Meter()
    meter.feed(np.zeros((4 * RATE_HZ, 2), np.float32), 0.0)
    assert {level.channels[1].short_term_lufs for level in meter.levels} == {-math.inf}


def test_loudness_ends_with_the_sound() -> None:
    meter = Meter()
    meter.feed(tech3341.tone((0.0, 1.0), (-400.0, 1.0), channels=1), 0.0)
    assert meter.levels[-1].channels[0].momentary_lufs == -math.inf


def test_true_peak_between_two_blocks_is_not_lost() -> None:
    crossing = np.zeros((2 * BLOCK_FRAMES, 1), np.float32)
    crossing[BLOCK_FRAMES - 1 : BLOCK_FRAMES + 1] = 0.5  # the largest value lies between the last and the first sample
    meter = Meter()
    meter.feed(crossing, 0.0)
    assert max(level.channels[0].true_peak_dbtp for level in meter.levels) > 20 * math.log10(0.6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9000), min_size=1, max_size=30), st.integers(1, 8))
def test_figures_are_the_same_however_the_samples_are_cut(lengths: list[int], channels: int) -> None:
    sound = np.random.default_rng(3).normal(0, 0.1, (sum(lengths), channels)).astype(np.float32)
    whole, cut = Meter(), Meter()
    whole.feed(sound, 0.0)
    for start, length in zip(np.cumsum([0, *lengths]), lengths, strict=False):
        cut.feed(sound[start : start + length], 0.0)
    assert list(cut.levels) == list(whole.levels)


@settings(max_examples=25, deadline=None)
@given(st.floats(-40.0, 10.0))
def test_a_gain_moves_every_figure_by_as_much(gain_db: float) -> None:
    plain, moved = heard(SPOKEN), heard(SPOKEN * np.float32(10 ** (gain_db / 20)))
    for figure in (Programme.max_momentary, Programme.max_short_term, Programme.true_peak):
        assert figure(moved) - figure(plain) == pytest.approx(gain_db, abs=0.001)


SPOKEN = voices(2, 4.0)
BAD = st.sampled_from([math.nan, math.inf, -math.inf, 3e38, -3e38, 1e-42])


@settings(max_examples=50, deadline=None)
@given(st.lists(BAD, min_size=1, max_size=50), st.integers(0, BLOCK_FRAMES), st.integers(1, 8))
def test_broken_samples_poison_nothing_for_ever(bad: list[float], at: int, channels: int) -> None:
    broken = np.zeros((2 * BLOCK_FRAMES, channels), np.float32)
    broken[at : at + len(bad), 0] = bad
    sound = tech3341.tone((-23.0, 4.0), channels=channels)
    meter, untouched = Meter(), Meter()
    meter.feed(broken, 0.0)
    meter.feed(sound, 0.0)
    untouched.feed(sound, 0.0)
    last, expected = meter.levels[-1].channels[0], untouched.levels[-1].channels[0]
    assert last.short_term_lufs == pytest.approx(expected.short_term_lufs, abs=0.01)
    assert last.true_peak_dbtp == pytest.approx(expected.true_peak_dbtp, abs=0.001)


def test_a_broken_block_is_no_silence() -> None:
    meter = Meter()
    meter.feed(np.full((BLOCK_FRAMES, 1), math.nan, np.float32), 0.0)
    assert not meter.levels[-1].exact_zero


def test_infinity_counts_as_the_largest_sample() -> None:
    meter = Meter()
    meter.feed(np.full((BLOCK_FRAMES, 1), math.inf, np.float32), 0.0)
    assert meter.levels[-1].peak_dbfs == pytest.approx(20 * math.log10(LARGEST))


def test_other_channels_begin_anew() -> None:
    meter = Meter()
    for channels in (1, 8, 2):
        meter.feed(np.full((BLOCK_FRAMES, channels), 0.1, np.float32), 0.0)
    assert [len(level.channels) for level in meter.levels] == [1, 8, 2]


def test_listening_begins_without_the_wait_for_scipy() -> None:
    asks = "import sys, devices.audio.pulse.capture; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asks]).returncode == 0


def test_a_quiet_channel_keeps_its_own_level() -> None:
    both = np.hstack([tech3341.tone((-20.0, 1.0), channels=1), tech3341.tone((-60.0, 1.0), channels=1)])
    meter = Meter()
    meter.feed(both, 0.0)
    assert [round(channel.rms_dbfs, 1) for channel in meter.levels[-1].channels] == [-23.0, -63.0]
