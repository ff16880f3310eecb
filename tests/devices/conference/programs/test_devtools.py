"""The talk with a browser stays bounded and standing, whatever the browser says, or does not."""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable

import pytest

from devices.conference.programs.devtools import DevTools, Told
from devices.conference.programs.tree import Tree
from devices.contract import DeviceError, Reason

ECHO = """
import json, os
buffer = b""
while data := os.read(3, 65536):
    buffer += data
    while b"\\0" in buffer:
        one, _, buffer = buffer.partition(b"\\0")
        asked = json.loads(one)
        answer = {"id": asked["id"], "result": {"asked": asked["method"], "by": asked.get("sessionId", "")}}
        if asked["method"] == "Refuse":
            answer = {"id": asked["id"], "error": {"message": "no"}}
        for told in ({"method": "Happened", "params": {}}, answer):
            os.write(4, json.dumps(told).encode() + b"\\0")
"""
SILENT = "import time; time.sleep(30)"
ENDS = "pass"
GARBAGE = "import os; os.read(3, 1); os.write(4, b'[\\0'); import time; time.sleep(30)"
FOREVER = """
import os
try:
    while True: os.write(4, b"x" * 65536)
except BrokenPipeError: pass
"""


def talk(program: str, work: Callable[[DevTools], Awaitable[None]], heard: list[Told] | None = None) -> None:
    async def run() -> None:
        tree = Tree()
        events = heard if heard is not None else []
        tools = await DevTools.start(tree, [sys.executable, "-c", program], os.environ, events.append)
        try:
            await work(tools)
        finally:
            await tools.close()
            assert await asyncio.to_thread(tree.end, 3.0)

    asyncio.run(run())


def test_answers_find_their_questions_and_events_their_hearer() -> None:
    events: list[Told] = []

    async def work(tools: DevTools) -> None:
        first, second = await asyncio.gather(tools.call("One", 5), tools.call("Two", 5, "session"))
        assert first == {"asked": "One", "by": ""}
        assert second == {"asked": "Two", "by": "session"}

    talk(ECHO, work, events)
    assert [told["method"] for told in events] == ["Happened", "Happened"]


@pytest.mark.parametrize(
    ("program", "method", "reason"),
    [
        (ECHO, "Refuse", Reason.PROTOCOL),
        (SILENT, "One", Reason.NO_ANSWER),
        (ENDS, "One", Reason.LINK_LOST),
        (GARBAGE, "One", Reason.LINK_LOST),
        (FOREVER, "One", Reason.LINK_LOST),
    ],
    ids=["refuses", "silent", "ends", "garbage", "never ends its message"],
)
def test_what_goes_wrong_has_a_reason_within_its_time(program: str, method: str, reason: Reason) -> None:
    async def work(tools: DevTools) -> None:
        began = time.monotonic()
        with pytest.raises(DeviceError) as raised:
            await tools.call(method, 1.0 if reason is Reason.NO_ANSWER else 10.0)
        assert raised.value.reason is reason
        assert time.monotonic() - began < 5.0

    talk(program, work)


def test_address_that_is_asked_for_stands_in_no_error() -> None:
    async def work(tools: DevTools) -> None:
        with pytest.raises(DeviceError) as raised:
            await tools.call("Refuse", 5, url="https://hop.example.vn/8123")
        assert "8123" not in str(raised.value)

    talk(ECHO, work)


def test_program_that_is_not_there_cannot_start() -> None:
    async def start() -> None:
        await DevTools.start(Tree(), ["/no/such/program"], {}, lambda told: None)

    with pytest.raises(DeviceError) as raised:
        asyncio.run(start())
    assert raised.value.reason is Reason.NOT_NOW
