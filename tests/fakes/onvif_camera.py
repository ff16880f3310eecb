"""A scriptable ONVIF camera on loopback, with SOAP of its own: it checks signatures, moves over time, and errs."""

import re
import threading
import time
import xml.etree.ElementTree as ET
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from xml.sax.saxutils import escape

from devices.camera.onvif.camera import OnvifCamera, make_onvif
from tests.fakes.onvif import words
from tests.fakes.onvif.door import PASSWORD, USER, Door
from tests.fakes.onvif.http import Answer, HttpServer

Place = tuple[float, float, float]
HOME: Place = (0.0, 0.0, 0.0)
PRESETS: dict[str, tuple[str, Place]] = {  # token -> name, place; two of ours, and one that nobody may call
    "t1": ("P01", (0.25, -0.1, 0.5)),
    "t2": ("P02", (-0.5, 0.2, 0.1)),
    "94": ("Remote Reboot", (0.9, 0.9, 0.9)),
}
MOST_KEPT = 100
OPEN_TO_ALL = ("GetSystemDateAndTime",)
OPEN_BUT_FOR_PTZ = ("GetSystemDateAndTime", "GetServices", "GetProfiles", "GetNodes")
BODY = "{http://www.w3.org/2003/05/soap-envelope}Body"


@dataclass
class Script:
    """How this camera behaves; the default is a good one that moves at once."""

    auth: str = "wsse"  # wsse | digest | none
    open_to_all: tuple[str, ...] = OPEN_TO_ALL  # operations that need no signature
    clock_off: timedelta = timedelta()
    answers: dict[str, Answer] = field(default_factory=dict)  # by operation ("" = any): this, instead
    first: dict[str, Answer] = field(default_factory=dict)  # by operation: this, instead, once
    spoils: dict[str, Answer] = field(default_factory=dict)  # by operation: carried out, then answered by this
    faults: dict[str, str] = field(
        default_factory=dict
    )  # by operation: the fault's subcode, e.g. ter:ActionNotSupported
    wrong_xaddr: bool = False
    services: bool = True  # GetServices is known
    ptz: bool = True
    ptz_configuration: bool = True
    absolute: bool = True
    position: bool = True
    move_status: bool = True
    tells_every_s: float = 0.0  # a new position only so often
    missing: str = "fault"  # GotoPreset on a missing preset: fault | silent
    empty_names: bool = False
    stores: bool = True  # SetPreset keeps it
    lying: bool = False  # takes orders without moving
    characters: bool = False  # Content-Length in characters
    delay_s: float = 0.0
    move_s: float = 0.0
    starts_s: float = 0.0
    answers_done: bool = True  # the answers to orders come
    stream: str = "rtsp://someone:secret@10.99.99.99:554/{}?unicast=1"
    dies_after_s: float | None = None  # after an order to move: silent from then on


