"""What Chromium is told before it starts."""

import pytest

from ui.conference.chromium import host_rules


def test_only_the_listed_hosts_and_this_machine_are_looked_up() -> None:
    assert host_rules(["hop.example.vn", "hop.example.vn:8443", "turn.example.vn"]) == (
        "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE hop.example.vn , EXCLUDE localhost , EXCLUDE turn.example.vn"
    )


@pytest.mark.parametrize("told", ["*", '" --no-sandbox', ", MAP * 10.0.0.1", ""])
def test_what_is_no_host_opens_nothing(told: str) -> None:
    assert host_rules([told]) == ""


def test_host_is_cut_where_its_name_ends() -> None:
    assert "sandbox" not in host_rules(['a.vn" --no-sandbox'])


def test_no_list_is_no_rule() -> None:
    assert host_rules([]) == ""
