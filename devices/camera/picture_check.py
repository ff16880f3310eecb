"""What is wrong with a camera's picture: light first, then whether it lives, then focus and dirt by its reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from devices.contract import Finding, Frame, PictureReference

WIDTH, HEIGHT, TILES = 640, 360, 8
MOST_LOOKED_AT = 3  # frames whose light and sharpness are measured: first, middle, last
ENOUGH_ACROSS, ENOUGH_DOWN = 3840, 1080  # pixels of a picture of twice this or more are left out before it is scaled
FEWEST_FROZEN, FROZEN_S = 5, 2.0
COMPARED_BYTES = 1 << 22  # of a picture with twice as many or more: 1080p has 6 MB

Grey = NDArray[np.uint8]
_WORST_FIRST = (
    Finding.BLACK, Finding.NO_SIGNAL, Finding.FROZEN, Finding.OVER_EXPOSED, Finding.DIM, Finding.BLURRED, Finding.DIRTY
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """Of grey values 0…255 and ratios; 640 x 360. Measured on a drawn room with a sensor's noise of sigma 3.

    Good: mean 138, deviation 27, Laplacian 72; cap on: mean 0.2; lights off: mean 8, all below 16; a quarter of the
    light: mean 34; over-exposed: 0.81 above 250; a blue "no signal": deviation 0; defocus: 5 % of the sharpness; a
    smear on the lens: 76 % of the sharpness as a whole, so only its own tiles tell. Real cameras: not verified.
    """

    black_mean: float = 16.0
    dark_value: int = 16
    black_dark_part: float = 0.9
    dim_mean: float = 50.0
    bright_value: int = 250
    over_bright_part: float = 0.3
    no_signal_deviation: float = 2.0
    blurred_ratio: float = 0.3
    dirty_ratio: float = (
        0.2  # of a tile, beside the median of all: 0.3 finds dirt where the camera came back a step beside
    )
    dirty_tiles: int = 2  # that touch each other; one alone is a thing that was moved
    telling_tile: float = 12.0  # sharpness that a tile must have had to tell anything: a bare wall has none


@dataclass(frozen=True, slots=True)
class _Light:
    mean: float
    dark: float
    bright: float
    deviation: float


class PictureChecker:
    """contract.PictureJudge. Without a reference, or in bad light, nothing is said about focus and dirt.

    A person, or a thing that was moved before a patterned wall, can look like dirt: the finding asks for a look at it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def judge(self, frames: Sequence[Frame], reference: PictureReference | None) -> tuple[Finding, ...]:
        if not frames:
            return ()
        greys = _greys(frames)
        light = _light(greys[-1], self._limits)
        found = self._of_light(light)
        if light.deviation >= self._limits.no_signal_deviation and _is_frozen(frames):
            found.append(Finding.FROZEN)
        if not found and reference is not None:
            found = self._against(reference, _measured(greys))
        return tuple(sorted(found, key=_WORST_FIRST.index))

    def refer(self, frames: Sequence[Frame]) -> PictureReference:
        if not frames:
            raise ValueError("a reference wants a frame")
        return _measured(_greys(frames))

    def png(self, frame: Frame, width: int | None = None) -> bytes:
        from devices.camera.opencv import cv2

        image = _solid(frame.image)
        if width is not None:
            high = max(1, round(image.shape[0] * width / image.shape[1]))
            image = np.asarray(cv2.resize(image, (width, high), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        done, data = cv2.imencode(".png", image)
        if not done:
            raise ValueError("no PNG can be made of this frame")
        return data.tobytes()

    def _of_light(self, light: _Light) -> list[Finding]:
        limits = self._limits
        if light.mean < limits.black_mean or light.dark > limits.black_dark_part:
            return [Finding.BLACK]
        if light.bright > limits.over_bright_part:
            return [Finding.OVER_EXPOSED]
        if light.deviation < limits.no_signal_deviation:
            return [Finding.NO_SIGNAL]  # one colour; a dark one is no dim room
        return [Finding.DIM] if light.mean < limits.dim_mean else []

    def _against(self, reference: PictureReference, seen: PictureReference) -> list[Finding]:
        limits = self._limits
        if seen.sharpness < limits.blurred_ratio * reference.sharpness:
            return [Finding.BLURRED]
        before = np.asarray(reference.tiles)
        if before.shape != (TILES * TILES,):
            return []
        telling = before >= limits.telling_tile
        if not telling.any():
            return []
        ratio = np.asarray(seen.tiles) / np.maximum(before, limits.telling_tile)
        usual = min(1.0, float(np.median(ratio[telling])))  # less light takes from all tiles alike
        lost = (telling & (ratio < limits.dirty_ratio * usual)).reshape(TILES, TILES)
        return [Finding.DIRTY] if _largest_patch(lost) >= limits.dirty_tiles else []


def _solid(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """BGR or grey with at least one pixel, whatever came."""
    if image.ndim not in (2, 3) or image.size == 0:
        return np.zeros((1, 1), np.uint8)
    return image if image.ndim == 2 or image.shape[2] == 3 else image[:, :, 0]


def _greys(frames: Sequence[Frame]) -> list[Grey]:
    chosen = sorted({0, len(frames) // 2, len(frames) - 1}) if len(frames) > 1 else [0]
    return [_grey(frames[at].image) for at in chosen[-MOST_LOOKED_AT:]]


def _grey(image: NDArray[np.uint8]) -> Grey:
    from devices.camera.opencv import cv2

    image = _solid(image)
    thin = image[:: max(1, image.shape[0] // ENOUGH_DOWN), :: max(1, image.shape[1] // ENOUGH_ACROSS)]
    grey = cv2.cvtColor(thin, cv2.COLOR_BGR2GRAY) if thin.ndim == 3 else np.ascontiguousarray(thin)
    return np.asarray(cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _light(grey: Grey, limits: Limits) -> _Light:
    counts: NDArray[np.float64] = np.bincount(grey.ravel(), minlength=256) / grey.size
    values = np.arange(256)
    mean = float(counts @ values)
    deviation = float(counts @ (values - mean) ** 2) ** 0.5
    dark, bright = counts[: limits.dark_value].sum(), counts[limits.bright_value + 1 :].sum()
    return _Light(mean, float(dark), float(bright), deviation)


def _measured(greys: Sequence[Grey]) -> PictureReference:
    """Variance of the Laplacian, less what differs from frame to frame: a sensor's noise is as sharp as can be.

    With one frame the noise stays in it.
    """
    from devices.camera.opencv import cv2

    edges = [np.asarray(cv2.Laplacian(grey, cv2.CV_32F), dtype=np.float32) for grey in greys]
    found = np.mean([_variances(edge) for edge in edges], axis=0)
    if len(edges) > 1:
        found -= np.mean([_variances(one - other) for one, other in pairwise(edges)], axis=0) / 2
    whole, *tiles = (max(0.0, float(value)) for value in found)
    return PictureReference(whole, tuple(tiles))


def _variances(edge: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of the whole, then of each tile.

    Tiles fade into one another: an edge on the border of two would else leave one of them whenever the camera comes
    back a little beside.
    """
    down, across = _fading(HEIGHT), _fading(WIDTH)
    sums, squares = ((down @ values @ across.T).ravel() for values in (edge, np.square(edge)))
    whole = float(np.mean(np.square(edge))) - float(np.mean(edge)) ** 2
    return np.concatenate(([whole], squares - sums**2))


@cache
def _fading(length: int) -> NDArray[np.float32]:
    """TILES rows of weights over `length` pixels: each a raised cosine about its tile's middle, of sum 1."""
    size = length / TILES
    middles = (np.arange(TILES) + 0.5) * size
    away = np.abs(np.arange(length) + 0.5 - middles[:, np.newaxis]) / size
    weights = np.where(away < 1, 0.5 + 0.5 * np.cos(np.pi * away), 0.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def _is_frozen(frames: Sequence[Frame]) -> bool:
    """To the byte; of a picture with more than 1080 rows every second one, every third… is compared."""
    if len(frames) < FEWEST_FROZEN or frames[-1].arrived - frames[0].arrived <= FROZEN_S:
        return False
    first = frames[0].image
    rows = slice(None, None, max(1, first.nbytes // COMPARED_BYTES)) if first.ndim else ...
    return all(np.array_equal(first[rows], frame.image[rows]) for frame in frames[1:] if frame.image.ndim)


def _largest_patch(lost: NDArray[np.bool_]) -> int:
    """Of tiles that touch with a side."""
    left = {(int(row), int(column)) for row, column in np.argwhere(lost)}
    largest = 0
    while left:
        patch, edge = 0, [left.pop()]
        while edge:
            row, column = edge.pop()
            patch += 1
            near = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)} & left
            left -= near
            edge.extend(near)
        largest = max(largest, patch)
    return largest
