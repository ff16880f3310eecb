"""A checklist being run: what can be measured runs by itself, in parallel where the order allows; all is journalled.

After a kill it resumes at the same step. A step that switches power is announced in the journal before it acts; if its
outcome is missing afterwards, a person is asked, and nothing is switched twice by itself.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from devices.contract import DeviceError
from roomapp.events import ChecklistView, Place, RowState, StepDetail, StepRow
from roomapp.rules.checklist import Step, StepKind
from roomapp.running.measures import Measure, Measured
from roomapp.words import Words

log = logging.getLogger(__name__)

SETTLED = (RowState.PASSED, RowState.WARNED, RowState.SKIPPED)


class Keeper(Protocol):
    """Where rows are kept (the journal)."""

    async def append(self, kind: str, body: Mapping[str, Any]) -> object: ...


@dataclass(slots=True)
class StepRun:
    """How far one step has come."""

    state: RowState = RowState.WAITING
    fault: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""  # why it was skipped
    redo: bool = False  # a power switch whose outcome a kill has hidden


class ChecklistRunner:
    """Runs one checklist of one room."""

    def __init__(
        self,
        id: str,
        steps: tuple[Step, ...],
        measures: Mapping[str, Measure],
        keeper: Keeper,
        words: Words,
        grounds: Mapping[str, str],
        changed: Callable[[], None],
    ) -> None:
        self.id, self._steps, self._measures, self._keeper = id, steps, measures, keeper
        self._words, self._grounds, self._changed = words, grounds, changed
        self._runs = {step.id: StepRun() for step in steps}
        self._by_id = {step.id: step for step in steps}
        self._open = ""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.run_id = ""
        self.finished = False
        self._stopped = False

    async def start(self) -> None:
        """Begins anew."""
        self.run_id = uuid4().hex[:12]
        await self._keeper.append("checklist.started", {"run": self.run_id, "checklist": self.id})
        await self.advance()

    async def resume(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> bool:
        """Takes up the run that a kill or a power cut ended; False where the newest run has been finished."""
        self.remember(rows)
        if not self.run_id or self.finished:
            return False
        await self.advance()
        return True

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Takes from the journal how far the newest run has come; begins nothing."""
        switching: set[str] = set()
        for kind, body in rows:
            if kind == "checklist.started" and body.get("checklist") == self.id:
                self.run_id, self.finished = str(body["run"]), False
                self._runs = {step.id: StepRun() for step in self._steps}
                switching = set()
            elif body.get("run") != self.run_id or not self.run_id or body.get("step", "") not in {*self._by_id, ""}:
                continue
            elif kind == "checklist.finished":
                self.finished = True
            elif kind == "checklist.switching":
                switching.add(str(body["step"]))
            elif kind == "checklist.step":
                switching.discard(str(body["step"]))
                self._runs[str(body["step"])] = StepRun(
                    RowState(body["state"]),
                    str(body.get("fault", "")),
                    dict(body.get("measured") or {}),
                    str(body.get("reason", "")),
                )
        for id in switching:
            self._runs[id] = StepRun(RowState.ASK, redo=True)

    async def advance(self) -> None:
        """Starts every step whose turn it is; asks what only a person can judge; ends the run when all is settled."""
        for step in self._steps:
            run = self._runs[step.id]
            if run.state is not RowState.WAITING or not self._turn_of(step):
                continue
            if step.kind is StepKind.ASK:
                run.state = RowState.ASK
            elif step.kind is StepKind.PAGE:
                run.state = RowState.TODO
            else:
                self._begin(step)
        if not self.finished and all(run.state in SETTLED for run in self._runs.values()):
            self.finished = True
            await self._keeper.append("checklist.finished", {"run": self.run_id, "checklist": self.id})
        self._changed()

    def _turn_of(self, step: Step) -> bool:
        return all(self._runs[before].state in SETTLED for before in step.after)

    def _begin(self, step: Step) -> None:
        if self._stopped:
            return
        self._runs[step.id].state = RowState.RUNNING
        task = asyncio.ensure_future(self._measure(step))
        self._tasks[step.id] = task
        task.add_done_callback(
            lambda done: self._tasks.pop(step.id, None) if self._tasks.get(step.id) is done else None
        )

    async def _measure(self, step: Step) -> None:
        if step.switches_power:
            await self._keeper.append("checklist.switching", {"run": self.run_id, "step": step.id})
        try:
            async with asyncio.timeout(step.timeout_s):
                measured = await self._measures[step.measure](step)
        except TimeoutError:
            measured = Measured(RowState.FAILED, "no_answer")
        except DeviceError as error:
            measured = Measured(RowState.FAILED, str(error.reason))
        await self.settle(step.id, measured)

    async def settle(self, id: str, measured: Measured) -> None:
        """Keeps how a step ended, and goes on."""
        step, run = self._by_id[id], self._runs[id]
        body: dict[str, Any] = {"run": self.run_id, "step": id, "state": str(measured.state)}
        if measured.fault:
            body["fault"] = measured.fault
        if measured.values:
            body["measured"] = measured.values
        await self._keeper.append("checklist.step", body)
        run.state, run.fault, run.values, run.redo = measured.state, measured.fault, measured.values, False
        if measured.state is RowState.FAILED:
            log.info("checklist %s: %s failed: %s", self.id, step.id, measured.fault)
        await self.advance()

    # --- what a person does ---

    def open(self, id: str) -> None:
        """Looks at a row."""
        if id in self._runs:
            self._open = id
            self._changed()

    async def answer(self, id: str, answer: str) -> None:
        """A person's answer to an asked step."""
        step, run = self._by_id.get(id), self._runs.get(id)
        if step is None or run is None or run.state is not RowState.ASK:
            return
        if run.redo and answer == "redo":
            run.redo = False
            self._begin(step)
            self._changed()
            return
        good = answer in ("done", "yes") if step.kind is not StepKind.ASK else answer == step.good
        state = RowState.PASSED if good else RowState.FAILED
        await self.settle(id, Measured(state, "" if good else "answered", {"answer": answer}))
        if good and self._open == id:
            self._open = ""
            self._changed()

    async def recheck(self, id: str) -> None:
        """Measures or asks again."""
        step, run = self._by_id.get(id), self._runs.get(id)
        if step is None or run is None or run.state is RowState.RUNNING or self.finished:
            return
        self._runs[id] = StepRun()
        await self.advance()

    async def skip(self, id: str, reason: str) -> None:
        """Passes over a step, with the reason from the list; never one that the rules do not let go."""
        step, run = self._by_id.get(id), self._runs.get(id)
        if step is None or run is None or not step.skippable or run.state in SETTLED or not reason:
            return
        await self._keeper.append(
            "checklist.step", {"run": self.run_id, "step": id, "state": str(RowState.SKIPPED), "reason": reason}
        )
        self._runs[id] = StepRun(RowState.SKIPPED, reason=reason)
        self._open = ""
        await self.advance()

    async def page_done(self, page: str, measured: Measured) -> None:
        """A step with a page of its own has been done there."""
        for step in self._steps:
            run = self._runs[step.id]
            if step.page == page and run.state in (RowState.TODO, RowState.FAILED, RowState.WARNED, RowState.PASSED):
                await self.settle(step.id, measured)

    def state(self, id: str) -> RowState | None:
        run = self._runs.get(id)
        return run.state if run else None

    async def stop(self) -> None:
        """Lets running measurements go; one that ends at this very moment begins no other."""
        self._stopped = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- what the screen shows ---

    def view(self) -> ChecklistView:
        rows = tuple(
            StepRow(s.id, s.name(self._words.lang), self._runs[s.id].state, self._said(s)) for s in self._steps
        )
        open_step = self._open_step()
        detail = self._detail(open_step) if open_step is not None else None
        question = None
        if detail is not None and detail.state is RowState.FAILED:
            asked = next((s for s in self._steps if self._runs[s.id].state is RowState.ASK), None)
            question = self._detail(asked) if asked is not None else None
        at = next(
            (n for n, s in enumerate(self._steps, 1) if self._runs[s.id].state not in SETTLED), len(self._steps) + 1
        )
        page = next((s.page for s in self._steps if self._runs[s.id].state is RowState.TODO), "")
        failed_page = next((s.page for s in self._steps if s.page and self._runs[s.id].state is RowState.FAILED), "")
        place = page or failed_page
        return ChecklistView(
            self.id,
            rows,
            at,
            open_step.id if open_step else "",
            detail,
            question,
            self.finished,
            Place(place) if place else None,
        )

    def _open_step(self) -> Step | None:
        """The row at the side: the touched one while it needs somebody, else the first fault, else a question."""
        if self._open and self._runs[self._open].state in (RowState.FAILED, RowState.ASK, RowState.WARNED):
            return self._by_id[self._open]
        for wanted in (RowState.FAILED, RowState.ASK, RowState.TODO):
            found = next((s for s in self._steps if self._runs[s.id].state is wanted), None)
            if found is not None:
                return found
        return None

    def _said(self, step: Step) -> str:
        run, words = self._runs[step.id], self._words
        if run.state is RowState.PASSED:
            try:
                return step.text(words.lang).good.format(**run.values)
            except (KeyError, IndexError):
                return words("check.passed")
        if run.state is RowState.SKIPPED:
            return words("check.skipped")
        return words(f"check.{run.state}")

    def _detail(self, step: Step) -> StepDetail:
        run, lang = self._runs[step.id], self._words.lang
        text = step.text(lang)
        ground = self._grounds.get(step.article, "")
        if run.state is RowState.ASK:
            answers = tuple(text.answers.items())
            question = text.question.format(name=step.device_name) if text.question else step.name(lang)
            return StepDetail(
                step.id,
                run.state,
                question,
                article=ground,
                answers=answers,
                picture=step.picture,
                skippable=step.skippable,
            )
        if run.state is RowState.TODO:
            return StepDetail(step.id, run.state, self._words("check.page_todo", name=step.name(lang)), article=ground)
        fault = step.fault(run.fault, lang)
        return StepDetail(
            step.id,
            run.state,
            fault.sentence,
            fault.cause,
            tuple(fault.remedy),
            step.picture,
            ground,
            skippable=step.skippable,
        )

    def steps(self) -> tuple[Step, ...]:
        return self._steps

    def failed(self) -> list[tuple[Step, StepRun]]:
        return [(s, self._runs[s.id]) for s in self._steps if self._runs[s.id].state is RowState.FAILED]
