"""What one join lives in: a profile, its gate, a page and the view that shows it; nothing of it outlives the join."""

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWebEngineCore import QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView

from ui.conference.page import Allowed, CallPage, Gate, shut_in


class Enclosure:
    """Made, used and ended in the screen's thread; `owner` outlives it. Without a page it has no process of a page."""

    def __init__(self, allowed: Allowed, owner: QObject) -> None:
        self.profile = QWebEngineProfile(owner)  # off the record: no cookie, no cache outlives the meeting
        self.profile.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
        self._gate = Gate(allowed, self.profile)
        self.profile.setUrlRequestInterceptor(self._gate)
        self.view = QWebEngineView()
        self.view.setObjectName("conference")
        self.page = CallPage(self.profile, allowed, self.view)
        shut_in(self.page)
        self.view.setPage(self.page)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def end(self) -> None:
        self.view.hide()
        self.view.setParent(None)
        self.view.deleteLater()
        self.page.deleteLater()
        QTimer.singleShot(0, self.profile.deleteLater)  # after its page: the other way round Qt warns and leaks
