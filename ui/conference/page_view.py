"""The page of one join, in the screen's thread: shut in, watched, begun anew only where the site allows it."""

import contextlib
import logging
import os
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEngineFrame,
    QWebEnginePage,
    QWebEnginePermission,
)
from PySide6.QtWidgets import QWidget

from devices.conference.looks import Looks, read
from devices.contract import Evidence
from ui.conference.enclosure import Enclosure
from ui.conference.hands import Hands
from ui.conference.options import WebOptions
from ui.conference.page import MEDIA, Allowed, CallPage, memory_mb, pinned, plain, sandboxed
from ui.conference.scripts import MAIN, observer

log = logging.getLogger(__name__)

LOOK_MS = 500
ENTER_MS = 150  # while a recipe leads us in: a person waits
HUNG_S = 5.0  # a page that answers nothing for so long is ended, and said to be gone
AGAIN_MS = 200  # a page that begins in the very moment of its crash is lost
REATTACHED, WITHIN_S = 3, 300.0  # then the page is called crashed for good
Load = Callable[[CallPage], None]


class PageView(QObject):
    """Opens one page at a time. `evidence` and `sandboxed` may be read from any thread."""

    def __init__(
        self,
        allowed: Allowed,
        show: Callable[[QWidget | None], None],
        options: WebOptions,
        unsandboxed_allowed: bool,
        hands: Hands,
    ) -> None:
        super().__init__()
        self.evidence: Evidence | None = None
        self.sandboxed: bool | None = None
        self._allowed, self._show, self._options, self._hands = allowed, show, options, hands
        self._unsandboxed_allowed = unsandboxed_allowed
        hands.changed = self._tell
        self._enclosure: Enclosure | None = None
        self._warm: Enclosure | None = None  # for the next join
        self._page: CallPage | None = None
        self._load: Load | None = None
        self._error: str | None = None
        self._why = "crashed"  # what to call the end of the page's process
        self._came = False  # a document of the page is there; its parts may go on loading for ever
        self._stands = False  # the page was loaded once
        self._name = ""
        self._looks = Looks()
        self._heard_at = self._began_at = 0.0
        self._ended_at: list[float] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def warm(self) -> None:
        """Loads the engine, and makes what the next page opens in; holds no microphone and no camera. Idempotent."""
        if self._page is None and self._warm is None:
            self._warm = Enclosure(self._allowed, self)

    def open(self, load: Load) -> None:
        """Begins a join: `load` brings the page, now and after each crash."""
        warm, self._warm = self._warm, None
        self.close()
        enclosure = warm or Enclosure(self._allowed, self)
        self._load, self._looks, self._ended_at = load, Looks(), []
        self._name = f"look_{secrets.token_hex(6)}"
        self._enclosure, self._page = enclosure, enclosure.page
        enclosure.profile.downloadRequested.connect(self._refuse_download)
        page = enclosure.page
        page.scripts().insert([observer(self._name, self._options.silent_s), *self._hands.scripts()])
        page.permissionRequested.connect(self._decide)
        page.certificateError.connect(self._judge_certificate)
        page.renderProcessTerminated.connect(self._ended)
        page.loadFinished.connect(self._loaded)
        self._show(enclosure.view)
        self._begin()
        self._timer.start()

    def close(self) -> None:
        """Ends the page and all that it held, and what was warmed; idempotent."""
        self._timer.stop()
        self.evidence = None
        self._hands.begin()  # what the page showed is no answer any more
        enclosure, self._enclosure, self._page = self._enclosure, None, None
        warm, self._warm = self._warm, None
        if enclosure is not None:
            self._show(None)
            enclosure.end()
        if warm is not None:
            warm.end()

    def frames(self) -> list[QWebEngineFrame]:
        """All frames that are there now, the page itself first; none where nothing is open."""
        return within(self._page.mainFrame()) if self._page is not None else []

    def own_frames(self) -> list[QWebEngineFrame]:
        """Those whose address is of an allowed origin: the only ones that are handed anything."""
        return [frame for frame in self.frames() if self._allowed(plain(self.url_of(frame)))]

    def url_of(self, frame: QWebEngineFrame) -> QUrl:
        """Where a frame stands; a page of ours stands where it was set."""
        base = self._page.own_base if self._page is not None and frame.isMainFrame() else None
        return base if base is not None and frame.url().scheme() == "data" else frame.url()

    def _begin(self) -> None:
        self._error, self._why, self._stands, self._came = None, "crashed", False, False
        self._heard_at = self._began_at = time.monotonic()
        self._hands.begin()
        self._tell()
        if self._load is not None and self._page is not None:
            self._load(self._page)

    def _begin_again(self) -> None:
        if self._page is not None:  # it may have been closed meanwhile
            self._begin()

    def _shut_in_by_kernel(self) -> bool:
        """Checked before a page gets microphone or camera, not only once: a later page has a later process."""
        self.sandboxed = sandboxed(self._page.renderProcessPid()) if self._page is not None else None
        return self.sandboxed is not False or self._unsandboxed_allowed

    def _decide(self, permission: QWebEnginePermission) -> None:
        wanted = permission.permissionType() in MEDIA
        if wanted and self._allowed(plain(permission.origin())) and self._shut_in_by_kernel():
            permission.grant()
        else:
            log.info("a page was refused: %s", permission.permissionType().name)
            permission.deny()

    def _refuse_download(self, download: QWebEngineDownloadRequest) -> None:
        log.info("a download was refused")
        download.cancel()

    def _judge_certificate(self, error: QWebEngineCertificateError) -> None:
        if self._allowed(plain(error.url())) and pinned(error, self._options.pins):
            error.acceptCertificate()
            return
        error.rejectCertificate()
        if error.isMainFrame() or self._page is None or self._page.own_base is not None:
            self._fail("certificate")

    def _loaded(self, good: bool) -> None:
        self._stands = self._stands or good
        if not self._stands and self._error is None:
            self._fail("load_failed")  # later ones are ways out that were refused: the page stands where it stood
        elif not self._shut_in_by_kernel():
            log.error("the page's process is not shut in by the kernel: not joined")
            self._fail("unsandboxed")
            if self._page is not None:
                self._page.setUrl(QUrl("about:blank"))

    def _ended(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        log.warning("the page's process ended: %s %d", status.name, code)
        self._looks.retire()
        self._hands.begin()  # nothing is shown any more
        if self._error is not None or self._page is None:
            return
        now = time.monotonic()
        self._ended_at = [at for at in self._ended_at if now - at < WITHIN_S]
        if len(self._ended_at) < REATTACHED and self._options.may_reattach():
            log.warning("the page begins anew")
            self._ended_at.append(now)
            self._heard_at = now
            self._tell()
            QTimer.singleShot(AGAIN_MS, self, self._begin_again)
        else:
            self._fail(self._why)

    def _fail(self, why: str) -> None:
        self._error = why
        self._tell()

    def _look(self) -> None:
        """Asks every frame for its counters; a page that answers nothing is hung."""
        page = self._page
        if page is None:
            return
        self._tell()  # also when no frame answers: time must not stand still over the last good counters
        now = time.monotonic()
        if self._error is None and now - self._heard_at > HUNG_S:
            log.error("the page does not answer: its process is ended")
            self._end_process("hung")
        elif self._error is None and memory_mb(page.renderProcessPid()) > self._options.memory_mb:
            log.error("the page takes too much memory: its process is ended")
            self._end_process("crashed")
        elif self._error is None and not self._came and now - self._began_at > self._options.load_s:
            self._fail("load_failed")
            page.triggerAction(QWebEnginePage.WebAction.Stop)
        if self._error in ("hung", "crashed"):
            return
        for frame in self.frames():
            alive = frame.isMainFrame()
            frame.runJavaScript(
                f"window.{self._name} || ''", MAIN, lambda answer, a=alive, n=self._name: self._heard(n, a, answer)
            )
        self._hands.look(self.own_frames(), self._error is None)
        self._timer.setInterval(ENTER_MS if self._hands.entering else LOOK_MS)

    def _end_process(self, why: str) -> None:
        """Its end is then told as any other, by Qt."""
        self._why = why
        self._heard_at = time.monotonic()  # for the end to be told
        pid = self._page.renderProcessPid() if self._page is not None else 0
        if pid <= 0:
            self._fail(why)
            return
        with contextlib.suppress(ProcessLookupError):  # gone by itself meanwhile
            os.kill(pid, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)

    def _heard(self, name: str, alive: bool, answer: Any) -> None:
        if name != self._name or self._page is None:
            return
        if alive and answer is not None:  # what a killed page's answers come to
            self._heard_at = time.monotonic()
        if (look := read(answer)) is not None:
            self._looks.heard(look)
            self._came = self._came or look.get("real") is True
        self._tell()

    def _tell(self) -> None:
        if self._page is None:
            return
        if self._hands.site.failed and self._error is None:
            self._error = "load_failed"
        site, look = self._hands.site, self._looks.evidence(self._error)
        muted = look.microphone_muted  # what it sends comes before what it shows
        self.evidence = replace(
            look,
            microphone_muted=not site.microphone if muted is None and site.microphone is not None else muted,
            standing=self._hands.standing,
            hand=site.hand,
            participants=site.participants,
            requests=site.requests,
        )


def within(frame: QWebEngineFrame) -> list[QWebEngineFrame]:
    return [frame, *(inner for child in frame.children() for inner in within(child))]
