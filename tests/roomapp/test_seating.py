"""The seating plan: edits, their limits, and what remains of them after a restart or a changed profile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomapp.profile import Seat
from roomapp.rules.seating import MOST_SEATS, PLACED, REMOVED, Seating, SeatingError, after, removal_of, row_of


def name(number: int) -> str:
    return f"Ghế {number}"


BASE = Seating(
    (
        Seat(id="toan-canh", name="Toàn cảnh", camera="main", preset=0, overview=True),
        Seat(id="ghe-1", name="Ghế 1", camera="main", preset=1, x=0.2, y=0.2),
        Seat(id="ghe-2", name="Ghế 2", camera="side", preset=1, x=0.6, y=0.2),
    )
)


def test_new_seat_takes_the_first_free_name_and_the_first_free_preset_of_its_camera() -> None:
    seat = BASE.new_seat("side", name, 0.5, 0.5)
    assert (seat.id, seat.name, seat.preset) == ("ghe-3", "Ghế 3", 2)


def test_plan_holds_sixty_four_seats_and_says_so_at_the_next() -> None:
    plan = BASE
    while len(plan.seats) < MOST_SEATS:
        plan = plan.with_seat(plan.new_seat("main", name, 0.5, 0.5))
    assert len({seat.preset for seat in plan.seats if seat.camera == "main"}) == MOST_SEATS - 1
    with pytest.raises(SeatingError, match="too_many"):
        plan.new_seat("main", name, 0.5, 0.5)


def test_no_new_seat_is_given_a_number_that_opens_a_menu() -> None:
    plan = Seating(tuple(Seat(id=f"s{n}", name=f"S{n}", camera="main", preset=n) for n in range(1, 90)))
    with pytest.raises(SeatingError, match="no_free_preset"):
        plan.free_preset("main")


def test_two_seats_of_one_name_are_refused() -> None:
    with pytest.raises(SeatingError, match="taken"):
        BASE.with_seat(Seat(id="ghe-9", name="Ghế 1", camera="main"))


def test_removing_what_is_not_there_is_refused() -> None:
    with pytest.raises(SeatingError, match="unknown_seat"):
        BASE.without("ghe-9")


def test_edit_is_there_again_after_a_restart() -> None:
    moved = Seat(id="ghe-1", name="Chủ trì", camera="main", preset=1, x=0.9, y=0.9)
    assert after(BASE, [(PLACED, row_of(BASE, moved))]).seat("ghe-1") == moved
    assert after(BASE, [(REMOVED, removal_of(BASE, "ghe-1"))]).seat("ghe-1") is None


def test_profile_changed_later_is_stronger_than_an_older_edit() -> None:
    rows = [(PLACED, row_of(BASE, Seat(id="ghe-1", name="Cũ", camera="main", preset=1)))]
    newer = Seating((Seat(id="ghe-1", name="Mới", camera="main", preset=5),))
    assert after(newer, rows) == newer


def test_removed_seat_that_was_added_here_stays_away() -> None:
    seat = BASE.new_seat("main", name, 0.1, 0.9)
    rows = [(PLACED, row_of(BASE, seat)), (REMOVED, removal_of(BASE, seat.id)), (REMOVED, removal_of(BASE, seat.id))]
    assert after(BASE, rows) == BASE


@given(st.lists(st.tuples(st.sampled_from(["add", "move", "remove"]), st.integers(0, 9)), max_size=30))
def test_any_history_of_edits_gives_the_plan_that_was_seen(edits: list[tuple[str, int]]) -> None:
    plan, rows = BASE, []
    for act, number in edits:
        seats = plan.seats
        if act == "add":
            seat = plan.new_seat("main", name, number / 9, 0.5)
            plan = plan.with_seat(seat)
            rows.append((PLACED, row_of(BASE, seat)))
        elif seats and act == "move":
            old = seats[number % len(seats)]
            seat = Seat(id=old.id, name=old.name, camera=old.camera, preset=old.preset, x=number / 9, y=0.1)
            plan = plan.with_seat(seat)
            rows.append((PLACED, row_of(BASE, seat)))
        elif seats:
            id = seats[number % len(seats)].id
            plan = plan.without(id)
            rows.append((REMOVED, removal_of(BASE, id)))
    assert set(after(BASE, rows).seats) == set(plan.seats)
