"""The secret store: passwords of devices by name, encrypted in one file; never in a profile, log, argument or answer.

AES-256-GCM, each value bound to its name. The key lies beside it in a file of its own, both readable by the owner
alone: so a copy of the store says nothing, a stolen disk says all. The installer's system store takes the key's place
later; read_key() is the seam.
"""

import base64
import json
import os
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from roomapp.profile.model import ID_PATTERN
from roomapp.records.owner import Owner
from roomapp.records.private import write_private

FILE_NAME, KEY_NAME, LOCK_NAME = "secrets.json", "secrets.key", "secrets.lock"
VARIABLE = "ROOMAPP_SECRET_"  # first steps and tests: stands before the store
MOST_CHARACTERS = 1000
KEY_BYTES, NONCE_BYTES = 32, 12
LOCK_WAIT_S = 2.0


class SecretError(Exception):
    """`key` names a sentence of the area "secret": bad_name, empty, too_long, unknown, damaged, busy."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class SecretStore:
    """Read afresh at each question: a command may change it while a kiosk runs."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._folder, self._env = folder, env

    def get(self, name: str) -> str | None:
        """The secret; None: there is none of that name. SecretError(damaged) when it cannot be read back."""
        told = self._env.get(VARIABLE + name.replace("-", "_"))
        if told is not None:
            return told
        sealed = self._read().get(name)
        return None if sealed is None else self._unseal(name, sealed)

    def names(self) -> list[str]:
        return sorted(self._read())

    def set(self, name: str, value: str) -> None:
        """SecretError for a name or value that cannot be; within 2 s and a write."""
        if re.fullmatch(ID_PATTERN, name) is None:
            raise SecretError("bad_name")
        if not value:
            raise SecretError("empty")
        if len(value) > MOST_CHARACTERS:
            raise SecretError("too_long")
        with self._locked():
            self._write({**self._read(), name: self._seal(name, value)})

    def remove(self, name: str) -> None:
        """SecretError(unknown) where it is not there."""
        with self._locked():
            kept = self._read()
            if kept.pop(name, None) is None:
                raise SecretError("unknown")
            self._write(kept)

    def _locked(self) -> Owner:
        """Two commands at once must not lose each other's secret."""
        until = time.monotonic() + LOCK_WAIT_S
        while (owner := Owner.take(self._folder, LOCK_NAME)) is None:
            if time.monotonic() > until:
                raise SecretError("busy")
            time.sleep(0.02)
        return owner

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads((self._folder / FILE_NAME).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise SecretError("damaged") from error
        if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
            raise SecretError("damaged")
        return kept

    def _write(self, kept: dict[str, str]) -> None:
        write_private(self._folder / FILE_NAME, json.dumps(kept, indent=1).encode())

    def _seal(self, name: str, value: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher().encrypt(nonce, value.encode(), name.encode())).decode()

    def _unseal(self, name: str, sealed: str) -> str:
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._cipher().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], name.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SecretError("damaged") from error

    def _cipher(self) -> AESGCM:
        return AESGCM(read_key(self._folder / KEY_NAME))


def read_key(path: Path) -> bytes:
    """The key, made when it is first needed. SecretError(damaged) for a file that is none."""
    if not path.exists():
        write_private(path, secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise SecretError("damaged")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)  # a copy made by hand must not open it to everybody
    return key
