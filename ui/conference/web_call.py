"""The conference in QtWebEngine: made on first use, shut in to its own origins, believed by its counters only."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, QUrl
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEngineFrame,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineScript,
    QWebEngineSettings,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

import resources
from devices.conference.counters import evidence_of
from devices.contract import DeviceError, Evidence, Invitation, Reason
from ui.conference.page import Allowed, CallPage, Gate, plain, sandboxed

log = logging.getLogger(__name__)

LOOK_MS = 500
HUNG_S = 5.0  # a page that answers nothing for so long is ended, and said to be gone
ASKED_S = 5.0
HAND_S = 1.0  # for a page to turn its own microphone
MEDIA = (
    QWebEnginePermission.PermissionType.MediaAudioCapture,
    QWebEnginePermission.PermissionType.MediaVideoCapture,
    QWebEnginePermission.PermissionType.MediaAudioVideoCapture,
)


class WebCall(QObject):
    """One platform's road `web` or `practice`: its coroutines run in the worker, its page in the screen's thread."""

    measures = True

    def __init__(
        self,
        road: str,
        allowed: Allowed,
        post: Callable[[Callable[[], None]], None],
        show: Callable[[QWidget | None], None],
        unsandboxed_allowed: bool,
    ) -> None:
        super().__init__()
        self.road = road
        self.sandboxed: bool | None = None
        self._allowed, self._post, self._show = allowed, post, show
        self._unsandboxed_allowed = unsandboxed_allowed
        self._view: QWebEngineView | None = None
        self._profile: QWebEngineProfile | None = None
        self._gate: Gate | None = None
        self._evidence: Evidence | None = None
        self._error: str | None = None
        self._stands = False  # the page was loaded once
        self._name = ""
        self._looks: dict[int, dict[str, Any]] = {}
        self._heard_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    # --- devices.contract.Conference, from the worker ---

    async def join(self, to: Invitation) -> None:
        url = to.address
        if not self._allowed(url):
            raise DeviceError(Reason.UNSUPPORTED, "the address is not of an allowed origin")
        if os.name == "posix" and os.geteuid() == 0 and not self._unsandboxed_allowed:
            raise DeviceError(Reason.NOT_NOW, "a web page is not opened by the system's administrator account")
        await self._in_screen(lambda: self._open(url))

    async def leave(self) -> None:
        await self._in_screen(self._close)

    async def set_microphone(self, on: bool) -> bool | None:
        """Through the page's own hand, where it offers one; what the page then says of it."""
        loop = asyncio.get_running_loop()
        said: asyncio.Future[bool | None] = loop.create_future()

        def settle(value: bool | None) -> None:
            if not said.done():
                said.set_result(value)

        def heard(answer: Any) -> None:
            with contextlib.suppress(RuntimeError):  # the worker has ended meanwhile
                loop.call_soon_threadsafe(settle, answer if isinstance(answer, bool) else None)

        def ask() -> None:
            if self._view is None:
                heard(None)
                return
            hand = f"typeof roomappMicrophone === 'function' ? roomappMicrophone({str(on).lower()}) === true : null"
            self._view.page().mainFrame().runJavaScript(hand, QWebEngineScript.ScriptWorldId.MainWorld.value, heard)

        await self._in_screen(ask)
        try:
            async with asyncio.timeout(HAND_S):
                return await said
        except TimeoutError:
            return None

    def evidence(self) -> Evidence | None:
        return self._evidence

    async def _in_screen(self, work: Callable[[], None]) -> None:
        """Runs `work` in the screen's thread and waits for it, ASKED_S at most."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def settle() -> None:
            if not done.done():
                done.set_result(None)

        def run() -> None:
            try:
                work()
            finally:
                with contextlib.suppress(RuntimeError):  # the worker has ended meanwhile
                    loop.call_soon_threadsafe(settle)

        self._post(run)
        try:
            async with asyncio.timeout(ASKED_S):
                await done
        except TimeoutError as error:
            raise DeviceError(Reason.NO_ANSWER, "the screen did not open the page") from error

    # --- in the screen's thread ---

    def _open(self, url: str) -> None:
        self._close()
        self._name = f"look_{secrets.token_hex(6)}"
        self._error, self._looks, self._stands = None, {}, False
        self._heard_at = time.monotonic()
        self._profile = QWebEngineProfile(self)  # off the record: no cookie, no cache outlives the meeting
        self._profile.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
        self._gate = Gate(self._allowed, self._profile)
        self._profile.setUrlRequestInterceptor(self._gate)
        self._profile.downloadRequested.connect(self._refuse_download)
        self._view = QWebEngineView()
        self._view.setObjectName("conference")
        page = CallPage(self._profile, self._allowed, self._view)
        self._shut_in(page)
        page.scripts().insert(self._observer())
        page.permissionRequested.connect(self._decide)
        page.certificateError.connect(self._refuse_certificate)
        page.renderProcessTerminated.connect(self._ended)
        page.loadFinished.connect(self._loaded)
        self._view.setPage(page)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._evidence = Evidence(at=time.monotonic())
        self._show(self._view)
        self._view.load(QUrl(url))
        self._timer.start()

    def _close(self) -> None:
        self._timer.stop()
        self._evidence = None
        view, self._view = self._view, None
        profile, self._profile = self._profile, None
        if view is not None:
            self._show(None)
            page = view.page()
            view.hide()
            view.setParent(None)
            view.deleteLater()
            page.deleteLater()
        if profile is not None:
            QTimer.singleShot(0, profile.deleteLater)  # after its page: the other way round Qt warns and leaks

    @staticmethod
    def _shut_in(page: QWebEnginePage) -> None:
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
        ):
            settings.setAttribute(off, False)
        policy = QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
        settings.setUnknownUrlSchemePolicy(policy)

    def _observer(self) -> QWebEngineScript:
        script = QWebEngineScript()
        script.setName("observer")
        script.setSourceCode(resources.path("web", "observer.js").read_text("utf-8").replace("NAME", self._name))
        script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
        script.setWorldId(QWebEngineScript.ScriptWorldId.MainWorld)
        script.setRunsOnSubFrames(True)
        return script

    def _shut_in_by_kernel(self) -> bool:
        """Checked before a page gets microphone or camera, not only once: a later page has a later process."""
        page = self._view.page() if self._view is not None else None
        self.sandboxed = sandboxed(page.renderProcessPid()) if page is not None else None
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

    def _refuse_certificate(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            self._fail("certificate")

    def _loaded(self, good: bool) -> None:
        self._stands = self._stands or good
        if not self._stands and self._error is None:
            self._fail("load_failed")  # later ones are ways out that were refused: the page stands where it stood
        elif not self._shut_in_by_kernel():
            log.error("the page's process is not shut in by the kernel: not joined")
            self._fail("unsandboxed")
            if self._view is not None:
                self._view.setUrl(QUrl("about:blank"))

    def _ended(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        log.warning("the page's process ended: %s %d", status.name, code)
        if self._error != "hung":
            self._fail("crashed")

    def _fail(self, why: str) -> None:
        self._error = why
        self._tell()

    def _look(self) -> None:
        """Asks every frame for its counters; a page that answers nothing is hung."""
        view = self._view
        if view is None:
            return
        self._tell()  # also when no frame answers: time must not stand still over the last good counters
        if time.monotonic() - self._heard_at > HUNG_S and self._error is None:
            log.error("the page does not answer: its process is ended")
            self._fail("hung")
            pid = view.page().renderProcessPid()
            with contextlib.suppress(ProcessLookupError):  # gone by itself meanwhile
                if pid > 0:
                    os.kill(pid, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
            return
        for number, frame in enumerate(self._frames(view.page().mainFrame())):
            frame.runJavaScript(
                f"window.{self._name} ? JSON.stringify(window.{self._name}) : ''",
                QWebEngineScript.ScriptWorldId.MainWorld.value,
                lambda answer, n=number, name=self._name: self._heard(n, name, answer),
            )

    def _frames(self, frame: QWebEngineFrame) -> list[QWebEngineFrame]:
        return [frame, *(inner for child in frame.children() for inner in self._frames(child))]

    def _heard(self, frame: int, name: str, answer: Any) -> None:
        if name != self._name or self._view is None:
            return
        self._heard_at = time.monotonic()
        if isinstance(answer, str) and 0 < len(answer) < 10_000:
            with contextlib.suppress(ValueError, RecursionError):  # a page may write what it likes into its own window
                look = json.loads(answer)
                if isinstance(look, dict):
                    self._looks[frame] = look
        self._tell()

    def _tell(self) -> None:
        self._evidence = evidence_of(list(self._looks.values()), self._error)
