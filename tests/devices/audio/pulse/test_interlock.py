"""A short random walk over orders and faults of the interlock; the long one is `./kiosk prove interlock`."""

import time

from tests.devices.audio.needs import REAL_SOUND
from tests.fakes.interlock.ledger import GRACE_S
from tests.fakes.interlock.walk import Walk
from tests.fakes.pulse_server import PulseServer

pytestmark = REAL_SOUND

STEPS, WITHIN_S = 60, 12.0


def test_nothing_sounds_without_leave_whatever_happens() -> None:
    walk = Walk(PulseServer(), seed=4)
    walk.ledger.grace_s = 3 * GRACE_S  # the suite's machine is shared; the proof asserts the figure itself
    with walk.walking():
        walk.walk(STEPS, time.monotonic() + WITHIN_S)
    assert walk.ledger.breaches == []
    assert any(permit.heard for permit in walk.ledger.done if permit.kind == "leave")  # the ear is not deaf
