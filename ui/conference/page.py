"""The page that a conference lives in: it cannot leave its origins, and it can ask nothing of the person or the PC."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

log = logging.getLogger(__name__)

INNER_SCHEMES = ("blob", "data", "about")

Allowed = Callable[[str], bool]


def sandboxed(pid: int) -> bool | None:
    """Whether a renderer is shut in by the kernel (seccomp filter and its own process names). None: cannot be told."""
    if not sys.platform.startswith("linux") or pid <= 0:
        return None
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    return facts.get("Seccomp", "0").strip() == "2" and len(facts.get("NSpid", "").split()) > 1


class Gate(QWebEngineUrlRequestInterceptor):
    """Lets requests through to the platform's own origins only: documents, scripts, XHR, WebSocket, all of them."""

    def __init__(self, allowed: Allowed, parent: QObject) -> None:
        super().__init__(parent)
        self._allowed = allowed
        self.refused = 0

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        url = info.requestUrl()
        if url.scheme() in INNER_SCHEMES:
            return
        if not self._allowed(plain(url)):
            self.refused += 1
            info.block(True)


def plain(url: QUrl) -> str:
    """The address as the profile's rule reads it; a socket counts as its page's scheme."""
    text = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    return text.replace("ws://", "http://", 1) if url.scheme() == "ws" else text.replace("wss://", "https://", 1)


class CallPage(QWebEnginePage):
    """A page that cannot leave its origins, open windows, read files or ask anything of the person."""

    def __init__(self, profile: QWebEngineProfile, allowed: Allowed, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._allowed = allowed

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main: bool) -> bool:
        address = QUrl(url)
        if address.scheme() in INNER_SCHEMES and not is_main:
            return True
        if address.scheme() == "about":
            return True
        return self._allowed(plain(address))

    def createWindow(self, kind: QWebEnginePage.WebWindowType) -> Any:
        return None

    def javaScriptConsoleMessage(self, level: object, message: str, line: int, source: str) -> None:
        log.debug("page: line %d", line)  # a page's own words may hold names and addresses: never into the log

    def javaScriptConfirm(self, origin: QUrl | str, message: str) -> bool:
        return True

    def javaScriptAlert(self, origin: QUrl | str, message: str) -> None:
        return None

    def javaScriptPrompt(self, origin: QUrl | str, message: str, default: str) -> tuple[bool, str]:
        return False, ""  # Qt's own would open a window over the kiosk, and the page would wait in it

    def chooseFiles(self, mode: object, old: Any, accepted: Any) -> list[str]:
        return []
