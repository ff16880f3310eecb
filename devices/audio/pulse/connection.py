"""A connection to PulseAudio, or to PipeWire in its place. Imports little: the keeper's process must start fast."""

from typing import Any

import pulsectl
from pulsectl._pulsectl import LibPulse

CONNECT_S = 1.0
NOT_A_MONITOR = 0xFFFFFFFF
TROUBLE = (pulsectl.PulseError, pulsectl.PulseDisconnected, LibPulse.CallError)


class _Connection(pulsectl.Pulse):  # type: ignore[misc]
    """Ends its wait when connected: pulsectl 24.12's connect(timeout) always takes the whole of it."""

    def _pulse_state_cb(self, ctx: Any, userdata: Any) -> None:
        super()._pulse_state_cb(ctx, userdata)
        if self.connected:
            self.stop_listening()

    def stop_listening(self) -> None:
        """Ends event_listen() from within its own poll function."""
        self._loop_stop = True


def connection(name: str, server: str | None) -> Any:
    """Made within CONNECT_S, never starting a server; one of TROUBLE when none answers."""
    pulse = _Connection(name, server=server, connect=False)
    try:
        pulse.connect(timeout=CONNECT_S)
    except TROUBLE:
        pulse.close()
        raise
    return pulse
