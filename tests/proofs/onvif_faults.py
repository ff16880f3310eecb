"""ONVIF cameras that err in every way we know: no false success, no order carried out twice, no call that hangs."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from devices.camera.onvif.library import prepare_wsdl
from devices.camera.onvif.models import UNITS
from devices.contract import Aim, Outcome, Position
from tests.benchmarks.table import table
from tests.fakes.onvif import words
from tests.fakes.onvif.faults import ANSWERS
from tests.fakes.onvif.http import Answer
from tests.fakes.onvif_camera import OPEN_BUT_FOR_PTZ, PASSWORD, PRESETS, FakeOnvif, Place, Script

STORED = Position(*PRESETS["t1"][1], UNITS)
AT_REST_S = 3.0  # the contract: no answer fails within this
MOVING_S = 15.0  # and a camera that moves is waited for as long
SLACK_S = 1.0  # of a shared machine
NEAR = 0.006
DRIPS = words.envelope(words.empty("GotoPreset")).encode()
SILENT = Answer(b"", silent=True)


async def unplug(fake: FakeOnvif) -> None:
    await asyncio.sleep(0.5)
    await asyncio.to_thread(fake.unplug)


async def reboot(fake: FakeOnvif) -> None:
    """Off and on again in the midst of a move; it has lost its clock and its presets."""
    await unplug(fake)
    fake.freeze()
    fake.presets.clear()
    fake.script.clock_off = timedelta(days=-183)
    await asyncio.to_thread(fake.plug)


async def turn(fake: FakeOnvif) -> None:
    await asyncio.sleep(0.6)
    fake.turn_by_hand((0.8, 0.8, 0.0))


@dataclass
class Case:
    name: str
    script: Script
    presets: dict[str, tuple[str, Place]] | None = None
    stored: Position | None = STORED
    token: str = "t1"
    password: str = PASSWORD
    during: Callable[[FakeOnvif], Awaitable[None]] | None = None
    limit_s: float = AT_REST_S


@dataclass
class Ended:
    case: Case
    aim: Aim
    seconds: float
    executed: int
    twice: bool
    false_success: bool
    hung: bool = field(init=False)

    def __post_init__(self) -> None:
        self.hung = self.seconds > self.case.limit_s + SLACK_S


def cases() -> list[Case]:
    many = {f"v{n}": (f"Khung hình Chủ tọa {n}", (0.9, 0.9, 0.9)) for n in range(40)}
    half_a_year = timedelta(days=-183)
    whole = [
        Case(f"everything answered by: {name}", Script(answers={"": answer})) for name, (answer, _) in ANSWERS.items()
    ]
    order = [
        Case(f"GotoPreset carried out, answered by: {name}", Script(spoils={"GotoPreset": answer}))
        for name, (answer, _) in ANSWERS.items()
    ]
    return [
        Case("good, moves 2 s", Script(move_s=2), limit_s=MOVING_S),
        Case("begins 1 s late", Script(starts_s=1, move_s=1), limit_s=MOVING_S),
        Case("tells its position once in 0.7 s, place unknown", Script(move_s=2, tells_every_s=0.7, move_status=False),
             stored=None, limit_s=MOVING_S),
        Case("clock half a year off", Script(clock_off=half_a_year)),
        Case("HTTP digest only", Script(auth="digest")),
        Case("wrong XAddr", Script(wrong_xaddr=True)),
        Case("no GetServices", Script(services=False)),
        Case("no PTZConfiguration in the profile", Script(ptz_configuration=False)),
        Case("names counted in characters", Script(characters=True), presets=many | PRESETS),
        Case("empty preset names", Script(empty_names=True)),
        Case("token changed, our name kept", Script(), token="gone"),
        Case("tells no position", Script(position=False)),
        Case("says yes and stays", Script(lying=True)),
        Case("says yes and stays, place unknown", Script(lying=True), stored=None),
        Case("preset missing, fault", Script(), presets={}),
        Case("preset missing, silently yes", Script(missing="silent"), presets={}),
        Case("preset missing, place unknown, silently yes", Script(missing="silent"), presets={}, stored=None),
        Case("only presets of others", Script(missing="silent"), presets={"1": ("Cua", (0.9, 0.9, 0.9))}, token=""),
        Case("preset lies elsewhere", Script(), presets={"t1": ("P01", (0.9, 0.9, 0.9))}),
        Case("GotoPreset refused: ter:NoToken", Script(faults={"GotoPreset": "ter:NoToken"})),
        Case("GotoPreset refused: ter:ActionNotSupported", Script(faults={"GotoPreset": "ter:ActionNotSupported"})),
        Case("GotoPreset refused: ter:MovingPTZ", Script(faults={"GotoPreset": "ter:MovingPTZ"})),
        Case("no PTZ service", Script(ptz=False)),
        Case("wrong password", Script(), password="wrong"),
        Case("wrong password, HTTP digest", Script(auth="digest"), password="wrong"),
        Case("wrong password, only PTZ is protected", Script(open_to_all=OPEN_BUT_FOR_PTZ), password="wrong"),
        Case("nothing is told unsigned, not even the time", Script(open_to_all=())),
        Case("silent", Script(answers={"": SILENT})),
        Case("GotoPreset silent", Script(answers={"GotoPreset": SILENT})),
        Case("every answer 0.4 s late", Script(delay_s=0.4), limit_s=MOVING_S),
        Case("a byte every 200 ms, from the first", Script(answers={"": Answer(DRIPS, drip_from=0)})),
        Case("a byte every 200 ms, in GotoPreset's body", Script(answers={"GotoPreset": Answer(DRIPS, drip_from=150)})),
        Case("carried out, answer lost", Script(answers_done=False)),
        Case("silent in the midst of a move", Script(move_s=5, dies_after_s=0.5), limit_s=MOVING_S),
        Case("unplugged in the midst of a move", Script(move_s=5), during=unplug, limit_s=MOVING_S),
        Case("reboots in the midst of a move, presets forgotten", Script(move_s=5), during=reboot, limit_s=MOVING_S),
        Case("turned by hand in the midst of a move", Script(move_s=5), during=turn, limit_s=MOVING_S),
        Case("never comes to rest", Script(move_s=60), limit_s=MOVING_S),
        *whole,
        *order,
    ]  # fmt: skip


async def recall(case: Case, fake: FakeOnvif) -> tuple[Aim, float]:
    camera = fake.camera(case.password)
    began = asyncio.get_running_loop().time()
    during = asyncio.create_task(case.during(fake)) if case.during else None  # type: ignore[arg-type]
    try:
        aim = await camera.recall_preset(1, case.stored, case.token)
        seconds = asyncio.get_running_loop().time() - began
        if during is not None:
            await during
        return aim, seconds
    finally:
        with suppress(asyncio.CancelledError):
            await camera.close()


def ended(case: Case) -> Ended:
    fake = FakeOnvif(case.script) if case.presets is None else FakeOnvif(case.script, dict(case.presets))
    with fake:
        aim, seconds = asyncio.run(recall(case, fake))
        place = fake.position()
    executed = fake.executed.total()
    is_there = all(abs(a - b) <= NEAR for a, b in zip(place, PRESETS["t1"][1], strict=True))
    # Verified and elsewhere, or "sent" although no order was ever taken.
    false = (aim.outcome is Outcome.VERIFIED and not is_there) or (
        aim.outcome is not Outcome.FAILED and not executed and not (case.script.lying and "GotoPreset" in fake.heard)
    )
    twice = any(count > 1 for count in fake.executed.values())
    return Ended(case, aim, seconds, executed, twice, false)


def main(argv: list[str]) -> int:
    prepare_wsdl().result(60)
    every = [ended(case) for case in cases()]
    rows = [
        (one.case.name, one.aim.outcome, one.aim.reason or "", f"{one.seconds:.2f}", one.executed,
         "**yes**" if one.false_success else "no")
        for one in every
    ]  # fmt: skip
    header = ("script", "outcome", "reason", "seconds", "times executed", "false success")
    print(table(f"One recall from each of {len(every)} ONVIF cameras", header, rows))
    false, twice, hung = (sum(values) for values in zip(
        *((one.false_success, one.twice, one.hung) for one in every), strict=True
    ))  # fmt: skip
    print(f"False successes {false}, executed twice {twice}, hangs {hung}.")
    return 1 if false or twice or hung else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
