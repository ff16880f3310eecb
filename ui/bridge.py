"""The only door between screen and room: what a person asks goes down as a coroutine, events come up by one signal."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from roomapp.events import Bell, Event, Refused, RoomChanged, WorkFailed
from roomapp.running.worker import Worker
from roomapp.words import Words


class Bridge(QObject):
    """`happened` reaches the screen's thread queued, from whichever thread an event was posted."""

    _posted = Signal(object)
    changed = Signal(object)  # RoomChanged
    refused = Signal(object)  # Refused or WorkFailed
    rings = Signal()  # Bell

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, event: Event | Callable[[], None]) -> None:
        """From any thread."""
        self._posted.emit(event)

    def tell_failure(self, error: BaseException) -> None:
        """The worker's guard calls this with what nobody handled (it is in the log already)."""
        self.post(WorkFailed(self._words("ui.work_failed"), self._words("ui.work_failed_remedy")))

    @Slot(object)
    def _deliver(self, event: object) -> None:
        if isinstance(event, RoomChanged):
            self.changed.emit(event)
        elif isinstance(event, Refused | WorkFailed):
            self.refused.emit(event)
        elif isinstance(event, Bell):
            self.rings.emit()
        elif callable(event):
            event()


def doer(worker: Worker) -> Callable[[Coroutine[Any, Any, object]], None]:
    """How the screen hands a wish to the room: fire and let the answer come as an event."""

    def do(work: Coroutine[Any, Any, object]) -> None:
        worker.submit(work)

    return do
