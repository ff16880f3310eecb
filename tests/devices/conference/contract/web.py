"""The benches of `web` and `jitsi`: the real QtWebEngine with the parts that the kiosk gives it."""

import os
import shutil
import signal
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from devices.contract import Ability, Evidence, Invitation, Standing
from tests.devices.conference.contract.bench import ROOM, SITE, Bench, Where
from tests.devices.conference.contract.orders import Answer, Order, Seen, packed, unpacked
from tests.fakes import janus_server, jitsi
from tests.fakes.janus_server import JanusServer, Participant
from tests.fakes.processes import Child
from tests.fakes.pulse_server import PulseServer
from tests.fakes.road_process import Road, road_process
from tests.fakes.socket_origin import SocketOrigin
from tests.fakes.tls import self_signed

TICKS_S = 1.2  # the chair's site tells what arrived twice a second
DEAD = "127.0.0.1:8099"
NOBODY_CALLS = "nobody can call a page"
NO_TONES = "a page takes no tones"
NO_WINDOW = "its page is a part of our own stage"


def in_module(side: str) -> Any:
    """Starts the road's process by another module of the tests."""

    def start(command: list[str], env: dict[str, str], errors: Path, by: Any = None) -> Child:
        at = command.index("-m") + 1
        whole = [*command[:at], side, *command[at + 1 :]]
        return by(whole, env, errors) if by is not None else Child(whole, env=env, stderr=errors)

    return start


START = in_module("tests.devices.conference.contract.web_side")


class WebBench(Bench):
    """Over Janus and its recipe."""

    name = "web"
    measures = True
    abilities = frozenset({Ability.MICROPHONE, Ability.HAND, Ability.LAYOUT, Ability.PARTICIPANTS})
    sandboxed = (True, False)  # in tests root runs it without
    many_at_once = False
    against = "Janus VideoRoom and aiortc, by its recipe"
    secrets = (ROOM, janus_server.PIN)
    needs = ("setpriv", "janus", "pulseaudio", "unshare", "ip")
    lacks: ClassVar[dict[str, str]] = {
        "attested": "it measures",
        "no microphone": "its microphone can be turned",
        Ability.ANSWER: NOBODY_CALLS,
        Ability.TONES: NO_TONES,
        Ability.WINDOW: NO_WINDOW,
    }

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="contract-", dir="/tmp"))
        self.road: Road
        self._one = threading.Lock()

    def __enter__(self) -> Self:
        self._server = self.stack.enter_context(JanusServer())
        self._chair = Participant(self._server)
        pulse = self.stack.enter_context(PulseServer())
        flags = {"QTWEBENGINE_CHROMIUM_FLAGS": "--allow-loopback-in-peer-connection"}
        start = lambda *given: START(*given, by=self._server.start)  # noqa: E731
        self.begin("127.0.0.1", start=start, **{**pulse.env, **flags})
        self.road.make(*self._server.allow, DEAD, recipe="janus")
        return self

    def begin(self, *hosts: str, start: Any, **env: str) -> None:
        road = road_process(self.folder / "stderr", *hosts, start=start, **env)
        self.road = self.stack.enter_context(road)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stack.__exit__(kind, error, trace)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def obey(self, orders: list[Order]) -> list[Answer]:
        return list(unpacked(self.road.do("obey", 40.0, orders=packed(orders))["answer"]))

    def see(self) -> Seen:
        seen = unpacked(self.road.do("see")["answer"])
        assert isinstance(seen, Seen)
        return seen

    def written(self) -> str:
        return (self.folder / "stderr").read_text("utf-8", "replace")

    def aim(self, where: Where) -> Invitation:
        room = 999 if where is Where.REFUSING else janus_server.ROOM
        good = f"{self._server.url.format(room=room)}&form&{ROOM}"
        other = {Where.INCOMPLETE: "", Where.FOREIGN: f"http://127.0.0.1:9/{ROOM}", Where.DEAD: f"http://{DEAD}/{ROOM}"}
        return Invitation(other.get(where, good), ROOM, SITE)

    def calls(self) -> int:
        """By what arrives at the chair's site, and by whom it names."""
        *_, before, now = self._chair.received(TICKS_S)
        if now["frames_in"] == before["frames_in"]:
            return 0
        look = self.see().look
        return max(1, ((look.participants if look is not None else None) or ()).count(SITE))

    def left(self) -> list[str]:
        told = self.road.look()
        return [f"{what} {told[what]}" for what in ("renderer", "windows") if told[what]]

    def hang_up(self) -> None:
        self.road.run("attach(() => null).then((send) => send({room, secret: 'chair', request: 'kick', id: us})), null")

    def ended(self, look: Evidence) -> bool:
        return look.standing is Standing.REMOVED

    def fall_silent(self) -> None:
        self._chair.freeze()

    def wake(self) -> None:
        self._chair.thaw()

    def kill(self) -> None:
        os.kill(self.road.look()["renderer"], signal.SIGKILL)


