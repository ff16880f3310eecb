"""What the practice camera sees: one drawn meeting room, cropped by pan, tilt and zoom, with a sensor's noise."""

import numpy as np
from numpy.typing import NDArray

from devices.camera.opencv import cv2
from devices.practice.camera import PAN_MOST, TILT_LEAST, TILT_MOST, ZOOM_MOST

Image = NDArray[np.uint8]

WIDTH, HEIGHT = 1280, 720
ROOM_WIDTH, ROOM_HEIGHT = 3200, 1100
WIDEST, NARROWEST = 1950.0, 420.0  # of the drawn room, in its pixels, across one picture
NOISE_SIGMA = 2.0
NOISE_SLACK = 64  # the noise is drawn once and laid a little elsewhere on each frame
PEOPLE = 7

_WALL, _WALL_DARK, _FLOOR = (214, 222, 224), (188, 198, 202), (120, 140, 156)
_WOOD, _WOOD_LIGHT, _WINDOW, _FRAME = (58, 92, 138), (84, 124, 172), (240, 226, 196), (150, 158, 160)
_CLOTHES = ((92, 60, 40), (150, 110, 60), (70, 70, 72), (60, 60, 130), (120, 140, 70), (140, 120, 150), (50, 90, 120))
_SKIN = ((150, 178, 214), (132, 164, 204), (160, 188, 222))
_HAIR = ((30, 32, 36), (46, 50, 60), (96, 100, 104))


def people_x() -> list[int]:
    """Where the people sit, in the room's pixels from the left."""
    return [round(ROOM_WIDTH * (0.245 + 0.085 * index)) for index in range(PEOPLE)]


def pan_towards(x: float) -> int:
    """The pan position that has the room's column `x` in the middle."""
    return round((x / ROOM_WIDTH - 0.5) * 2 * PAN_MOST)


