"""What hours in one call do to the memory of the kiosk's web road: the slope of its PSS, with its confidence.

`./kiosk bench call_memory [MINUTES]`: how long the call lasts (120); the first five are left out. The interval counts
only as many samples as are independent of one another: they are fewer where each is like the one before (Santer et
al. 2000, J. Geophys. Res. 105, eq. 3-6).
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from tests.benchmarks.call_ground import CallGround, Usage, lacking, usage
from tests.benchmarks.table import table
from tests.fakes.road_process import Road

MINUTES = 120.0
LEFT_OUT_S = 300.0
SAMPLE_S = 5.0
LEAST_MINUTES = 6.0
MOST_GROWTH_PCT = 15  # over two hours
FOOTING = """Ours is the web road's process without the kiosk's own pages. All the while 720p comes in, and a stand-in
camera's picture goes out, over a real Janus; the call was seen to stand at each sample."""


Sample = tuple[float, Usage]  # seconds in the call, and what all processes held then


@dataclass(frozen=True, slots=True)
class Slope:
    """MB an hour, half of its 95 % interval, and the value at its beginning."""

    mb_h: float
    half: float
    first_mb: float


def slope(at_s: Sequence[float], values: Sequence[float]) -> Slope:
    hours, held = np.asarray(at_s) / 3600, np.asarray(values)
    mb_h, start = (float(found) for found in np.polyfit(hours, held, 1))
    off = held - start - mb_h * hours
    varies = float(np.std(off)) > 1e-6
    alike = max(0.0, float(np.corrcoef(off[:-1], off[1:])[0, 1])) if varies else 0.0
    independent = max(3.0, len(off) * (1 - alike) / (1 + alike))
    error = np.sqrt(np.sum(off**2) / (independent - 2) / np.sum((hours - hours.mean()) ** 2))
    return Slope(mb_h, float(error * t.ppf(0.975, independent - 2)), start + mb_h * float(hours[0]))


def sampled(road: Road, began: float, minutes: float) -> list[Sample]:
    """One every SAMPLE_S; a call that fell over would need no memory, so it must stand all the while."""
    samples, was = list[Sample](), road.look()
    while time.monotonic() < began + minutes * 60:
        time.sleep(SAMPLE_S)
        look = road.look()
        assert (look["page_error"], look["renderer"]) == (None, was["renderer"]), look
        for way in ("video_in", "video_out"):
            assert look[way]["frames"] > was[way]["frames"], f"{way} stands still: {look}"
        samples.append((time.monotonic() - began, usage(road.pid)))
        was = look
    return samples


def parts(samples: Sequence[Sample], kiosk: int, page: int) -> dict[str, list[float]]:
    """PSS over time, of all and of each kind of process."""
    kinds = {"all processes": [used.pss_mb for _, used in samples]}
    kinds["the kiosk's own"] = [used.pss_of[kiosk] for _, used in samples]
    kinds["the page's"] = [used.pss_of[page] for _, used in samples]
    kinds["Chromium's others"] = [used.pss_mb - used.pss_of[kiosk] - used.pss_of[page] for _, used in samples]
    return kinds


def slopes(samples: Sequence[Sample], kiosk: int, page: int, minutes: float) -> str:
    kept = [sample for sample in samples if sample[0] > LEFT_OUT_S]
    at = [when for when, _ in kept]
    kinds = parts(kept, kiosk, page)
    lines = {name: slope(at, values) for name, values in kinds.items()}
    rows = [
        (
            *(name, f"{values[0]:.0f}", f"{values[-1]:.0f}", f"{max(values):.0f}", f"{line.mb_h:+.1f}"),
            f"{line.mb_h - line.half:+.1f} to {line.mb_h + line.half:+.1f}",
        )
        for (name, values), line in zip(kinds.items(), lines.values(), strict=True)
    ]
    header = ("PSS of", "after 5 min, MB", "at the end, MB", "most, MB", "slope, MB/h", "95 % interval")
    title = f"{minutes:g} min in one call, the first 5 left out, {len(kept)} samples"
    whole = lines["all processes"]
    growth, half = (value * 2 / whole.first_mb * 100 for value in (whole.mb_h, whole.half))
    cpu = kept[-1][1].cpu_pct(kept[0][1], at[-1] - at[0])
    said = (
        f"At that slope two hours add {growth:+.1f} % (95 %: {growth - half:+.1f} to {growth + half:+.1f}; target: "
        f"<= {MOST_GROWTH_PCT} %). CPU meanwhile: {cpu:.0f} % of a core.\n"
    )
    return f"{table(title, header, rows)}\n{said}{FOOTING}"


def main(minutes: float = MINUTES) -> int:
    if missing := lacking():
        print(f"not installed: {', '.join(missing)}", file=sys.stderr)
        return 3
    if minutes < LEAST_MINUTES:
        print(f"the first five minutes are left out: at least {LEAST_MINUTES:g}", file=sys.stderr)
        return 2
    with CallGround() as ground, ground.road() as road:
        road.make(*ground.server.allow)
        run, url = ground.run()
        began = time.monotonic()
        road.join(url)
        ground.moments(run, began)
        page = road.until(lambda look: look["video_out"]["frames"] > 0, "our own picture")["renderer"]
        print(slopes(sampled(road, began, minutes), road.pid, page, minutes))
    return 0


if __name__ == "__main__":
    sys.exit(main(*(float(minutes) for minutes in sys.argv[1:])))
