"""Poly (Polycom) Group series and G7500: lines of ASCII over their telnet port 24.

Source: Polycom RealPresence Group Series Integrator Reference Guide 6.0.0 (dial, answer, hangup, callinfo, mute,
gendial, preset) and the examples of the HDX reference for what they return. Telnet is plain text: the codec's own
network only, and only where the technician has switched it on; SSH is not spoken. `advnetstats` has rates, no counters.
Not verified with a real device.
"""

import asyncio
from collections.abc import Callable

from devices.conference.codec.codec import Leg, Look, Stage
from devices.conference.codec.lines import Lines
from devices.conference.codec.near import NearEnd
from devices.contract import Ability, DeviceError, DeviceTimeout, Reason

PORT = 24
GREETING_S = 1.5  # some greet, some ask for a password, some say nothing
LOGIN_S = 2.0
BEGINS_S = 2.5
AGAIN_S = 0.2
RATE_KBIT = 1920
PROMPTS = ("User:", "Username:", "Password:")
GREETING, REFUSED = "Hi, my name is", "-- login failed"


class Poly(NearEnd):
    """`password` is asked afresh at every entering."""

    presets = range(100)

    measures = False
    abilities = frozenset({Ability.MICROPHONE, Ability.ANSWER, Ability.TONES})

    def __init__(
        self, host: str, port: int = PORT, username: str = "", password: Callable[[], str] | None = None
    ) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._lines = Lines(host, port, self._told, PROMPTS)
        self._username, self._password = username, password
        self._calls: list[str] | None = None  # while a list of calls comes in

    async def open(self) -> None:
        if not await self._lines.open():
            return
        try:
            await self._enter()
            await self._lines.send("notify callstatus")
        except BaseException:
            await self._lines.close()
            raise

    async def _enter(self) -> None:
        def is_word(line: str) -> bool:
            return line in PROMPTS or line.startswith((GREETING, REFUSED))

        try:
            word = await self._lines.ask("", is_word, GREETING_S)
        except DeviceTimeout:
            return
        for _ in range(len(PROMPTS)):
            if word.startswith(GREETING):
                return
            if word.startswith(REFUSED):
                break
            word = await self._lines.ask(self._credential(word), is_word, LOGIN_S)
        raise DeviceError(Reason.AUTH, "the codec refuses this account")

    def _credential(self, prompt: str) -> str:
        given = self._password() if prompt == "Password:" and self._password is not None else self._username
        if not given or not given.isprintable():
            raise DeviceError(Reason.AUTH, "the codec asks for an account that is not stored")
        return given

    async def close(self) -> None:
        await self._lines.close()

    async def look(self) -> Look:
        ends = ("system is not in a call", "callinfo end")
        self._calls = []
        try:
            await self._lines.ask("callinfo all", lambda line: line.startswith(ends))
            legs = tuple(leg for line in self._calls if (leg := _leg(line)) is not None)
        finally:
            self._calls = None
        muted = await self._lines.ask("mute near get", lambda line: line.startswith("mute near o"))
        return Look(legs, muted.endswith(" on"))

    async def dial(self, number: str) -> str:
        """Its answer names no call: the one is ours that was not there before."""
        before = {leg.call for leg in (await self.look()).legs}
        told = await self._lines.ask(
            f'dial manual {RATE_KBIT} "{number}" sip', lambda line: line.startswith(("dialing", "error:"))
        )
        if told.startswith("error:"):
            raise DeviceError(Reason.NOT_NOW, "the codec does not dial this")
        try:
            async with asyncio.timeout(BEGINS_S):
                while True:
                    new = [leg for leg in (await self.look()).legs if leg.call not in before]
                    if new and new[0].stage is not Stage.RINGING:
                        return new[0].call
                    await asyncio.sleep(AGAIN_S)
        except TimeoutError as error:
            raise DeviceTimeout("the codec began no call") from error

    async def answer(self, call: str) -> None:
        await self._lines.send("answer video")

    async def hang_up(self, call: str) -> None:
        await self._lines.send(f'hangup video "{call}"')

    def _told(self, line: str) -> None:
        if line.startswith("callinfo:") and self._calls is not None:
            self._calls.append(line)
        elif line.startswith("notification:"):
            self.changed()


def _leg(line: str) -> Leg | None:
    """`callinfo:43:Name:192.168.1.101:384:connected:notmuted:outgoing:videocall`; no name, or one with a colon, too."""
    parts = line.split(":")
    if len(parts) < 8 or not parts[1].isdigit():
        return None
    state, direction = parts[-4].strip(), parts[-2].strip()
    far = parts[-6].strip()
    if state in ("disconnecting", "disconnected", "inactive"):
        return None
    if state == "connected":
        return Leg(parts[1], Stage.STANDS, far, far)
    return Leg(parts[1], Stage.RINGING if direction == "incoming" else Stage.DIALLING, far, far)
