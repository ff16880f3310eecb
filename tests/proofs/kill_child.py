"""The kiosk of the kill proof: walks the practice room by touch, round and round, and tells what it shows and keeps."""

import json
import math
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from devices.contract import CallState
from roomapp.events import Lamp, Place, RoomView
from roomapp.records.owner import Owner
from roomapp.rules.session import Phase
from roomapp.running.room import Room
from tests.journeys import driver as driving
from tests.journeys.driver import Driver
from ui.assemble import Sound
from ui.widgets import button

TELL_MS = 50
SPEAK_S = 1.5
LOOK_S = 0.4
SHORT_TREMBLE_S = 0.02  # what is proved here is not the touch: nobody waits for a hand between two of them
SHORT_CHECK_S = (0.3, 0.5)
WAITING = (CallState.PROBING, CallState.CONNECTING, CallState.WAITING_ROOM, CallState.RECOVERING)


class Walker:
    """Does the next thing that an officer would do, from whatever stands on the screen."""

    def __init__(self, driver: Driver, chance: random.Random) -> None:
        self._driver, self._chance = driver, chance
        self._framed: set[str] = set()
        self._spoke = self._broke = False
        self.silent_after_s = 0.0  # from the touch that turned the microphone off to the first measured zero
        house = driver.kiosk.house
        assert house is not None
        assert house.practice is not None
        self.room, self._practice = house.room, house.practice
        self._pages: dict[Place, Callable[[], bool]] = {
            Place.HOME: self._home,
            Place.POWER_ON: self._checklist,
            Place.SHUTDOWN: self._checklist,
            Place.SOUND: lambda: self._touch("next_step", "recheck"),
            Place.FRAMING: self._framing,
            Place.JOIN: self._join,
            Place.MEETING: self._meeting,
            Place.LOST: self._lost,
        }

    def step(self) -> None:
        """One touch, or a short wait for what must come by itself."""
        place = self._driver.place()
        assert place is not None
        refused = self._driver.find("sheet_refused") is not None
        if not (self._touch("sheet_back") if refused else self._pages[place]()):
            self._driver.run(0.03)

    def _touch(self, *names: str) -> bool:
        """Touches the first of these that is there and may be touched."""
        for name in names:
            found = self._driver.find(name)
            if found is not None and found.isEnabled():
                before = (self._driver.view, self._driver.place())
                self._driver.touch_at(found, found.rect().center())
                self._seen(before)
                return True
        return False

    def _seen(self, before: tuple[RoomView, Place | None]) -> None:
        """A person looks at what the touch has done before the next one."""
        ends = time.monotonic() + LOOK_S
        while (self._driver.view, self._driver.place()) == before and time.monotonic() < ends:
            self._driver.run(0.01)

    def _home(self) -> bool:
        self._framed.clear()
        self._spoke = self._broke = False
        without_meeting = self._chance.random() < 0.15
        return self._touch("power_on", *(("power_off",) if without_meeting else ()), "to_meeting", "join")

    def _checklist(self) -> bool:
        answers = ("surroundings_no", "conditions_yes", "amplifier_yes", "loudspeaker.room_yes")
        switched = self._chance.choice(("done", "redo"))  # a person looks at the camera and says so
        asked = [*answers, *(f"{step}.main_{switched}" for step in ("cameras_on", "camera_off"))]
        return self._touch(*(f"answer_{one}" for one in asked), "recheck", "next_step", "join", "sign_off")

    def _framing(self) -> bool:
        for seat in self._driver.view.seats:
            if not seat.overview and seat.id not in self._framed and self._touch(f"seat_{seat.id}"):
                self._framed.add(seat.id)
                self._driver.until(lambda id=seat.id: self._driver.view.on_air == id, f"the camera at {seat.name}", 20)
                return True
        return self._touch("next_step")

    def _join(self) -> bool:
        return self._driver.view.call.state not in WAITING and self._touch("join_now", "secret_no")

    def _meeting(self) -> bool:
        lamp, call = self._driver.view.mic.lamp, self._driver.view.call
        if lamp is Lamp.OPEN:
            self._spoke = True
            self._driver.run(SPEAK_S)
            asked = time.monotonic()
            touched = self._touch("mic_off")
            self._driver.until(lambda: self._driver.view.mic.lamp is Lamp.CLOSED, "the closed microphone")
            self.silent_after_s = self._measured_silence() - asked
            return touched
        if not call.in_meeting:
            return False
        if not self._spoke:
            return self._touch("mic_on", "invited", "ask_speak")
        if not self._broke:
            self._broke = True
            self._practice.break_link()
            self._driver.until(lambda: self._driver.place() is Place.LOST, "the page of the lost link", 25)
            return True
        return self._touch("leave_act", "leave_chair", "leave")

    def _measured_silence(self) -> float:
        """Since when the microphone has sent nothing but zeros; time.monotonic(). A stand-in has nothing to measure."""
        microphone = self.room.sounding.level_source()
        if microphone is None or microphone.stand_in:
            return math.inf
        from devices.audio.pulse.capture import PulseMicrophone  # needs libpulse

        zeros = microphone.zeros() if isinstance(microphone, PulseMicrophone) else None
        return zeros.arrived - zeros.seconds if zeros is not None else math.inf

    def _lost(self) -> bool:
        self._broke = True
        steps = ["called_carrier", "told_chair", "link_back", "leave_by_control_tech:phone"]
        if self.room.session.phase is Phase.LEAVE_GRANTED:
            steps.append("reconnect")
        elif self._driver.view.call.in_meeting:
            steps.append("confirm_both")
        return self._touch(*steps)


