"""Signed text files: the last line names the key and holds an Ed25519 signature over all bytes before it.

In the file itself, so that a copy (a USB stick, the last good profile) is never without it. The line is a comment of
TOML: `# ed25519 KEY BASE64`. A signature by a key that nobody here trusts counts as none: whoever can write the file
can also cut the line off, so it proves nothing; one that a trusted key does not bear out is a BadSignatureError.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KEY_NAME = r"[a-z0-9][a-z0-9-]{0,31}"
LINE = re.compile(rb"^# ed25519 (" + KEY_NAME.encode() + rb") ([A-Za-z0-9+/]{86}==)\n?\Z", re.MULTILINE)
LOOKS_SIGNED = re.compile(rb"^# ed25519 ", re.MULTILINE)
MOST_KEY_BYTES, MOST_KEYS = 10_000, 200
PUBLIC = ".pub"
TRUSTED = "trusted-keys"  # of the data folder: the technician puts the province's public key there


class BadSignatureError(Exception):
    """The file was changed after it was signed; `key` is the name of the key, as far as it can be read."""

    def __init__(self, key: str = "") -> None:
        super().__init__(key)
        self.key = key


class KeyFileError(Exception):
    """A key that cannot be used. `key`: no_file, unreadable, open_to_others, exists, bad_name."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Signed:
    """`by`: the trusted key, empty where the file is as good as unsigned; `claimed`: the key that its line names."""

    content: bytes
    by: str = ""
    claimed: str = ""


def check(data: bytes, keys: Mapping[str, bytes]) -> Signed:
    """What was signed, and by whom; `keys`: raw public keys by name. BadSignatureError."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    found = LINE.search(data)
    if found is None:
        if LOOKS_SIGNED.search(data):  # a torn line is no permission to pass as unsigned
            raise BadSignatureError
        return Signed(data)
    content, name = data[: found.start()], found[1].decode()
    if LOOKS_SIGNED.search(content):
        raise BadSignatureError(name)
    if name not in keys:
        return Signed(content, "", name)
    try:
        Ed25519PublicKey.from_public_bytes(keys[name]).verify(base64.b64decode(found[2]), content)
    except (InvalidSignature, ValueError) as error:
        raise BadSignatureError(name) from error
    return Signed(content, name, name)


def sign(data: bytes, name: str, seed: bytes) -> bytes:
    """The file with its signature; an older one is taken off. KeyFileError(bad_name)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if re.fullmatch(KEY_NAME, name) is None:
        raise KeyFileError("bad_name")
    found = LINE.search(data)
    content = data if found is None else data[: found.start()]
    content += b"" if content.endswith(b"\n") or not content else b"\n"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(content)
    return content + f"# ed25519 {name} {base64.b64encode(signature).decode()}\n".encode()


def trusted_keys(*folders: Path | None) -> dict[str, bytes]:
    """Raw public keys of all `NAME.pub` there, by name; of one name the first folder's. What is no key is passed over:
    a file signed by it then counts as unsigned."""
    found: dict[str, bytes] = {}
    for folder in folders:
        files = sorted(folder.glob(f"*{PUBLIC}"))[:MOST_KEYS] if folder is not None else []
        for file in files:
            try:
                found.setdefault(file.stem, public_key(_bounded(file)))
            except KeyFileError:
                continue
    return found


def public_key(pem: bytes) -> bytes:
    """Raw, from PEM; KeyFileError(unreadable)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError) as error:
        raise KeyFileError("unreadable") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError("unreadable")
    return key.public_bytes_raw()


def private_key(text: bytes) -> bytes:
    """The seed of 32 bytes, from PEM (PKCS 8, no password) or base64 of it; KeyFileError(unreadable)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if not text.lstrip().startswith(b"-----"):
            seed = base64.b64decode(text.strip(), validate=True)
            return Ed25519PrivateKey.from_private_bytes(seed).private_bytes_raw()
        key = load_pem_private_key(text, None)
    except (ValueError, TypeError, binascii.Error) as error:
        raise KeyFileError("unreadable") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError("unreadable")
    return key.private_bytes_raw()


def read_private_key(path: Path) -> bytes:
    """From a file that its owner alone may read; KeyFileError."""
    text = _bounded(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyFileError("open_to_others")
    return private_key(text)


def new_key() -> tuple[bytes, bytes]:
    """A fresh key: (private PEM, public PEM)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = Ed25519PrivateKey.generate()
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def _bounded(path: Path) -> bytes:
    if not path.is_file():
        raise KeyFileError("no_file")
    try:
        with path.open("rb") as file:
            data = file.read(MOST_KEY_BYTES + 1)
    except OSError as error:
        raise KeyFileError("no_file") from error
    if len(data) > MOST_KEY_BYTES:
        raise KeyFileError("unreadable")
    return data
