"""A web road that costs nothing until it is first used: QtWebEngine is loaded when somebody joins."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from devices.contract import Ability, DeviceError, Evidence, Invitation, Layout, Reason, Unable
from ui.conference.crossing import ask
from ui.conference.options import WebOptions

if TYPE_CHECKING:
    from ui.conference.web_call import WebCall

JITSI = "jitsi"
MAKE_S = 10.0


class LazyWebCall(Unable):
    """devices.contract.Conference in front of the WebCall that it makes in the screen's thread."""

    measures = True

    def __init__(
        self,
        road: str,
        allowed: Callable[[str], bool],
        post: Callable[[Callable[[], None]], None],
        show: Callable[[QWidget | None], None],
        unsandboxed_allowed: bool,
        options: WebOptions | None = None,
    ) -> None:
        self.road = road
        self._arguments = (road, allowed, post, show, unsandboxed_allowed, options)
        self._post = post
        self._call: WebCall | None = None

    @property
    def abilities(self) -> frozenset[Ability]:
        return self._call.abilities if self._call is not None else frozenset()

    async def warm(self) -> None:
        await (await self._made()).warm()

    async def join(self, to: Invitation) -> None:
        await (await self._made()).join(to)

    async def leave(self) -> None:
        if self._call is not None:
            await self._call.leave()

    async def set_microphone(self, on: bool) -> bool | None:
        return await self._call.set_microphone(on) if self._call is not None else None

    async def raise_hand(self, up: bool) -> bool | None:
        return await (self._call.raise_hand(up) if self._call is not None else super().raise_hand(up))

    async def show(self, layout: Layout) -> Layout | None:
        return await (self._call.show(layout) if self._call is not None else super().show(layout))

    def evidence(self) -> Evidence | None:
        return self._call.evidence() if self._call is not None else None

    def is_sandboxed(self) -> bool | None:
        return self._call.is_sandboxed() if self._call is not None else None

    async def _made(self) -> "WebCall":
        if self._call is None:
            try:
                self._call = await ask(self._post, self._make, MAKE_S)
            except TimeoutError as error:
                raise DeviceError(Reason.NO_ANSWER, "the web view could not be made") from error
        return self._call

    def _make(self, heard: "Callable[[WebCall], None]") -> None:
        """In the screen's thread, where its last hand must be too: kept at once, whoever still waits for it."""
        from ui.conference.jitsi import JitsiCall
        from ui.conference.web_call import WebCall

        if self._call is None:
            self._call = (JitsiCall if self.road == JITSI else WebCall)(*self._arguments)
        heard(self._call)
