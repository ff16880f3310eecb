"""The session's record folded from the journal; a kill between any two rows leaves what was there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from roomapp.records.calendar import deadlines_of
from roomapp.records.chain import Row
from roomapp.records.facts.record import Dip, DutyFact, Interruption, Noted, SessionRecord, StepFact, TrialFact, Turn
from roomapp.records.facts.telling import TAKEN, Placed, Telling, moment, placed, planned
from roomapp.rules.calendar.duties import judge_connection, judge_trial
from roomapp.rules.link_sums import LinkSums


def record_of(rows: Sequence[Row], meeting: str, telling: Telling) -> SessionRecord:
    """Of a meeting never heard of: empty. A row that makes no sense is passed over."""
    folding = _Folding(meeting)
    for one in placed(rows):
        try:
            folding.take(one)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    record = _judged(folding.result(), rows, meeting)
    duties = _duties(rows, record, telling)
    parts: list[Any] = [
        *record.trials,
        *record.turns,
        *record.framings,
        *record.dips,
        *record.interruptions,
        *record.steps,
    ]
    parts += [*duties, *record.recordings, *record.corrections]
    parts += [one for one in (record.connected, record.two_way, record.opened, record.closed) if one is not None]
    numbers = {number for part in parts for number in part.rows}
    return replace(record, duties=duties, rows=tuple(sorted(numbers | set(record.rows))))


class _Folding:
    def __init__(self, meeting: str) -> None:
        self._meeting = meeting
        self._record = SessionRecord(meeting)
        self._trials: dict[str, TrialFact] = {}
        self._turn: Turn | None = None
        self._turns: list[Turn] = []
        self._asked: tuple[str, tuple[int, ...]] = "", ()
        self._interruptions: dict[str, Interruption] = {}
        self._lists: dict[str, tuple[str, dict[str, StepFact]]] = {}  # run to (list, steps)
        self._waiting = ""  # the power-on run that is the next call's
        self._mine: list[str] = []
        self._notes: dict[str, list[Any]] = {"framings": [], "dips": [], "recordings": [], "corrections": []}

    def take(self, one: Placed) -> None:
        kind, body = one.row.kind, one.row.body
        if kind.startswith("checklist."):
            self._list(one)
        elif kind.startswith("trial."):
            self._trial(one.row, kind, body)
        elif kind.startswith("incident."):
            self._incident(one, kind, body)
        elif kind == "record.corrected":
            if body["register"] == "meeting" and body["id"] == self._meeting:
                noted = Noted(one.row.at, (one.row.seq,), str(body.get("who", "")), str(body.get("reason", "")))
                self._notes["corrections"].append(noted)
        elif one.meeting == self._meeting and not one.trial:
            self._in_meeting(one.row, kind, body)

    def _in_meeting(self, row: Row, kind: str, body: Mapping[str, Any]) -> None:
        number, record = (row.seq,), self._record
        if kind == "meeting.joining":
            self._record = replace(record, secret_asked=Noted(row.at, number), paper=str(body.get("paper", "")))
            self._record = replace(self._record, rows=(*record.rows, row.seq))
        elif kind == "session.moved":
            self._moved(row, body)
        elif kind in ("meeting.opened", "meeting.closed"):
            told = Noted(moment(body["at"]) or row.at, number, str(body.get("by", "")))
            opened = kind == "meeting.opened"
            self._record = replace(record, opened=told) if opened else replace(record, closed=told)
        elif kind == "meeting.attendance":
            self._record = replace(record, people=int(body["people"]), rows=(*record.rows, row.seq))
        elif kind == "meeting.link":
            self._record = replace(record, link=record.link + LinkSums.of(body), rows=(*record.rows, row.seq))
        elif kind == "meeting.dip":
            self._notes["dips"].append(Dip(number, row.at, str(body["why"]), float(body["seconds"])))
        elif kind == "framing.recalled":
            self._notes["framings"].append(Noted(row.at, number, str(body["seat"]), str(body.get("outcome", ""))))
        elif kind in ("recording.started", "recording.ended"):
            self._notes["recordings"].append(Noted(row.at, number, kind, str(body.get("reason", ""))))
        elif kind.startswith("microphone."):
            self._speak(row, kind, body)

    def _moved(self, row: Row, body: Mapping[str, Any]) -> None:
        state, record = body.get("state") or {}, self._record
        if body.get("phase") == "joining":
            self._take_list(self._waiting)
        elif body.get("phase") in ("closing", "shutting_down"):
            self._waiting = ""
        connected = moment(state.get("connected_at"))
        if connected is not None and record.connected is None and body.get("move") == "linked":
            self._record = replace(record, connected=Noted(connected, (row.seq,)))
        if body.get("move") == "confirm_two_way":
            word = state.get("two_way_confirmed_by") or {}
            self._record = replace(
                record, two_way=Noted(row.at, (row.seq,), str(body.get("who") or word.get("who", "")))
            )

    def _speak(self, row: Row, kind: str, body: Mapping[str, Any]) -> None:
        if kind in ("microphone.asked", "microphone.withdrawn"):
            self._asked = (str(body.get("by", "")), (row.seq,)) if kind == "microphone.asked" else ("", ())
        elif kind == "microphone.opened":
            self._end_turn(None)
            invited = str(body.get("invited_by") or "")
            rows = (*self._asked[1], row.seq)
            self._turn = Turn(rows, row.at, None, None, self._asked[0], invited, str(body.get("reason", "")))
            self._asked = "", ()
        elif kind == "microphone.closed":
            self._end_turn(row)

    def _end_turn(self, row: Row | None) -> None:
        turn, self._turn = self._turn, None
        if turn is not None and row is not None:
            seconds, why = row.body.get("open_s"), str(row.body.get("why", ""))
            turn = replace(turn, rows=(*turn.rows, row.seq), closed_at=row.at, seconds=seconds, closed_why=why)
        if turn is not None:
            self._turns.append(turn)

    def _trial(self, row: Row, kind: str, body: Mapping[str, Any]) -> None:
        id = str(body["trial"])
        if kind == "trial.began" and body["meeting"] == self._meeting:
            self._trials[id] = TrialFact((row.seq,), row.at)
            return
        trial = self._trials[id]
        if kind == "trial.confirmed":
            good, who = bool(body["both_ways"]), str(body.get("who", ""))
            finished = row.at if good and trial.finished_at is None else trial.finished_at
            trial = replace(trial, confirmed=good, confirmed_by=who, finished_at=finished)
        elif kind == "trial.held":
            trial = replace(trial, media=str(body.get("media", "")), cause=str(body.get("cause") or ""))
        self._trials[id] = replace(trial, rows=(*trial.rows, row.seq))

    def _incident(self, one: Placed, kind: str, body: Mapping[str, Any]) -> None:
        row, id = one.row, str(body["id"])
        if kind == "incident.opened" and one.meeting == self._meeting:
            began = moment(body["started_at"]) or row.at
            self._interruptions[id] = Interruption((row.seq,), id, began)
            return
        known = self._interruptions[id]
        known = replace(known, rows=(*known.rows, row.seq))
        if kind == "incident.restored":
            restored = moment(body.get("at")) or row.at
            known = replace(known, restored_at=restored, seconds=(restored - known.began_at).total_seconds())
        elif kind == "incident.lost_again":
            known = replace(known, restored_at=None, seconds=None)
        elif kind == "incident.closed" and "interruption_s" in body:
            end = known.restored_at or moment(body.get("at")) or row.at
            known = replace(known, restored_at=end, seconds=float(body["interruption_s"]))
        self._interruptions[id] = known

    def _list(self, one: Placed) -> None:
        row, body = one.row, one.row.body
        run = str(body["run"])
        if row.kind == "checklist.started":
            self._lists[run] = str(body["checklist"]), {}
            if body["checklist"] == "power_on":
                self._waiting = run
            elif one.meeting == self._meeting:
                self._take_list(run)
        elif row.kind == "checklist.step":
            name, steps = self._lists[run]
            values = dict(body.get("measured") or {})
            state, reason, fault = str(body["state"]), str(body.get("reason", "")), str(body.get("fault", ""))
            before = steps.get(str(body["step"]))
            rows = (*(before.rows if before else ()), row.seq)
            steps[str(body["step"])] = StepFact(rows, name, str(body["step"]), state, row.at, values, reason, fault)

    def _take_list(self, run: str) -> None:
        if run and run not in self._mine:
            self._mine.append(run)

    def result(self) -> SessionRecord:
        self._end_turn(None)
        steps = tuple(step for run in self._mine for step in self._lists[run][1].values())
        notes: dict[str, Any] = {name: tuple(found) for name, found in self._notes.items()}
        trials, turns = tuple(self._trials.values()), tuple(self._turns)
        cuts = tuple(self._interruptions.values())
        return replace(self._record, trials=trials, turns=turns, interruptions=cuts, steps=steps, **notes)


def _judged(record: SessionRecord, rows: Sequence[Row], id: str) -> SessionRecord:
    """By the deadlines as they were last counted; without them no verdict."""
    meeting = planned(rows, id)
    kept = deadlines_of((row.kind, row.body) for row in rows).get(id)
    times = kept.times if kept is not None else None
    connected = record.connected
    if connected is not None and meeting is not None:
        record = replace(record, lead_s=(meeting.opening - connected.at).total_seconds())
    if times is None:
        return record
    trials = tuple(
        one if one.finished_at is None else replace(one, verdict=str(judge_trial(one.finished_at, times)))
        for one in record.trials
    )
    verdict = str(judge_connection(connected.at, times)) if connected is not None else ""
    return replace(record, trials=trials, connect_verdict=verdict)


def _duties(rows: Sequence[Row], record: SessionRecord, telling: Telling) -> tuple[DutyFact, ...]:
    """Who signed on on the days on which something of this meeting took place, up to its end."""
    marks = [one.at for one in (record.connected, record.closed, record.opened) if one is not None]
    marks += [step.at for step in record.steps] + [trial.began_at for trial in record.trials]
    days = {at.astimezone(telling.site.zone).date() for at in marks}
    last = record.closed.at if record.closed is not None else None
    return tuple(
        DutyFact((row.seq,), row.at, int(row.body.get("person") or 0), int(row.body.get("instead_of") or 0))
        for row in rows
        if row.kind == TAKEN
        and row.at.astimezone(telling.site.zone).date() in days
        and (last is None or row.at <= last)
    )
