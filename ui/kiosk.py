"""The kiosk: from the profile to the first page, and in order out again."""

import argparse
import asyncio
import logging
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from importlib.metadata import version
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer, qVersion
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from devices.contract import Conference
from roomapp.profile import (
    PRACTICE,
    Opened,
    Platform,
    ProfileError,
    data_of,
    load_or_last_good,
    remember_good,
    which_data,
    which_profile,
)
from roomapp.records.owner import Owner
from roomapp.running.worker import Worker
from roomapp.words import Words
from ui import arguments
from ui.assemble import House, Sound, assemble, decide_sound
from ui.bridge import Bridge, doer
from ui.commands import serve
from ui.conference import chromium
from ui.control import ControlServer
from ui.rescue import RescuePage
from ui.roads import Windows
from ui.stage import Stage
from ui.theme import Panel as PanelSize
from ui.theme import Role, Theme
from ui.window import Panel

log = logging.getLogger(__name__)

PYTHON_TURN_MS = 200  # how soon a signal to end is heard
CLOSE_S = 25.0
PYTHON_SWITCH_S = 0.001  # how soon a driver busy in Python gives the screen its turn; Python's own 5 ms add up


def open_kiosk(asked: argparse.Namespace, env: Mapping[str, str], words: Words) -> int:
    """Runs until the room is signed off or the system ends it. Returns the exit code."""
    size = arguments.windowed(asked.windowed) if asked.windowed else None
    data_dir = which_data(getattr(asked, "data", None), env)
    path, is_practice = (
        (PRACTICE, True) if asked.practice else which_profile(getattr(asked, "profile", None), env, data_dir)
    )
    folder = data_of(data_dir, is_practice)
    owner = Owner.take(folder)
    if owner is None:
        print(words("cli.already_open", folder=folder), file=sys.stderr)
        return 3
    with owner:
        try:
            opened = load_or_last_good(path, folder, words)
        except ProfileError as error:
            return _rescue(error, path, size, words)
        if not opened.last_good and not is_practice:
            remember_good(path, opened.profile, folder)
        sound = decide_sound(opened.profile, is_practice)
        has_practice_road = any(p.road == "practice" for p in opened.profile.platforms)
        allow = [host for p in opened.profile.platforms for host in p.allow]
        chromium.prepare(env, is_practice or has_practice_road, sound.stand_in, allow)
        kiosk = Kiosk(opened, is_practice, folder, words, sound, size, chromium.unsandboxed_allowed(env))
        return kiosk.run()


