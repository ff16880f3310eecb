"""One web call with the parts that the kiosk gives it, in a process of its own: what is true of it, a line each look.

`python -m tests.journeys.watched_call URL ALLOWED…` ends with its stdin. "microphone on" and "microphone off" on it
turn the page's own microphone.
"""

import json
import os
import sys
import threading
import time
from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication, QWidget

from devices.contract import Evidence, Invitation, Request
from roomapp.profile import Platform
from roomapp.profile.choices import Road
from roomapp.running.meeting.calling import Calling, Told
from roomapp.running.worker import Worker
from roomapp.words import Words
from ui.bridge import Bridge
from ui.conference import chromium
from ui.conference.lazy import LazyWebCall
from ui.kiosk import application

LOOK_MS = 100


class WatchedCall:
    """Joins, and tells each new verdict until it is ended."""

    def __init__(self, app: QApplication, url: str, allow: tuple[str, ...]) -> None:
        words = Words("vi")
        self._app, self._url = app, url
        self._bridge = Bridge(words)
        self._worker = Worker(lambda error: say(failure=type(error).__name__))
        platform = Platform(id="tinh", name="Tỉnh", road=Road.WEB, url=url, allow=allow)
        self._conference = LazyWebCall(
            "web", platform.may_load, self._bridge.post, self._show, chromium.unsandboxed_allowed(os.environ)
        )
        self._calling = Calling(words, lambda: datetime.now(UTC))
        self._told: Evidence | None = None
        self._view: QWebEngineView | None = None
        self._began = time.monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)

    def live(self) -> None:
        self._worker.start()
        self._worker.submit(
            self._calling.join(self._conference, Invitation(self._url, "", "Xã Suối Mây"), self._hears())
        )
        self._timer.start(LOOK_MS)
        threading.Thread(target=self._until_stdin_ends, daemon=True).start()
        self._app.exec()
        self._timer.stop()
        self._worker.submit(self._leave())
        self._app.exec()
        self._worker.stop()

    async def _leave(self) -> None:
        await self._calling.leave()
        self._bridge.post(lambda: QTimer.singleShot(100, self._app.quit))

    def _until_stdin_ends(self) -> None:
        for line in sys.stdin:
            self._worker.submit(self._turn(line.strip() == "microphone on"))
        self._bridge.post(self._app.quit)

    async def _turn(self, on: bool) -> None:
        say(hand=await self._calling.set_microphone(on))

    def _show(self, view: QWidget | None) -> None:
        assert view is None or isinstance(view, QWebEngineView)
        self._view = view
        if view is not None:
            view.resize(1024, 600)
            view.show()

    def _hears(self) -> Told:
        async def linked() -> None:
            say(told="linked")

        async def in_meeting() -> None:
            say(told="in_meeting")

        async def lost(why: str, gone_s: float) -> None:
            say(told="lost", why=why, gone_s=round(gone_s, 2))

        async def failed(why: str) -> None:
            say(told="failed", why=why)

        async def dipped(why: str, seconds: float) -> None:
            say(told="dipped", why=why, seconds=round(seconds, 2))

        async def put_up_anew() -> None:
            say(told="put_up_anew")

        async def asked(requests: frozenset[Request]) -> None:
            say(told="asked", requests=sorted(map(str, requests)))

        def doubtful() -> None:
            say(told="doubtful")

        return Told(linked, lost, failed, in_meeting, lambda: None, doubtful, dipped, put_up_anew, asked)

    def _look(self) -> None:
        verdict, look = self._calling.verdict, self._calling.evidence
        if verdict is None or look is None or look is self._told:
            return
        self._told = look
        say(
            at=round(time.monotonic() - self._began, 2),
            state=str(verdict.state),
            linked=verdict.linked,
            in_meeting=verdict.in_meeting,
            media=verdict.media,
            incident=verdict.incident,
            said=verdict.said,
            trouble=self._calling.quality.trouble,
            loss_pct=self._calling.quality.loss_pct,
            error=look.page_error,
            muted=look.microphone_muted,
            feedback=look.feedback,
            acknowledged=look.acknowledged,
            frames_in=look.video_in.frames,
            packets_in=look.audio_in.packets,
            frames_out=look.video_out.frames,
            packets_out=look.audio_out.packets,
            reported=[look.video_in.reported, look.audio_in.reported],
            renderer=self._view.page().renderProcessPid() if self._view is not None else 0,
            windows=sum(1 for w in self._app.topLevelWidgets() if w.isVisible()),
        )


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def main() -> None:
    url, *allow = sys.argv[1:]
    chromium.prepare(dict(os.environ), False, False)
    WatchedCall(application(), url, tuple(allow)).live()


if __name__ == "__main__":
    main()