class Teller:
    """One JSON line for every change: the rows that are kept, and what the screen shows."""

    def __init__(self, driver: Driver, walker: Walker, first_lamps: list[str]) -> None:
        self._driver, self._walker, self._first_lamps = driver, walker, first_lamps
        self._seq, self._last = 0, ""

    def tell(self) -> None:
        house = self._driver.kiosk.house
        assert house is not None
        shown = self.shown()  # before the rows: what is shown must be kept already
        rows = house.journal.rows(since=self._seq)
        line = json.dumps(shown)
        if not rows and line == self._last:
            return
        self._seq, self._last = rows[-1].seq if rows else self._seq, line
        print(json.dumps({**shown, "rows": [(row.seq, row.hash) for row in rows]}), flush=True)

    def shown(self) -> dict[str, Any]:
        page = page_of(self._walker.room, self._driver.view)
        silent_ms = round(self._walker.silent_after_s * 1000) if math.isfinite(self._walker.silent_after_s) else None
        stage = {"stage": self._stage(), "sound": self._driver.view.sound.stage, "silent_ms": silent_ms}
        return {**page, **stage, "first_lamps": self._first_lamps, "place": str(self._driver.place())}

    def _stage(self) -> str:
        """Where in a meeting's life the room stands: what the parent waits for before it kills."""
        view, room, place = self._driver.view, self._walker.room, self._driver.place()
        phase = room.session.phase
        if phase is Phase.CHECKING and place in (Place.SOUND, Place.FRAMING):
            return str(place)
        if phase is Phase.IN_ROOM and view.mic.lamp is Lamp.OPEN:
            return "speaking"
        if phase is Phase.IN_ROOM and view.incident is not None:
            return "restored"
        return str(phase)


def page_of(room: Room, view: RoomView) -> dict[str, Any]:
    """What is shown, in values that go through a pipe."""
    steps = view.checklist.rows if view.checklist is not None else ()
    return {
        "place": str(view.place),
        "phase": str(room.session.phase),
        "list": view.checklist.id if view.checklist is not None else "",
        "run": room.runner.run_id if room.runner is not None else "",
        "steps": [(step.id, str(step.state)) for step in steps],
        "incident": view.incident.step if view.incident is not None else 0,
        "lamp": str(view.mic.lamp),
        "guard": str(room.parts.devices.guard.state()),
    }


def main_loop(folder: Path, seed: int, server: bool) -> None:
    """`server`: on the audio server of this process's environment, with the whole sound check."""
    button.SECOND_TOUCH_S, driving.TREMBLE_S = SHORT_TREMBLE_S, 2 * SHORT_TREMBLE_S
    owner = Owner.take(folder)
    assert owner is not None, "the lock of the killed kiosk still holds"
    with owner:
        lamps = list[str]()
        driver = Driver(
            folder,
            (1024, 600),
            sound=Sound(server, not server),
            on_view=lambda event: lamps.append(str(event.view.mic.lamp)),
        )
        walker = Walker(driver, random.Random(seed))
        if not server:
            walker.room.sounding.silence_s, walker.room.sounding.speech_s = SHORT_CHECK_S
        teller = Teller(driver, walker, lamps[:2])  # as the room began, and on the first page
        teller.tell()
        timer = QTimer()
        timer.timeout.connect(teller.tell)
        timer.start(TELL_MS)
        while True:
            walker.step()


if __name__ == "__main__":
    main_loop(Path(sys.argv[1]), int(sys.argv[2]), "server" in sys.argv)
