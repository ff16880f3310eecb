"""A road of programs in a process of its own, as a user that is not root: orders and answers whole, a line each.

`python -m … make browser URL HOST… [-- FLAG…]` or `native PROGRAM LINK ARGUMENT…`; its stdin's end leaves.
"""

import asyncio
import json
import logging
import sys
from typing import Any

from devices.contract import Conference
from tests.devices.conference.contract.orders import obeyed, packed, seen, unpacked
from tests.devices.conference.programs.road_program import browser, native


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


class Served:
    def __init__(self, kind: str, *given: str) -> None:
        self._conference = self._made(kind, *given)
        self._tasks: set[asyncio.Task[None]] = set()

    @staticmethod
    def _made(kind: str, *given: str) -> Conference:
        return {"browser": browser, "native": native}[kind](*given)[0]

    async def live(self) -> None:
        say(ready=True)
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            task = asyncio.create_task(self._serve(unpacked(line)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await self._conference.leave()

    async def _serve(self, asked: Any) -> None:
        match asked:
            case "see":
                answer: object = await asyncio.to_thread(seen, self._conference)
            case ("make", *given):
                await self._conference.leave()
                self._conference, answer = self._made(*given), None
            case orders:
                answer = await obeyed(self._conference, orders)
        say(answer=packed(answer))


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr)
    logging.getLogger("devices").setLevel(logging.DEBUG)
    asyncio.run(Served(*sys.argv[1:]).live())
