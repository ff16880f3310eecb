"""A path measured against a real coturn, whole and starved, by the interface that was asked for; and by iperf3."""

import asyncio
import json
import socket
import sys
import time
from collections.abc import Iterator

import pytest

from devices.contract import DeviceError, PathFault, PathState, Reason
from devices.link.figures import Trips
from devices.link.iperf import Iperf, carried_of
from devices.link.path import MeasuredPath
from tests.fakes.janus_server import SET_UP, UP_S, PrivateNetwork
from tests.fakes.processes import Told
from tests.fakes.web_origin import Elsewhere

STUN_PORT, IPERF_PORT = 3478, 5201
COTURN = (
    "-n", "-p", str(STUN_PORT), "--stun-only", "--no-cli", "--no-tls", "--no-dtls",
    "--log-file=/dev/null", "--simple-log", "--pidfile=/dev/null", "--userdb=/dev/null",
)  # fmt: skip
QUICK_S = 5.0
SLACK = 3  # a loaded machine
needs_network = [pytest.mark.needs(name) for name in ("unshare", "ip", "setpriv")]
REAL = [*needs_network, pytest.mark.needs("coturn")]


class Line(PrivateNetwork):
    """coturn at the end of a line that can be starved."""

    def _hold(self) -> None:
        super()._hold()
        self.start(["turnserver", "-L", "127.0.0.1", *COTURN])

    def join(self, far: PrivateNetwork, name: str, here: str, there: str) -> None:
        """A cable between this network's interface `name` and the far one's."""
        assert far._holder is not None
        peer = ("peer", "name", f"far-{name}", "netns", str(far._holder.pid))
        self.run("ip", "link", "add", name, "type", "veth", *peer)
        for network, end, address in ((self, name, here), (far, f"far-{name}", there)):
            for asked in (("addr", "add", f"{address}/24", "dev", end), ("link", "set", end, "up")):
                assert network.start(["ip", *asked]).wait(10) == 0

    def run(self, *command: str) -> None:
        assert self.start(list(command)).wait(10) == 0

    def measured(self, *asked: str) -> Told:
        return dict(json.loads(self.start([sys.executable, "-m", "tests.fakes.path_program", *asked]).line(30)))

    def starve(self) -> None:
        self.run(
            "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "250kbit", "burst", "5kb", "latency", "150ms"
        )


