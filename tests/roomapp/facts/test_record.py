"""The session's record: each fact from its rows, and nothing of another meeting."""

from roomapp.records.facts.record import SessionRecord
from roomapp.records.facts.session import record_of
from tests.roomapp.facts.told import AFTER, BEFORE, WHOLE, Told, day, iso, moved, rows_of, telling


def record(*told: Told, meeting: str = "m1") -> SessionRecord:
    return record_of(rows_of(*told), meeting, telling())


def kinds(found: tuple[int, ...]) -> list[str]:
    return [WHOLE[number - 1][1] for number in found]


def test_the_trial_says_who_confirmed_it_and_its_verdict() -> None:
    (trial,) = record(*WHOLE).trials
    assert (trial.confirmed, trial.confirmed_by, trial.finished_at) == (True, "control_tech", day("05:05"))
    assert (trial.verdict, trial.media, trial.cause) == ("in_time", "both", "")
    assert kinds(trial.rows) == ["trial.began", "trial.confirmed", "trial.held"]


def test_the_connection_is_the_first_linked_and_its_lead_counts_to_the_planned_opening() -> None:
    found = record(*WHOLE)
    assert found.connected is not None
    assert (found.connected.at, found.lead_s, found.connect_verdict) == (day("06:20"), 100 * 60, "in_time")
    (row,) = found.connected.rows
    assert WHOLE[row - 1][0] == "06:20", "the later link after the loss is not the first"


def test_opening_and_closing_stand_as_they_were_told() -> None:
    found = record(*WHOLE)
    assert found.opened is not None
    assert found.closed is not None
    assert (found.opened.at, found.closed.at, found.closed.by) == (day("08:05"), day("10:00"), "chair")


def test_a_turn_has_its_seconds_and_who_asked_and_invited() -> None:
    (turn,) = record(*WHOLE).turns
    assert (turn.seconds, turn.asked_by, turn.invited_by, turn.closed_why) == (609.0, "hand", "chair_site", "lose")
    assert kinds(turn.rows) == ["microphone.asked", "microphone.opened", "microphone.closed"]


def test_a_turn_whose_end_a_kill_took_away_has_no_seconds() -> None:
    (turn,) = record(*BEFORE, ("08:20", "microphone.opened", {"invited_by": "chair_site"})).turns
    assert (turn.closed_at, turn.seconds) == (None, None)


def test_framings_dips_and_interruptions_are_of_this_call() -> None:
    found = record(*WHOLE)
    assert [(one.at, one.by, one.what) for one in found.framings] == [(day("08:10"), "ghe-1", "sent")]
    assert [(one.why, one.seconds) for one in found.dips] == [("weak", 4.0)]
    (cut,) = found.interruptions
    assert (cut.began_at, cut.restored_at, cut.seconds) == (day("08:30:01"), day("08:42:31"), 750.0)


def test_the_lists_before_and_after_the_call_are_its_own_and_the_last_word_of_a_step_counts() -> None:
    steps = {(one.list, one.step): one for one in record(*WHOLE).steps}
    assert set(steps) == {("power_on", "link.a"), ("power_on", "link.b"), ("shutdown", "mic_off")}
    assert steps["power_on", "link.a"].measured == {"ms": 12}
    assert (steps["power_on", "link.b"].state, steps["power_on", "link.b"].reason) == ("skipped", "broken")
    assert kinds(steps["power_on", "link.b"].rows) == ["checklist.step", "checklist.step"]


def test_who_was_on_duty_stands_by_number_with_whom_they_replaced() -> None:
    assert [(one.person, one.instead_of) for one in record(*WHOLE).duties] == [(1, 2)]


def test_every_row_of_the_record_is_one_of_the_journals() -> None:
    found = record(*WHOLE)
    assert found.people == 12
    assert set(found.rows) <= set(range(1, len(WHOLE) + 1))
    assert {"trial.held", "microphone.closed", "incident.closed", "meeting.attendance"} <= set(kinds(found.rows))


def test_another_meeting_has_nothing_of_it() -> None:
    assert record(*WHOLE, meeting="m2") == SessionRecord("m2")


def test_a_correction_stands_beside_with_its_row() -> None:
    body = {"register": "meeting", "id": "m1", "fields": {"attendance": 13}, "reason": "miscounted", "who": 1}
    (one,) = record(*WHOLE, ("11:00", "record.corrected", body)).corrections
    assert (one.what, one.by, one.rows) == ("miscounted", "1", (len(WHOLE) + 1,))


def test_a_kill_between_any_two_rows_leaves_a_record() -> None:
    assert all(record(*WHOLE[:cut]).meeting == "m1" for cut in range(len(WHOLE) + 1))


def test_a_row_that_makes_no_sense_is_passed_over() -> None:
    odd = [("09:00", kind, {}) for _, kind, _ in WHOLE] + [("09:00", "incident.opened", {"id": 1, "started_at": 5})]
    found = record(*BEFORE, ("08:30", "session.moved", moved("linked", "in_room", "06:20")), *odd, *AFTER)
    assert found.opened is not None
    assert found.opened.at.isoformat() == iso("08:05")
