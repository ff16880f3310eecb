"""What a finger meets: acting on release, deaf to a tremble, legible in both palettes, true in its words."""

import itertools

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from roomapp.events import Lamp, MicView
from roomapp.words import Words
from ui.pages.calendar.entry import time_of
from ui.theme import DARK, LIGHT, Panel, Theme
from ui.widgets.button import Button
from ui.widgets.inputs import Keypad
from ui.widgets.lamp import MicrophoneLamp
from ui.widgets.sound_bar import ZONE_WIDTHS, place_of, zone_of


@pytest.fixture
def theme(qtbot: QtBot) -> Theme:
    return Theme(Panel(QSize(1920, 1080), 487.0))


def test_a_button_acts_on_release_and_only_inside(qtbot: QtBot, theme: Theme) -> None:
    button, acted = Button(theme, "b", "Vào họp"), []
    button.clicked.connect(lambda: acted.append(1))
    qtbot.addWidget(button)
    button.show()
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    assert acted == []
    qtbot.mouseMove(button, QPoint(-50, -50))
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton, pos=QPoint(-50, -50))
    assert acted == []
    qtbot.wait(450)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert acted == [1]


def test_a_second_touch_within_400_ms_is_a_tremble(qtbot: QtBot, theme: Theme) -> None:
    button, acted = Button(theme, "b", "Bật Micro"), []
    button.clicked.connect(lambda: acted.append(1))
    qtbot.addWidget(button)
    button.show()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert acted == [1]
    qtbot.wait(450)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert acted == [1, 1]


def test_buttons_work_by_keyboard(qtbot: QtBot, theme: Theme) -> None:
    button, acted = Button(theme, "b", "Xong"), []
    button.clicked.connect(lambda: acted.append(1))
    qtbot.addWidget(button)
    button.show()
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert acted == [1]


def test_two_digits_in_a_row_are_two_digits(qtbot: QtBot, theme: Theme) -> None:
    pad = Keypad(theme, Words("vi"), secret=False, most=4)
    qtbot.addWidget(pad)
    pad.show()
    for digit in "0880":
        qtbot.mouseClick(pad.findChild(Button, f"keypad_{digit}"), Qt.MouseButton.LeftButton)
    assert pad.digits() == "0880"
    qtbot.keyClick(pad, Qt.Key.Key_Backspace)
    assert pad.digits() == "088"


def test_a_secret_code_is_never_named_to_others(qtbot: QtBot, theme: Theme) -> None:
    pad = Keypad(theme, Words("vi"), secret=True, most=8)
    qtbot.addWidget(pad)
    for digit in "1234":
        pad.findChild(Button, f"keypad_{digit}").click()
    field = pad.findChild(object, "code_field")
    assert field.accessibleName() == ""


@pytest.mark.parametrize(
    ("digits", "time"),
    [
        ("0800", (8, 0)),
        ("800", (8, 0)),
        ("8", (8, 0)),
        ("1430", (14, 30)),
        ("2400", None),
        ("1260", None),
        ("", None),
        ("12345", None),
    ],
)
def test_typed_times_are_read_as_people_type_them(digits: str, time: tuple[int, int] | None) -> None:
    assert time_of(digits) == time


def test_the_lamp_says_closed_only_where_the_room_proved_it(qtbot: QtBot, theme: Theme) -> None:
    lamp = MicrophoneLamp(theme, Words("vi"))
    qtbot.addWidget(lamp)
    assert "CHƯA RÕ" in lamp.said(), "before the first word of the room nothing is claimed"
    lamp.show_mic(MicView(Lamp.CLOSED))
    assert "ĐANG TẮT" in lamp.said()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_text_has_a_contrast_of_seven(palette: dict[str, str]) -> None:
    pairs = [
        ("text", "page"), ("text", "card"), ("muted", "page"), ("muted", "card"), ("on_primary", "primary"),
        ("primary", "tint"), ("ok", "card"), ("danger", "card"), ("on_warn", "warn"), ("on_open", "open"),
        ("on_ok", "ok"), ("ok", "ok_tint"),
    ]  # fmt: skip
    for ink, ground in pairs:
        assert contrast(palette[ink], palette[ground]) >= 7.0, (ink, ground)


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(colour).getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_strip_of_an_open_lamp_follows_the_level(qtbot: QtBot, theme: Theme) -> None:
    lamp = MicrophoneLamp(theme, Words("vi"))
    qtbot.addWidget(lamp)
    lamp.resize(lamp.sizeHint())
    lamp.show_mic(MicView(Lamp.OPEN), "", 0.2)
    before = lamp.grab().toImage()
    lamp.show_level(0.8)
    assert lamp.grab().toImage() != before


def test_the_bar_rises_with_the_level_through_its_five_zones() -> None:
    places = [place_of(level) for level in range(-90, 1)]
    assert places == sorted(places)
    assert [zone for zone, _ in itertools.groupby(map(zone_of, places))] == [0, 1, 2, 3, 4]
    assert zone_of(place_of(-22.0)) == 2, "speech at its usual level lies in the middle"
    assert sum(ZONE_WIDTHS) == pytest.approx(1.0)
