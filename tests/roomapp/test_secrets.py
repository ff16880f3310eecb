"""Secrets: kept, found again, bound to their names, unreadable without the key, never printed."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomapp.records.owner import Owner
from roomapp.records.secrets import FILE_NAME, KEY_NAME, LOCK_NAME, SecretError, SecretStore
from ui.cli import run

PLANTED = "Mật:khẩu@/%<&>'\"1"
Ask = Callable[..., tuple[int, str]]


def test_secret_comes_back_as_it_was_given(tmp_path: Path) -> None:
    SecretStore(tmp_path, {}).set("camera-main", PLANTED)
    assert SecretStore(tmp_path, {}).get("camera-main") == PLANTED
    assert SecretStore(tmp_path, {}).get("other") is None


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.encode("utf-8", "ignore").decode() == text))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    store = SecretStore(tmp_path_factory.mktemp("s"), {})
    store.set("x", value)
    assert store.get("x") == value


def test_variable_stands_before_the_store(tmp_path: Path) -> None:
    store = SecretStore(tmp_path, {"ROOMAPP_SECRET_camera_main": "from outside"})
    store.set("camera-main", PLANTED)
    assert store.get("camera-main") == "from outside"


def test_files_are_the_owners_alone_and_hold_no_secret(tmp_path: Path) -> None:
    SecretStore(tmp_path, {}).set("camera-main", PLANTED)
    for name in (FILE_NAME, KEY_NAME):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert PLANTED.encode() not in (tmp_path / name).read_bytes()


def test_sealed_value_under_another_name_is_refused(tmp_path: Path) -> None:
    store = SecretStore(tmp_path, {})
    store.set("one", PLANTED)
    kept = json.loads((tmp_path / FILE_NAME).read_text())
    (tmp_path / FILE_NAME).write_text(json.dumps({"two": kept["one"]}))
    with pytest.raises(SecretError, match="damaged"):
        store.get("two")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"one": 3}', '{"one": "AAAA"}', '{"one": "%%%"}'])
def test_damaged_store_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(SecretError, match="damaged"):
        SecretStore(tmp_path, {}).get("one")


def test_another_key_says_so(tmp_path: Path) -> None:
    store = SecretStore(tmp_path, {})
    store.set("one", PLANTED)
    (tmp_path / KEY_NAME).write_bytes(bytes(32))
    with pytest.raises(SecretError, match="damaged"):
        store.get("one")


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [("A", "x", "bad_name"), ("a/b", "x", "bad_name"), ("a", "", "empty"), ("a", "x" * 1001, "too_long")],
)
def test_what_cannot_be_kept_is_refused_by_name(tmp_path: Path, name: str, value: str, key: str) -> None:
    with pytest.raises(SecretError, match=key):
        SecretStore(tmp_path, {}).set(name, value)


def test_a_store_that_somebody_writes_is_waited_for_and_then_told(tmp_path: Path) -> None:
    with Owner.take(tmp_path, LOCK_NAME) or pytest.fail("held"), pytest.raises(SecretError, match="busy"):
        SecretStore(tmp_path, {}).set("a", "b")


def test_six_commands_at_once_lose_nothing(tmp_path: Path) -> None:
    code = "import sys, pathlib; from roomapp.records.secrets import SecretStore; n = sys.argv[2]\n"
    code += "SecretStore(pathlib.Path(sys.argv[1]), {}).set(f's{n}', n)"
    SecretStore(tmp_path, {}).set("first", "0")
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(n)]) for n in range(6)]
    assert [one.wait(30) for one in running] == [0] * 6
    assert len(SecretStore(tmp_path, {}).names()) == 7


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    def command(*words: str, typed: str = "") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = run(["--practice", "--data", str(tmp_path), "secret", *words, "--json"], dict(os.environ))
        out, err = capsys.readouterr()
        assert PLANTED not in out + err
        return code, out

    return ask_and_read(command)


def ask_and_read(command: Ask) -> Ask:
    return lambda *words, typed="": (lambda got: (got[0], json.loads(got[1])))(command(*words, typed=typed))


def test_command_sets_lists_and_removes(ask: Ask) -> None:
    assert ask("set", "camera-main", typed=PLANTED + "\n") == (0, {"names": ["camera-main"]})
    assert ask("list") == (0, {"names": ["camera-main"]})
    assert ask("remove", "camera-main") == (0, {"names": []})


@pytest.mark.parametrize("words", [("set", "Camera"), ("set", "camera"), ("remove", "camera")])
def test_command_tells_what_is_wrong_and_what_to_do(ask: Ask, words: tuple[str, ...]) -> None:
    code, answer = ask(*words)
    assert code == 2
    assert answer["error"]["faults"][0]["problem"]
    assert answer["error"]["faults"][0]["remedy"]
