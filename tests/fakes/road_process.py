"""A web road of the kiosk in a process of its own, driven line by line: `Road` is the test's end, `main` the other.

The real QtWebEngine, offscreen, with the parts that the kiosk gives a road: bridge, worker, LazyWebCall.
"""

import dataclasses
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.fakes.processes import Child

LOOPBACK = "--allow-loopback-in-peer-connection --disable-features=WebRtcHideLocalIpsWithMdns"
READY_S, ANSWER_S = 30.0, 20.0
Told = dict[str, Any]


class Road:
    """The test's end."""

    def __init__(self, child: Child) -> None:
        self._child = child

    def do(self, what: str, wait_s: float = ANSWER_S, **given: Any) -> Told:
        """One order; its answer, with `error` (a Reason) where it was refused and `took`, seconds."""
        self.order(what, **given)
        return self._child.until(lambda told: told.get("done") == what, f"the answer to {what}", wait_s)

    def order(self, what: str, **given: Any) -> None:
        """As do, without waiting for the answer."""
        self._child.tell(json.dumps({"do": what, **given}))

    def make(self, *allow: str, road: str = "web", **options: Any) -> None:
        """A fresh road; the one before is left. `reattach`: how many times it may begin anew."""
        assert self.do("make", road=road, allow=allow, options=options)["error"] is None

    def join(self, address: str, room: str = "", name: str = "Xã Suối Mây") -> Told:
        return self.do("join", address=address, room=room, name=name)

    def leave(self) -> Told:
        return self.do("leave")

    def look(self) -> Told:
        """What the road says now: its evidence, its abilities, its renderer."""
        return self.do("look")

    def until(self, true: Callable[[Told], object], what: str, wait_s: float = ANSWER_S) -> Told:
        ends = time.monotonic() + wait_s
        while True:
            look = self.look()
            if true(look):
                return look
            assert time.monotonic() < ends, f"{what} did not come within {wait_s} s; last: {look}"
            time.sleep(0.1)

    def kill(self, service: str) -> None:
        """kill -9 of Chromium's own processes of this kind, as "AudioService": what it held is gone."""
        for process in psutil.Process(self._child.pid).children(recursive=True):
            if any(service in argument for argument in process.cmdline()):
                process.kill()

    def alive(self) -> bool:
        return self._child.alive()

    @property
    def pid(self) -> int:
        return self._child.pid

    def run(self, code: str) -> Any:
        """A line of JavaScript in the page's own world."""
        return self.do("run", code=code)["answer"]


Start = Callable[[list[str], dict[str, str], Path], Child]


def _start(command: list[str], env: dict[str, str], errors: Path) -> Child:
    return Child(command, env=env, stderr=errors)


