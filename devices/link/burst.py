"""A burst of STUN binding requests: what a path does to the packets of a call, before the call.

The answers' times are the kernel's own, so that a busy PC is not taken for a slow line. A public STUN server may hold
back answers to so many requests: the province's own is what a profile should name.
"""

import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from devices.link import stun, way
from devices.link.figures import Trips

PACKETS = 1500
GAP_S = 0.0024
SIZE_BYTES = 160  # with UDP's and IP's headers about 620 kbit/s upwards: a modest call's picture and sound
DEAF_AFTER = 400  # packets, about a second: a server that has answered none of them answers none
TAIL_S = 0.6  # for the last answers
LATEST_S = 5.0  # whatever happens


@dataclass(slots=True)
class _Burst:
    made: socket.socket
    packets: int
    stop: threading.Event
    sent_at: dict[bytes, int] = field(default_factory=dict)  # by transaction, in order: time.time_ns()
    came_at: dict[bytes, int] = field(default_factory=dict)
    interfaces: set[int | None] = field(default_factory=set)
    refused: bool = False

    def run(self) -> bool:
        """Sends and gathers; whether it went to its end."""
        began = time.monotonic()
        last = began + self.packets * GAP_S + TAIL_S
        while (now := time.monotonic()) < min(last, began + LATEST_S) and not self.stop.is_set():
            due = min(self.packets, int((now - began) / GAP_S) + 1)
            while len(self.sent_at) < due:
                self._send()
            if self.refused or (due >= DEAF_AFTER and not self.came_at and now - began > DEAF_AFTER * GAP_S + TAIL_S):
                return False
            if len(self.came_at) == self.packets:
                return True
            self._gather(GAP_S)
        return not self.stop.is_set()

    def _send(self) -> None:
        which = stun.transaction()
        self.sent_at[which] = time.time_ns()
        self._meet(
            lambda: self.made.send(stun.request(which, SIZE_BYTES))
        )  # a full queue of our own loses as a line does

    def _gather(self, wait_s: float) -> None:
        while select.select([self.made], [], [], wait_s)[0]:
            wait_s = 0.0
            self._meet(self._take)
            if self.refused:
                return

    def _take(self) -> None:
        data, told, _flags, _address = self.made.recvmsg(2048, way.ANCILLARY)
        which = stun.answered(data)
        if which in self.sent_at and which not in self.came_at:
            at, interface = way.arrival(told)
            self.came_at[which] = at or time.time_ns()
            self.interfaces.add(interface)

    def _meet(self, work: Callable[[], object]) -> None:
        try:
            work()
        except BlockingIOError:
            return
        except ConnectionRefusedError:
            self.refused = not self.came_at
        except OSError:
            return  # no route at this moment: the packet is lost, as on any line


def burst(host: str, port: int, interface: str, stop: threading.Event, packets: int = PACKETS) -> Trips:
    """Sends `packets`, gathers the answers; blocks LATEST_S at most; OSError where the socket cannot be had."""
    with way.bound(socket.SOCK_DGRAM, interface) as made:
        made.setblocking(False)
        way.tell_arrivals(made)
        made.connect((host, port))
        going = _Burst(made, packets, stop)
        whole = going.run()
    rtt = tuple((going.came_at[t] - sent) / 1e6 for t, sent in going.sent_at.items() if t in going.came_at)
    by = next(iter(going.interfaces)) if len(going.interfaces) == 1 else None
    return Trips(len(going.sent_at), rtt, way.name_of(by), going.refused, not whole)