@dataclass
class FakeOnvif:
    script: Script = field(default_factory=Script)
    presets: dict[str, tuple[str, Place]] = field(default_factory=lambda: dict(PRESETS))

    def __post_init__(self) -> None:
        self.heard: list[str] = []  # operations, in order, refused ones too
        self.bodies: deque[bytes] = deque(maxlen=MOST_KEPT)
        self.authorizations: deque[str] = deque(maxlen=MOST_KEPT)  # of HTTP
        self.executed: Counter[str] = Counter()  # "GotoPreset t1": orders that had an effect
        self._from = self._to = self._told = HOME
        self._since = self._told_at = 0.0
        self._velocity: Place | None = None
        self._drives_until = 0.0
        self._door = Door()
        self._silent_from = float("inf")
        self._lock = threading.RLock()
        self.port = 0

    # --- life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> "FakeOnvif":
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def plug(self) -> None:
        self._silent_from = float("inf")
        self._server = HttpServer(self._handle, self.port)
        self.port = self._server.port

    def unplug(self) -> None:
        self._server.stop()

    def camera(self, password: str = PASSWORD, user: str = USER) -> OnvifCamera:
        return make_onvif("main", "127.0.0.1", self.port, user, lambda: password)

    @property
    def connections(self) -> int:
        return self._server.connections

    # --- where it points ----------------------------------------------------------------------------------------

    def position(self) -> Place:
        if self._velocity is not None:
            lasted = min(time.monotonic(), self._drives_until) - self._since
            a = tuple(
                max(-1.0, min(1.0, at + speed * lasted)) for at, speed in zip(self._from, self._velocity, strict=True)
            )
            return a[0], a[1], a[2]
        moving_s = time.monotonic() - self._since - self.script.starts_s
        part = min(1.0, max(0.0, moving_s / self.script.move_s)) if self.script.move_s else float(moving_s >= 0)
        pan, tilt, zoom = (a + (b - a) * part for a, b in zip(self._from, self._to, strict=True))
        return pan, tilt, zoom

    def is_moving(self) -> bool:
        if self._velocity is not None:
            return time.monotonic() < self._drives_until
        moving_s = time.monotonic() - self._since - self.script.starts_s
        return self._from != self._to and 0 <= moving_s < self.script.move_s

    def fall_silent(self) -> None:
        self._silent_from = time.monotonic()

    def freeze(self) -> None:
        self._from = self._to = self.position()

    def turn_by_hand(self, place: Place) -> None:
        self._from = self._to = place

    def send_to(self, place: Place) -> None:
        here = self.position()
        self._velocity = None
        if not self.script.lying:
            self._from, self._to, self._since = here, place, time.monotonic()
        if self.script.dies_after_s is not None:
            self._silent_from = time.monotonic() + self.script.dies_after_s

    def _drive(self, speeds: Place, lasts_s: float) -> None:
        here = self.position()
        self._from = self._to = here
        self._since = time.monotonic()
        self._velocity = speeds if any(speeds) else None
        self._drives_until = self._since + lasts_s

    # --- requests -----------------------------------------------------------------------------------------------

    def _handle(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        with self._lock:
            envelope = ET.fromstring(body)
            request = envelope.find(BODY)[0]  # type: ignore[index]  # our own client sends one
            operation = request.tag.partition("}")[2]
            self.heard.append(operation)
            self.bodies.append(body)
            self.authorizations.append(headers.get("authorization", ""))
            if time.monotonic() >= self._silent_from:
                return Answer(b"", silent=True)
            answer = self._answer(operation, request, envelope, path, headers)
            answer.delay_s = answer.delay_s or self.script.delay_s
            return answer

    def _answer(
        self, operation: str, request: ET.Element, envelope: ET.Element, path: str, headers: dict[str, str]
    ) -> Answer:
        script = self.script
        instead = script.first.pop(operation, None) or script.answers.get(operation) or script.answers.get("")
        if instead is not None:
            return instead
        if not path.startswith("/onvif/"):
            return Answer(b"", "404 Not Found")
        if operation not in script.open_to_all and (
            refused := self._door.refusal(script.auth, envelope, path, headers, self.clock())
        ):
            return refused
        if operation in script.faults:
            return words.fault(script.faults[operation])
        known = getattr(self, f"_do_{operation}", None)
        if known is None:
            return words.fault("ter:ActionNotSupported")
        answer = known(request)
        if isinstance(answer, Answer):
            return answer
        if operation in script.spoils:
            return script.spoils[operation]
        text = words.envelope(answer)
        done = Answer(text.encode(), told_length=len(text) if script.characters else None)
        return done if script.answers_done or operation.startswith("Get") else Answer(b"", reset=True)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.script.clock_off

    def forget_nonces(self) -> None:
        self._door.nonces.clear()

    # --- operations ---------------------------------------------------------------------------------------------

    def _do_GetSystemDateAndTime(self, request: ET.Element) -> str:
        return words.date_and_time(self.clock())

    def _place(self) -> str:
        return "10.99.99.99:8899" if self.script.wrong_xaddr else f"127.0.0.1:{self.port}"

    def _do_GetServices(self, request: ET.Element) -> str | Answer:
        if not self.script.services:
            return words.fault("ter:ActionNotSupported")
        return words.services(self._place(), self.script.ptz)

    def _do_GetCapabilities(self, request: ET.Element) -> str:
        return words.capabilities(self._place(), self.script.ptz)

    def _do_GetProfiles(self, request: ET.Element) -> str:
        return words.profiles(self.script.ptz_configuration)

    def _do_GetStreamUri(self, request: ET.Element) -> str:
        return words.stream_uri(self.script.stream.format(_text(request, "ProfileToken")))

    def _do_GetNodes(self, request: ET.Element) -> str:
        return words.nodes(self.script.absolute)

    def _do_GetPresets(self, request: ET.Element) -> str:
        listed = ((token, "" if self.script.empty_names else name) for token, (name, _) in self.presets.items())
        return words.presets(listed)

    def _do_GetStatus(self, request: ET.Element) -> str:
        if time.monotonic() - self._told_at >= self.script.tells_every_s:
            self._told, self._told_at = self.position(), time.monotonic()
        moving = self.is_moving() if self.script.move_status else None
        return words.status(self._told if self.script.position else None, moving)

    def _do_GotoPreset(self, request: ET.Element) -> str | Answer:
        token = _text(request, "PresetToken")
        if token not in self.presets:
            return words.fault("ter:NoToken") if self.script.missing == "fault" else words.empty("GotoPreset")
        self.executed[f"GotoPreset {token}"] += 1
        self.send_to(self.presets[token][1])
        return words.empty("GotoPreset")

    def _do_SetPreset(self, request: ET.Element) -> str | Answer:
        token, name = _text(request, "PresetToken"), _text(request, "PresetName")
        if token and token not in self.presets:
            return words.fault("ter:NoToken")
        token = token or f"new{len(self.presets)}"
        self.executed[f"SetPreset {token}"] += 1
        if self.script.stores:
            self.presets[token] = (name, self.position())
        return f"<tptz:SetPresetResponse><tptz:PresetToken>{escape(token)}</tptz:PresetToken></tptz:SetPresetResponse>"

    def _do_AbsoluteMove(self, request: ET.Element) -> str:
        self.executed["AbsoluteMove"] += 1
        self.send_to(_vector(request, self.position()))
        return words.empty("AbsoluteMove")

    def _do_ContinuousMove(self, request: ET.Element) -> str:
        self.executed["ContinuousMove"] += 1
        told = re.fullmatch(r"PT([\d.]+)S", _text(request, "Timeout"))
        self._drive(_vector(request, HOME), float(told[1]) if told else 10.0)
        return words.empty("ContinuousMove")

    def _do_Stop(self, request: ET.Element) -> str:
        self.executed["Stop"] += 1
        self._drive(HOME, 0)
        return words.empty("Stop")


def _vector(request: ET.Element, otherwise: Place) -> Place:
    turned, zoomed = request.find(".//{*}PanTilt"), request.find(".//{*}Zoom")
    pan, tilt = (float(turned.get(axis, 0)) for axis in "xy") if turned is not None else otherwise[:2]
    return pan, tilt, float(zoomed.get("x", 0)) if zoomed is not None else otherwise[2]


def _text(request: ET.Element, name: str) -> str:
    return request.findtext(f"{{*}}{name}") or ""
