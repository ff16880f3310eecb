"""Each layer of the way is cut in a network of its own, and named: a room's PC, its box, and the world behind it."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devices.link.layers import FIND_S

ROOT = Path(__file__).resolve().parents[3]
PC, BOX, SERVER, OTHER = "10.77.0.2", "10.77.0.1", "198.51.100.7", "203.0.113.9"
PORT = 8443
ALONE = ("unshare", "-Urnmpf", "--mount-proc", "--kill-child")  # whatever it starts ends with it
# The box is a second network namespace; server and other place are addresses behind it.
SET_UP = f"""
mount -t sysfs sysfs /sys  # it shows the network that it was mounted in
ip link set lo up
ip link add pc type veth peer name box
unshare -n sleep 60 >/dev/null 2>&1 & peer=$!
until [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
in_box() {{ nsenter -t $peer -n "$@"; }}
ip link set box netns $peer
in_box ip link set lo up
in_box ip addr add {SERVER}/32 dev lo
in_box ip addr add {OTHER}/32 dev lo
"""
CABLE = "ip link set pc up\n"
PLUGGED = CABLE + "in_box ip link set box up\n"
ADDRESS = PLUGGED + f"ip addr add {PC}/24 dev pc\nip route add default via {BOX}\n"
ANSWERS = ADDRESS + f"in_box ip addr add {BOX}/24 dev box\n"
DEAF = "in_box ip addr del {}/32 dev lo\n"  # the box forwards nothing: what is sent there is never answered
SERVES = f"in_box {sys.executable} -m http.server -b {SERVER} {PORT} >/dev/null 2>&1 &\n"
ASK = f"""
import asyncio, json, sys
from devices.link.layers import LayerFinder
async def elsewhere():
    try:
        async with asyncio.timeout(1):
            await asyncio.open_connection("{OTHER}", 9)
    except TimeoutError:
        return False
    except OSError as error:
        return isinstance(error, ConnectionError)
async def main():
    print(json.dumps(str(await LayerFinder([elsewhere]).find(sys.argv[1], {PORT}))))
asyncio.run(main())
"""


def layer(cut: str, host: str = SERVER) -> str:
    """What is found in a network set up so; within FIND_S."""
    asks = f"{sys.executable} -c '{ASK}' {host}"
    script = f"set -e\n{SET_UP}{cut}sleep 0.4\ndate +%s.%N\n{asks}\n"
    done = subprocess.run(
        [*ALONE, "sh", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    began, said = done.stdout.split()
    assert time.time() - float(began) < FIND_S + 3
    return str(json.loads(said))


pytestmark = [
    pytest.mark.needs("unshare", "ip"),
    pytest.mark.skipif(shutil.which("nsenter") is None, reason="nsenter is missing"),
]


@pytest.mark.parametrize(
    ("cut", "named"),
    [
        pytest.param("", "cable", id="network device down"),
        pytest.param(CABLE, "cable", id="cable out"),
        pytest.param(PLUGGED, "address", id="no address"),
        pytest.param(ADDRESS, "gateway", id="box silent"),
        pytest.param(ANSWERS + DEAF.format(SERVER) + DEAF.format(OTHER), "carrier", id="carrier silent"),
        pytest.param(ANSWERS + DEAF.format(SERVER), "server", id="server silent"),
        pytest.param(ANSWERS, "server", id="server refuses"),
        pytest.param(ANSWERS + SERVES, "platform", id="server answers"),
    ],
)
def test_layer_that_was_cut_is_named(cut: str, named: str) -> None:
    assert layer(cut) == named


def test_name_that_cannot_be_looked_up_is_no_dead_server() -> None:
    assert layer(ANSWERS + DEAF.format(OTHER), "hop.example.invalid") == "carrier"