def application() -> QApplication:
    """The one QApplication, ready for a web view made later."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication.instance() or QApplication(["roomapp"])
    assert isinstance(app, QApplication)
    app.setApplicationName("roomapp")
    app.setQuitOnLastWindowClosed(False)
    return app


def _rescue(error: ProfileError, path: Path, size: tuple[int, int] | None, words: Words) -> int:
    """An installed room that cannot open says what is wrong and whom to call; it never turns into the practice room."""
    app = application()
    app.setQuitOnLastWindowClosed(True)
    theme = Theme(_panel_size(app, size, None, 100, False))
    page = RescuePage(theme, words, error.faults, path)
    _show(page, theme, size)
    app.exec()
    return 2


def _panel_size(
    app: QApplication, size: tuple[int, int] | None, width_mm: float | None, scale: int, dark: bool
) -> PanelSize:
    screen = app.primaryScreen()
    wanted = QSize(*size) if size else screen.size()
    return PanelSize.of(screen if not size else None, wanted, width_mm, scale, dark)


def _show(window: QWidget, theme: Theme, size: tuple[int, int] | None) -> None:
    if size:
        window.setFixedSize(theme.panel.size)
        window.show()
    else:
        window.resize(theme.panel.size)  # the first picture already fills the screen
        window.showFullScreen()


class Kiosk:
    """Puts screen and room together; the room lives in the worker's thread."""

    def __init__(
        self,
        opened: Opened,
        is_practice: bool,
        folder: Path,
        words: Words,
        sound: Sound,
        size: tuple[int, int] | None,
        unsandboxed: bool,
    ) -> None:
        self._began = time.monotonic()
        self._opened, self._is_practice, self._folder = opened, is_practice, folder
        self._words, self._sound, self._size, self._unsandboxed = words, sound, size, unsandboxed
        self._app = application()
        screen = opened.profile.screen
        dark = screen.theme == "dark"
        self._theme = Theme(_panel_size(self._app, size, screen.width_mm, screen.text_scale, dark))
        font = QFont(self._theme.family)
        font.setPixelSize(self._theme.type_px(Role.BODY))
        self._app.setFont(font)
        self.bridge = Bridge(words)
        self.worker = Worker(self.bridge.tell_failure)
        self.panel: Panel | None = None
        self._stage: Stage | None = None
        self._stage_at: tuple[int, int, int, int] | None = None
        self.house: House | None = None
        self._control: ControlServer | None = None
        self._ending = False
        self.ended = False
        self._code = 0

    def start(self) -> None:
        """Starts putting the room together; the panel comes when it stands."""
        sys.setswitchinterval(PYTHON_SWITCH_S)
        self.worker.start()
        made = self.worker.submit(self._assemble())
        made.add_done_callback(lambda done: self.bridge.post(lambda: self._made(done)))

    def run(self) -> int:
        """Until the room ends; the exit code."""
        self.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.end())
        turn = QTimer()
        turn.timeout.connect(lambda: None)  # lets Python hear a signal while Qt waits
        turn.start(PYTHON_TURN_MS)
        self._app.exec()
        return self._code

    async def _assemble(self) -> House:
        house = await assemble(
            self._opened.profile,
            self._is_practice,
            self._folder,
            self._words,
            self.bridge.post,
            sound=self._sound,
            windows=Windows(self._web, self._stage_place),
            notices=self._notices(),
            about=about(),
            power_off=None if self._is_practice else power_off,
        )
        self._control = ControlServer(self._folder, lambda request, note: serve(house.room, request, note))
        await self._control.start()
        return house

    def _notices(self) -> tuple[str, ...]:
        notices = []
        if self._unsandboxed:
            notices.append(self._words("notice.unsandboxed"))
        if self._opened.last_good:
            notices.append(self._words("notice.last_good"))
        return tuple(notices)

    def _made(self, done: "Future[House]") -> None:
        error = done.exception()
        if error is not None:
            print(self._words("cli.cannot_open", what=str(error)), file=sys.stderr)
            self._code = 3
            self._app.quit()
            return
        self.house = done.result()
        self.panel = Panel(self._theme, self._words, self.house.room, self.bridge, doer(self.worker))
        self.panel.may_close = self._size is not None
        self.panel.closed.connect(self.end)
        self._open_stage()
        self.house.room.publish()
        _show(self.panel, self._theme, self._size)
        QTimer.singleShot(0, self._first_shown)

    def _first_shown(self) -> None:
        log.info("first page after %.2f s", time.monotonic() - self._began)
        if self.house is not None:
            self.worker.submit(self.house.room.go_on())
        if self.panel is not None and self._size is None:
            screen = self.panel.screen()
            if self.panel.size() != screen.size():  # a compositor drew something around it
                log.error("the panel is %s on a screen of %s", self.panel.size().toTuple(), screen.size().toTuple())

    def _open_stage(self) -> None:
        """The TV, where the PC has a second screen; else the conference stands in the panel."""
        screens = self._app.screens()
        if self._size is not None or len(screens) < 2:
            return
        wanted = self._opened.profile.screen.stage
        target = next(
            (s for s in screens if s.name() == wanted), next(s for s in screens if s != self._app.primaryScreen())
        )
        theme = Theme(PanelSize.of(target, target.size(), None, 100, False))
        self._stage = Stage(theme, self._words, self.bridge)
        self._stage.setGeometry(target.geometry())
        self._stage.showFullScreen()
        place = target.geometry()
        self._stage_at = (place.x(), place.y(), place.width(), place.height())

    def _web(self, platform: Platform, secret: Callable[[], str] | None) -> Conference:
        from ui.conference.lazy import LazyWebCall
        from ui.conference.options import WebOptions

        options = WebOptions(
            platform.recipe, platform.username, secret, platform.pinned(), may_reattach=self._may_reattach
        )
        show, post = self._show_conference, self.bridge.post
        return LazyWebCall(str(platform.road), platform.may_load, post, show, self._unsandboxed, options)

    def _may_reattach(self) -> bool:
        return self.house is not None and self.house.room.may_reattach()

    def _stage_place(self) -> tuple[int, int, int, int] | None:
        """Where another program's window belongs: the TV; None where there is none. Any thread."""
        return self._stage_at

    def _show_conference(self, view: QWidget | None) -> None:
        """In the screen's thread: lays the conference's picture where it belongs."""
        if self.panel is not None:
            self.panel.stage = view
        if view is None:
            return
        if self._stage is not None:
            layout = self._stage.conference_layout
        elif self.panel is not None:
            layout = self.panel.conference_place().conference_layout
        else:
            return
        layout.addWidget(view)
        layout.setCurrentWidget(view)

    def end(self) -> None:
        """Microphone closed, devices let go, journal whole; then the application ends."""
        if self._ending:
            return
        self._ending = True
        ended = self.worker.submit(self._close())
        ended.add_done_callback(lambda _: self.bridge.post(self._quit))

    async def _close(self) -> None:
        if self._control is not None:
            await self._control.stop()
        if self.house is not None:
            async with asyncio.timeout(CLOSE_S):
                await self.house.close()

    def _quit(self) -> None:
        for window in (self.panel, self._stage):
            if window is not None:
                window.may_close = True
                window.close()
        self.worker.stop()
        self.ended = True
        self._app.quit()


def about() -> str:
    """The program's and its parts' versions, for the technician's page and the journal."""
    return f"roomapp {version('roomapp')}, Qt {qVersion()}, Python {platform.python_version()}, {platform.system()}"


async def power_off() -> None:
    """Asks the system to turn itself off; it ends the kiosk on its way."""
    command = ["systemctl", "poweroff"] if os.name == "posix" else ["shutdown", "/s", "/t", "0"]
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(20):
        await process.wait()
