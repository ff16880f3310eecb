"""Other programs' windows on X11: found by the server's own word of whose they are, brought to the stage, and closed.

Sources: Extended Window Manager Hints 1.5 (_NET_CLIENT_LIST, _NET_ACTIVE_WINDOW, _NET_WM_STATE, _NET_WM_PING), ICCCM
2.0 (4.2.8.1 WM_DELETE_WINDOW), X-Resource 1.2 (QueryClientIds). A title may name a meeting: none is read.
"""

import contextlib
import itertools
import time
from collections.abc import Callable
from typing import Any, TypeVar

from devices.conference.programs.desktop import Rectangle
from devices.contract import DeviceError, Reason
from devices.lane import Lane

T = TypeVar("T")
LOOK_S, PING_S, BRING_S, CLOSE_S = 1.5, 2.0, 2.0, 1.0
SLACK_S = 0.4  # the lane waits a little longer than the work does
PAGER = 2  # EWMH: the request comes from a tool, not from the window's own program
ADD, REMOVE = 1, 0
STAYS = 4  # looks in a row, 0.2 s: another window may come back over it at once
NEAR = 8  # pixels: a window manager may keep its frame's border


class X11Desktop:
    """devices.conference.programs.desktop.Desktop over one display; its connection lives in a thread of its own."""

    def __init__(self, display: str) -> None:
        self._name = display
        self._lane, self._pings = Lane("x11"), Lane("x11-ping")
        self._display: Any = None
        self._stamp = itertools.count(1)

    async def windows(self, pids: frozenset[int]) -> tuple[int, ...] | None:
        try:
            return await self._lane.call(self._do, lambda d: _windows(d, pids), wait_s=LOOK_S)
        except DeviceError:
            return None

    async def answers(self, window: int) -> bool | None:
        try:
            return await self._pings.call(_ping, self._name, window, next(self._stamp), wait_s=PING_S + SLACK_S)
        except DeviceError:
            return None

    async def bring(self, window: int, stage: Rectangle | None) -> bool:
        try:
            return await self._lane.call(self._do, lambda d: _bring(d, window, stage), wait_s=BRING_S)
        except DeviceError:
            return False

    async def close(self, windows: tuple[int, ...]) -> None:
        with contextlib.suppress(DeviceError):
            await self._lane.call(self._do, lambda d: _ask_to_close(d, windows), wait_s=CLOSE_S)

    async def aclose(self) -> None:
        """Lets go of the display; idempotent."""
        with contextlib.suppress(DeviceError):
            await self._lane.call(self._hang_up, wait_s=CLOSE_S)
        self._lane.close()
        self._pings.close()

    def _hang_up(self) -> None:
        from Xlib.error import ConnectionClosedError

        made, self._display = self._display, None
        if made is not None:
            with contextlib.suppress(ConnectionClosedError, OSError):
                made.close()

    def _do(self, work: Callable[[Any], T]) -> T:
        """On the lane's connection; a broken one is made anew at the next call."""
        from Xlib.error import ConnectionClosedError, XError

        if self._display is None:
            self._display = _connected(self._name)
        try:
            return work(self._display)
        except XError as error:
            raise DeviceError(Reason.NOT_NOW, "the window went while it was looked at") from error
        except (ConnectionClosedError, OSError) as error:
            self._hang_up()
            raise DeviceError(Reason.LINK_LOST, "the window system ended the talk") from error


def _connected(name: str) -> Any:
    from Xlib import display
    from Xlib.error import DisplayError, XauthError

    try:
        made = display.Display(name)
    except (DisplayError, XauthError, OSError) as error:
        raise DeviceError(Reason.LINK_LOST, "no window system answers") from error
    made.set_error_handler(lambda error, request: None)  # of orders to windows that are gone: nobody waits for those
    return made


def _top_windows(display: Any) -> list[Any]:
    """What a window manager lists as windows of programs; without one, what stands on the screen."""
    root = display.screen().root
    listed = root.get_full_property(display.intern_atom("_NET_CLIENT_LIST"), 0)
    if listed is not None:
        return [display.create_resource_object("window", number) for number in listed.value]
    return list(root.query_tree().children)


def _windows(display: Any, pids: frozenset[int]) -> tuple[int, ...]:
    from Xlib import X
    from Xlib.error import XError

    found: list[tuple[int, int]] = []
    for window in _top_windows(display):
        with contextlib.suppress(XError):
            if _owner(display, window) in pids and window.get_attributes().map_state == X.IsViewable:
                shape = window.get_geometry()
                found.append((shape.width * shape.height, window.id))
    return tuple(number for _, number in sorted(found, reverse=True))


def _owner(display: Any, window: Any) -> int:
    """The process, by the server's own word; else by what the window says of itself."""
    from Xlib.ext import res

    if display.has_extension("X-Resource"):
        told = display.res_query_client_ids([{"client": window.id, "mask": res.LocalClientPIDMask}])
        for entry in told.ids:
            if entry.value:
                return int(entry.value[0])
    said = window.get_full_property(display.intern_atom("_NET_WM_PID"), 0)
    return int(said.value[0]) if said is not None and len(said.value) else 0


