"""A room that chairs: its rows, whom the platform names, what a kill leaves, and that a member has none of it."""

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from roomapp.events import ChairView, Refused, RowState
from roomapp.rules.books import Book
from roomapp.rules.session import Move, Phase
from roomapp.running.meeting import calling
from tests.fakes.conference import PROFILE, HandConference, HandRoom

CARRIERS = '[[contact]]\nrole = "carrier_tech"\nname = "VNPT {n}"\nphone = "091234567{n}"\n'


class House:
    """A room in a meeting that it chairs, or that it is a member of; the conference is moved by hand."""

    def __init__(self, folder: Path, profile: str = PROFILE) -> None:
        self.loop, self.road = asyncio.new_event_loop(), HandConference()
        self.road.budget = 0
        self.hand = HandRoom(folder, {"tinh": self.road}, profile)
        self.room = self.run(self.hand.begin())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def meet(self, role: str = "chair") -> "House":
        opening = datetime.now(UTC) + timedelta(hours=2)
        self.run(self.room.add_meeting("tinh", "4821", opening, role=role))
        for move in (Move.POWER_ON, Move.FINISH_CHECK):
            self.run(self.room._move(move))
        self.run(self.room.join_meeting(False))
        self.go(3)
        assert self.room.session.phase is Phase.IN_ROOM
        return self

    def go(self, seconds: float) -> None:
        """The conference's own clock goes on by so much."""
        self.road.budget, ends = round(2 * seconds), self.loop.time() + 5
        while self.room.calling.active() and self.road.budget > 0 and self.loop.time() < ends:
            self.run(asyncio.sleep(0.002))
        self.run(asyncio.sleep(0.05))

    def present(self, *names: str) -> None:
        self.road.says["participants"] = names
        self.go(1)
        self.run(self.room.watch_sites())

    @property
    def view(self) -> ChairView:
        view = self.room.chair_view()
        assert view is not None
        return view

    def id(self, name: str) -> str:
        return next(row.id for row in self.view.sites if row.name == name)

    def ask(self, *names: str) -> None:
        for name in names:
            self.run(self.room.site_asks(self.id(name)))

    def queue(self) -> list[str]:
        return [row.name for row in self.view.queue]

    def said(self) -> str:
        return next((event.sentence for event in reversed(self.hand.events) if isinstance(event, Refused)), "")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "LOOK_S", 0.001)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.run(made.hand.end())
    made.loop.close()


@pytest.fixture
def chairing(house: House) -> House:
    house.meet()
    house.run(house.room.add_sites(["Xã Hùng An", "Xã Mèo Vạc", "Phường Hà Giang 1"]))
    return house


def test_member_has_no_page_and_leaves_no_rows(house: House) -> None:
    house.meet("member")
    house.run(house.room.add_sites(["Xã Hùng An"]))
    assert house.room.chair_view() is None
    assert house.hand.rows("chair.sites") == []


def test_same_room_is_a_member_in_one_meeting_and_chairs_the_next(house: House) -> None:
    house.meet("member")
    assert house.hand.views[-1].chair is None
    for move in (Move.DECLARE_CLOSING, Move.CHECK_SYSTEM, Move.DISCONNECT, Move.CUT_POWER):
        house.run(house.room._move(move, who="chair", channel="phone"))
    house.run(house.room.calling.leave())
    house.room.meeting_id = ""
    house.room.meetings.clear()
    house.meet("chair")
    assert house.hand.views[-1].chair is not None


def test_every_act_is_a_row_with_its_time(chairing: House) -> None:
    house = chairing
    house.ask("Xã Mèo Vạc", "Xã Hùng An")
    first, second = (row.id for row in house.view.queue)
    house.run(house.room.invite_site(first))
    house.run(house.room.end_turn())
    house.run(house.room.withdraw_site(second))
    house.run(house.room.tell_site(house.id("Xã Hùng An"), "both_ways"))
    rows = [row for row in house.hand.journal.rows() if row.kind.startswith("chair.")]
    kinds = ["chair.sites", "chair.asked", "chair.asked", "chair.invited", "chair.ended", "chair.withdrawn"]
    assert [row.kind for row in rows] == [*kinds, "chair.site"]
    assert all(row.body["meeting"] == house.room.meeting_id and row.body["at"] for row in rows)
    assert rows[4].body["seconds"] >= 0


def test_requests_stand_in_their_order_and_the_invited_one_above_them(chairing: House) -> None:
    house = chairing
    house.ask("Xã Mèo Vạc", "Xã Hùng An", "Phường Hà Giang 1")
    assert house.queue() == ["1. Xã Mèo Vạc", "2. Xã Hùng An", "3. Phường Hà Giang 1"]
    house.run(house.room.invite_site(house.view.first))
    assert house.queue() == ["Xã Mèo Vạc", "1. Xã Hùng An", "2. Phường Hà Giang 1"]
    assert house.view.speaking == house.view.queue[0].id


def test_second_invitation_is_refused_in_a_sentence_and_leaves_no_row(chairing: House) -> None:
    house = chairing
    house.ask("Xã Mèo Vạc", "Xã Hùng An")
    house.run(house.room.invite_site(house.view.first))
    house.run(house.room.invite_site(house.view.first))
    assert house.said() == house.room.words("chair.one_speaks")
    assert len(house.hand.rows("chair.invited")) == 1


