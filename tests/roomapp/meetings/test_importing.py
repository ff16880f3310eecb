"""What was found elsewhere enters once, changes with its source, and leaves the officer's own word alone."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from roomapp.records.invitations import Found, InvitationError, read_file
from roomapp.signing import new_key, private_key, sign
from tests.roomapp.meetings.test_booking import TUESDAY, Office
from tests.roomapp.meetings.test_commands import Site

SECRET, PUBLIC = new_key()
SEED = private_key(SECRET)


def found(
    opening: Any = TUESDAY, source: str = "ics:a", cancelled: bool = False, edition: int = 0, **fields: Any
) -> Found:
    told = {"title": "Giao ban", **fields}
    return Found(source, TUESDAY.date(), opening, told, (), cancelled, edition)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.close()
    made.loop.close()


def take(office: Office, *each: Found) -> dict[str, list[str]]:
    taken = office.run(office.room.take_found(each, "tinh"))
    names = ("added", "changed", "cancelled", "unchanged", "in_meeting", "needs_time", "gone", "older")
    return {name: getattr(taken, name) for name in names if getattr(taken, name)}


def test_same_source_again_is_no_second_meeting_after_a_restart_either(office: Office) -> None:
    (id,) = take(office, found())["added"]
    assert take(office, found()) == {"unchanged": [id]}
    office.again()
    assert take(office, found()) == {"unchanged": [id]}
    assert list(office.room.meetings) == [id]


def test_source_with_another_time_moves_the_meeting_and_its_deadlines(office: Office) -> None:
    (id,) = take(office, found())["added"]
    assert take(office, found(TUESDAY + timedelta(days=1))) == {"changed": [id]}
    assert office.room.meetings[id].opening == TUESDAY + timedelta(days=1)
    assert [row["why"] for row in office.deadlines()] == ["added", "moved"]


def test_what_the_officer_has_corrected_stays_until_the_source_says_something_new(office: Office) -> None:
    (id,) = take(office, found(chair_site="UBND"))["added"]
    office.run(office.room.change_meeting(id, {"chair_site": "Hội trường A"}))
    assert take(office, found(TUESDAY + timedelta(days=1), chair_site="UBND")) == {"changed": [id]}
    assert office.room.meetings[id].chair_site == "Hội trường A"
    take(office, found(TUESDAY + timedelta(days=1), chair_site="Hội trường B"))
    assert office.room.meetings[id].chair_site == "Hội trường B"


def test_old_copy_of_a_source_takes_nothing_back(office: Office) -> None:
    later = TUESDAY + timedelta(days=1)
    (id,) = take(office, found(edition=1))["added"]
    assert take(office, found(later, edition=2)) == {"changed": [id]}
    office.again()
    assert take(office, found(edition=1)) == {"older": [id]}
    assert take(office, found(edition=1, cancelled=True)) == {"older": [id]}
    assert office.room.meetings[id].opening == later
    assert take(office, found(later, edition=3)) == {"unchanged": [id]}
    assert take(office, found(edition=2)) == {"older": [id]}


def test_source_that_calls_off_cancels_and_one_cancelled_here_does_not_come_back(office: Office) -> None:
    (id,) = take(office, found())["added"]
    assert take(office, found(cancelled=True)) == {"cancelled": [id]}
    assert take(office, found()) == {"gone": ["ics:a"]}
    office.again()
    assert take(office, found()) == {"gone": ["ics:a"]}
    assert office.room.meetings == {}
    assert take(office, found(source="ics:never", cancelled=True)) == {}


def test_day_without_a_time_waits_for_one(office: Office) -> None:
    assert take(office, found(None)) == {"needs_time": ["ics:a"]}
    assert office.room.meetings == {}


def test_meeting_that_is_on_is_left_alone(office: Office) -> None:
    (id,) = take(office, found())["added"]
    office.room.meeting_id = id
    assert take(office, found(cancelled=True)) == {"in_meeting": [id]}
    assert id in office.room.meetings


INVITATION = """
schema = 1
id = "15/GM-UBND"
title = "Hội nghị tháng 12"
class = "5.4.b"
level = "T"
opening = 2090-03-14T08:00:00+07:00
invitation_number = "15/GM-UBND"
invitation_date = 2090-03-10
invitation_issuer = "UBND tỉnh"
host_unit = "Văn phòng UBND tỉnh"
chair_site = "UBND tỉnh"
kind = "working"
chair_officer_name = "Nguyễn Văn A"
chair_officer_phone = "0912345678"
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    keys = tmp_path / "trusted-keys"
    keys.mkdir()
    (keys / "tinh-a.pub").write_bytes(PUBLIC)
    made = Site(tmp_path)
    yield made
    made.loop.run_until_complete(made.hand.end())
    made.loop.close()