class RoomPicture:
    """Draws the room once; `render` is called by one thread at a time and takes a few milliseconds."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self._room = draw_room()
        shape = (HEIGHT + NOISE_SLACK, WIDTH + NOISE_SLACK, 3)
        noise = np.clip(np.rint(self._random.normal(0.0, NOISE_SIGMA, shape)), -8, 8).astype(np.int8)
        # Noise has two signs and pixels have none: what to add, and what to take away.
        self._brighter = np.maximum(noise, 0).astype(np.uint8)
        self._darker = np.maximum(-noise, 0).astype(np.uint8)

    def render(self, pan: float, tilt: float, zoom: float) -> Image:
        """BGR, 720 rows of 1280."""
        wide = WIDEST * (NARROWEST / WIDEST) ** (min(max(zoom, 0), ZOOM_MOST) / ZOOM_MOST)
        high = wide * HEIGHT / WIDTH
        x = (pan / PAN_MOST + 1) / 2 * ROOM_WIDTH
        # Level looks at the people's faces; up and down from there.
        y = ROOM_HEIGHT * (0.5 - 0.5 * tilt / (TILT_MOST if tilt > 0 else -TILT_LEAST))
        left = min(max(x - wide / 2, 0), ROOM_WIDTH - wide)
        top = min(max(y - high / 2, 0), ROOM_HEIGHT - high)
        scale = wide / WIDTH
        crop = np.array([[scale, 0, left], [0, scale, top]], dtype=np.float32)
        picture = cv2.warpAffine(
            self._room,
            crop,
            (WIDTH, HEIGHT),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        row, column = self._random.integers(0, NOISE_SLACK, 2)
        area = np.s_[row : row + HEIGHT, column : column + WIDTH]
        cv2.add(picture, self._brighter[area], dst=picture)
        cv2.subtract(picture, self._darker[area], dst=picture)
        return np.asarray(picture, dtype=np.uint8)


def draw_room() -> Image:
    room: Image = np.empty((ROOM_HEIGHT, ROOM_WIDTH, 3), dtype=np.uint8)
    floor_y = round(ROOM_HEIGHT * 0.78)
    for row in range(floor_y):
        part = row / floor_y
        room[row] = [round(a * (1 - part) + b * part) for a, b in zip(_WALL, _WALL_DARK, strict=True)]
    room[floor_y:] = _FLOOR
    for x in range(160, ROOM_WIDTH - 200, 620):
        _window(room, x, 90)
    cv2.rectangle(room, (0, floor_y - 14), (ROOM_WIDTH, floor_y), _FRAME, -1)
    for index, x in enumerate(people_x()):
        _person(room, x, 560, index)
    _table(room, floor_y)
    for x in people_x():
        _microphone(room, x + 70, 742)
    return room


def _window(room: Image, x: int, y: int) -> None:
    cv2.rectangle(room, (x - 12, y - 12), (x + 332, y + 312), _FRAME, -1)
    cv2.rectangle(room, (x, y), (x + 320, y + 300), _WINDOW, -1)
    ridge = ((0, 300), (0, 220), (90, 150), (180, 230), (250, 180), (320, 240), (320, 300))
    hills = np.array([(x + right, y + down) for right, down in ridge])
    cv2.fillPoly(room, [hills], (140, 176, 132), cv2.LINE_AA)
    cv2.line(room, (x + 160, y), (x + 160, y + 300), _FRAME, 10)


def _person(room: Image, x: int, y: int, index: int) -> None:
    """`y` is the middle of the face."""
    clothes, skin, hair = _CLOTHES[index % len(_CLOTHES)], _SKIN[index % len(_SKIN)], _HAIR[index % len(_HAIR)]
    cv2.rectangle(room, (x - 100, y - 40), (x + 100, y + 240), (72, 66, 60), -1, cv2.LINE_AA)  # the chair's back
    cv2.ellipse(room, (x, y + 220), (112, 150), 0, 180, 360, clothes, -1, cv2.LINE_AA)
    collar = np.array([[x - 30, y + 76], [x + 30, y + 76], [x, y + 128]])
    cv2.fillPoly(room, [collar], (236, 238, 240), cv2.LINE_AA)
    cv2.rectangle(room, (x - 20, y + 40), (x + 20, y + 84), skin, -1)
    cv2.ellipse(room, (x, y - 16), (56, 66), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(room, (x, y + 6), (48, 58), 0, 0, 360, skin, -1, cv2.LINE_AA)
    if index % 2:
        cv2.ellipse(room, (x, y - 34), (54, 34), 0, 180, 360, hair, -1, cv2.LINE_AA)
    for side in (-1, 1):
        cv2.circle(room, (x + side * 18, y), 5, (40, 40, 44), -1, cv2.LINE_AA)
        if index % 3 == 0:
            cv2.circle(room, (x + side * 18, y), 13, (60, 60, 64), 2, cv2.LINE_AA)  # glasses
    cv2.ellipse(room, (x, y + 30), (16, 7), 0, 0, 180, (90, 100, 160), 3, cv2.LINE_AA)


def _table(room: Image, floor_y: int) -> None:
    top = np.array([[330, 740], [ROOM_WIDTH - 330, 740], [ROOM_WIDTH - 220, 830], [220, 830]])
    cv2.fillPoly(room, [top], _WOOD_LIGHT, cv2.LINE_AA)
    cv2.rectangle(room, (220, 830), (ROOM_WIDTH - 220, floor_y + 150), _WOOD, -1)
    for x in range(220, ROOM_WIDTH - 220, 230):
        cv2.line(room, (x, 834), (x, floor_y + 148), (48, 78, 118), 3, cv2.LINE_AA)
    for x in people_x():
        sheet = np.array([[x - 70, 760], [x + 20, 760], [x + 28, 800], [x - 78, 800]])
        cv2.fillPoly(room, [sheet], (244, 246, 246), cv2.LINE_AA)


def _microphone(room: Image, x: int, y: int) -> None:
    cv2.ellipse(room, (x, y + 34), (26, 9), 0, 0, 360, (36, 36, 38), -1, cv2.LINE_AA)
    cv2.line(room, (x, y + 32), (x - 12, y - 54), (40, 40, 42), 6, cv2.LINE_AA)
    cv2.circle(room, (x - 13, y - 60), 11, (30, 30, 32), -1, cv2.LINE_AA)
