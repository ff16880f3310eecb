"""One contract over every road: each case run over each that it concerns, and why it does not concern the others."""

import importlib
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from devices.contract import Ability
from tests.benchmarks.table import table
from tests.devices.conference.contract.roads import ROADS, why_not

FOLDER = "tests/devices/conference/contract"
FILES = ("test_joining", "test_leaving", "test_faults", "slow_faults", "test_orders")  # the last looks at all the logs
SHOWN = {"proved": "pass", "": "–"}
CAPABILITIES = {  # what a road can do -> the case that proves it
    "joins a real counterpart": "real_far_side_makes_it_stand",
    "measures both ways": "both_ways_are_counted_with_the_pictures_size",
    "never called in the meeting by itself": (
        "road_that_cannot_measure_counts_nothing_and_is_never_called_in_the_meeting"
    ),
    "begins with the microphone closed": "microphone_is_closed_when_the_meeting_begins",
    "microphone": "microphone_is_turned_however_often_it_is_ordered_and_read_back",
    "hand": "hand_goes_up_and_down_and_is_read_back",
    "layout": "layout_is_chosen_and_read_back",
    "participants": "participants_are_named_ours_too",
    "answers a call": "caller_is_told_and_taken_only_when_asked",
    "tones": "tones_arrive_in_their_order",
    "window to the stage": "window_is_brought_to_the_stage",
    "leaves, and leaves nothing": "nothing_is_claimed_and_nothing_is_left_after_leaving",
    "the far side's end is told": "far_side_that_ends_it_is_told_and_is_no_meeting_any_more",
    "the far side's silence is told": "far_side_that_falls_silent_is_no_meeting_any_more",
    "no secret in log, error or argument": "room_link_and_password_stand_in_no_log_error_or_argument",
}
Outcomes = dict[tuple[str, str], str]  # (case, road) -> proved, failure, error or skipped


def cases() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each with what it needs of a road, in the files' order."""
    for file in FILES:
        module = importlib.import_module(f"{FOLDER.replace('/', '.')}.{file}")
        for name, case in vars(module).items():
            if name.startswith("test_"):
                yield name.removeprefix("test_"), case.needs


def ran() -> Outcomes:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        files = [f"{FOLDER}/{file}.py" for file in FILES]
        command = [sys.executable, "-m", "pytest", *files, f"--junitxml={told}"]
        subprocess.run(command, check=False, stdout=sys.stderr, env={**os.environ, "ROAD_CONTRACT": "whole"})
        outcomes: Outcomes = {}
        for case in ElementTree.parse(told).iter("testcase"):
            name, _, road = case.get("name", "").removeprefix("test_").partition("[")
            bad = next((child.tag for child in case if child.tag in ("failure", "error", "skipped")), "proved")
            outcomes[name, road.rstrip("]")] = bad
        return outcomes


def reasons(needs_of: dict[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """(what is lacking, which roads, how many cases that spares them), for each reason."""
    found: dict[str, dict[str, int]] = {}
    for needs in needs_of.values():
        for road in ROADS:
            if why := why_not(road, needs):
                roads = found.setdefault(why, {})
                roads[road] = roads.get(road, 0) + 1
    return [(why, ", ".join(roads), str(max(roads.values()))) for why, roads in sorted(found.items())]


def main(argv: list[str]) -> int:
    began, needs_of = time.monotonic(), dict(cases())
    outcomes = ran()
    due = [(case, road) for case, needs in needs_of.items() for road in ROADS if not why_not(road, needs)]
    not_proved = [pair for pair in due if outcomes.get(pair) != "proved"]

    def cell(case: str, road: str) -> str:
        if (case, road) not in due:
            return "–"
        told = outcomes.get((case, road), "not run")
        return SHOWN.get(told, f"**{told}**")

    against = [(road, kind.against, sum(1 for _, of in due if of == road)) for road, kind in ROADS.items()]
    print(table("The counterpart of each road", ("road", "counterpart", "cases"), against))
    rows = [(case.replace("_", " "), *(cell(case, road) for road in ROADS)) for case in needs_of]
    print(table(f"{len(needs_of)} cases of one contract over {len(ROADS)} roads", ("case", *ROADS), rows))
    rows = [(what, *(cell(case, road) for road in ROADS)) for what, case in CAPABILITIES.items()]
    print(table("Capabilities proved, each by its case", ("capability", *ROADS), rows))
    offered = [(road, ", ".join(sorted(kind.abilities & set(Ability)))) for road, kind in ROADS.items()]
    print(table("Abilities that each road offers, and no other", ("road", "abilities"), offered))
    print(table("Why a case does not concern a road (–)", ("reason", "roads", "cases"), reasons(needs_of)))
    took = time.monotonic() - began
    print(f"{len(due)} runs, {len(not_proved)} not proved, {took:.0f} s.")
    return 1 if not_proved else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