def invite(folder: Path, text: str = INVITATION, name: str = "tinh-a") -> str:
    path = folder / "giay-moi.toml"
    path.write_bytes(sign(text.encode(), name, SEED))
    return str(path)


def test_signed_invitation_leaves_only_the_system_to_ask(site: Site) -> None:
    code, said = site("meeting", "import", invite(site.folder))
    assert (code, len(said["added"])) == (0, 1)
    (meeting,) = site("meeting", "list")[1]["meetings"]
    assert (meeting["opening"], meeting["gaps"]) == ("2090-03-14T08:00:00+07:00", ["system"])
    assert (meeting["invitation_number"], meeting["source"]) == ("15/GM-UBND", "signed:tinh-a/15/GM-UBND")
    assert "Nguyễn" not in "".join(str(row) for row in site.room.journal.rows())
    assert site("meeting", "import", invite(site.folder))[1]["unchanged"] == said["added"]
    later = invite(site.folder, INVITATION.replace("T08:00", "T14:00").replace("0912345678", "0999"))
    assert site("meeting", "import", later)[1]["changed"] == said["added"]
    off = invite(site.folder, INVITATION + "cancelled = true\n")
    assert site("meeting", "import", off)[1]["cancelled"] == said["added"]


def test_looking_at_a_file_enters_nothing(site: Site) -> None:
    code, said = site("meeting", "import", invite(site.folder), "--look")
    assert (code, [one["title"] for one in said["found"]]) == (0, ["Hội nghị tháng 12"])
    assert site("meeting", "list")[1]["meetings"] == []


@pytest.mark.parametrize(
    ("old", "new", "key", "what"),
    [
        ("schema = 1", "schema = 2", "newer", ""),
        ('title = "Hội nghị tháng 12"', "", "no_field", "title"),
        ('class = "5.4.b"', 'class = "5.9"', "wrong_field", "class"),
        ("2090-03-14T08:00:00+07:00", "2090-03-14T08:00:00", "wrong_field", "opening"),
        ("kind =", "state_secret = true\nkind =", "unknown_field", "state_secret"),
        ("kind =", "expected_end = 2090-03-14T07:00:00+07:00\nkind =", "wrong_field", "expected_end"),
        ('id = "15/GM-UBND"', 'id = "số 15"', "wrong_field", "id"),
        ("schema = 1", "schema = = 1", "unreadable", ""),
    ],
)
def test_invitation_that_cannot_be_is_refused_by_its_field(
    tmp_path: Path, old: str, new: str, key: str, what: str
) -> None:
    zone = TUESDAY.tzinfo
    path = Path(invite(tmp_path, INVITATION.replace(old, new, 1)))
    from roomapp.signing import public_key

    with pytest.raises(InvitationError) as caught:
        read_file(path, zone, TUESDAY, {"tinh-a": public_key(PUBLIC)})  # type: ignore[arg-type]
    assert [(fault.key, fault.what) for fault in caught.value.faults] == [(key, what)]


def test_invitation_changed_unsigned_or_of_a_stranger_is_refused_with_its_sentence(site: Site) -> None:
    path = Path(invite(site.folder))
    changed = path.read_bytes().replace(b"T08:00", b"T09:00")
    for data, said in (
        (changed, "invitation.bad_signature"),
        (INVITATION.encode(), "invitation.unsigned"),
        (sign(INVITATION.encode(), "la", SEED), "invitation.unknown_key"),
    ):
        path.write_bytes(data)
        code, answer = site("meeting", "import", str(path))
        assert (code, answer["faults"][0]["problem"]) == (2, site.room.words(said, what="la"))
    assert site("meeting", "list")[1]["meetings"] == []


def test_every_bad_event_of_a_file_is_told_with_its_line(site: Site) -> None:
    path = site.folder / "hop.ics"
    bad = "BEGIN:VEVENT\nUID:a\nDTSTART:x\nEND:VEVENT\n"
    path.write_text(f"BEGIN:VCALENDAR\n{bad}{bad}END:VCALENDAR\n", encoding="utf-8")
    code, said = site("meeting", "import", str(path))
    assert (code, [one["where"] for one in said["faults"]]) == (2, ["hop.ics: 2", "hop.ics: 6"])
    assert json.dumps(said)


@pytest.mark.parametrize("words", [(), ("a.ics", "--caldav", "https://x"), ("a.ics", "--platform", "nowhere")])
def test_import_needs_one_source_and_a_platform_of_the_site(site: Site, words: tuple[str, ...]) -> None:
    assert site("meeting", "import", *words)[0] == 2
