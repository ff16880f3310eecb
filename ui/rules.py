"""`roomapp rules …`: a province makes its key, signs its files with it, and sees who signed one."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from roomapp.profile import Fault
from roomapp.records.private import write_private
from roomapp.rules.pack import HOUSE_KEYS, MOST_BYTES
from roomapp.signing import (
    PUBLIC,
    TRUSTED,
    BadSignatureError,
    KeyFileError,
    check,
    new_key,
    private_key,
    read_private_key,
    sign,
    trusted_keys,
)
from roomapp.words import Words
from ui.cli import GOOD, NO, InputFault


def answer(asked: argparse.Namespace, folder: Path, env: Mapping[str, str], words: Words) -> tuple[int, dict[str, Any]]:
    """`key` writes NAME.pem (its owner alone reads it) and NAME.pub; `sign` signs in place; `verify` answers 0 or 1."""
    try:
        if asked.act == "key":
            return GOOD, _make_key(asked.name, asked.out)
        if asked.act == "sign":
            return GOOD, _sign(asked, folder, env)
        return _verify(asked.file, folder, words)
    except KeyFileError as error:
        where = getattr(asked, "key_file", None) or getattr(asked, "secret", None) or asked.name
        key = f"rules.key_{error.key}"
        raise InputFault(Fault(str(where)[:200], words(key), words(f"{key}_remedy"))) from error
    except (_UnreadableError, OSError) as error:
        where = getattr(asked, "file", None) or asked.out
        raise InputFault(Fault(str(where)[:200], words("rules.file"), words("rules.file_remedy"))) from error


class _UnreadableError(Exception):
    """No file, or far too large a one."""


def _make_key(name: str, folder: Path) -> dict[str, Any]:
    private, public = folder / f"{name}.pem", folder / f"{name}{PUBLIC}"
    sign(b"", name, b"\0" * 32)  # judges the name before anything is written
    if private.exists() or public.exists():
        raise KeyFileError("exists")
    folder.mkdir(parents=True, exist_ok=True)
    secret, told = new_key()
    write_private(private, secret)
    public.write_bytes(told)
    return {"private": str(private), "public": str(public)}


def _sign(asked: argparse.Namespace, folder: Path, env: Mapping[str, str]) -> dict[str, Any]:
    seed = read_private_key(asked.key_file) if asked.key_file is not None else _from_store(asked.secret, folder, env)
    signed = sign(_read(asked.file), asked.name, seed)
    fresh = asked.file.with_name(asked.file.name + ".new")
    fresh.write_bytes(signed)
    os.replace(fresh, asked.file)
    return {"file": str(asked.file), "signed_by": asked.name}


def _from_store(name: str, folder: Path, env: Mapping[str, str]) -> bytes:
    from roomapp.records.secrets import SecretError, SecretStore

    try:
        kept = SecretStore(folder, env).get(name)
    except SecretError as error:
        raise KeyFileError("unreadable") from error
    if kept is None:
        raise KeyFileError("no_file")
    return private_key(kept.encode())


def _verify(file: Path, folder: Path, words: Words) -> tuple[int, dict[str, Any]]:
    try:
        found = check(_read(file), trusted_keys(HOUSE_KEYS, folder / TRUSTED))
    except BadSignatureError as error:
        said = {"signed": False, "signed_by": None, "key": error.key or None, "reason": "bad_signature"}
        return NO, {**said, "sentence": words("profile.pack_bad_signature")}
    reason = None if found.by else "unknown_key" if found.claimed else "unsigned"
    sentence = words(f"rules.said_{reason}" if reason else "rules.said_signed", key=found.claimed)
    said = {"signed": bool(found.by), "signed_by": found.by or None, "key": found.claimed or None, "reason": reason}
    return (GOOD if found.by else NO), {**said, "sentence": sentence}


def _read(file: Path) -> bytes:
    if not file.is_file() or file.stat().st_size > MOST_BYTES:
        raise _UnreadableError
    return file.read_bytes()
