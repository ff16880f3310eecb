"""The camera's mains cut and given back: soon usable again by itself, and no order of before is carried out."""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from devices.camera.visca_driver import ViscaCamera
from devices.contract import Aim, CameraState, Outcome, Position
from tests.benchmarks.table import table
from tests.fakes.visca.camera import DRIVERS, HOME, PRESETS, FakeCamera, Script

HEARTBEAT_S = 2.5  # the room asks an idle camera so often
USABLE_S = 5.0
OFF_S = (0.4, 3.2)
STORED_1, STORED_2 = Position(*PRESETS[1]), Position(*PRESETS[2])
STOPS = (b"\x03\x03", b"\x07\x00")  # the last bytes of a stop, which may come late


@dataclass(frozen=True)
class Recovery:
    way: str
    moment: str
    off_s: float
    told: str  # what was said of the order in whose midst the power went
    usable_s: float  # from the camera answering again until it is seen ready
    replayed: int
    next_recall: Outcome

    @property
    def good(self) -> bool:
        lied = self.told in (Outcome.VERIFIED, Outcome.SENT)
        return self.next_recall is Outcome.VERIFIED and self.usable_s <= USABLE_S and not self.replayed and not lied


async def _between(fake: FakeCamera, camera: ViscaCamera) -> str:
    await camera.recall_preset(2, STORED_2)
    fake.cut_power()
    return "-"


async def _before(fake: FakeCamera, camera: ViscaCamera) -> str:
    """The order itself falls into the dark: it must not come to life with the camera."""
    fake.cut_power()
    return await _told(asyncio.create_task(camera.recall_preset(1, STORED_1)), camera)


async def _mid_move(fake: FakeCamera, camera: ViscaCamera) -> str:
    aim = asyncio.create_task(camera.recall_preset(1, STORED_1))
    await asyncio.sleep(0.5)
    fake.cut_power()
    return await _told(aim, camera)


async def _driving(fake: FakeCamera, camera: ViscaCamera) -> str:
    await camera.drive(0.5, 0, 0)
    fake.cut_power()
    return "-"


async def _told(aim: "asyncio.Task[Aim]", camera: ViscaCamera) -> str:
    ended = await aim
    return str(ended.reason or ended.outcome)


MOMENTS: dict[str, Callable[[FakeCamera, ViscaCamera], Awaitable[str]]] = {
    "between meetings": _between, "at the order": _before, "in mid-move": _mid_move, "driven by hand": _driving,
}  # fmt: skip


async def recovered(way: str, moment: str, off_s: float) -> Recovery:
    """Nobody touches it: the room's own asking sees it ready again, then it is sent somewhere."""
    with FakeCamera(way, Script(move_s=1.2)) as fake:
        camera, states = fake.camera(), list[tuple[float, CameraState]]()
        beat = asyncio.create_task(_heartbeat(camera, states))
        try:
            await asyncio.sleep(0.1)
            told = await MOMENTS[moment](fake, camera)
            await asyncio.sleep(off_s)
            fake.give_power()
            back = time.monotonic()
            ready = await _ready_since(back, states)
            replayed = [body for at, body in fake.executed_at if at > back and body[-2:] not in STOPS]
            moved = fake.position() != HOME
            aim = await camera.recall_preset(2, STORED_2)
            return Recovery(way, moment, off_s, told, ready - back, len(replayed) + moved, aim.outcome)
        finally:
            beat.cancel()
            await camera.close()


async def _heartbeat(camera: ViscaCamera, states: list[tuple[float, CameraState]]) -> None:
    while True:
        state = (await camera.status()).state
        states.append((time.monotonic(), state))
        await asyncio.sleep(HEARTBEAT_S)


async def _ready_since(back: float, states: list[tuple[float, CameraState]]) -> float:
    """The first time that it was seen ready; late by a minute where it never is."""
    while time.monotonic() < back + 2 * USABLE_S:
        seen = [at for at, state in states if at > back and state is CameraState.READY]
        if seen:
            return seen[0]
        await asyncio.sleep(0.02)
    return back + 60


async def recover_all() -> list[Recovery]:
    return list(
        await asyncio.gather(*(recovered(way, moment, off) for way in DRIVERS for moment in MOMENTS for off in OFF_S))
    )


def main(argv: list[str]) -> int:
    logging.disable(logging.WARNING)
    results = asyncio.run(recover_all())
    header = (
        "transport", "moment", "power off, s", "told of the order", "seconds from answering to usable",
        "old commands replayed", "next recall",
    )  # fmt: skip
    rows = [
        (
            found.way.removeprefix("visca-"),
            found.moment,
            found.off_s,
            found.told,
            f"{found.usable_s:.2f}",
            found.replayed,
            found.next_recall,
        )
        for found in results
    ]
    print(table(f"{len(rows)} power cuts of the camera (target: usable <= {USABLE_S:.0f} s, 0 replayed)", header, rows))
    bad = [found for found in results if not found.good]
    slowest = max(found.usable_s for found in results)
    print(f"Slowest {slowest:.2f} s; replayed {sum(found.replayed for found in results)}; bad {len(bad)}.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
