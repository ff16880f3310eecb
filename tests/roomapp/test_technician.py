"""The technician's code: set twice, kept as argon2, guesses slowed down over restarts, other files never lock it."""

import json
from pathlib import Path

from roomapp.records.technician import FILE_NAME, FREE_TRIES, TechnicianCode


def set_up(folder: Path) -> TechnicianCode:
    code = TechnicianCode(folder)
    assert code.enter("246802").key == "again"
    assert code.enter("246802").key == ""
    return code


def test_a_new_code_is_typed_twice_and_never_kept_in_the_clear(tmp_path: Path) -> None:
    code = set_up(tmp_path)
    assert code.is_set()
    kept = (tmp_path / FILE_NAME).read_text()
    assert "246802" not in kept
    assert "$argon2id$" in kept
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_two_different_codes_begin_again(tmp_path: Path) -> None:
    code = TechnicianCode(tmp_path)
    code.enter("246802")
    assert code.enter("111111").key == "not_same"
    assert not code.is_set()


def test_a_short_code_is_refused(tmp_path: Path) -> None:
    assert TechnicianCode(tmp_path).enter("1234").key == "too_short"


def test_the_right_code_opens_and_forgives_earlier_slips(tmp_path: Path) -> None:
    code = set_up(tmp_path)
    assert code.enter("000000").key == "wrong"
    assert code.enter("246802").key == ""
    assert "tries" not in json.loads((tmp_path / FILE_NAME).read_text())


def test_guessing_costs_minutes_also_after_a_restart(tmp_path: Path) -> None:
    code = set_up(tmp_path)
    for _ in range(FREE_TRIES):
        assert code.enter("000000").key == "wrong"
    answer = TechnicianCode(tmp_path).enter("246802")
    assert answer.key == "wait"
    assert answer.minutes >= 1


def test_a_damaged_file_asks_for_a_new_code_instead_of_failing(tmp_path: Path) -> None:
    set_up(tmp_path)
    (tmp_path / FILE_NAME).write_text("{garbage")
    assert not TechnicianCode(tmp_path).is_set()
