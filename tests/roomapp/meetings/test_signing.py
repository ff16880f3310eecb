"""A pack is what its signer signed, or it is refused; an unsigned one stands only by its path, and says so."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.profile import check_profile
from roomapp.rules.pack import HOUSE_KEYS, HOUSE_PACKS, PackError, load_pack
from roomapp.signing import (
    BadSignatureError,
    KeyFileError,
    check,
    new_key,
    private_key,
    read_private_key,
    sign,
    trusted_keys,
)
from roomapp.words import RESOURCES, Words
from tests.fakes.conference import PROFILE
from ui.cli import run

PACKS = sorted(HOUSE_PACKS.glob("*.toml"))
HOUSE = trusted_keys(HOUSE_KEYS)
HA_GIANG = (HOUSE_PACKS / "ha-giang.toml").read_bytes()
SECRET, PUBLIC = new_key()
SEED = private_key(SECRET)


def ours(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "tinh-a.pub").write_bytes(PUBLIC)
    return folder


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_pack_of_the_house_is_signed_and_verifies(path: Path) -> None:
    pack = load_pack(path)
    assert (pack.signed, pack.signed_by) == (True, "diem-cau")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(HA_GIANG) - 1), st.integers(1, 255))
def test_one_changed_byte_is_never_taken_for_signed(place: int, by: int) -> None:
    changed = bytearray(HA_GIANG)
    changed[place] ^= by
    try:
        assert check(bytes(changed), HOUSE).by == ""  # its last line no longer names a key that we trust
        assert place >= HA_GIANG.rindex(b"# ed25519")
    except BadSignatureError:
        pass


@pytest.mark.parametrize("place", [0, 900, HA_GIANG.rindex(b"# ed25519") - 2, len(HA_GIANG) - 20])
def test_changed_pack_is_refused_with_a_sentence(tmp_path: Path, place: int) -> None:
    changed = bytearray(HA_GIANG)
    changed[place] ^= 1
    path = tmp_path / "pack.toml"
    path.write_bytes(bytes(changed))
    with pytest.raises(PackError, match="bad_signature"):
        load_pack(path)
    assert "sửa sau khi ký" in Words("vi")("profile.pack_bad_signature")


def test_line_endings_of_another_system_are_a_change(tmp_path: Path) -> None:
    path = tmp_path / "pack.toml"
    path.write_bytes(HA_GIANG.replace(b"\n", b"\r\n"))
    with pytest.raises(PackError, match="bad_signature"):
        load_pack(path)


def test_something_after_the_signature_is_a_change(tmp_path: Path) -> None:
    with pytest.raises(BadSignatureError):
        check(HA_GIANG + b"connect_lead_min = 0\n", HOUSE)


def test_unsigned_pack_stands_by_its_path_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "pack.toml"
    path.write_bytes(check(HA_GIANG, {}).content)
    pack = load_pack(path)
    assert (pack.signed, pack.signed_by) == (False, "")


def test_unsigned_pack_of_the_house_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomapp.rules.pack.HOUSE_PACKS", tmp_path)
    (tmp_path / "pack.toml").write_bytes(check(HA_GIANG, {}).content)
    with pytest.raises(PackError, match="unsigned"):
        load_pack(tmp_path / "pack.toml")


def test_province_signs_with_its_own_key_that_the_technician_added(tmp_path: Path) -> None:
    path = tmp_path / "pack.toml"
    path.write_bytes(sign(HA_GIANG, "tinh-a", SEED))
    assert load_pack(path).signed_by == ""
    assert load_pack(path, ours(tmp_path / "keys")).signed_by == "tinh-a"


def test_key_of_the_technician_cannot_take_the_house_s_name(tmp_path: Path) -> None:
    (ours(tmp_path / "keys") / "diem-cau.pub").write_bytes(PUBLIC)
    path = tmp_path / "pack.toml"
    path.write_bytes(sign(HA_GIANG, "diem-cau", SEED))
    with pytest.raises(PackError, match="bad_signature"):
        load_pack(path, tmp_path / "keys")


def test_file_signed_anew_has_one_signature() -> None:
    once = sign(HA_GIANG, "tinh-a", SEED)
    assert sign(once, "tinh-a", SEED) == once
    assert once.count(b"# ed25519") == 1


def test_two_files_of_one_version_have_two_editions(tmp_path: Path) -> None:
    plain = check(HA_GIANG, {}).content
    editions = set()
    for number, text in enumerate((plain, plain.replace(b"= 90 ", b"= 91 "))):
        path = tmp_path / f"{number}.toml"
        path.write_bytes(text)
        editions.add(load_pack(path).edition)
    assert len(editions) == 2


@pytest.mark.parametrize("text", [b"", b"-----BEGIN PRIVATE KEY-----\n", b"AAAA", PUBLIC, b"x" * 20_000])
def test_what_is_no_private_key_is_named(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="unreadable"):
        read_private_key(path)


def test_key_file_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(SECRET)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="open_to_others"):
        read_private_key(path)


def command(capsys: pytest.CaptureFixture[str], *words: str, **env: str) -> tuple[int, dict[str, object]]:
    code = run([*words, "--json"], env)
    return code, json.loads(capsys.readouterr().out)


def test_province_makes_a_key_signs_and_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ("--data", str(tmp_path / "data"))
    pack = tmp_path / "tinh-b.toml"
    pack.write_bytes(check(HA_GIANG, {}).content)
    code, made = command(capsys, "rules", "key", "tinh-b", "--out", str(tmp_path), *data)
    assert (code, os.stat(str(made["private"])).st_mode & 0o077) == (0, 0)
    assert command(capsys, "rules", "verify", str(pack), *data)[1]["reason"] == "unsigned"
    signing = ("rules", "sign", str(pack), "--name", "tinh-b", "--key-file", str(made["private"]), *data)
    assert command(capsys, *signing)[0] == 0
    code, said = command(capsys, "rules", "verify", str(pack), *data)
    assert (code, said["reason"], said["key"]) == (1, "unknown_key", "tinh-b")
    trusted = tmp_path / "data" / "practice" / "trusted-keys"
    trusted.mkdir(parents=True)
    shutil.copy(str(made["public"]), trusted)
    code, said = command(capsys, "rules", "verify", str(pack), *data)
    assert (code, said["signed_by"]) == (0, "tinh-b")
    pack.write_bytes(pack.read_bytes().replace(b"= 90", b"= 10"))
    assert command(capsys, "rules", "verify", str(pack), *data)[1]["reason"] == "bad_signature"


def test_private_key_may_come_from_the_secret_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "a.toml"
    pack.write_bytes(HA_GIANG)
    secret = {"ROOMAPP_SECRET_tinh_key": SECRET.decode()}
    words = ("rules", "sign", str(pack), "--name", "tinh-a", "--secret", "tinh-key", "--data", str(tmp_path))
    assert command(capsys, *words, **secret)[0] == 0
    assert check(pack.read_bytes(), trusted_keys(ours(tmp_path / "keys"))).by == "tinh-a"
    assert command(capsys, *words)[0] == 2


@pytest.mark.parametrize(
    "act", [("key", "Tỉnh B", "--out", "."), ("sign", "none.toml", "--name", "a", "--secret", "x")]
)
def test_command_that_cannot_be_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], act: tuple[str, ...]
) -> None:
    code, said = command(capsys, "rules", *act, "--data", str(tmp_path))
    assert code == 2
    assert len(said["error"]["faults"]) == 1  # type: ignore[index]


def test_profile_with_a_changed_pack_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_bytes(HA_GIANG.replace(b"= 90", b"= 10"))
    room = tmp_path / "room.toml"
    room.write_text(PROFILE.replace('"ha-giang"', '"ours.toml"'), encoding="utf-8")
    (fault,) = check_profile(room, Words("vi"))[0]
    assert fault.problem == Words("vi")("profile.pack_bad_signature")


def test_another_key_than_the_project_s_signs_no_pack_of_the_house(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(SECRET)
    key.chmod(0o600)
    script = RESOURCES.parent / "installer" / "sign_packs.py"
    before = [path.read_bytes() for path in PACKS]
    ended = subprocess.run([sys.executable, str(script), str(key)], capture_output=True, check=False)
    assert (ended.returncode, [path.read_bytes() for path in PACKS]) == (1, before)
