"""A reminder's bell is never heard by an open microphone, nor in a meeting (screens: an alarm)."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtWidgets import QApplication

from roomapp.events import CallView, Lamp, MicView
from ui.window import Panel


@dataclass
class View:
    """What the bell looks at of a room's view."""

    mic: MicView = field(default_factory=lambda: MicView(Lamp.CLOSED))
    call: CallView = field(default_factory=CallView)


@pytest.mark.parametrize(
    ("lamp", "linked", "rings"),
    [(Lamp.CLOSED, False, True), (Lamp.OPEN, False, False), (Lamp.OPEN, True, False), (Lamp.CLOSED, True, False)],
)
def test_bell_rings_only_where_nobody_is_heard(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, lamp: Lamp, linked: bool, rings: bool
) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(QApplication, "beep", staticmethod(lambda: rung.append(True)))
    Panel._sound(View(MicView(lamp), CallView(linked=linked)))  # type: ignore[arg-type]
    assert bool(rung) is rings
