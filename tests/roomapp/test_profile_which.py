"""Which profile a room runs on, and what holds when the installed one is broken."""

import shutil
from pathlib import Path

import pytest

from roomapp.profile import (
    PRACTICE,
    ProfileError,
    data_of,
    load_or_last_good,
    load_profile,
    remember_good,
    which_data,
    which_profile,
)
from roomapp.words import RESOURCES, Words

VI = Words("vi")


def test_named_profile_comes_first_then_environment_then_data_folder(tmp_path: Path) -> None:
    named, other = tmp_path / "named.toml", tmp_path / "env.toml"
    (tmp_path / "room.toml").touch()
    env = {"ROOMAPP_PROFILE": str(other)}
    assert which_profile(named, env, tmp_path) == (named, False)
    assert which_profile(None, env, tmp_path) == (other, False)
    assert which_profile(None, {}, tmp_path) == (tmp_path / "room.toml", False)


def test_room_without_profile_is_the_practice_room(tmp_path: Path) -> None:
    assert which_profile(None, {}, tmp_path) == (PRACTICE, True)
    assert which_profile(PRACTICE, {}, tmp_path) == (PRACTICE, True)


def test_broken_link_in_its_place_is_still_the_installed_room(tmp_path: Path) -> None:
    (tmp_path / "room.toml").symlink_to(tmp_path / "gone")
    assert which_profile(None, {}, tmp_path) == (tmp_path / "room.toml", False)


def test_practice_keeps_its_data_apart(tmp_path: Path) -> None:
    assert (data_of(tmp_path, True), data_of(tmp_path, False)) == (tmp_path / "practice", tmp_path)


def test_data_folder_by_argument_environment_and_custom(tmp_path: Path) -> None:
    env = {"ROOMAPP_DATA": str(tmp_path / "env"), "XDG_DATA_HOME": str(tmp_path / "xdg")}
    assert which_data(tmp_path, env) == tmp_path
    assert which_data(None, env) == tmp_path / "env"
    assert which_data(None, {"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "roomapp"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A room with a rule pack of its own, remembered as good."""
    room = tmp_path / "etc" / "room.toml"
    (room.parent / "packs").mkdir(parents=True)
    shutil.copy(RESOURCES / "rules" / "ha-giang.toml", room.parent / "packs" / "ours.toml")
    text = (RESOURCES / "profiles" / "example.toml").read_text(encoding="utf-8")
    room.write_text(text.replace('"ha-giang"', '"packs/ours.toml"'), encoding="utf-8")
    remember_good(room, load_profile(room, VI), tmp_path / "data")
    return room


def test_good_profile_is_taken_as_it_is(installed: Path, tmp_path: Path) -> None:
    opened = load_or_last_good(installed, tmp_path / "data", VI)
    assert (opened.last_good, opened.faults, opened.profile.site.code) == (False, (), "TQ-SM-01")


def test_broken_profile_opens_the_last_good_one_and_says_what_is_wrong(installed: Path, tmp_path: Path) -> None:
    shutil.rmtree(installed.parent)
    opened = load_or_last_good(installed, tmp_path / "data", VI)
    assert opened.last_good
    assert len(opened.faults) == 1
    assert Path(opened.profile.site.rules).is_file()


def test_broken_profile_without_a_good_one_is_an_error_never_the_practice_room(tmp_path: Path) -> None:
    room = tmp_path / "room.toml"
    room.write_text("schema = 1", encoding="utf-8")
    with pytest.raises(ProfileError, match="site"):
        load_or_last_good(room, tmp_path, VI)