@contextmanager
def road_process(errors: Path, *hosts: str, start: Start = _start, **env: str) -> Iterator[Road]:
    """`hosts`: all that it may look up; none: any. It must end well, and write no traceback, no meeting's address."""
    own = {"ROOMAPP_ALLOW_UNSANDBOXED": "1", "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
    flags = {"QTWEBENGINE_CHROMIUM_FLAGS": LOOPBACK}
    command = [sys.executable, "-m", "tests.fakes.road_process", *hosts]
    with start(command, {**os.environ, **own, **flags, **env}, errors) as child:
        child.until(lambda told: told.get("ready"), "the road's process", READY_S)
        yield Road(child)
        assert child.let_go() == 0
    written = errors.read_text("utf-8", "replace")
    assert "Traceback" not in written, written
    assert "127.0.0.1:" not in written, "an address of a meeting is nothing for a log"


class Served:
    """The process's own end."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QWidget

        from roomapp.running.worker import Worker
        from roomapp.words import Words
        from ui.bridge import Bridge
        from ui.conference import chromium
        from ui.kiosk import application

        chromium.prepare(dict(os.environ), False, False, sys.argv[1:])
        self._app = application()
        self._bridge = Bridge(Words("vi"))
        self._worker = Worker(lambda error: say(failure=type(error).__name__))
        self._conference: Any = None
        self._view: QWidget | None = None
        self._made: list[Any] = []  # kept: the last hand on a view must not be the worker's
        self._again = 0
        self._quit_soon = lambda: QTimer.singleShot(200, self._app.quit)

    def live(self) -> None:
        self._worker.start()
        threading.Thread(target=self._read, daemon=True).start()
        say(ready=True)
        self._app.exec()
        self._worker.stop()

    def _read(self) -> None:
        for line in sys.stdin:
            self._worker.submit(self._serve(json.loads(line)))
        self._worker.submit(self._end())

    async def _end(self) -> None:
        if self._conference is not None:
            await self._conference.leave()
        self._bridge.post(self._quit_soon)

    async def _serve(self, asked: Told) -> None:
        from devices.contract import DeviceError

        what, began = asked.pop("do"), time.monotonic()
        answer, error = None, None
        try:
            answer = await getattr(self, f"_{what}")(**asked)
        except DeviceError as refused:
            error = str(refused.reason)
        told = answer if what == "look" else {"answer": answer}
        say(done=what, error=error, took=round(time.monotonic() - began, 3), **(told or {}))

    async def _make(self, road: str, allow: list[str], options: Told) -> None:
        from roomapp.profile import Platform
        from roomapp.profile.choices import Road as Kind
        from ui.conference.lazy import LazyWebCall
        from ui.conference.options import WebOptions

        if self._conference is not None:
            await self._conference.leave()
        platform = Platform(id="tinh", name="Tỉnh", road=Kind(road), url="", allow=tuple(allow))
        self._again = options.pop("reattach", 0)
        anywhere = options.pop("anywhere", False)  # the control of a proof: no gate at all
        if (secret := options.pop("secret", None)) is not None:
            options["secret"] = lambda: str(secret)
        self._conference = conference = LazyWebCall(
            road,
            (lambda _url: True) if anywhere else platform.may_load,
            self._bridge.post,
            self._show,
            os.environ["ROOMAPP_ALLOW_UNSANDBOXED"] == "1",
            WebOptions(**options, may_reattach=self._may_reattach),
        )
        self._made.append(conference)

    def _may_reattach(self) -> bool:
        self._again -= 1
        return self._again >= 0

    async def _join(self, address: str, room: str, name: str) -> None:
        from devices.contract import Invitation

        await self._conference.join(Invitation(address, room, name))

    async def _warm(self) -> None:
        await self._conference.warm()

    async def _leave(self) -> None:
        await self._conference.leave()

    async def _microphone(self, on: bool) -> bool | None:
        return await self._conference.set_microphone(on)

    async def _hand(self, up: bool) -> bool | None:
        return await self._conference.raise_hand(up)

    async def _layout(self, layout: str) -> str | None:
        from devices.contract import Layout

        return await self._conference.show(Layout(layout))

    async def _look(self) -> Told:
        look = self._conference.evidence()
        told = dataclasses.asdict(look) if look is not None else {}
        for key in ("codecs", "requests"):
            told[key] = sorted(told.get(key, ()))
        shown = await self._in_screen(self._shown)
        return {**told, "abilities": sorted(self._conference.abilities), **shown}

    def _shown(self, heard: Callable[[Told], None]) -> None:
        renderer = self._view.page().renderProcessPid() if self._view is not None else 0
        heard({"renderer": renderer, "windows": sum(1 for w in self._app.topLevelWidgets() if w.isVisible())})

    async def _run(self, code: str) -> Any:
        def run(heard: Callable[[Any], None]) -> None:
            assert self._view is not None
            self._view.page().mainFrame().runJavaScript(code, 0, heard)

        return await self._in_screen(run)

    async def _in_screen(self, work: Callable[[Callable[[Any], None]], None]) -> Any:
        from ui.conference.crossing import ask

        return await ask(self._bridge.post, work, 5)

    def _show(self, view: Any) -> None:
        self._view = view
        if view is not None:
            view.resize(1024, 600)
            view.showFullScreen() if os.environ.get("ROAD_FILLS_SCREEN") == "1" else view.show()


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    Served().live()
