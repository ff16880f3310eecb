"""The picture's judge on the practice room: each fault is found in many scenes, and none in a good one."""

import random
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from devices.camera.opencv import cv2
from devices.camera.picture_check import FROZEN_S, PictureChecker
from devices.contract import Finding, Frame, PictureReference
from devices.practice.camera import PAN_MOST, TILT_LEAST, TILT_MOST, ZOOM_MOST
from devices.practice.picture import RoomPicture

Image = NDArray[np.uint8]
JUDGE = PictureChecker()
ROOM = RoomPicture()
NOISE = np.random.default_rng(5).normal(0, 1, (800, 1280, 3)).astype(np.float32)
PAN, TILT, ZOOM = PAN_MOST, (TILT_MOST - TILT_LEAST) // 4, ZOOM_MOST

# Where people sit and things stand: a framing of the bare wall or floor has nothing that focus could be judged by.
FRAMINGS = st.tuples(st.integers(-PAN // 2, PAN // 2), st.integers(-TILT // 4, TILT // 4), st.integers(0, ZOOM))
LIGHTS = st.floats(0.6, 1.1)
many = settings(max_examples=12, deadline=None)


def taken(
    where: tuple[float, float, float],
    light: float = 1.0,
    noise: float = 0.0,
    spoil: Callable[[Image], Image] | None = None,
) -> list[Frame]:
    """Three frames in 2.4 s; what spoils the picture lies before the sensor, its noise after it."""
    frames = []
    for number in range(3):
        image = ROOM.render(*where)
        if spoil is not None:
            image = spoil(image)
        lit = cv2.convertScaleAbs(image, alpha=light).astype(np.int16)
        lit += (NOISE[number * 40 : number * 40 + image.shape[0]] * noise).astype(np.int16)
        frames.append(Frame(np.clip(lit, 0, 255).astype(np.uint8), 100.0 + number * 1.2, number))
    return frames


def found(frames: list[Frame], reference: PictureReference | None = None) -> tuple[Finding, ...]:
    return JUDGE.judge(frames, reference)


@many
@given(FRAMINGS, LIGHTS, st.floats(0, 5))
def test_nothing_is_found_in_a_good_picture(where: tuple[int, int, int], light: float, noise: float) -> None:
    reference = JUDGE.refer(taken(where))
    assert found(taken(where, light, noise), reference) == ()


def test_camera_that_came_back_a_little_beside_is_seldom_called_dirty() -> None:
    """Where an edge of the room leaves a tile altogether, nothing can be told: one picture in forty at the most."""
    chosen = random.Random(5)
    wrong = 0
    for _ in range(40):
        where = (chosen.randint(-PAN // 2, PAN // 2), chosen.randint(-TILT // 4, TILT // 4), chosen.randint(0, ZOOM))
        beside = (where[0] + chosen.randint(-3, 3), where[1] + chosen.randint(-2, 2), where[2])
        wrong += found(taken(beside), JUDGE.refer(taken(where))) != ()
    assert wrong <= 1


@many
@given(FRAMINGS, st.floats(0.0, 0.05), st.floats(0, 3))
def test_a_capped_lens_and_a_dark_room_are_black(where: tuple[int, int, int], light: float, noise: float) -> None:
    assert found(taken(where, light, noise)) == (Finding.BLACK,)


@many
@given(FRAMINGS, st.floats(0.15, 0.2), st.floats(0, 3))
def test_a_quarter_of_the_light_is_dim(where: tuple[int, int, int], light: float, noise: float) -> None:
    assert found(taken(where, light, noise), JUDGE.refer(taken(where))) == (Finding.DIM,)


@many
@given(FRAMINGS, st.floats(2.5, 6.0))
def test_too_much_light_is_over_exposed(where: tuple[int, int, int], light: float) -> None:
    assert found(taken(where, light, 2.0), JUDGE.refer(taken(where))) == (Finding.OVER_EXPOSED,)


@given(st.tuples(*[st.integers(0, 255)] * 3).filter(lambda colour: 20 < np.dot(colour, (0.114, 0.587, 0.299)) < 245))
@settings(max_examples=20, deadline=None)
def test_one_colour_is_no_signal(colour: tuple[int, int, int]) -> None:
    image = np.full((720, 1280, 3), colour, np.uint8)
    assert found([Frame(image, 100.0 + at * 0.6, at) for at in range(5)]) == (Finding.NO_SIGNAL,)


@many
@given(FRAMINGS)
def test_the_same_bytes_for_more_than_two_seconds_are_frozen(where: tuple[int, int, int]) -> None:
    image = ROOM.render(*where)
    reference = JUDGE.refer(taken(where))
    frozen = [Frame(image.copy(), 100.0 + at * 0.6, at) for at in range(5)]
    assert found(frozen, reference) == (Finding.FROZEN,)
    live = [*frozen[:4], Frame(ROOM.render(*where), 102.4, 5)]
    assert found(live, reference) == ()


@pytest.mark.parametrize(("count", "span_s"), [(4, 3.0), (5, FROZEN_S)])
def test_fewer_or_sooner_are_not_yet_frozen(count: int, span_s: float) -> None:
    image = ROOM.render(0, 0, 0)
    assert found([Frame(image, 100.0 + span_s * at / (count - 1), at) for at in range(count)]) == ()


@many
@given(FRAMINGS, st.floats(4.0, 10.0), st.floats(0, 4), LIGHTS)
def test_a_picture_out_of_focus_is_blurred(
    where: tuple[int, int, int], sigma: float, noise: float, light: float
) -> None:
    """Noise is as sharp in a blurred picture: it is no sharpness."""

    def defocus(image: Image) -> Image:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), dtype=np.uint8)

    reference = JUDGE.refer(taken(where, noise=noise))
    assert found(taken(where, light, noise, defocus), reference) == (Finding.BLURRED,)


def test_strong_noise_is_no_sharpness() -> None:
    """An evening's gain: the noise alone is sharper than 30 % of the room."""

    def defocus(image: Image) -> Image:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), 8), dtype=np.uint8)

    reference = JUDGE.refer(taken((0, 0, 0)))
    assert found(taken((0, 0, 0), noise=14, spoil=defocus), reference) == (Finding.BLURRED,)
    assert found(taken((0, 0, 0), noise=14), reference) == ()


