"""The verdict on a recall, reading by reading, without a camera or a clock."""

from devices.camera.judging import Judge, Patience
from devices.contract import Outcome, Position, Reason

HERE, THERE = Position(0, 0, 0), Position(100, 0, 0)
VERIFIED, SENT = (Outcome.VERIFIED, None), (Outcome.SENT, None)
MISSING = (Outcome.FAILED, Reason.PRESET_MISSING)


def near(one: Position, other: Position) -> bool:
    return abs(one.pan - other.pan) <= 5


def judge(stored: Position | None = THERE, before: Position | None = None, arrived_s: float = 0.0) -> Judge:
    return Judge(stored, before, near, lambda one, other: one == other, Patience(arrived_s, 1.0, 2.0, 15.0), 0.0)


def test_two_equal_readings_at_the_stored_place_verify() -> None:
    made = judge()
    assert made.hear(THERE, 1.0) is None
    assert made.hear(THERE, 1.1) == VERIFIED


def test_passing_through_the_stored_place_verifies_nothing() -> None:
    made = judge()
    assert [made.hear(Position(pan, 0, 0), pan / 50) for pan in (96, 98, 100, 102, 104)] == [None] * 5


def test_what_tells_its_position_seldom_must_stay_for_longer() -> None:
    made = judge(arrived_s=0.5)
    assert [made.hear(THERE, at) for at in (1.0, 1.2, 1.4)] == [None] * 3
    assert made.hear(THERE, 1.5) == VERIFIED


def test_a_camera_that_says_it_rests_is_believed_where_it_agrees() -> None:
    made = judge(arrived_s=0.5)
    made.hear(THERE, 1.0, moving=False)
    assert made.hear(THERE, 1.1, moving=False) == VERIFIED


def test_a_camera_that_says_it_moves_has_not_arrived() -> None:
    made = judge()
    assert [made.hear(THERE, at, moving=True) for at in (1.0, 2.0, 9.0)] == [None] * 3


def test_rest_elsewhere_is_a_missing_preset_only_after_a_while() -> None:
    made = judge()
    assert [made.hear(HERE, at, moving=False) for at in (0.1, 1.0, 2.0)] == [None] * 3
    assert made.hear(HERE, 2.2, moving=False) == MISSING


def test_no_position_is_only_sent() -> None:
    assert judge().hear(None, 1.0) == SENT


def test_an_unknown_place_is_verified_by_having_gone_and_come_to_rest() -> None:
    made = judge(None, HERE)
    assert [made.hear(THERE, at) for at in (1.0, 1.5)] == [None] * 2
    assert made.hear(THERE, 2.0) == VERIFIED


def test_an_unknown_place_without_motion_is_only_sent() -> None:
    made = judge(None, HERE)
    assert made.hear(HERE, 0.1) is None
    assert made.hear(HERE, 2.2) == SENT


def test_a_camera_that_never_rests_is_only_sent() -> None:
    made = judge()
    assert [made.hear(Position(pan, 0, 0), pan) for pan in range(16)][-1] is None
    assert made.hear(Position(16, 0, 0), 15.1) == SENT
