"""A rule pack is whole, or it is refused with the key that it lacks."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from roomapp.rules.pack import Article, Consent, MicrophoneRule, PackError, load_pack
from roomapp.signing import check
from roomapp.words import RESOURCES

HA_GIANG = RESOURCES / "rules" / "ha-giang.toml"


def test_ha_giang_pack_says_what_its_rules_say() -> None:
    pack = load_pack(HA_GIANG)
    assert (pack.connect_lead_min, pack.reconnect, pack.leave) == (90, Consent.WITH_LEAVE, Consent.WITH_LEAVE)
    assert pack.microphone is MicrophoneRule.ON_INVITATION
    assert pack.ground(Article.CONNECT_LEAD) == "Điều 7, khoản 1"
    assert pack.ground(Article.CONNECTION) == "Điều 9, khoản 2, điểm c"


TEXT = check(HA_GIANG.read_bytes(), {}).content.decode()  # without its signature: as a province begins to write its own
KEYS = [
    *("name", "version", "connect_lead_min", "invitation_lead_h", "trial_one_day", "office_hours"),
    *("reconnect", "leave", "reattach", "microphone", "microphone_limit_s", "camera", "connect_remind_min"),
    *("trial_remind_min", "shutdown_margin_min", "idle_reminder_min", "roster_least", "roster_notice_days"),
    *("cleaning_days", "maintenance_months", "maintenance_notice_days", "contact_list_days"),
]


@pytest.mark.parametrize("key", [*KEYS, *(f"articles.{article}" for article in Article)])
def test_missing_key_is_named_and_not_guessed(tmp_path: Path, key: str) -> None:
    head, _, articles = TEXT.partition("[articles]")
    name = key.removeprefix("articles.")
    if name != key:
        articles = articles.replace(f"\n{name} =", "\n# ")
    else:
        head = head.replace(f"\n{name} =", "\n# ", 1)
    path = tmp_path / "pack.toml"
    path.write_text(f"{head}[articles]{articles}", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(path)
    assert [(fault.key, fault.facts) for fault in caught.value.faults] == [("missing", {"key": key})]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("= 90", "= -1", ("wrong", "connect_lead_min")),
        ("= 90", '= "90"', ("wrong", "connect_lead_min")),
        ('reconnect = "with_leave"', 'reconnect = "sometimes"', ("wrong", "reconnect")),
        ("camera =", "colour = 1\ncamera =", ("unknown", "colour")),
        ('id = "5.4.b"', 'id = "5.4.d"', ("missing", "classes.5.4.b")),
        ('body = "department"', 'body = "nobody"', ("wrong", "templates.5.1.c.body")),
        ('class = "5.4.c"', 'class = "5.4.d"', ("wrong", "templates.5.4.c.class")),
        ('period = "half_year"', 'period = "month"', ("wrong", "reports")),
        ("name = ", 'signed_by = "diem-cau"\nname = ', ("unknown", "signed_by")),
        ("[articles]", "[articles]\nnever_heard = 'x'", ("wrong", "articles")),
    ],
)
def test_wrong_and_unknown_keys_are_named(tmp_path: Path, old: str, new: str, fault: tuple[str, str]) -> None:
    path = tmp_path / "pack.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack(path)
    assert [(one.key, one.facts["key"]) for one in caught.value.faults] == [fault]


@pytest.mark.parametrize("data", [b"\xff", b"[", b"x" * 300_000, b"a = " + b"[" * 90_000])
def test_garbage_pack_is_unreadable(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "pack.toml"
    path.write_bytes(data)
    with pytest.raises(PackError, match="unreadable"):
        load_pack(path)


@pytest.mark.parametrize("table", ["ranks", "classes", "templates", "reports"])
def test_missing_table_is_named_and_not_guessed(tmp_path: Path, table: str) -> None:
    path = tmp_path / "pack.toml"
    kept = tomllib.loads(TEXT)
    path.write_text(re.sub(rf"(?ms)^\[\[{table}\]\].*?(?=^\[|^#|\Z)", "", TEXT), encoding="utf-8")
    assert table in kept
    with pytest.raises(PackError) as caught:
        load_pack(path)
    assert ("missing", {"key": table}) in [(fault.key, fault.facts) for fault in caught.value.faults]


def test_folder_pipe_and_nothing_are_no_pack(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "none.toml"):
        with pytest.raises(PackError, match="no_file"):
            load_pack(path)
