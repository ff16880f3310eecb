"""The one page of a managed browser, over its DevTools: what it is, what its counters say, and nothing beside it.

The observer (resources/web/observer.js) is in every frame before any script of the page. Whatever other window opens,
the browser's own too, is closed at once.
"""

import asyncio
import secrets
import time
from typing import Any

from devices.conference.looks import Looks, read
from devices.conference.programs.devtools import DevTools, Told
from devices.contract import DeviceError, Evidence, Reason

ASK_S = 4.0
SERVER_S = 120.0  # for a server to answer; the browser itself gives up earlier
LOOK_S = 3.0  # for one frame's counters
MOST_FRAMES = 64
SILENT_MS = 10_000  # a server that answers a page's socket no more for so long is lost
FINAL = ("crashed", "hung", "program_ended")
POLICIES = """(async () => {
  const m = await import("chrome://resources/js/cr.js");
  return await new Promise((done) => {
    (m.addWebUiListener || m.addWebUIListener)("policies-updated", (names, values) => done(names && names.policyGroups
      ? names : values));
    chrome.send("listenPoliciesUpdates");
  });
})()"""
Frame = tuple[str, int]  # session and execution context


class ManagedPage:
    """Of one join. `heard` is fed with the browser's events; the coroutines run in one loop.

    `observer` is the text of resources/web/observer.js, as it stands.
    """

    def __init__(self, observer: str) -> None:
        self._name = f"look_{secrets.token_hex(6)}"
        self._observer = observer.replace("NAME", self._name).replace("= SILENT", f"= {SILENT_MS}")
        self._tools: DevTools | None = None
        self._target = self._session = ""
        self._frames: set[Frame] = set()
        self._asked: set[Frame] = set()
        self._looks = Looks()
        self._tasks: set[asyncio.Task[None]] = set()
        self.error: str | None = None
        self.window: bool | None = None
        self.closed_windows = 0  # that were not the meeting's
        self.heard_at = time.monotonic()

    def evidence(self) -> Evidence:
        """What all its documents counted, and what is wrong with it."""
        return self._looks.evidence(self.error)

    async def attach(self, tools: DevTools) -> None:
        """Takes the browser's first page; from now on it has no other. DeviceError where it has none, or refuses."""
        self._tools = tools
        await tools.call("Target.setDiscoverTargets", ASK_S, discover=True)
        told = await tools.call("Target.getTargets", ASK_S)
        pages = [t for t in told.get("targetInfos", []) if t.get("type") == "page"]
        if not pages:
            raise DeviceError(Reason.PROTOCOL, "the browser has no page")
        self._target = pages[0]["targetId"]
        self.window = True
        for other in pages[1:]:
            self._close(other["targetId"])
        told = await tools.call("Target.attachToTarget", ASK_S, targetId=self._target, flatten=True)
        self._session = str(told.get("sessionId", ""))
        for method in ("Page.enable", "Inspector.enable"):
            await tools.call(method, ASK_S, self._session)

    async def policies(self, shown_at: str) -> object:
        """What the browser's own page of policies says is in force; None where it says nothing."""
        assert self._tools is not None
        told = await self._tools.call("Page.navigate", ASK_S, self._session, url=shown_at)
        if told.get("errorText"):
            return None
        asked: dict[str, Any] = {"expression": POLICIES, "awaitPromise": True, "returnByValue": True, "timeout": 2000}
        told = await self._tools.call("Runtime.evaluate", ASK_S, self._session, **asked)
        result = told.get("result")
        return result.get("value") if isinstance(result, dict) else None

    async def observe(self) -> None:
        """From now on every document of this page is observed."""
        await self._observe(self._session)

    def open(self, url: str) -> None:
        """Goes there; a server may take its time, and a failure is an error of the page, as it would be later."""
        self._go(self._open(url))

    async def _open(self, url: str) -> None:
        assert self._tools is not None
        told = await self._tools.call("Page.navigate", SERVER_S, self._session, url=url)
        if (why := str(told.get("errorText", ""))) and why != "net::ERR_ABORTED":
            self.error = "certificate" if "ERR_CERT" in why or "ERR_SSL" in why else "load_failed"

    async def renderers(self) -> list[int]:
        """The processes in which pages run."""
        assert self._tools is not None
        told = await self._tools.call("SystemInfo.getProcessInfo", ASK_S)
        return [int(p["id"]) for p in told.get("processInfo", []) if p.get("type") == "renderer"]

    def ask(self) -> None:
        """Asks every frame for its counters; the answers come by and by. A frame that has not answered is not asked."""
        for frame in self._frames - self._asked:
            self._asked.add(frame)
            self._go(self._ask(frame))

    def fail(self, why: str) -> None:
        if self.error not in FINAL:
            self.error = why

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    # --- events ---

    def heard(self, told: Told) -> None:
        params, session = told.get("params", {}), str(told.get("sessionId", ""))
        match told["method"]:
            case "Target.targetCreated":
                self._created(params["targetInfo"])
            case "Target.targetDestroyed" if params.get("targetId") == self._target:
                self.window = False
                self.fail("program_ended")
            case "Target.targetCrashed" if params.get("targetId") == self._target:
                self.fail("crashed")
            case "Inspector.targetCrashed" if session == self._session:
                self.fail("crashed")
            case "Target.attachedToTarget" if session:
                self._go(self._inner(str(params["sessionId"]), params["targetInfo"].get("type") == "iframe"))
            case "Target.detachedFromTarget":
                self._frames -= {frame for frame in self._frames if frame[0] == params.get("sessionId")}
            case "Runtime.executionContextCreated":
                if params["context"].get("auxData", {}).get("isDefault") and len(self._frames) < MOST_FRAMES:
                    self._frames.add((session, int(params["context"]["id"])))
            case "Runtime.executionContextDestroyed":
                self._frames.discard((session, int(params["executionContextId"])))
            case "Runtime.executionContextsCleared":
                self._frames -= {frame for frame in self._frames if frame[0] == session}
            case "Page.frameNavigated" if session == self._session and "parentId" not in params["frame"]:
                self._arrived(bool(params["frame"].get("unreachableUrl")))
            case "Page.javascriptDialogOpening" if self._tools is not None:
                yes = params.get("type") in ("alert", "confirm", "beforeunload")
                self._tools.order("Page.handleJavaScriptDialog", session, accept=yes)

    def _created(self, target: Told) -> None:
        if self._target and target.get("type") == "page" and target["targetId"] != self._target:
            self._close(target["targetId"])

    def _close(self, target: str) -> None:
        assert self._tools is not None
        self.closed_windows += 1
        self._tools.order("Target.closeTarget", targetId=target)

    def _arrived(self, unreachable: bool) -> None:
        if not unreachable and self.error == "load_failed":
            self.error = None
        elif unreachable and self.error is None:
            self.error = "load_failed"

    async def _inner(self, session: str, is_frame: bool) -> None:
        """A frame in a process of its own stands still until it is observed."""
        assert self._tools is not None
        try:
            if is_frame:
                await self._observe(session)
        finally:
            self._tools.order("Runtime.runIfWaitingForDebugger", session)

    async def _observe(self, session: str) -> None:
        assert self._tools is not None
        tools, auto = self._tools, {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        await tools.call("Page.enable", ASK_S, session)
        await tools.call("Page.addScriptToEvaluateOnNewDocument", ASK_S, session, source=self._observer)
        await tools.call("Runtime.enable", ASK_S, session)
        await tools.call("Target.setAutoAttach", ASK_S, session, **auto)

    async def _ask(self, frame: Frame) -> None:
        assert self._tools is not None
        session, context = frame
        asked: dict[str, Any] = {"expression": f"window.{self._name}", "contextId": context, "returnByValue": True}
        try:
            told = await self._tools.call("Runtime.evaluate", LOOK_S, session, **asked)
        finally:
            self._asked.discard(frame)
        self.heard_at = time.monotonic()
        result = told.get("result")
        if (look := read(result.get("value") if isinstance(result, dict) else None)) is not None:
            self._looks.heard(look)

    def _go(self, work: Any) -> None:
        async def guarded() -> None:
            try:
                await work
            except DeviceError:
                return  # gone, or hung: seen by what it no longer answers

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