def _send(display: Any, window: Any, kind: str, *data: int, to: Any = None) -> None:
    """A client message about `window`, to the window manager unless `to` says otherwise."""
    from Xlib import X
    from Xlib.protocol import event

    filled = [*data, *[0] * (5 - len(data))]
    message = event.ClientMessage(window=window, client_type=display.intern_atom(kind), data=(32, filled))
    if to is not None:
        to.send_event(message)
    else:
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        display.screen().root.send_event(message, event_mask=mask)


def _bring(display: Any, number: int, stage: Rectangle | None) -> bool:
    from Xlib import X

    window, root = display.create_resource_object("window", number), display.screen().root
    full = display.intern_atom("_NET_WM_STATE_FULLSCREEN")
    if stage is not None and not _inside(window, root, stage):
        _send(display, window, "_NET_WM_STATE", REMOVE, full, 0, PAGER)
        window.configure(x=stage.x, y=stage.y, width=stage.width, height=stage.height)
    window.map()
    _send(display, window, "_NET_WM_STATE", ADD, full, 0, PAGER)
    _send(display, window, "_NET_ACTIVE_WINDOW", PAGER, X.CurrentTime)
    window.configure(stack_mode=X.Above)
    display.sync()
    ends, seen = time.monotonic() + BRING_S - SLACK_S, 0
    while seen < STAYS and time.monotonic() < ends:
        seen = seen + 1 if _seen(display, window, stage) else 0
        time.sleep(0.05)
    return seen == STAYS


def _inside(window: Any, root: Any, stage: Rectangle) -> bool:
    """Whether it stands on the stage and fills it, but for a window manager's border."""
    at, size = root.translate_coords(window, 0, 0), window.get_geometry()
    offsets = (at.x - stage.x, at.y - stage.y)
    sizes = (size.width - stage.width, size.height - stage.height)
    return all(abs(off) <= NEAR for off in (*offsets, *sizes))


def _seen(display: Any, window: Any, stage: Rectangle | None) -> bool:
    """Whether the window is shown, fills the stage, and no other lies over its middle."""
    from Xlib import X
    from Xlib.error import XError

    root = display.screen().root
    if window.get_attributes().map_state != X.IsViewable or (stage is not None and not _inside(window, root, stage)):
        return False
    at, size = root.translate_coords(window, 0, 0), window.get_geometry()
    middle = (at.x + size.width // 2, at.y + size.height // 2)
    frame = window
    while (parent := frame.query_tree().parent) != root and parent:
        frame = parent
    for other in reversed(root.query_tree().children):
        with contextlib.suppress(XError):
            if other.id == frame.id:
                return True
            if other.get_attributes().map_state == X.IsViewable and _covers(other, middle):
                return False
    return False


def _covers(window: Any, point: tuple[int, int]) -> bool:
    from Xlib import X

    if window.get_attributes().win_class == X.InputOnly:
        return False
    shape = window.get_geometry()
    return bool(shape.x <= point[0] < shape.x + shape.width and shape.y <= point[1] < shape.y + shape.height)


def _protocols(display: Any, window: Any) -> set[int]:
    said = window.get_full_property(display.intern_atom("WM_PROTOCOLS"), 0)
    return set(said.value) if said is not None else set()


def _ask_to_close(display: Any, numbers: tuple[int, ...]) -> None:
    from Xlib import X
    from Xlib.error import XError

    asked = display.intern_atom("WM_DELETE_WINDOW")
    for window in (display.create_resource_object("window", number) for number in numbers):
        with contextlib.suppress(XError):
            if asked in _protocols(display, window):
                _send(display, window, "WM_PROTOCOLS", asked, X.CurrentTime, to=window)
    display.sync()


def _ping(name: str, number: int, stamp: int) -> bool | None:
    """On a connection of its own: it must hear what the program answers to the root window, and waits."""
    from Xlib import X
    from Xlib.error import ConnectionClosedError, XError

    display = _connected(name)
    try:
        window, ping = display.create_resource_object("window", number), display.intern_atom("_NET_WM_PING")
        root = display.screen().root
        if ping not in _protocols(display, window):
            return None
        root.change_attributes(event_mask=X.SubstructureNotifyMask)
        _send(display, window, "WM_PROTOCOLS", ping, stamp, number, to=window)
        display.sync()
        return _heard(display, number, stamp)
    except (XError, ConnectionClosedError, OSError):
        return None
    finally:
        with contextlib.suppress(ConnectionClosedError, OSError):
            display.close()


def _heard(display: Any, number: int, stamp: int) -> bool:
    from Xlib import X

    ends = time.monotonic() + PING_S
    while time.monotonic() < ends:
        while display.pending_events():
            told = display.next_event()
            if told.type == X.ClientMessage and list(told.data[1])[1:3] == [stamp, number]:
                return True
        time.sleep(0.02)
    return False
