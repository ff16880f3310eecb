"""The benches of `browser` and `native`: the road as a user that is not root, and the programs that it starts."""

import signal
from types import TracebackType
from typing import Any, ClassVar, Self

import psutil

from devices.contract import Ability, Evidence, Invitation
from roomapp.rules.presence import Verdict
from tests.devices.conference.contract.bench import ROOM, SITE, STANDS_S, Bench, Where
from tests.devices.conference.contract.orders import LONG_S, Answer, Order, Seen, packed, unpacked
from tests.devices.conference.programs.roads import LOOPBACK, browser_of, clients, main_process
from tests.fakes import janus_server
from tests.fakes.conference_client_site import ClientSite
from tests.fakes.janus_server import JanusServer, Participant
from tests.fakes.processes import Child

SIDE = "tests.devices.conference.contract.program_side"
FROM_OUTSIDE = "it is watched from outside, nothing in it is turned"
DEAD = "127.0.0.1:8099"
NEEDS = ("pulseaudio", "pulseaudio-utils", "unshare", "setpriv", "xvfb", "openbox")


class ProgramBench(Bench):
    abilities = frozenset({Ability.WINDOW})
    many_at_once = False
    lacks: ClassVar[dict[str, str]] = {
        Ability.MICROPHONE: FROM_OUTSIDE,
        Ability.HAND: FROM_OUTSIDE,
        Ability.LAYOUT: FROM_OUTSIDE,
        Ability.PARTICIPANTS: FROM_OUTSIDE,
        Ability.TONES: FROM_OUTSIDE,
        Ability.ANSWER: FROM_OUTSIDE,
    }

    def begin(self, site: ClientSite, kind: str, *given: str) -> None:
        self.site = site
        self.child: Child = site.road(kind, *given, module=SIDE)
        self.child.until(lambda told: told.get("ready"), "the road's process", STANDS_S)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                assert self.child.let_go() == 0
                assert "Traceback" not in self.site.written()
        finally:
            self.site.__exit__(None, None, None)

    def ask(self, what: object) -> Any:
        self.child.tell(packed(what))
        return unpacked(self.child.until(lambda told: "answer" in told, "an answer", LONG_S + 5)["answer"])

    def obey(self, orders: list[Order]) -> list[Answer]:
        return list(self.ask(orders))

    def see(self) -> Seen:
        seen = self.ask("see")
        assert isinstance(seen, Seen)
        return seen

    def written(self) -> str:
        return self.site.written()


class BrowserBench(ProgramBench):
    name = "browser"
    measures = True
    sandboxed = (True,)
    against = "Janus VideoRoom and aiortc, over Debian's Chromium"
    needs = (*NEEDS, "chromium", "janus", "ip")
    lacks: ClassVar[dict[str, str]] = {
        **ProgramBench.lacks,
        "attested": "it measures",
        "refuses": "what the page says is not read: its far side's no is a link that never stands",
    }

    def __enter__(self) -> Self:
        self._server = JanusServer().__enter__()
        self._chair, self._ended = Participant(self._server), False
        self._hosts = (*self._server.allow, DEAD)
        site = ClientSite(self._server).__enter__()
        site.manage(*self._hosts)
        self.begin(site, "browser", "", *self._hosts, "--", LOOPBACK)
        return self

    def __exit__(self, *left: Any) -> None:
        super().__exit__(*left)
        self._server.end()

    def aim(self, where: Where) -> Invitation:
        good = f"{self._server.url.format(room=janus_server.ROOM)}&{ROOM}"
        other = {Where.INCOMPLETE: "", Where.FOREIGN: f"http://127.0.0.1:9/{ROOM}", Where.DEAD: f"http://{DEAD}/{ROOM}"}
        return Invitation(other.get(where, good), ROOM, SITE)

    def calls(self) -> int:
        return sum(not any(a.startswith("--type=") for a in p.cmdline()) for p in self._browser())

    def left(self) -> list[str]:
        folders = [path.name for path in self.site.home.glob("roomapp-browser-*")]
        return [*(p.name() for p in self._browser()), *folders]

    def hang_up(self) -> None:
        self._chair.end()
        self._ended = True

    def ended(self, look: Evidence) -> bool:
        return True  # what the page says of it is not read: it is seen by the counters

    def fall_silent(self) -> None:
        self._chair.freeze()

    def wake(self) -> None:
        if self._ended:
            self._chair, self._ended = Participant(self._server), False
        else:
            self._chair.thaw()

    def kill(self) -> None:
        main_process(self.child).kill()

    def _browser(self) -> list[psutil.Process]:
        return [p for p in browser_of(self.child) if "crashpad" not in p.name()]


class NativeBench(ProgramBench):
    name = "native"
    measures = False
    against = "an X11 client of ours that takes the microphone and plays"
    needs = NEEDS
    lacks: ClassVar[dict[str, str]] = {
        **ProgramBench.lacks,
        "measures": "a closed program tells no counters: it is never called in the meeting",
        "linked": "only a person can say that it is in",
        "refuses": "a closed program does not say what its server says",
        "dead": "a closed program does not say what its server says",
    }

    def __enter__(self) -> Self:
        site = ClientSite().__enter__()
        site.install_client()
        self.begin(site, "native", str(site.client), "")
        self._where = Where.GOOD
        return self

    def aim(self, where: Where) -> Invitation:
        if where is not self._where:
            program = {Where.INCOMPLETE: "/usr/bin/no-such-client", Where.FOREIGN: ""}
            self.ask(("make", "native", program.get(where, str(self.site.client)), ""))
            self._where = where
        return Invitation(f"nosuchscheme://x/{ROOM}" if where is Where.FOREIGN else "", ROOM, SITE)

    def up(self, look: Evidence, _: Verdict) -> bool:
        return look.window is True

    def here(self, look: Evidence, verdict: Verdict) -> bool:
        return look.window is True and look.page_error is None

    def ended(self, look: Evidence) -> bool:
        return look.page_error == "program_ended"

    def calls(self) -> int:
        return len(clients(self.site))

    def left(self) -> list[str]:
        return [" ".join(p.cmdline()) for p in clients(self.site)]

    def hang_up(self) -> None:
        self._signal(signal.SIGUSR1)

    def fall_silent(self) -> None:
        self._signal(signal.SIGSTOP)

    def kill(self) -> None:
        """With what it started: a helper that lives on is a client that lost its window."""
        for client in clients(self.site):
            for process in (*client.children(recursive=True), client):
                process.kill()

    def _signal(self, which: signal.Signals) -> None:
        for client in clients(self.site):
            client.send_signal(which)
