"""Yealink VC series: lines of ASCII over TCP 6024, without an account.

Source: "API Commands Introduction for Yealink Video Conferencing Systems" V1.08 (Nov. 2019), which has no order to end
one call among several (the remote control's key is pressed, and only while the one call is ours), and no counters.
Not verified with a real device: the answers to orders are not in the source, so every order is proved by a question.
"""

import re
from collections.abc import Callable

from devices.conference.codec.codec import Leg, Look, Stage
from devices.conference.codec.lines import Lines
from devices.conference.codec.near import NearEnd
from devices.contract import Ability, DeviceError, Reason

PORT = 6024
BEGINS_S = 2.5  # from the order to dial to "outgoing"
MUTED = ("mute near get on", "mute near get off")
STAGES = {"ringing": Stage.RINGING, "outgoing": Stage.DIALLING, "talking": Stage.STANDS}
_STATUS = re.compile(r"sysstatus get (idle|sleeping|outgoing|ringing|talking max|talking|finished)\b(.*)")
_FIELD = re.compile(r'"(\w+):([^"]*)"')


class Yealink(NearEnd):
    """One VC110 … VC880."""

    presets = range(10)

    measures = False
    abilities = frozenset({Ability.MICROPHONE, Ability.ANSWER, Ability.TONES})

    def __init__(self, host: str, port: int = PORT) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._lines = Lines(host, port, self._told)
        self._legs: tuple[Leg, ...] = ()
        self._full, self._muted = False, ""

    async def open(self) -> None:
        await self._lines.open()

    async def close(self) -> None:
        await self._lines.close()

    async def look(self) -> Look:
        await self._lines.ask("sysstatus get", lambda line: _STATUS.match(line) is not None)
        muted = await self._lines.ask("mute near get", MUTED.__contains__)
        return Look(self._legs, muted.endswith(" on"), full=self._full)

    async def dial(self, number: str) -> str:
        def begins(line: str) -> bool:
            return line.startswith(("sysstatus get outgoing", "sysstatus get talking", "error:"))

        await self._lines.ask(f'dial auto "{number}"', begins, BEGINS_S)
        if not self._legs:
            raise DeviceError(Reason.NOT_NOW, "the codec does not dial this")
        return self._legs[0].call

    async def answer(self, call: str) -> None:
        await self._lines.send("answer yes")

    async def hang_up(self, call: str) -> None:
        """The key ends whatever is on: pressed only after the codec has said that this is the only call."""
        look = await self.look()
        if len(look.legs) != 1 or look.full or look.legs[0].call != call:
            raise DeviceError(Reason.NOT_NOW, "the codec is in a call that is not ours")
        await self._lines.send("answer no" if look.legs[0].stage is Stage.RINGING else "button hangup")

    def _told(self, line: str) -> None:
        found = _STATUS.match(line)
        if found is None:
            if line in MUTED and line != self._muted:
                self._muted = line
                self.changed()
            elif line.startswith("incoming "):
                self.changed()
            return
        before = (self._legs, self._full)
        stage, fields = STAGES.get(found[1]), {key: str(value) for key, value in _FIELD.findall(found[2])}
        far = fields.get("dialstr", fields.get("diastr", ""))  # "diastr" stands so in the source
        self._full = found[1] == "talking max"
        self._legs = (Leg(fields.get("callid", ""), stage, far, far),) if stage is not None else ()
        if before != (self._legs, self._full):
            self.changed()
