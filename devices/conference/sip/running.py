"""One baresip and the talk with it, begun and ended together."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping

from devices.conference.sip.control import Control, Message
from devices.conference.sip.program import Account, Equipment, Found, Program, config, free_port
from devices.conference.sip.server import Server
from devices.contract import DeviceError, Reason

UP_S = 3.0  # from start to the first answer, all tries; 0.1 s on an idle machine
TRIES = 2  # a port that was free may be taken a moment later
GOODBYE_S = 0.8


class Running:
    """Made by start(). `lost` once nothing can be asked any more."""

    def __init__(self, program: Program, control: Control) -> None:
        self._program, self._control = program, control

    @classmethod
    async def start(
        cls,
        found: Found,
        server: Server,
        equipment: Equipment,
        account: Account,
        password: str | None,
        env: Mapping[str, str],
        told: Callable[[Message], None],
    ) -> "Running":
        """Within UP_S, or DeviceError."""
        for turn in range(TRIES):
            port = free_port()
            text = config(found, equipment, port, server.listen, server.interface)
            try:
                program = Program(found, text, account, password, env)
            except OSError as error:
                raise DeviceError(Reason.UNSUPPORTED, f"baresip does not start: {error.strerror}") from error
            try:
                return cls(program, await _reached(port, program, told))
            except BaseException as error:
                program.kill()
                if not isinstance(error, DeviceError) or turn + 1 == TRIES:
                    raise
        raise AssertionError("unreachable")

    @property
    def pid(self) -> int:
        return self._program.pid

    @property
    def lost(self) -> bool:
        return self._control.lost is not None or not self._program.alive()

    async def command(self, name: str, parameter: str = "", *, wait_s: float) -> str:
        return await self._control.command(name, parameter, wait_s=wait_s)

    async def end(self) -> None:
        """Within 3 s; idempotent. Signed off at the server where it still answers."""
        if not self.lost:
            with contextlib.suppress(DeviceError):
                await self._control.command("quit", wait_s=GOODBYE_S / 2)
            await self._program.ended(GOODBYE_S)
        await self._control.close()
        self._program.kill()

    async def gone(self) -> None:
        """Ends what answers no more, or is ending."""
        await self._program.ended(0.2)  # its socket closes a moment before it is gone
        self._program.kill()


async def _reached(port: int, program: Program, told: Callable[[Message], None]) -> Control:
    ends = time.monotonic() + UP_S / TRIES
    while True:
        control = Control(port, told)
        try:
            await control.open(0.5)
            await control.command("reginfo", wait_s=1.0)
        except DeviceError:
            await control.close()
            if time.monotonic() > ends or not program.alive():
                raise
        except BaseException:
            await control.close()
            raise
        else:
            return control
        await asyncio.sleep(0.02)
