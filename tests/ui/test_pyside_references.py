"""PySide6 must not lose references: 6.12.0 on CPython 3.11 drops one of True at each emit, and the process dies."""

import sys

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

EMITS = 2_000
SLACK = 100  # other code takes and gives some meanwhile


class Sender(QObject):
    happened = Signal(object)


def test_two_thousand_emits_leave_true_and_none_as_they_were(qapp: QCoreApplication) -> None:
    sender, heard = Sender(), []
    sender.happened.connect(heard.append)
    true_before, none_before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(EMITS):
        sender.happened.emit(1)
    heard.clear()
    assert abs(sys.getrefcount(True) - true_before) < SLACK
    assert abs(sys.getrefcount(None) - none_before) < SLACK


def test_two_thousand_calls_of_a_void_method_leave_none_as_it_was(qapp: QCoreApplication) -> None:
    widget = QWidget()
    none_before = sys.getrefcount(None)
    for _ in range(EMITS):
        widget.update()
    assert abs(sys.getrefcount(None) - none_before) < SLACK
