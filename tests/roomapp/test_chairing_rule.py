"""Chairing, pure: requests keep their order, what is withdrawn is gone, one site speaks at a time, rows fold back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from roomapp.rules.chairing import (
    ASKED,
    ENDED,
    INVITED,
    SITE,
    SITES,
    WITHDRAWN,
    Chair,
    ChairError,
    SiteState,
    Teller,
    chair_of,
    seen_by_platform,
)
from roomapp.words import LANGUAGES, Words

AT = datetime(2026, 11, 30, 1, 43, tzinfo=UTC)
LISTED = [("a", "Xã Hùng An"), ("b", "Xã Mèo Vạc"), ("c", "Phường Hà Giang 1")]
CHAIR = Chair().with_sites(LISTED)


def asked(*sites: str, chair: Chair = CHAIR) -> Chair:
    for number, site in enumerate(sites):
        chair = chair.ask(f"{site}{number}", site, AT + timedelta(minutes=number))
    return chair


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ChairError) as caught:
        act()
    return caught.value.key


def test_requests_stand_in_the_order_in_which_they_came() -> None:
    assert [turn.site for turn in asked("b", "a", "c").queue] == ["b", "a", "c"]


def test_withdrawn_request_is_gone_and_the_others_keep_their_order() -> None:
    assert [turn.site for turn in asked("b", "a", "c").withdraw("a1").queue] == ["b", "c"]


def test_second_site_is_not_invited_while_one_speaks() -> None:
    one = asked("a", "b").invite("a0", AT)
    assert refused(lambda: one.invite("b1", AT)) == "one_speaks"
    assert one.end("a0").invite("b1", AT).speaking is not None


def test_chairperson_may_name_another_than_the_first() -> None:
    chair = asked("a", "b", "c").invite("b1", AT)
    assert chair.speaking is not None
    assert (chair.speaking.site, [turn.site for turn in chair.queue]) == ("b", ["a", "c"])


def test_site_that_waits_or_speaks_asks_only_once() -> None:
    assert refused(lambda: asked("a", "a")) == "asked_already"
    assert refused(lambda: asked("a").invite("a0", AT).ask("x", "a", AT)) == "asked_already"


@pytest.mark.parametrize(
    ("act", "key"),
    [
        (lambda: CHAIR.ask("x", "nobody", AT), "unknown_site"),
        (lambda: CHAIR.told("nobody", SiteState.LOST, Teller.PERSON), "unknown_site"),
        (lambda: CHAIR.invite("x", AT), "gone"),
        (lambda: CHAIR.withdraw("x"), "gone"),
        (lambda: CHAIR.end("x"), "gone"),
        (lambda: asked("a").end("a0"), "gone"),
        (lambda: CHAIR.with_sites((str(n), "x") for n in range(301)), "too_many_sites"),
    ],
)
def test_what_cannot_be_is_refused_by_name(act: Callable[[], object], key: str) -> None:
    assert refused(act) == key
    assert all(f"chair.{key}{end}" in Words(lang) for lang in LANGUAGES for end in ("", "_remedy"))


def test_another_list_keeps_how_sites_stand_and_who_waits() -> None:
    chair = asked("c", chair=CHAIR.told("a", SiteState.BOTH_WAYS, Teller.PERSON)).with_sites([("d", "D"), ("a", "A")])
    assert [(one.id, one.name, one.state) for one in chair.sites] == [
        ("d", "D", SiteState.ABSENT),
        ("a", "A", SiteState.BOTH_WAYS),
        ("c", "Phường Hà Giang 1", SiteState.ABSENT),
    ]


def test_platform_tells_who_came_and_whom_it_lost() -> None:
    chair = CHAIR.told("a", SiteState.CONNECTED, Teller.PLATFORM).told("a", SiteState.BOTH_WAYS, Teller.PERSON)
    come = (("b", SiteState.CONNECTED), ("p7", SiteState.CONNECTED))
    assert seen_by_platform(chair, ["a"], ["a", "b", "p7"]) == come
    assert seen_by_platform(chair, ["a"], []) == (("a", SiteState.LOST),)


def test_platform_says_nothing_of_a_site_that_it_never_knew() -> None:
    assert seen_by_platform(CHAIR.told("a", SiteState.CONNECTED, Teller.PERSON), [], []) == ()


def test_person_who_hears_nothing_from_a_site_is_not_contradicted_while_it_stays_on_the_platforms_list() -> None:
    chair = CHAIR.told("a", SiteState.CONNECTED, Teller.PLATFORM).told("a", SiteState.LOST, Teller.PERSON)
    assert seen_by_platform(chair, ["a"], ["a", "b"]) == (("b", SiteState.CONNECTED),)
    assert seen_by_platform(chair, [], ["a"]) == (("a", SiteState.CONNECTED),)


def test_rows_of_another_meeting_and_of_no_sense_change_nothing() -> None:
    listed = (SITES, {"sites": [{"id": "a", "name": "A"}]})
    rows: list[tuple[str, dict[str, Any]]] = [
        listed,
        (ASKED, {"meeting": "other", "id": "1", "site": "a", "at": AT.isoformat()}),
        (ASKED, {"meeting": "m", "id": "1", "site": "z", "at": AT.isoformat()}),
        (ASKED, {"meeting": "m", "id": "1", "site": "a", "at": "half past"}),
        (ASKED, {"meeting": "m"}),
        (SITE, {"meeting": "m", "site": "a", "state": "flying", "by": "person"}),
        (SITES, {"sites": None}),
        ("camera.state", {}),
    ]
    assert chair_of(rows, "m") == chair_of([listed], "m") == Chair().with_sites([("a", "A")])


class Meeting(RuleBasedStateMachine):
    """A model of plain lists beside the rule; every act that is taken is also a row."""

    def __init__(self) -> None:
        super().__init__()
        self.chair, self.minute = CHAIR, 0
        self.waiting: list[tuple[str, str]] = []
        self.speaks: str | None = None
        self.rows: list[tuple[str, dict[str, Any]]] = [
            (SITES, {"sites": [{"id": id, "name": name} for id, name in LISTED]})
        ]

    def _take(self, kind: str, **body: Any) -> bool:
        self.minute += 1
        row = {"meeting": "m", "at": (AT + timedelta(minutes=self.minute)).isoformat(), **body}
        try:
            self.chair = self.chair.after(kind, row)
        except ChairError:
            return False
        self.rows.append((kind, row))
        return True

    @rule(site=st.sampled_from("abc"))
    def asks(self, site: str) -> None:
        id = f"{site}{self.minute}"
        waits = any(one == site for _, one in self.waiting) or self.speaks == site
        assert self._take(ASKED, id=id, site=site) is not waits
        if not waits:
            self.waiting.append((id, site))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def is_invited(self, data: st.DataObject) -> None:
        id, site = data.draw(st.sampled_from(self.waiting))
        assert self._take(INVITED, id=id) is (self.speaks is None)
        if self.speaks is None:
            self.waiting.remove((id, site))
            self.speaks = site

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def withdraws(self, data: st.DataObject) -> None:
        id, site = data.draw(st.sampled_from(self.waiting))
        assert self._take(WITHDRAWN, id=id)
        self.waiting.remove((id, site))

    @rule()
    def ends(self) -> None:
        id = self.chair.speaking.id if self.chair.speaking is not None else "nobody"
        assert self._take(ENDED, id=id) is (self.speaks is not None)
        self.speaks = None

    @rule(site=st.sampled_from("abc"), state=st.sampled_from(SiteState), by=st.sampled_from(Teller))
    def stands(self, site: str, state: SiteState, by: Teller) -> None:
        assert self._take(SITE, site=site, state=str(state), by=str(by))

    @invariant()
    def order_is_kept_and_one_speaks(self) -> None:
        assert [(turn.id, turn.site) for turn in self.chair.queue] == self.waiting
        assert (self.chair.speaking.site if self.chair.speaking is not None else None) == self.speaks

    @invariant()
    def rows_fold_back(self) -> None:
        assert chair_of(self.rows, "m") == self.chair


TestAnyMeeting = Meeting.TestCase


@given(st.lists(st.sampled_from("abcdef")), st.lists(st.sampled_from("abcdef")))
def test_after_the_platform_was_heard_it_has_nothing_new_to_say(before: list[str], present: list[str]) -> None:
    chair = CHAIR
    for heard, now in ((list[str](), before), (before, present)):
        for site, state in seen_by_platform(chair, heard, now):
            chair = chair.told(site, state, Teller.PLATFORM)
        assert seen_by_platform(chair, now, now) == ()
        assert {one.id for one in chair.sites if one.there} == set(now)
