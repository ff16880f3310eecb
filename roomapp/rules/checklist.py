"""Checklists as data: which steps, in which order, what is asked, and what to do when one fails."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0, le=60)]


class StepKind(StrEnum):
    ASK = "ask"  # only a person can judge it
    MEASURE = "measure"  # measured by itself; one row for each device of the kind
    ACT = "act"  # done by itself and read back
    PAGE = "page"  # done on a page of its own


class FaultText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a fault is called, why it usually happens and what to do; `{name}` is the device's name."""

    sentence: str
    cause: str = ""
    remedy: list[str] = []


class StepText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str = ""  # empty: the device's own name
    question: str = ""
    hint: str = ""
    good: str = ""  # words of the row when it passed
    answers: dict[str, str] = {}
    fault: dict[str, FaultText] = {}  # by reason; "default" stands for all others


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step. `after`: steps that must be settled first; `each`: one row per device of that kind."""

    id: str
    kind: StepKind
    vi: StepText
    en: StepText
    after: list[str] = []
    each: str = ""
    needs: str = ""  # the step stands only where the profile has this kind of device
    good: str = ""  # ASK: the answer that passes
    measure: str = ""  # what the room is asked to measure or to do
    page: str = ""
    picture: str = ""
    article: str = ""
    timeout_s: Seconds = 5.0
    switches_power: bool = False
    skippable: bool = True
    device: str = ""  # filled in when `each` is expanded
    device_name: str = ""

    def text(self, lang: str) -> StepText:
        return self.vi if lang == "vi" else self.en

    def name(self, lang: str) -> str:
        said = self.text(lang).name
        return said.format(name=self.device_name) if said else self.device_name

    def fault(self, reason: str, lang: str) -> FaultText:
        """The text for a reason, with the device's name filled in."""
        faults = self.text(lang).fault
        text = faults.get(reason) or faults.get("default") or FaultText(f"{self.name(lang)}: {reason}")
        return FaultText(text.sentence.format(name=self.device_name or self.name(lang)), text.cause, text.remedy)


class Checklist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    step: list[Step]


def load_checklist(path: Path) -> Checklist:
    """Reads a checklist and checks that its order can be walked. ValueError names the step that cannot."""
    checklist = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Checklist)
    seen: set[str] = set()
    for step in checklist.step:
        missing = [before for before in step.after if before not in seen]
        if missing or step.id in seen:
            raise ValueError(f"{path.name}: step {step.id}: after {missing or 'itself'}")
        seen.add(step.id)
    return checklist


def expand(checklist: Checklist, devices: dict[str, list[tuple[str, str]]]) -> tuple[Step, ...]:
    """The steps of one room: `devices` maps a kind to its (id, name) pairs. Row ids are `kind.id`."""
    steps: list[Step] = []
    expanded: dict[str, list[str]] = {}
    for step in checklist.step:
        if step.needs and not devices.get(step.needs):
            expanded[step.id] = []
            continue
        after = [row for before in step.after for row in expanded[before]]
        rows: list[Step] = []
        if step.each:
            for device, name in devices.get(step.each, []):
                row_id = f"{step.each}.{device}" if step.kind is StepKind.MEASURE else f"{step.id}.{device}"
                rows.append(msgspec.structs.replace(step, id=row_id, after=after, device=device, device_name=name))
        else:
            rows.append(msgspec.structs.replace(step, after=after))
        expanded[step.id] = [row.id for row in rows]
        steps += rows
    return tuple(steps)
