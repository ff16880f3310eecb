"""The screen's own bell, where the room has no loudspeaker that rings."""

from pytestqt.qtbot import QtBot

from roomapp.events import Bell
from roomapp.words import Words
from ui.bridge import Bridge


def test_bell_that_the_room_asks_for_reaches_the_screen(qtbot: QtBot) -> None:
    bridge = Bridge(Words("vi"))
    with qtbot.waitSignal(bridge.rings, timeout=1000):
        bridge.post(Bell())