def test_two_touches_at_once_invite_one_site(chairing: House) -> None:
    house = chairing
    house.ask("Xã Mèo Vạc", "Xã Hùng An")
    one, other = (row.id for row in house.view.queue)

    async def both() -> None:
        await asyncio.gather(house.room.invite_site(one), house.room.invite_site(other))

    house.run(both())
    assert len(house.hand.rows("chair.invited")) == 1


def test_kill_leaves_sites_queue_and_speaker_as_they_were(chairing: House) -> None:
    house = chairing
    house.run(house.room.tell_site(house.id("Xã Hùng An"), "both_ways"))
    house.ask("Xã Mèo Vạc", "Xã Hùng An")
    house.run(house.room.invite_site(house.view.first))
    before = house.room.chair
    house.run(house.hand.end())
    house.road.joined = False
    house.room = house.run(house.hand.begin())
    assert house.room.chair == before
    assert house.queue() == ["Xã Mèo Vạc", "1. Xã Hùng An"]


def test_after_a_loss_of_our_own_link_no_site_is_said_to_be_there(chairing: House) -> None:
    house = chairing
    house.run(house.room.tell_site(house.id("Xã Hùng An"), "both_ways"))
    house.run(house.room._lost("lost", 10))
    house.run(house.room.watch_sites())
    assert house.hand.rows("chair.site")[-1]["by"] == "own_link"
    assert house.view.sites[0].state is RowState.FAILED


def test_site_that_waits_to_speak_while_its_link_is_lost_is_told_so_in_the_queue(chairing: House) -> None:
    house = chairing
    house.ask("Xã Mèo Vạc")
    assert house.view.queue[0].words.startswith("Xin lúc ")
    house.run(house.room.tell_site(house.id("Xã Mèo Vạc"), "lost"))
    assert house.view.queue[0].words.endswith(", mất kết nối")


def test_platform_brings_sites_and_takes_them_away(chairing: House) -> None:
    house = chairing
    house.present("xa hung an", "UBND tỉnh Tuyên Quang", house.room.profile.site.name)
    assert [(row.name, row.words) for row in house.view.sites] == [
        ("Xã Hùng An", "Đã kết nối, chưa xác nhận"),
        ("Xã Mèo Vạc", "Chưa có mặt"),
        ("Phường Hà Giang 1", "Chưa có mặt"),
        ("UBND tỉnh Tuyên Quang", "Đã kết nối, chưa xác nhận"),
    ]
    house.present("UBND tỉnh Tuyên Quang")
    assert house.view.sites[0].words == "Mất kết nối"


def test_name_that_only_the_platform_knows_stays_outside_the_chain(chairing: House) -> None:
    house = chairing
    house.present("Nguyễn Thị Ánh Đào")
    house.ask("Nguyễn Thị Ánh Đào")
    assert not any("Đào" in str(row.body) for row in house.hand.journal.rows())
    house.run(house.hand.end())
    house.room = house.run(house.hand.begin())
    assert house.view.sites[-1].name == "Nguyễn Thị Ánh Đào"


def test_list_of_sites_holds_for_the_next_meeting_and_nobody_is_there_yet(chairing: House) -> None:
    house = chairing
    house.run(house.room.tell_site(house.id("Xã Hùng An"), "both_ways"))
    house.ask("Xã Hùng An")
    house.run(house.room.drop_site(house.id("Xã Mèo Vạc")))
    meeting = house.room.meetings[house.room.meeting_id]
    house.room.meetings["next"] = msgspec.structs.replace(meeting, id="next")
    house.room.meeting_id = "next"
    assert [(row.name, row.words) for row in house.view.sites] == [
        ("Xã Hùng An", "Chưa có mặt"),
        ("Phường Hà Giang 1", "Chưa có mặt"),
    ]
    assert house.queue() == []


def test_units_of_the_contact_register_are_offered_once(chairing: House) -> None:
    house = chairing
    person = house.run(house.room.person("Lò Thị Mai", "0912345678"))
    for unit in ("Xã Yên Minh", "xa yen minh", "Xã Hùng An", ""):
        house.run(house.room.put_entry(Book.CONTACTS, {"person": person, "role": "Cán bộ đầu mối", "unit": unit}))
    assert [folded.casefold() for folded in house.view.offered] in (["xã yên minh"], ["xa yen minh"])
    house.run(house.room.add_sites([*house.view.offered, "Xã Hùng An"]))
    assert len(house.view.sites) == 4
    assert house.view.offered == ()


@pytest.mark.parametrize(("people", "warns"), [(1, True), (2, False)])
def test_chair_site_with_one_of_the_carriers_people_is_warned(tmp_path: Path, people: int, warns: bool) -> None:
    profile = PROFILE + "".join(CARRIERS.format(n=n) for n in range(people))
    house = House(tmp_path, profile).meet()
    assert [row.words for row in house.view.warnings] == (["Có 1/2 người"] if warns else [])
    house.run(house.hand.end())
    house.loop.close()
