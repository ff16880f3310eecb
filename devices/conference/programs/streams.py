"""What the sound server says of a program's processes: whether they take a microphone, whether they play."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from devices.audio.pulse.connection import TROUBLE, connection
from devices.contract import DeviceError, Reason
from devices.lane import Lane

LOOK_S = 1.5


@dataclass(frozen=True, slots=True)
class Streams:
    """None: the sound server does not answer, or there is none that could be asked."""

    capturing: bool | None = None
    playing: bool | None = None


class ProgramStreams:
    """Asks PulseAudio, or PipeWire in its place, in a thread of its own. A program without either is not seen here."""

    def __init__(self, server: str | None = None) -> None:
        self._server = server
        self._lane = Lane("program-streams")

    async def of(self, pids: frozenset[int]) -> Streams:
        """Within LOOK_S; never raises. A stream that is held (corked) plays nothing, and takes nothing."""
        try:
            return await self._lane.call(self._look, pids, wait_s=LOOK_S)
        except DeviceError:
            return Streams()

    def close(self) -> None:
        self._lane.close()

    def _look(self, pids: frozenset[int]) -> Streams:
        try:
            pulse = connection("roomapp programs", self._server)
        except TROUBLE as error:
            raise DeviceError(Reason.LINK_LOST, "no audio server answers") from error
        try:
            outputs, inputs, clients = pulse.source_output_list(), pulse.sink_input_list(), pulse.client_list()
        except TROUBLE as error:
            raise DeviceError(Reason.LINK_LOST, "the audio server ended the talk") from error
        finally:
            pulse.close()
        named = {client.index: _pid(client) for client in clients}
        return Streams(_any_of(outputs, named, pids), _any_of(inputs, named, pids))


def _any_of(streams: Iterable[Any], clients: dict[int, int], pids: frozenset[int]) -> bool:
    return any({_pid(s), clients.get(s.client, 0)} & pids for s in streams if not getattr(s, "corked", False))


def _pid(of: Any) -> int:
    said = of.proplist.get("application.process.id", "")
    return int(said) if said.isdecimal() and int(said) != os.getpid() else 0
