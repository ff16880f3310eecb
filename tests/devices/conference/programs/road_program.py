"""One road of programs in a process of its own, as a user that is not root: what is true of it, a line each look.

`python -m … browser URL HOST… [-- FLAG…]` or `native PROGRAM LINK ARGUMENT…`; "join", "leave" and "bring" on its stdin
are orders, its end leaves.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from devices.conference.programs.browser import BrowserCall
from devices.conference.programs.desktop import Rectangle, desktop
from devices.conference.programs.native import NativeCall
from devices.contract import Conference, DeviceError, Evidence, Invitation
from roomapp.profile import Platform
from roomapp.profile.choices import Road
from roomapp.rules.presence import Presence

ROOT = Path(__file__).parents[4]
LOOK_S = 0.1
STAGE = Rectangle(0, 0, 1280, 720)  # all of tests.fakes.conference_client_site.Screen


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def browser(url: str, *given: str) -> tuple[Conference, Invitation]:
    hosts, flags = (given[: given.index("--")], given[given.index("--") + 1 :]) if "--" in given else (given, ())
    platform = Platform(id="tinh", name="Tỉnh", road=Road.BROWSER, url=url, allow=hosts)
    observer = (ROOT / "resources" / "web" / "observer.js").read_text("utf-8")
    shown = {"desktop": desktop(), "stage": lambda: STAGE, "program": os.environ.get("ROAD_PROGRAM", "")}
    road = BrowserCall(platform.may_load, hosts, observer, flags=flags, **shown)
    return road, Invitation(url, "", "Xã Suối Mây")


def native(program: str, address: str, *arguments: str) -> tuple[Conference, Invitation]:
    client = os.environ.get("ROAD_CLIENT", "")
    road = NativeCall(program, arguments, client=client, desktop=desktop(), stage=lambda: STAGE)
    return road, Invitation(address, "8123", "Xã Suối Mây")


class Watched:
    def __init__(self, road: Conference, to: Invitation) -> None:
        self._road, self._to = road, to
        self._presence = Presence(time.monotonic())

    async def live(self) -> None:
        looking = asyncio.create_task(self._look())
        try:
            while order := (await asyncio.to_thread(sys.stdin.readline)).strip():
                await self._do(order)
        finally:
            await self._do("leave")
            looking.cancel()

    async def _do(self, order: str) -> None:
        began = time.monotonic()
        answer: Any = None
        try:
            match order:
                case "join":
                    self._presence = Presence(time.monotonic())
                    await self._road.join(self._to)
                case "leave":
                    await self._road.leave()
                case "bring":
                    answer = await self._road.bring_window()
        except DeviceError as error:
            say(done=order, refused=str(error.reason), detail=error.detail)
            return
        say(done=order, answer=answer, seconds=round(time.monotonic() - began, 3))

    async def _look(self) -> None:
        told: Evidence | None = None
        while True:
            look = self._road.evidence()
            if look is not None and look is not told:
                self._tell(look)
            told = look
            await asyncio.sleep(LOOK_S)

    def _tell(self, look: Evidence) -> None:
        verdict = self._presence.judge(look)
        say(
            at=time.monotonic(),
            state=str(verdict.state),
            linked=verdict.linked,
            in_meeting=verdict.in_meeting,
            media=verdict.media,
            error=look.page_error,
            window=look.window,
            capturing=look.capturing,
            playing=look.playing,
            frames_in=look.video_in.frames,
            frames_out=look.video_out.frames,
            packets_in=look.audio_in.packets,
            packets_out=look.audio_out.packets,
            width=look.video_in.width,
            codecs=sorted(look.codecs),
            sandboxed=self._road.is_sandboxed(),
        )


def main() -> None:
    os.environ["HOME"] = os.environ.get("HOME") or "/nonexistent"
    kind, *given = sys.argv[1:]
    asyncio.run(Watched(*{"browser": browser, "native": native}[kind](*given)).live())


if __name__ == "__main__":
    main()
