"""Reads what Xvfb keeps of its screen (-fbdir): the picture that a person would see, whoever drew it."""

from pathlib import Path

import numpy as np

Picture = np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]


def read_screen(folder: Path) -> Picture:
    """The X window dump of 32 bits a dot that lies in the folder, as rows of blue, green, red."""
    data = (folder / "Xvfb_screen0").read_bytes()
    words = np.frombuffer(data[:100], ">u4")
    header, width, height, line, colours = (int(words[i]) for i in (0, 4, 5, 12, 19))
    start = header + 12 * colours
    rows = np.frombuffer(data[start : start + line * height], np.uint8).reshape(height, line)
    return rows[:, : 4 * width].reshape(height, width, 4)[:, :, :3]


def has_letters(picture: Picture) -> bool:
    """Letters have soft edges in many colours; an empty screen has one, a frame a few."""
    return len(np.unique(picture.reshape(-1, 3), axis=0)) > 20
