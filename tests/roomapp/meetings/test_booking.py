"""The calendar as the room keeps it: deadlines in the journal, persons outside it, nothing dropped, nothing healed."""

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from roomapp.events import Refused
from roomapp.profile.model import Contact
from roomapp.rules.calendar.worktime import Kind, Override
from roomapp.rules.meeting import Gap, MeetingError
from roomapp.rules.session import Move
from roomapp.running.room import Room
from tests.fakes.conference import HandConference, HandRoom

NAME, PHONE = "Nguyễn Thị Đầu Mối", "0912345678"
TUESDAY = datetime.fromisoformat("2090-03-14T08:00+07:00")


class Office:
    """A room whose calendar a test fills; `again` is a restart."""

    def __init__(self, folder: Path) -> None:
        self.loop, self.folder = asyncio.new_event_loop(), folder
        self.open()

    def open(self, **pack: Any) -> "Office":
        self.hand = HandRoom(self.folder, {"tinh": HandConference()})
        self.room: Room = self.run(self.hand.begin(**pack))
        return self

    def again(self, **pack: Any) -> "Office":
        self.close()
        return self.open(**pack)

    def close(self) -> None:
        self.run(self.hand.end())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def add(self, opening: datetime = TUESDAY, **more: Any) -> str:
        return str(self.run(self.room.add_meeting("tinh", "1", opening, **more)).id)

    def deadlines(self) -> list[dict[str, Any]]:
        return self.hand.rows("deadlines.set")

    def told(self) -> list[Refused]:
        return [event for event in self.hand.events if isinstance(event, Refused)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.close()
    made.loop.close()


def test_meeting_gets_its_deadlines_with_the_versions_they_were_counted_by(office: Office) -> None:
    id = office.add()
    (row,) = office.deadlines()
    assert (row["meeting"], row["why"], row["class"]) == (id, "added", "5.4.b")
    assert row["connect"] == "2090-03-13T23:30:00+00:00"
    assert (row["strict"], row["latest"]) == ("2090-03-13T01:00:00+00:00", "2090-03-13T10:30:00+00:00")
    assert row["invitation"] == "2090-03-12T01:00:00+00:00"
    assert row["pack"] == office.room.pack.edition
    assert (row["calendar"], row["confirmed"]) == (office.room.dates.calendar.version, False)


def test_moved_meeting_s_old_deadlines_stay_in_the_journal(office: Office) -> None:
    id = office.add()
    before = office.deadlines()
    for days in range(1, 4):
        office.run(office.room.change_meeting(id, {"opening": (TUESDAY + timedelta(days=days)).isoformat()}))
    rows = office.deadlines()
    assert rows[:1] == before
    assert [row["why"] for row in rows] == ["added", "moved", "moved", "moved"]
    assert len({row["latest"] for row in rows}) == 4
    change = office.hand.rows("meeting.changed")[0]
    assert datetime.fromisoformat(change["was"]["opening"]) == TUESDAY


def test_change_that_moves_nothing_counts_nothing(office: Office) -> None:
    id = office.add()
    office.run(office.room.change_meeting(id, {"title": "Giao ban", "room": "2"}))
    assert len(office.deadlines()) == 1
    assert office.hand.rows("meeting.changed")[0]["was"]["room"] == "1"


def test_day_off_counts_coming_meetings_anew_and_withdrawing_it_again(office: Office) -> None:
    office.add()
    monday = date(2090, 3, 13)
    override = Override(day=monday, kind=Kind.OFF, document="TB 1", confirmed_by="Trần Văn B", confirmed_on=monday)
    assert office.run(office.room.import_overrides([override])) == 1
    assert office.run(office.room.import_overrides([override])) == 0
    assert office.run(office.room.withdraw_override(monday, "nhầm"))
    assert not office.run(office.room.withdraw_override(monday, "nhầm"))
    assert [row["why"] for row in office.deadlines()] == ["added", "calendar", "calendar"]
    latest = [row["latest"] for row in office.deadlines()]
    assert latest == ["2090-03-13T10:30:00+00:00", "2090-03-10T10:30:00+00:00", "2090-03-13T10:30:00+00:00"]
    assert [row["confirmed"] for row in office.deadlines()] == [False, True, False]
    assert [row["act"] for row in office.hand.rows("calendar.override")] == ["added", "withdrawn"]


def test_calendar_and_deadlines_are_there_after_a_restart_and_counted_no_second_time(office: Office) -> None:
    id = office.add()
    day = Override(day=date(2090, 3, 13), kind=Kind.OFF, confirmed_by="B")
    office.run(office.room.import_overrides([day]))
    version, times = office.room.dates.calendar.version, office.room.dates.times()
    office.again()
    assert (office.room.dates.calendar.version, office.room.dates.times()) == (version, times)
    assert set(times) == {id}
    assert len(office.deadlines()) == 2


def test_another_pack_counts_anew_at_the_next_start(office: Office) -> None:
    office.add()
    office.again(connect_lead_min=60, digest="other")
    assert [row["why"] for row in office.deadlines()] == ["added", "pack"]
    assert office.deadlines()[1]["connect"] == "2090-03-14T00:00:00+00:00"


@pytest.mark.parametrize(("scale", "first"), [("5.4.b", "operating_agency"), ("5.3", "department")])
def test_help_names_the_operating_agency_of_the_next_meeting_s_class(office: Office, scale: str, first: str) -> None:
    """Art. 6: what Gọi hỗ trợ on the home page shows is of the meeting that is next."""
    everybody = [("carrier_tech", "A"), ("department", "B"), ("operating_agency", "C"), ("control_tech", "D")]
    contacts = msgspec.convert(
        [{"role": r, "name": n, "phone": "02070000113"} for r, n in everybody], tuple[Contact, ...]
    )
    office.room.profile = msgspec.structs.replace(office.room.profile, contacts=contacts)
    office.add(template=scale)
    office.room.publish()
    assert office.hand.views[-1].contacts[0].role == first


def test_past_meeting_keeps_the_deadlines_it_had(office: Office) -> None:
    office.add(datetime.now(UTC) - timedelta(days=9))
    office.again(digest="other")
    assert len(office.deadlines()) == 1


def test_meeting_moved_to_the_same_day_is_told_to_be_late(office: Office) -> None:
    """HG-55: tomorrow's meeting now begins within the hour."""
    now = datetime.now(UTC)
    id = office.add(now + timedelta(days=20), on_duty=["A"])
    assert office.told() == []
    office.run(office.room.change_meeting(id, {"opening": (now + timedelta(minutes=30)).isoformat()}))
    (told,) = office.told()
    assert "Kết nối thử đã quá hạn chót." in told.sentence
    assert "Đã quá hạn kết nối." in told.sentence
    assert {str(duty.kind) for duty in office.room.late_duties(id)} == {"trial_latest", "connect"}


def test_names_and_telephones_never_enter_the_chain(office: Office) -> None:
    id = office.add(chair_officer_name=NAME, chair_officer_phone=PHONE, on_duty=["Lê Văn Trực"])
    office.run(office.room.change_meeting(id, {"chair_officer_phone": "0900000000"}))
    told = ("m2", id, "postponed", "Phạm Thị Báo", "0911")
    office.run(office.room.settle_clash(*told))
    day = Override(day=date(2090, 3, 13), kind=Kind.OFF, confirmed_by="Trần Văn Xác Nhận")
    office.run(office.room.import_overrides([day]))
    text = "\n".join(str(row) for row in office.room.journal.rows())
    for word in (NAME, PHONE, "Lê Văn Trực", "0900000000", "Phạm Thị Báo", "Trần Văn Xác Nhận"):
        assert word not in text
    officer = office.room.journal.person(office.room.meetings[id].chair_officer or 0)
    assert officer is not None
    assert (officer.name, officer.phone) == (NAME, "0900000000")


def test_state_secret_is_never_kept(office: Office) -> None:
    office.add(state_secret=True)
    assert "secret" not in str(office.hand.rows("meeting.added"))


def test_gap_closes_when_the_telephone_is_told(office: Office) -> None:
    id = office.add(chair_officer_name=NAME)
    assert Gap.CHAIR_OFFICER_PHONE in office.room.gaps_of(office.room.meetings[id])
    office.run(office.room.change_meeting(id, {"chair_officer_phone": PHONE}))
    assert Gap.CHAIR_OFFICER_PHONE not in office.room.gaps_of(office.room.meetings[id])


def test_template_fills_in_and_what_is_told_stands_before_it(office: Office) -> None:
    filled, told = office.add(template="5.1.b"), office.add(template="5.1.b", chair_site="Hội trường A")
    meetings = office.room.meetings
    assert (str(meetings[filled].scale), meetings[filled].host_body) == ("5.1", "province_people")
    assert meetings[filled].chair_site == "Phòng họp trực tuyến UBND tỉnh"
    assert meetings[told].chair_site == "Hội trường A"
    with pytest.raises(MeetingError):
        office.add(template="9")


def test_postponed_meeting_waits_over_a_restart_and_returns_as_the_same_one(office: Office) -> None:
    id = office.add()
    office.run(office.room.postpone_meeting(id, "bão"))
    assert office.room.meetings == {}
    office.again()
    assert list(office.room.waiting) == [id]
    office.run(office.room.change_meeting(id, {"opening": (TUESDAY + timedelta(days=7)).isoformat()}))
    assert office.room.meetings[id].postponed_from == TUESDAY
    assert office.hand.rows("meeting.postponed")[0]["from"] == "2090-03-14T01:00:00+00:00"
    assert [row["why"] for row in office.deadlines()] == ["added", "moved"]


def test_meeting_that_is_on_is_not_postponed(office: Office) -> None:
    id = office.add(datetime.now(UTC) + timedelta(hours=1))
    office.room.meeting_id = id
    office.run(office.room.postpone_meeting(id, "bão"))
    assert id in office.room.meetings


def test_clash_stays_until_the_officer_settles_it_and_comes_back_with_a_new_time(office: Office) -> None:
    commune, central = office.add(template="5.3"), office.add(TUESDAY + timedelta(hours=1), template="5.4.a")
    (clash,) = office.room.clashes()
    assert (clash.kept, clash.other) == (office.room.meetings[central], office.room.meetings[commune])
    office.run(office.room.settle_clash(central, commune, "elsewhere", "Cô Hoa", "0912"))
    assert set(office.room.meetings) == {commune, central}, "nothing is dropped"
    assert office.room.clashes() == ()
    (row,) = office.hand.rows("clash.settled")
    assert office.room.journal.person(row["told"]).name == "Cô Hoa"  # type: ignore[union-attr]
    office.again()
    assert office.room.clashes() == ()
    office.run(office.room.change_meeting(commune, {"opening": (TUESDAY + timedelta(hours=2)).isoformat()}))
    assert len(office.room.clashes()) == 1


def test_confirmed_trial_is_no_duty_any_more_after_a_restart_either(office: Office) -> None:
    id = office.add()
    office.run(office.room.keep("trial.began", {"meeting": id, "trial": "t1", "platform": "tinh"}))
    assert id not in office.room.standing().tried
    office.run(office.room.keep("trial.confirmed", {"trial": "t1", "both_ways": True, "who": "x"}))
    assert id in office.room.standing().tried
    office.again()
    assert id in office.room.standing().tried


def test_verdicts_are_kept_with_the_versions_they_were_reached_by(office: Office) -> None:
    now = datetime.now(UTC)
    early, late = office.add(), office.add(now + timedelta(minutes=10))
    office.run(office.room.keep("trial.began", {"meeting": early, "trial": "t1", "platform": "tinh"}))
    office.run(office.room.keep("trial.confirmed", {"trial": "t1", "both_ways": True, "who": "x"}))
    office.run(office.room.keep("meeting.connected", {"meeting": late, "trial": False}))
    limit = "2090-03-12T08:00"
    for received in (f"{limit}:00+07:00", f"{limit}:01+07:00"):
        office.run(office.room.change_meeting(early, {"invitation_received_at": received}))
    rows = office.hand.rows("deadlines.judged")
    assert [(row["meeting"], row["what"], row["verdict"]) for row in rows] == [
        (early, "trial", "in_time"),
        (late, "connection", "late"),
        (early, "invitation", "in_time"),
        (early, "invitation", "late"),
    ]
    assert {row["pack"] for row in rows} == {office.room.pack.edition}


def test_screen_shows_the_trial_as_the_next_duty_with_its_ground(office: Office) -> None:
    office.add(on_duty=["A"])
    view = office.hand.views[-1]
    assert (view.duty, view.duty_article) == ("trial_strict", "Điều 7, khoản 3")
    assert view.duty_by is not None
    assert view.duty_by.isoformat() == "2090-03-13T08:00:00+07:00"


def test_calendar_comes_up_whatever_was_written(office: Office) -> None:
    for body in ({}, {"date": "x"}, {"act": "added", "date": "2090-03-13", "kind": "sometimes"}):
        office.run(office.room.keep("calendar.override", body))
    office.run(office.room._move(Move.POWER_ON))
    office.again()
    assert office.room.dates.calendar.overrides == ()
