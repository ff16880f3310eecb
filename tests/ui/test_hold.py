"""A held button acts while it is held, and lets go once, however the touch ends."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Panel, Theme
from ui.widgets.hold import REFRESH_MS, HoldButton


@pytest.fixture
def told(qtbot: QtBot) -> Iterator[tuple[HoldButton, list[str]]]:
    theme = Theme(Panel.of(None, QSize(1024, 600), None, 100, False))
    window = QWidget()
    qtbot.addWidget(window)
    button = HoldButton(theme, "nudge", "Trái", "left")
    button.setParent(window)
    button.setGeometry(50, 50, 200, 150)
    said: list[str] = []
    button.held.connect(lambda: said.append("held"))
    button.let_go.connect(lambda: said.append("let go"))
    window.resize(400, 300)
    window.show()
    qtbot.waitExposed(window)
    yield button, said
    window.close()


def press(button: HoldButton) -> None:
    QTest.mousePress(button, Qt.MouseButton.LeftButton, pos=button.rect().center())


def test_held_is_renewed_and_release_ends_it_once(told: tuple[HoldButton, list[str]], qtbot: QtBot) -> None:
    button, said = told
    press(button)
    qtbot.wait(3 * REFRESH_MS)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
    qtbot.wait(2 * REFRESH_MS)
    assert said.count("held") >= 3
    assert said[-1] == "let go"
    assert said.count("let go") == 1


def test_finger_that_slides_off_lets_go(told: tuple[HoldButton, list[str]], qtbot: QtBot) -> None:
    button, said = told
    press(button)
    QTest.mouseMove(button, QPoint(-40, -40))
    qtbot.waitUntil(lambda: "let go" in said, timeout=2000)
    assert said.count("let go") == 1


LOST: dict[str, Callable[[HoldButton], object]] = {
    "touch taken by the system": lambda b: QApplication.sendEvent(b, QEvent(QEvent.Type.TouchCancel)),
    "window in the background": lambda b: QApplication.sendEvent(b, QEvent(QEvent.Type.WindowDeactivate)),
    "page gone": lambda b: b.hide(),
    "focus gone": lambda b: QApplication.sendEvent(b, QEvent(QEvent.Type.FocusOut)),
}


@pytest.mark.parametrize("how", LOST)
def test_lost_touch_lets_go(told: tuple[HoldButton, list[str]], qtbot: QtBot, how: str) -> None:
    button, said = told
    press(button)
    LOST[how](button)
    assert said == ["held", "let go"]
    qtbot.wait(2 * REFRESH_MS)
    assert said == ["held", "let go"]


def test_cancelled_touch_sequence_lets_go(told: tuple[HoldButton, list[str]], qtbot: QtBot) -> None:
    button, said = told
    device = QTest.createTouchDevice()
    assert isinstance(device, QPointingDevice)
    window = button.window().windowHandle()
    point = button.mapTo(button.window(), button.rect().center())
    QTest.touchEvent(window, device).press(0, point, window).commit()
    qtbot.waitUntil(lambda: said == ["held"], timeout=1000)
    QTest.touchEvent(window, device).release(0, QPoint(1, 1), window).commit()
    qtbot.waitUntil(lambda: said[-1] == "let go", timeout=2000)


def test_two_short_nudges_are_two_nudges(told: tuple[HoldButton, list[str]], qtbot: QtBot) -> None:
    button, said = told
    for _ in range(2):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
    assert said == ["held", "let go"] * 2