# both ends of the call that the counterpart makes with itself; and its sound is held back where it says so
KEPT = """<script>window.ends = []; const Kind = RTCPeerConnection;
window.RTCPeerConnection = class extends Kind { constructor(...a) { super(...a); ends.push(this); } };
setInterval(() => {
  const on = window.done && (done[0] === "true") === (done.filter((one) => one === "toggle-audio").length % 2 === 1);
  ends.forEach((end) => end.getSenders().forEach(({track}) => track?.kind === "audio" && (track.enabled = on)));
}, 50);</script>"""
FRAME = f"<!doctype html><meta charset='utf-8'><body>{KEPT}<script src='/frame.js'></script></body>"
REFUSING_ROOM = "loi"


class JitsiBench(WebBench):
    """Over Jitsi's genuine external_api.js; its far side is a page that calls itself."""

    name = "jitsi"
    against = "Jitsi's genuine external_api.js, a counterpart of ours behind it"
    needs = ("setpriv", "npm")
    secrets = (ROOM,)

    def __enter__(self) -> Self:
        certificate = self_signed(self.folder)
        pages = jitsi.files() | {"/": FRAME, "/hop": FRAME, f"/{REFUSING_ROOM}": FRAME}
        self._origin = self.stack.enter_context(SocketOrigin(pages, certificate.context))
        self.begin("127.0.0.1", start=START)
        dead = "127.0.0.1:9"
        self.road.make(self._origin.host, dead, road="jitsi", pins={self._origin.host: certificate.pin})
        return self

    def aim(self, where: Where) -> Invitation:
        paths = {Where.INCOMPLETE: "", Where.REFUSING: REFUSING_ROOM}
        good = f"{self._origin.url}/{paths.get(where, 'hop')}"
        other = {Where.FOREIGN: f"https://127.0.0.1:10/{ROOM}", Where.DEAD: f"https://127.0.0.1:9/{ROOM}"}
        return Invitation(other.get(where, good), ROOM, SITE)

    def calls(self) -> int:
        """As the server counts who came in and who said goodbye; and no page may go on without one."""
        came, went = self._origin.asked.count("/hop"), self._origin.asked.count("/left")
        return came - went if self.road.look()["renderer"] else 0

    def hang_up(self) -> None:
        self._frame("ends.forEach((end) => end.close())")

    def ended(self, look: Evidence) -> bool:
        return True  # the counterpart has no word for it while in a call; what ended is seen by its counters

    def fall_silent(self) -> None:
        self._frame("ends.forEach((end) => end.getSenders().forEach((one) => one.replaceTrack(null)))")

    def wake(self) -> None:
        return None

    def kill(self) -> None:
        super().kill()
        self._origin.asked.append("/left")  # it says no goodbye

    def _frame(self, code: str) -> None:
        self.road.run(f"document.querySelector('iframe').contentWindow.eval({code!r}), null")
