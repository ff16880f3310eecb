"""The page that a conference lives in: it cannot leave its origins, and it can ask nothing of the person or the PC."""

import hashlib
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from PySide6.QtCore import QDateTime, QObject, QUrl
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

log = logging.getLogger(__name__)

INNER_SCHEMES = ("blob", "data", "about")
MEDIA = (
    QWebEnginePermission.PermissionType.MediaAudioCapture,
    QWebEnginePermission.PermissionType.MediaVideoCapture,
    QWebEnginePermission.PermissionType.MediaAudioVideoCapture,
)
PINNABLE = (
    QWebEngineCertificateError.Type.CertificateAuthorityInvalid,
    QWebEngineCertificateError.Type.CertificateCommonNameInvalid,
)

FULLY = QUrl.ComponentFormattingOption.FullyEncoded
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


def memory_mb(pid: int) -> float:
    """What a renderer holds in memory (resident); 0.0 where it cannot be told."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * 4096 / 1e6


def pinned(error: QWebEngineCertificateError, pins: Mapping[str, str]) -> bool:
    """Whether the server showed the very certificate that the site agreed on for this host, and it is in its time.

    The leaf's own: a chain that fails proves nothing about the authority that it names. Chromium tells the worst fault
    only, so the dates are looked at here too.
    """
    url, chain = error.url(), error.certificateChain()
    pin = pins.get(f"{url.host()}:{url.port(443)}") or pins.get(url.host())
    if not pin or not chain or error.type() not in PINNABLE:
        return False
    leaf, now = chain[0], QDateTime.currentDateTimeUtc()
    if not leaf.effectiveDate() <= now <= leaf.expiryDate():
        return False
    return hashlib.sha256(bytes(leaf.toDer().data())).hexdigest() == pin.replace(":", "").lower()


def shut_in(page: QWebEnginePage) -> None:
    """Takes from a page what no conference needs."""
    settings, attribute = page.settings(), QWebEngineSettings.WebAttribute
    for off in (
        attribute.JavascriptCanOpenWindows,
        attribute.LocalContentCanAccessFileUrls,
        attribute.PdfViewerEnabled,
        attribute.PlaybackRequiresUserGesture,
        attribute.LocalContentCanAccessRemoteUrls,
        attribute.JavascriptCanPaste,
        attribute.ScreenCaptureEnabled,
        attribute.NavigateOnDropEnabled,
        attribute.HyperlinkAuditingEnabled,
        attribute.DnsPrefetchEnabled,
        attribute.AutoLoadIconsForPage,
    ):
        settings.setAttribute(off, False)
    settings.setUnknownUrlSchemePolicy(QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes)


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
    text = url.toString(FULLY)
    return text.replace("ws://", "http://", 1) if url.scheme() == "ws" else text.replace("wss://", "https://", 1)


class CallPage(QWebEnginePage):
    """A page that cannot leave its origins, open windows, read files or ask anything of the person."""

    def __init__(self, profile: QWebEngineProfile, allowed: Allowed, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._allowed = allowed
        self._own = ""
        self.own_base: QUrl | None = None  # the page itself is ours, shown as if this address had sent it

    def set_own(self, html: str, base: QUrl) -> None:
        """Shows a page of ours as if `base`, an allowed origin, had sent it."""
        self._own, self.own_base = html, base
        self.setHtml(html, base)

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main: bool) -> bool:
        address = QUrl(url)
        if is_main and self._own and address.scheme() == "data":
            own, self._own = self._own, ""  # once: the very page that we set
            return unquote(address.toString(FULLY).partition(",")[2]) == own
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
