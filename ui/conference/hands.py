"""A recipe at work in the frames of a page, in the screen's thread: looks, enters, turns, types, leaves."""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEngineFrame, QWebEngineScript

from devices.contract import Standing
from ui.conference.scripts import APART, MAIN, engine
from ui.conference.site import Recipe, SiteLook, read, seen

OVER = frozenset(Standing) - {Standing.WAITING_ROOM, Standing.PASSWORD}  # nothing is pressed any more
ENTER_S = 120.0  # nor after this long: a person is at it then
FRAME_S = 2.0  # for every frame to answer
TAKEN_S = 3.0  # a page that still asks for the password then has not taken it
Frames = Sequence[QWebEngineFrame]
Heard = Callable[[Any], None]
Order = tuple[str, int]  # a line of JavaScript, and its world


class Hands:
    """`wanted` is told, once for each beginning of a page, that it asks for the account."""

    def __init__(self, recipe: Recipe, wanted: Callable[[frozenset[str]], None] | None) -> None:
        self.recipe, self._wanted = recipe, wanted
        self.site = SiteLook()
        self.changed: Callable[[], None] = lambda: None  # called with each new look
        self.name = ""  # this site's own, as the far sites shall see it
        self._hands = f"hands_{secrets.token_hex(6)}"
        self._entering = False
        self._began_at = 0.0
        self._asked = False  # for the account
        self._typed_at: float | None = None
        self._answers: list[dict[str, Any]] = []
        self._expected = self._round = 0
        self._asked_at = 0.0

    @property
    def standing(self) -> Standing | None:
        """What the page says of us; PASSWORD also where it asks for one that we do not have, or did not take it."""
        said = self.site.standing
        if said is Standing.PASSWORD or (said is None and self.site.wants):
            waiting = self._asked and (self._typed_at is None or time.monotonic() - self._typed_at < TAKEN_S)
            return None if waiting else Standing.PASSWORD
        return said

    @property
    def entering(self) -> bool:
        return self._entering and bool(self.recipe.engine)

    def scripts(self) -> list[QWebEngineScript]:
        return [engine(self._hands, self.recipe)] if self.recipe.engine else []

    def begin(self) -> None:
        """A page begins: nothing is known of it, and it is entered anew."""
        self.site, self._entering, self._began_at = SiteLook(), True, time.monotonic()
        self._asked, self._typed_at = False, None
        self._answers, self._expected = [], 0

    def look(self, frames: Frames, enter: bool) -> None:
        """Asks every frame what it shows; `enter`: one step towards the room is taken too, where one is open."""
        now = time.monotonic()
        if len(self._answers) < self._expected:
            if now - self._asked_at < FRAME_S:
                return  # they are still at it
            self._take()  # a frame that hangs speaks for no other
        self._entering = self._entering and now - self._began_at < ENTER_S
        given = json.dumps({"name": self.name} if enter and self._entering else None)
        own = self.recipe.object or "undefined"
        offered = (
            f"typeof {own} === 'object' && {own} ? JSON.stringify({own}.state)"
            " : typeof roomappMicrophone === 'function' ? '{\"turns\":true}' : ''"
        )
        asked = [(offered, MAIN), *([self._hand("look", given)] if self.recipe.engine else [])]
        self._round += 1
        self._answers, self._expected, self._asked_at = [], len(frames) * len(asked), now
        for frame in frames:
            for code, world in asked:
                frame.runJavaScript(code, world, lambda answer, r=self._round: self._heard(answer, r))

    def turn(self, frames: Frames, what: str, on: bool, heard: Heard) -> None:
        """One press, where it is not so already. `heard` is given what the page itself answers: mostly nothing."""
        value, key = json.dumps(on), "layout" if what == "tiles" else what
        if self.recipe.object:
            _run(frames, self._own(what, value), lambda _done: heard(None))  # what it then is, its state tells
            return
        if key in self.recipe.engine:
            order = self._hand("turn", json.dumps(key), value)
        elif what == "microphone":
            order = (f"typeof roomappMicrophone === 'function' ? roomappMicrophone({value}) === true : null", MAIN)
        else:
            order, frames = ("", MAIN), ()
        _run(frames, order, heard)

    def type(self, frames: Sequence[tuple[QWebEngineFrame, QUrl]], account: dict[str, str]) -> None:
        """Into the fields that ask for it, of frames that still stand where they stood."""
        self._typed_at = time.monotonic()
        told = json.dumps(account)
        for frame, url in frames:
            origin = json.dumps(f"{url.scheme()}://{url.authority()}")
            if self.recipe.object:
                code, world = self._own("type", told)
                frame.runJavaScript(f"location.origin === {origin} ? ({code}) : null", world)
            else:
                frame.runJavaScript(*self._hand("type", origin, told))

    def not_typed(self) -> None:
        """The account could not be had."""
        self._typed_at = 0.0

    def leave(self, frames: Frames, heard: Heard) -> None:
        """Presses what ends our own part, where the page has it; `heard` is told whether, None: it has not."""
        self._entering = False
        if self.recipe.object:
            code, world = self._own("leave")
            _run(frames, (f"({code}) !== null ? true : null", world), heard)
        else:
            _run(frames, self._hand("leave"), lambda pressed: heard(pressed or None))

    def _own(self, method: str, *given: str) -> Order:
        """What a page of ours offers under the recipe's name."""
        own = self.recipe.object
        call = f"({own}.{method}({', '.join(given)}), true)"
        return f"typeof {own} === 'object' && {own} && {own}.{method} ? {call} : null", MAIN

    def _hand(self, method: str, *given: str) -> Order:
        return f"typeof {self._hands} === 'object' ? {self._hands}.{method}({', '.join(given)}) : null", APART

    def _heard(self, answer: Any, number: int) -> None:
        if number == self._round:
            self._answers.append(read(answer))
            if len(self._answers) == self._expected:
                self._take()

    def _take(self) -> None:
        self.site = seen(self._answers)
        if self.site.inside or self.site.standing in OVER:
            self._entering = False
        if self.site.wants and not self._asked and self._wanted is not None:
            self._asked = True
            self._wanted(self.site.wants)
        self.changed()


def _run(frames: Frames, order: Order, heard: Heard) -> None:
    """In all of them; `heard` is given the first answer that says something, None when all have said nothing."""
    code, world = order
    first = _first(len(frames), heard)
    for frame in frames:
        frame.runJavaScript(code, world, first)


def _first(count: int, heard: Heard) -> Heard:
    """The first answer of several frames that says something; None when all have said nothing."""
    left, done = [count], [False]

    def one(answer: Any) -> None:
        left[0] -= 1
        if not done[0] and (answer is not None or left[0] <= 0):
            done[0] = True
            heard(answer)

    if count == 0:
        heard(None)
    return one
