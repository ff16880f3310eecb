"""Phiếu kiểm tra sẵn sàng of one meeting, and the sheet of turning off, from the session's record."""

from collections.abc import Iterator, Sequence
from typing import Any

from roomapp.events import RowState
from roomapp.records.calendar import deadlines_of
from roomapp.records.chain import Row
from roomapp.records.facts.record import Noted, SessionRecord, StepFact
from roomapp.records.facts.session import record_of
from roomapp.records.facts.telling import FactError, Telling, planned
from roomapp.records.papers.readiness import Checked, Readiness, ShutdownStep
from roomapp.rules.pack import Article

ITEM_OF = {
    **{"surroundings": "flammables", "display": "display", "link": "main_link", "contact": "contacts"},
    **{"camera": "camera", "picture": "camera", "microphone": "sound_in", "sound": "sound_in"},
    **{"loudspeaker": "sound_out", "framing": "framing"},
}
RESULTS = {
    RowState.PASSED: "pass",
    RowState.WARNED: "warn",
    RowState.FAILED: "fail",
    RowState.ASK: "ask",
    RowState.SKIPPED: "skip",
}
THERE, SENT = "verified", "sent"


def readiness_of(rows: Sequence[Row], id: str, telling: Telling) -> Readiness:
    """FactError for a meeting that was never in this room's calendar, or without deadlines."""
    meeting, kept = planned(rows, id), deadlines_of((row.kind, row.body) for row in rows).get(id)
    if meeting is None:
        raise FactError("imported")
    if kept is None or kept.times is None:
        raise FactError("no_times")
    record, times = record_of(rows, id, telling), kept.times
    trial = next((one for one in reversed(record.trials) if one.finished_at is not None), None)
    late_s = (times.latest - trial.finished_at).total_seconds() if trial and trial.finished_at else None
    two_way = record.two_way
    if two_way is None and trial is not None and trial.finished_at is not None:
        two_way = Noted(trial.finished_at, trial.rows, trial.confirmed_by)
    officer = record.duties[-1].person if record.duties else 0
    local = telling.local
    zone = telling.site.zone
    return Readiness(
        issuer=telling.issuer(),
        day=meeting.opening.astimezone(zone).date(),
        meeting=meeting.title,
        scale=str(meeting.scale),
        role=str(meeting.role),
        opening=meeting.opening.astimezone(zone),
        strict=times.strict.astimezone(zone),
        latest=times.latest.astimezone(zone),
        connect=times.connect.astimezone(zone),
        checked=tuple(_checked(record, telling)),
        trial_verdict=telling.said(f"facts.judged_{trial.verdict}") if trial is not None else "",
        trial_margin_s=late_s,
        connected_at=local(record.connected.at) if record.connected is not None else None,
        lead_s=record.lead_s,
        connect_verdict=telling.said(f"facts.judged_{record.connect_verdict}"),
        two_way_by=telling.role(two_way.by) if two_way is not None else "",
        two_way_at=local(two_way.at) if two_way is not None else None,
        officer_code=str(officer) if officer else "",
        officer=telling.name(officer),
        shutdown=tuple(_shutdown(record, telling)),
    )


def _checked(record: SessionRecord, telling: Telling) -> Iterator[Checked]:
    links = 0
    for step in record.steps:
        if step.list != "power_on":
            continue
        kind = step.step.partition(".")[0]
        item = ITEM_OF.get(kind, "")
        if kind == "link":
            item, links = ("backup_link" if links else item), links + 1
        yield _step(step, item, telling)
    for framing in record.framings:
        if record.connected is None or framing.at <= record.connected.at:
            result = "pass" if framing.what == THERE else "warn" if framing.what == SENT else "fail"
            name = telling.seats.get(framing.by, framing.by)
            yield Checked(item="framing", result=result, name=name, at=telling.local(framing.at))
    if record.duties:
        duty = record.duties[-1]
        rule = telling.pack.articles.get(Article.ROSTER, "")
        name = telling.name(duty.person)
        yield Checked(item="on_duty", result="pass", name=name, at=telling.local(duty.at), rule=rule)
    if record.secret_asked is not None:
        at, rule = telling.local(record.secret_asked.at), telling.pack.articles.get(Article.STATE_SECRET, "")
        yield Checked(item="not_secret", result="pass", at=at, rule=rule)
        if record.paper:
            yield Checked(item="system_allowed", result="pass", measured=record.paper, at=at)


def _step(step: StepFact, item: str, telling: Telling) -> Checked:
    text = telling.steps.get((step.list, step.step))
    name = text.name(telling.words.lang) if text is not None else step.step
    device = text.device_name if text is not None else ""
    article = text.article if text is not None else ""
    rule = telling.pack.articles.get(Article(article), "") if article in set(Article) else ""
    return Checked(
        item=item or name,
        result=_result(step),
        name=device if item else "",
        measured=_measured(step, telling),
        at=telling.local(step.at),
        rule=rule,
        reason=telling.said(f"ui.skip_{step.reason}") if step.reason else "",
    )


def _result(step: StepFact) -> str:
    return RESULTS.get(RowState(step.state), "") if step.state in set(RowState) else ""


def _measured(step: StepFact, telling: Telling) -> str:
    """The step's own sentence with what was measured; what a person answered stands as the answer."""
    text = telling.steps.get((step.list, step.step))
    values: dict[str, Any] = dict(step.measured)
    if text is None or not values:
        return ""
    said = text.text(telling.words.lang)
    if "answer" in values:
        return said.answers.get(str(values["answer"]), "")
    try:
        return said.good.format(**values) if "{" in said.good else ""
    except (KeyError, IndexError, ValueError):
        return ""


def _shutdown(record: SessionRecord, telling: Telling) -> Iterator[ShutdownStep]:
    """In the list's own order, also what was not done; without a run of the list nothing."""
    done = {step.step: step for step in record.steps if step.list == "shutdown"}
    if not done:
        return
    named = {step: text for (kind, step), text in telling.steps.items() if kind == "shutdown"}
    officer = telling.name(record.duties[-1].person) if record.duties else ""
    for id in [*named, *(id for id in done if id not in named)]:
        step = done.get(id)
        name = named[id].name(telling.words.lang) if id in named else id
        if step is None:
            yield ShutdownStep(name=name)
            continue
        reason = telling.said(f"ui.skip_{step.reason}") if step.reason else ""
        yield ShutdownStep(name=name, result=_result(step), at=telling.local(step.at), who=officer, reason=reason)
