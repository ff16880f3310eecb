"""A checklist being run: parallel where the order allows, one journal row for each outcome, nothing switched twice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from devices.contract import DeviceError, Reason
from roomapp.events import RowState
from roomapp.rules.checklist import Step, StepKind, StepText
from roomapp.running.measures import Measured
from roomapp.running.runner import ChecklistRunner
from roomapp.words import Words

Rows = list[tuple[str, Mapping[str, Any]]]
PASS = Measured(RowState.PASSED)


class Kept:
    """Keeps rows in a list, as the journal would on disk."""

    def __init__(self) -> None:
        self.rows: Rows = []

    async def append(self, kind: str, body: Mapping[str, Any]) -> None:
        self.rows.append((kind, dict(body)))

    def states(self) -> list[tuple[str, str]]:
        return [(str(b["step"]), str(b["state"])) for k, b in self.rows if k == "checklist.step"]


def step(id: str, kind: StepKind = StepKind.MEASURE, after: tuple[str, ...] = (), **more: Any) -> Step:
    text = StepText(name=id, good="ok", question=f"{id}?", answers={"yes": "Y", "no": "N"})
    made = Step(id=id, kind=kind, vi=text, en=text, after=list(after), measure=more.pop("measure", id), good="yes")
    return msgspec.structs.replace(made, **more)


def runner(
    steps: tuple[Step, ...], measures: Mapping[str, Callable[[Step], Awaitable[Measured]]], kept: Kept
) -> ChecklistRunner:
    return ChecklistRunner("list", steps, measures, kept, Words("vi"), {}, lambda: None)


async def settle(run: ChecklistRunner) -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_independent_steps_run_together_and_ordered_ones_wait() -> None:
    begun: list[str] = []
    gate = asyncio.Event()

    async def wait(one: Step) -> Measured:
        begun.append(one.id)
        await gate.wait()
        return PASS

    async def walk() -> None:
        kept = Kept()
        run = runner((step("a"), step("b"), step("c", after=("a",))), dict.fromkeys("abc", wait), kept)
        await run.start()
        await settle(run)
        assert begun == ["a", "b"]
        gate.set()
        await settle(run)
        assert run.finished
        assert [kind for kind, _ in kept.rows][-1] == "checklist.finished"

    asyncio.run(walk())
    assert begun == ["a", "b", "c"]


def test_a_measure_that_hangs_fails_within_its_own_time() -> None:
    async def hang(_: Step) -> Measured:
        await asyncio.sleep(60)
        return PASS

    async def walk() -> None:
        run = runner((step("a", timeout_s=0.05),), {"a": hang}, Kept())
        await run.start()
        await asyncio.sleep(0.15)
        assert run.state("a") is RowState.FAILED

    asyncio.run(walk())


def test_a_device_error_becomes_the_fault_of_its_reason() -> None:
    async def refuse(_: Step) -> Measured:
        raise DeviceError(Reason.REFUSED_BUSY)

    async def walk() -> None:
        kept = Kept()
        run = runner((step("a"),), {"a": refuse}, kept)
        await run.start()
        await settle(run)
        assert kept.rows[-1][1]["fault"] == "refused_busy"

    asyncio.run(walk())


def test_an_answer_that_is_not_good_fails_the_step_until_it_is_asked_again() -> None:
    async def walk() -> None:
        kept = Kept()
        run = runner((step("a", StepKind.ASK),), {}, kept)
        await run.start()
        await run.answer("a", "no")
        assert run.state("a") is RowState.FAILED
        await run.recheck("a")
        await run.answer("a", "yes")
        assert run.finished
        assert kept.states() == [("a", "failed"), ("a", "passed")]

    asyncio.run(walk())


def test_skipping_needs_a_reason_and_a_step_that_may_be_skipped() -> None:
    async def walk() -> None:
        kept = Kept()
        run = runner((step("a", StepKind.ASK), step("b", StepKind.ASK, skippable=False)), {}, kept)
        await run.start()
        await run.skip("a", "")
        await run.skip("b", "hỏng")
        assert (run.state("a"), run.state("b")) == (RowState.ASK, RowState.ASK)
        await run.skip("a", "hỏng")
        assert run.state("a") is RowState.SKIPPED
        assert kept.rows[-1][1]["reason"] == "hỏng"

    asyncio.run(walk())


def test_a_killed_run_resumes_at_the_same_step() -> None:
    async def good(_: Step) -> Measured:
        return PASS

    async def walk() -> None:
        kept = Kept()
        steps = (step("a"), step("b", StepKind.ASK, ("a",)), step("c", after=("b",)))
        first = runner(steps, {"a": good, "c": good}, kept)
        await first.start()
        await settle(first)
        second = runner(steps, {"a": good, "c": good}, kept)
        assert await second.resume(kept.rows)
        assert second.run_id == first.run_id
        assert second.view().open_id == "b"
        assert kept.states() == [("a", "passed")], "what was settled is not done again"

    asyncio.run(walk())


def test_a_power_switch_without_an_outcome_is_asked_about_and_never_repeated_by_itself() -> None:
    switched = []

    async def switch(one: Step) -> Measured:
        switched.append(one.id)
        await asyncio.sleep(60)
        return PASS

    async def done(one: Step) -> Measured:
        switched.append(one.id)
        return PASS

    async def walk() -> None:
        kept = Kept()
        steps = (step("power", StepKind.ACT, switches_power=True, timeout_s=60),)
        first = runner(steps, {"power": switch}, kept)
        await first.start()
        await settle(first)
        await first.stop()  # the kill
        assert kept.rows[-1][0] == "checklist.switching"
        second = runner(steps, {"power": done}, kept)
        await second.resume(kept.rows)
        await settle(second)
        assert switched == ["power"]
        assert second.state("power") is RowState.ASK
        await second.answer("power", "redo")
        await settle(second)
        assert switched == ["power", "power"]
        assert second.finished

    asyncio.run(walk())


def test_a_finished_run_is_not_taken_up_again() -> None:
    async def good(_: Step) -> Measured:
        return PASS

    async def walk() -> None:
        kept = Kept()
        first = runner((step("a"),), {"a": good}, kept)
        await first.start()
        await settle(first)
        assert not await runner((step("a"),), {"a": good}, kept).resume(kept.rows)

    asyncio.run(walk())


def test_a_page_step_is_done_on_its_page() -> None:
    async def walk() -> None:
        run = runner((step("s", StepKind.PAGE, page="sound"),), {}, Kept())
        await run.start()
        assert run.view().page == "sound"
        await run.page_done("sound", PASS)
        assert run.finished

    asyncio.run(walk())
