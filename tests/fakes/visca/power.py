"""The mains of the scriptable camera."""

import os
import select
import time

from tests.fakes.visca.line import FakeLine, reset


class FakePower(FakeLine):
    """A cut is not told to anybody: to the other side a dead camera is a silent one."""

    def cut_power(self) -> None:
        """Not a word more: no end of a connection is told, nothing is heard, nobody listens."""
        self.dead = True
        os.write(self._stop_writer, b".")  # the loop closes what listens
        while not self.dark:
            time.sleep(0.002)

    def give_power(self) -> None:
        """Back, with an empty head; an old TCP connection is refused from here on."""
        self.dead = False
        os.write(self._stop_writer, b".")
        while self.dark:
            time.sleep(0.002)

    def switch(self) -> None:
        if self.dead and not self.dark:
            self._outbox.clear()
            if self.driver == "visca-tcp":
                self._listener.close()
                if self._connection is not None:
                    self._half_open.append(self._connection)
                    self._connection = None
        elif not self.dead and self.dark:
            self._buffer, self._last_sequence = b"", None
            if self.driver == "visca-tcp":
                for connection in self._half_open:
                    reset(connection)
                self._half_open.clear()
                self._listen()
            self.forget()
            self._read_away()
            if self.driver == "visca-serial":
                self._send(b"\x90\x38\xff", None)
        self.dark = self.dead

    def _read_away(self) -> None:
        """What came while it had no power reached nobody."""
        if self.driver == "visca-tcp":
            return
        fd = self._fd if self.driver == "visca-serial" else self._listener.fileno()
        while select.select([fd], [], [], 0)[0]:
            os.read(fd, 4096)

    def forget(self) -> None:
        raise NotImplementedError