class FarEnd(PrivateNetwork):
    """Another network, which a cable may be laid to: it belongs to the same user of namespaces."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def _hold(self) -> None:
        self._holder = self._line.start(["unshare", "--net", "sh", "-ec", SET_UP])
        assert self._holder.line(UP_S) == "up"


@pytest.fixture
def line() -> Iterator[Line]:
    with Line() as line:
        time.sleep(0.5)  # coturn tells nobody when it listens
        yield line


def probes(host: str = "127.0.0.1") -> tuple[str, str]:
    return f"stun://{host}:{STUN_PORT}", f"tcp://{host}:{STUN_PORT}"


class TestAgainstCoturn:
    pytestmark = REAL

    def test_starved_path_is_bad_and_says_by_what(self, line: Line) -> None:
        line.starve()
        told = line.measured(*probes())
        assert told["state"] == "bad"
        assert told["faults"][0] == "loss"
        assert told["sent"] == 1500
        assert told["loss_from_pct"] > 3.0
        assert told["p95_ms"] > 50, "what gets through waits in the line's queue"

    @pytest.mark.needs("nftables")
    def test_path_that_loses_every_twentieth_packet_is_bad_by_exactly_so_much(self, line: Line) -> None:
        if not line.lose("inc mod 20 0", f"udp dport {STUN_PORT}"):
            pytest.skip("this kernel drops no packets by their number")
        told = line.measured(*probes())
        assert (told["state"], told["faults"], told["sent"], told["answered"]) == ("bad", ["loss"], 1500, 1425)
        assert told["loss_pct"] == 5.0


class TestByTheBackup:
    pytestmark = REAL

    def test_backup_is_measured_over_the_backup_though_the_routes_prefer_the_main_line(self, line: Line) -> None:
        server = "10.9.9.9"
        with FarEnd(line) as far:
            for number, name in ((1, "main"), (2, "spare")):
                line.join(far, name, f"10.9.{number}.1", f"10.9.{number}.2")
                line.run("ip", "route", "add", server, "via", f"10.9.{number}.2", "metric", str(number))
            assert far.start(["ip", "addr", "add", f"{server}/32", "dev", "lo"]).wait(10) == 0
            far.start(["turnserver", "-L", server, *COTURN])
            time.sleep(0.5)
            told = line.measured("--interface", "spare", *probes(server))
        assert (told["state"], told["faults"], told["sent"], told["answered"]) == ("good", [], 1500, 1500)
        assert told["interface"] == "spare"
        assert told["loss_to_pct"] < 0.3
        assert 0 < told["median_ms"] <= told["p95_ms"]
        assert (told["connected"], told["tried"]) == (5, 5)
        assert told["seconds"] < QUICK_S * SLACK


@pytest.mark.needs("iperf3")
class TestIperf:
    pytestmark = needs_network

    def test_starved_line_carries_what_it_carries(self, line: Line) -> None:
        line.start(["iperf3", "--server", "--port", str(IPERF_PORT)])
        time.sleep(0.3)
        line.starve()
        told = line.measured("--iperf", str(IPERF_PORT))
        assert (told["state"], told["reason"]) == ("bad", None)
        assert all(20 < told[way] < 300 for way in ("up_kbps", "down_kbps"))

    def test_no_server_is_a_lost_link_at_once(self) -> None:
        began = time.monotonic()
        with pytest.raises(DeviceError) as raised:
            asyncio.run(Iperf("main", "127.0.0.1", 9).carried(down=False))
        assert raised.value.reason is Reason.LINK_LOST
        assert time.monotonic() - began < 2 * SLACK

    def test_whole_line_is_good_both_ways(self, line: Line) -> None:
        line.start(["iperf3", "--server", "--port", str(IPERF_PORT)])
        time.sleep(0.3)
        told = line.measured("--iperf", str(IPERF_PORT))
        assert told["state"] == "good", told
        assert all(2500 < told[way] < 3500 for way in ("up_kbps", "down_kbps"))

    def test_no_server_is_told_and_never_raised(self) -> None:
        found = asyncio.run(Iperf("main", "127.0.0.1", 9).measure())
        assert (found.state, found.up_kbps, found.reason) == (PathState.UNKNOWN, None, Reason.LINK_LOST)


def test_iperf_that_is_not_installed_is_unsupported() -> None:
    with pytest.raises(DeviceError) as raised:
        asyncio.run(Iperf("main", "127.0.0.1", 9, program="no-such-iperf").carried(down=False))
    assert raised.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"end": {}}',
        b'{"end": {"sum": {"bits_per_second": {}}}}',
        b"[" * 9000,
        b'{"end": {"sum": {"bits_per_second": NaN}}}',
        b'{"end": {"sum": {"bits_per_second": -1}}}',
    ],
)
def test_garbage_of_iperf_is_a_fault_of_protocol(told: bytes) -> None:
    with pytest.raises(DeviceError) as raised:
        carried_of(told)
    assert raised.value.reason is Reason.PROTOCOL


def test_port_that_nobody_listens_on_is_unknown_at_once() -> None:
    report = asyncio.run(MeasuredPath("main", ("stun://127.0.0.1:9",)).measure())
    assert (report.state, report.reason) == (PathState.UNKNOWN, Reason.LINK_LOST)
    assert report.seconds < 1 * SLACK


def test_server_that_takes_connections_only_is_measured_by_these() -> None:
    with Elsewhere() as other:
        report = asyncio.run(MeasuredPath("main", (f"tcp://{other.host}",)).measure())
    assert (report.state, report.sent, report.loss_pct, report.connected) == (PathState.GOOD, 0, None, 5)


def test_server_that_stays_silent_is_unknown_not_red() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        report = asyncio.run(MeasuredPath("main", (f"stun://127.0.0.1:{port}",)).measure())
    assert (report.state, report.faults) == (PathState.UNKNOWN, (PathFault.NO_ANSWER,))
    assert report.seconds < QUICK_S * SLACK


def test_answers_by_another_interface_are_no_proof_of_the_backup() -> None:
    trips = Trips(1500, (9.0,) * 1500, interface="main")
    report = MeasuredPath("backup", (), "spare").report(trips, [])
    assert (report.state, report.faults[0]) == (PathState.UNKNOWN, PathFault.WRONG_WAY)


def test_name_that_does_not_resolve_raises_nothing() -> None:
    report = asyncio.run(MeasuredPath("main", ("stun://nowhere.invalid",)).measure())
    assert (report.state, report.faults) == (PathState.UNKNOWN, (PathFault.NO_ANSWER,))


def test_interface_that_is_not_there_is_unknown() -> None:
    report = asyncio.run(MeasuredPath("main", ("stun://127.0.0.1:9",), "no-such-if").measure())
    assert (report.state, report.reason) == (PathState.UNKNOWN, Reason.LINK_LOST)


def test_measuring_that_is_cut_off_ends_its_thread() -> None:
    async def cut(port: int) -> None:
        going = asyncio.create_task(MeasuredPath("main", (f"stun://127.0.0.1:{port}",)).measure())
        await asyncio.sleep(0.2)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        began = time.monotonic()
        asyncio.run(cut(deaf.getsockname()[1]))  # waits for its threads
    assert time.monotonic() - began < 1.2, "a server that stays silent would be asked for 1.5 s"
