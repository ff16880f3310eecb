"""A road into a meeting that a test moves by hand, and the room that stands around it."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import resources
from devices.camera.fixed import FixedCamera
from devices.camera.picture_check import PictureChecker
from devices.contract import (
    Ability,
    DeviceError,
    Evidence,
    Invitation,
    Layer,
    Layout,
    MediaCount,
    Reason,
    Request,
    ThroughputMeter,
    Unable,
)
from roomapp.events import Event, RoomChanged, RoomView
from roomapp.profile import load_or_last_good
from roomapp.records.journal import FILE_NAME, Journal
from roomapp.rules.checklist import load_checklist
from roomapp.rules.pack import load_pack
from roomapp.running.measures import Devices
from roomapp.running.room import Parts, Room
from roomapp.words import Words
from tests.fakes.profiles import FIXED_CAMERA, SITE, SOUND
from tests.fakes.sound import HandGuard, HandMicrophone

LOOK_S = 0.5  # of its own clock, each time that it is looked at
PLATFORMS = """
[[platform]]
id = "tinh"
name = "Hệ thống của tỉnh"
road = "web"
url = "https://hop.example.vn/{room}"
system = "province"
other_road = "edge"
[[platform]]
id = "edge"
name = "Trình duyệt"
road = "web"
url = "https://hop.example.vn/{room}?edge"
system = "province"
[[platform]]
id = "ngoai"
name = "Hệ thống khác"
road = "web"
url = "https://ngoai.example.vn/{room}"
system = "other"
"""
PROFILE = SITE + SOUND + FIXED_CAMERA + PLATFORMS


class HandConference(Unable):
    """Everything that rises rises while `flows`; each look takes LOOK_S of its own clock."""

    road, measures = "web", True

    def __init__(self, heard: Callable[[str], None] = lambda _act: None) -> None:
        self.heard = heard
        self.acts: list[str] = []
        self.able: frozenset[Ability] = frozenset({Ability.HAND, Ability.LAYOUT, Ability.MICROPHONE})
        self.refuses: Reason | None = None
        self.says: dict[str, Any] = {}
        self.flows = frozenset({"transport", "video", "audio"})
        self.joined = False
        self.looks = 0
        self.budget = math.inf  # looks that are left: without any its clock stands
        self._last: Evidence | None = None
        self._counts = dict.fromkeys(("transport", "video", "audio"), 0)
        self._at = 0.0

    @property
    def abilities(self) -> frozenset[Ability]:
        return self.able

    async def join(self, to: Invitation) -> None:
        self._note("join")
        if self.refuses is not None:
            raise DeviceError(self.refuses, "as told")
        self.joined, self._at, self._last = True, time.monotonic(), None
        self._counts = dict.fromkeys(self._counts, 0)

    async def leave(self) -> None:
        self._note("leave")
        self.joined = False

    async def wait_for_calls(self) -> None:
        self._note("wait")
        self.joined, self._at, self._last = True, time.monotonic(), None
        self.flows = frozenset()

    async def answer(self) -> None:
        self._note("answer")
        self.says, self.flows = {}, frozenset({"transport", "video", "audio"})

    async def set_microphone(self, on: bool) -> bool | None:
        self._note(f"microphone {on}")
        return on

    async def raise_hand(self, up: bool) -> bool | None:
        self._note(f"hand {up}")
        return up

    async def show(self, layout: Layout) -> Layout | None:
        self._note(f"show {layout}")
        return layout

    def _note(self, act: str) -> None:
        self.acts.append(act)
        self.heard(act)

    def evidence(self) -> Evidence | None:
        if not self.joined:
            return None
        if self.budget <= 0 and self._last is not None:
            return self._last
        self.budget -= 1
        self.looks += 1
        self._at += LOOK_S
        for kind in self.flows:
            self._counts[kind] += 10
        moved = self._counts
        look = Evidence(
            at=self._at,
            connections=1 if moved["transport"] else 0,
            feedback=moved["transport"],
            acknowledged=moved["transport"],
            video_in=MediaCount(moved["video"], moved["video"], 1280, 720, moved["video"]),
            audio_in=MediaCount(packets=moved["audio"], reported=moved["audio"]),
            video_out=MediaCount(moved["transport"], moved["transport"], 1280, 720),
            audio_out=MediaCount(packets=moved["transport"]),
        )
        self._last = replace(look, **self.says)
        return self._last

    def asks(self, *requests: Request) -> None:
        self.says["requests"] = frozenset(requests)


class HandPath:
    """Finds what it is told to."""

    def __init__(self) -> None:
        self.layer = Layer.CARRIER
        self.asked: list[tuple[str, int]] = []

    async def find(self, host: str, port: int) -> Layer:
        self.asked.append((host, port))
        return self.layer


class HandRoom:
    """A whole Room over hand-moved devices; `rows` are its journal's."""

    def __init__(self, folder: Path, conferences: Mapping[str, HandConference], profile: str = PROFILE) -> None:
        self.folder, self.conferences, self.profile = folder, dict(conferences), profile
        self.guard, self.path = HandGuard(), HandPath()
        self.meters: tuple[ThroughputMeter, ...] = ()
        self.views: list[RoomView] = []
        self.events: list[Event] = []

    async def begin(self, **changed: Any) -> Room:
        """`changed`: keys of the rule pack that are otherwise here."""
        file = self.folder / "room.toml"
        file.write_text(self.profile, encoding="utf-8")
        words = Words("vi")
        profile = load_or_last_good(file, self.folder, words).profile
        pack = load_pack(Path(profile.site.rules))
        if changed:
            import msgspec

            pack = msgspec.structs.replace(pack, **changed)
        self.journal = await Journal(self.folder / FILE_NAME, _utc).open()
        self.room = Room(
            Parts(
                profile=profile,
                pack=pack,
                words=words,
                journal=self.journal,
                devices=Devices({"main": FixedCamera("main")}, {"table": HandMicrophone()}, {}, {}, self.guard),
                videos={},
                judge=PictureChecker(),
                finder=None,
                conferences=self.conferences,
                checklists={n: load_checklist(resources.path("checklists", f"{n}.toml")) for n in LISTS},
                data_dir=self.folder,
                post=self._hear,
                path=self.path,
                meters=self.meters,
            )
        )
        await self.room.begin()
        return self.room

    def _hear(self, event: Any) -> None:
        self.events.append(event)
        if isinstance(event, RoomChanged):
            self.views.append(event.view)

    async def end(self) -> None:
        await self.room.end()
        await self.journal.close()

    def rows(self, *kinds: str) -> list[dict[str, Any]]:
        return [dict(row.body) for row in self.journal.rows() if row.kind in kinds]


LISTS = ("power_on", "shutdown")


def _utc() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)