def smear(x: int, y: int, radius: int) -> Callable[[Image], Image]:
    """Grease on the lens: a soft patch without contrast."""

    mask = np.zeros((720, 1280), np.float32)
    cv2.circle(mask, (x, y), radius, 1.0, -1)
    mask = np.asarray(cv2.blur(mask, (25, 25)), dtype=np.float32)[..., None]

    def over(image: Image) -> Image:
        small = cv2.GaussianBlur(cv2.resize(image, (320, 180), interpolation=cv2.INTER_AREA), (0, 0), 6)
        soft = cv2.resize(small, (1280, 720)).astype(np.float32) * 0.8 + 40
        return (image * (1 - mask) + soft * mask).astype(np.uint8)

    return over


def test_a_smear_on_the_lens_is_dirt_nearly_always() -> None:
    """Over a part of the room that has nothing to see, a smear cannot be told."""
    chosen = random.Random(7)
    seen = 0
    for _ in range(40):
        where = (chosen.randint(-PAN // 2, PAN // 2), chosen.randint(-TILT // 4, TILT // 4), chosen.randint(0, ZOOM))
        noise, x, y = chosen.uniform(0, 3), chosen.randint(350, 930), chosen.randint(330, 450)
        smeared = taken(where, 1.0, noise, smear(x, y, chosen.randint(170, 220)))
        seen += found(smeared, JUDGE.refer(taken(where, noise=noise))) == (Finding.DIRTY,)
    assert seen >= 38


def test_without_a_reference_nothing_is_said_of_focus_and_dirt() -> None:
    def defocus(image: Image) -> Image:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), 8), dtype=np.uint8)

    assert found(taken((0, 0, 0), spoil=defocus)) == ()


def test_a_dim_room_is_not_called_blurred() -> None:
    assert found(taken((0, 0, 0), 0.2), JUDGE.refer(taken((0, 0, 0)))) == (Finding.DIM,)


def test_the_worst_comes_first() -> None:
    image = (ROOM.render(0, 0, 0) * 0.2).astype(np.uint8)
    frozen = [Frame(image, 100.0 + at * 0.6, at) for at in range(5)]
    assert found(frozen) == (Finding.FROZEN, Finding.DIM)


@given(
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
    st.sampled_from([(), (1,), (2,), (3,), (4,)]),
    st.integers(0, 255),
    st.integers(1, 6),
)
@settings(max_examples=60, deadline=None)
def test_any_shape_ends_in_findings(size: tuple[int, int], depth: tuple[int, ...], value: int, count: int) -> None:
    frames = [Frame(np.full((*size, *depth), value, np.uint8), 100.0 + at, at) for at in range(count)]
    reference = JUDGE.refer(frames)
    assert len(reference.tiles) == 64
    assert JUDGE.judge(frames, reference)
    assert JUDGE.png(frames[0]).startswith(b"\x89PNG")


@pytest.mark.parametrize("shape", [(1, 60_000, 3), (60_000, 1, 3), (6000, 9000, 3), (720, 1280)])
def test_odd_and_huge_pictures_take_little_time(shape: tuple[int, ...]) -> None:
    frames = [Frame(np.zeros(shape, np.uint8), 100.0, 1)] * 5
    began = time.process_time()
    assert found(frames) == (Finding.BLACK,)
    assert time.process_time() - began < 0.3


def test_no_frame_is_no_reference() -> None:
    assert found([]) == ()
    with pytest.raises(ValueError, match="a frame"):
        JUDGE.refer([])


def test_a_reference_of_another_make_says_nothing_of_dirt() -> None:
    assert found(taken((0, 0, 0)), PictureReference(1.0, (5.0, 6.0))) == ()


@pytest.mark.parametrize(("width", "size"), [(None, (720, 1280)), (320, (180, 320)), (1, (1, 1))])
def test_png_is_the_picture(width: int | None, size: tuple[int, int]) -> None:
    image = ROOM.render(0, 0, 0)
    read = cv2.imdecode(np.frombuffer(JUDGE.png(Frame(image, 0.0, 1), width), np.uint8), cv2.IMREAD_COLOR)
    assert read is not None
    assert read.shape[:2] == size
    if width is None:
        assert np.array_equal(read, image)
