"""Vietnamese speech by espeak-ng, and the rooms it is spoken in; all mono 48 kHz, each seed another sound."""

import io
import subprocess
from functools import lru_cache

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import lfilter, resample_poly

from devices.audio.measuring.meter import RATE_HZ, Samples, active_level_dbov

TEXTS = (
    "Kính thưa đồng chí chủ tọa, tôi xin báo cáo kết quả công tác tháng mười một và phương hướng nhiệm vụ sắp tới.",
    "Điểm cầu Hà Giang nghe rõ, hình ảnh và âm thanh tốt, xin ý kiến chỉ đạo của đồng chí.",
    "Một hai ba bốn năm sáu bảy tám chín mười, đây là bài thử micro của phòng họp trực tuyến.",
    "Ủy ban nhân dân huyện đã triển khai đầy đủ các nội dung theo kế hoạch, không có vướng mắc.",
    "Đề nghị các điểm cầu tắt micro khi không phát biểu và giữ trật tự trong suốt cuộc họp.",
)


@lru_cache(maxsize=200)
def _spoken(text: str, speed: int, pitch: int, voice: str) -> Samples:
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text]
    said = subprocess.run(command, capture_output=True, timeout=20, check=True).stdout
    wave, rate = soundfile.read(io.BytesIO(said), dtype="float32")
    return np.asarray(resample_poly(wave, RATE_HZ, rate), np.float32)


def speech(seconds: float, level_dbov: float, seed: int) -> Samples:
    """One speaker, text after text with short pauses, at an active level after ITU-T P.56."""
    random = np.random.default_rng(seed)
    speed, pitch = int(random.integers(140, 200)), int(random.integers(20, 80))
    voice = str(random.choice(["vi", "vi-vn-x-central", "vi-vn-x-south"]))
    parts: list[Samples] = []
    order, frames = list(random.permutation(len(TEXTS))), 0
    while frames < seconds * RATE_HZ:
        part = _spoken(TEXTS[order[len(parts) // 2 % len(order)]], speed, pitch, voice)
        parts += [part, np.zeros(int(random.uniform(0.2, 0.5) * RATE_HZ), np.float32)]
        frames += len(parts[-1]) + len(part)
    wave = np.concatenate(parts)[: round(seconds * RATE_HZ)]
    return limited(at_level(wave, level_dbov, active_level_dbov(wave)))


def limited(wave: Samples, highest: float = 0.97) -> Samples:
    """Peaks turned down for their moment, as a good preamplifier does: natural peaks, no flat tops."""
    around = maximum_filter1d(np.abs(wave), 481)
    gain = uniform_filter1d(np.minimum(1.0, highest / np.maximum(around, 1e-9)), 241)
    return np.asarray(wave * gain, np.float32)


def at_level(wave: NDArray[np.floating], wanted_db: float, is_db: float | None = None) -> Samples:
    """Scaled to an RMS (dBFS), or by the difference to a level that was measured."""
    now = 10 * np.log10(np.mean(np.square(wave, dtype=np.float64)) + 1e-20) if is_db is None else is_db
    return np.asarray(wave * 10 ** ((wanted_db - now) / 20), np.float32)


def white(seconds: float, level_dbfs: float, seed: int) -> Samples:
    return at_level(np.random.default_rng(seed).normal(size=round(seconds * RATE_HZ)), level_dbfs)


def pink(seconds: float, level_dbfs: float, seed: int) -> Samples:
    """-3 dB an octave, by Paul Kellet's three poles."""
    made = np.random.default_rng(seed).normal(size=round(seconds * RATE_HZ) + RATE_HZ)
    b, a = (0.049922035, -0.095993537, 0.050612699, -0.004408786), (1, -2.494956002, 2.017265875, -0.522189400)
    return at_level(lfilter(b, a, made)[RATE_HZ:], level_dbfs)


def babble(seconds: float, level_dbfs: float, seed: int, speakers: int = 6) -> Samples:
    """Several people at once, from afar."""
    return at_level(sum(speech(seconds, -26.0, seed * 31 + n) for n in range(speakers)), level_dbfs)


def hum(seconds: float, level_dbfs: float, seed: int) -> Samples:
    """Mains at 50 Hz (± 0.1) with its harmonics to 300 Hz."""
    random = np.random.default_rng(seed)
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    base = 50 + random.uniform(-0.1, 0.1)
    sizes = random.uniform(0.3, 1.0, 6) / np.arange(1, 7) ** 0.5
    wave = sum(size * np.sin(2 * np.pi * base * (k + 1) * t + random.uniform(0, 6)) for k, size in enumerate(sizes))
    return at_level(wave, level_dbfs)


def howl(seconds: float, hz: float, start_dbfs: float, rise_db_s: float) -> Samples:
    """A feedback that builds up and ends where the amplifier does (full scale)."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    size = 10 ** (np.minimum(start_dbfs + rise_db_s * t, 6.0) / 20)
    return np.clip(size * np.sin(2 * np.pi * hz * t), -1, 1).astype(np.float32)


def feedback(
    source: Samples, gain: float, delay_s: float, hz: float, seed: int, width_hz: float = 120.0, limit: float = 0.95
) -> Samples:
    """What a microphone hears that hears its own loudspeaker: a resonance of the room, a delay, an amplifier's end."""
    b, a = _resonance(hz, width_hz)
    delay = max(round(delay_s * RATE_HZ), 1)
    heard, state = np.zeros(len(source) + delay, np.float64), np.zeros(2)
    noise = np.random.default_rng(seed).normal(0, 1e-4, len(source))
    for start in range(0, len(source), delay):
        end = min(start + delay, len(source))
        back, state = lfilter(b, a, heard[start : start + delay], zi=state)  # what was heard one delay ago
        whole = source[start:end] + noise[start:end] + gain * back[: end - start]
        heard[start + delay : end + delay] = np.clip(whole, -limit, limit)
    return np.asarray(heard[delay:], np.float32)


def _resonance(hz: float, width_hz: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A band-pass whose peak is 1 (RBJ's cookbook)."""
    w = 2 * np.pi * hz / RATE_HZ
    alpha = np.sin(w) * width_hz / hz / 2
    return np.array([alpha, 0, -alpha]) / (1 + alpha), np.array([1 + alpha, -2 * np.cos(w), 1 - alpha]) / (1 + alpha)
