"""An ONVIF camera that loses its mains: how soon that is named, how soon it is usable again, and nothing replayed."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

from devices.camera.onvif.camera import OnvifCamera
from devices.camera.onvif.library import prepare_wsdl
from devices.camera.onvif.models import UNITS
from devices.contract import CameraState, Outcome, Position
from tests.benchmarks.table import table
from tests.fakes.onvif_camera import PRESETS, FakeOnvif, Script

STORED = Position(*PRESETS["t1"][1], UNITS)
HEARTBEAT_S, OFF_S = 0.5, 2.0
USABLE_S, NAMED_S = 5.0, 4.0
AGAIN_S = 20.0
Now = Callable[[], float]


async def rest(camera: OnvifCamera) -> None:
    """Between two meetings: nothing but the heartbeat."""


async def recall(camera: OnvifCamera) -> None:
    await camera.recall_preset(1, STORED, "t1")


async def hold(camera: OnvifCamera) -> None:
    await camera.drive(0.2, 0, 0)


async def until(camera: OnvifCamera, state: CameraState, now: Now) -> float:
    """Seconds of heartbeats until it is so."""
    began = now()
    while (await camera.status()).state is not state:
        if now() - began > AGAIN_S:
            raise AssertionError(f"not {state} within {AGAIN_S} s")
        await asyncio.sleep(HEARTBEAT_S)
    return now() - began


async def cut(fake: FakeOnvif, during: Callable[[OnvifCamera], Awaitable[None]], forgets: bool) -> list[object]:
    """Named after and usable again after, in s; orders replayed; how the next recall ended, and the way without it."""
    now = asyncio.get_running_loop().time
    camera = fake.camera()
    await camera.status()
    order = asyncio.create_task(during(camera))  # type: ignore[arg-type]
    await asyncio.sleep(0.5)
    fake.fall_silent()  # without mains nobody refuses a connection either
    named_s = await until(camera, CameraState.OFFLINE, now)
    await asyncio.wait({order}, timeout=AGAIN_S)
    await asyncio.sleep(OFF_S)
    await asyncio.to_thread(fake.unplug)
    fake.freeze()
    fake.script.clock_off = timedelta(days=-183)
    if forgets:
        fake.presets.clear()
    fake.executed.clear()
    fake.script.move_s = 0.5
    await asyncio.to_thread(fake.plug)
    usable_s = await until(camera, CameraState.READY, now)
    await asyncio.sleep(1.0)
    replayed = sum(count for name, count in fake.executed.items() if name != "Stop")
    aim = await camera.recall_preset(1, STORED, "t1")
    way = await camera.go_to(STORED) if aim.outcome is Outcome.FAILED else aim
    await camera.close()
    return [named_s, usable_s, replayed, str(aim.reason or aim.outcome), str(way.outcome)]


def main(argv: list[str]) -> int:
    prepare_wsdl().result(60)
    rows, good = [], True
    for name, during in (("between meetings", rest), ("in the midst of a recall", recall), ("while held", hold)):
        for auth in ("wsse", "digest"):
            for forgets in (False, True):
                with FakeOnvif(Script(move_s=5, auth=auth)) as fake:
                    named_s, usable_s, replayed, next_recall, way = asyncio.run(cut(fake, during, forgets))
                good &= named_s <= NAMED_S and usable_s <= USABLE_S and not replayed and way == "verified"  # type: ignore[operator]
                kept = "forgotten" if forgets else "kept"
                rows.append(
                    (name, auth, kept, f"{named_s:.1f}", f"{usable_s:.1f}", replayed, next_recall, way),
                )
    header = ("cut", "signed by", "presets", "named after, s", "usable after answering, s", "orders replayed",
              "next recall", "picture there in the end")  # fmt: skip
    title = f"Mains cut, clock lost with it (targets: named <= {NAMED_S:.0f} s, usable <= {USABLE_S:.0f} s, replayed 0)"
    print(table(title, header, rows))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
