"""What each web road can do, and the test with a real counterpart that proves it: they are run, the table is theirs."""

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tests.benchmarks.table import table

FOLDER = "tests/ui/conference"
PAGE, JANUS, JITSI = "test_recipes", "test_recipe_janus", "test_jitsi"
WITH = {
    PAGE: "a page as platforms make them (generic recipe)",
    JANUS: "Janus VideoRoom and aiortc (recipe janus)",
    JITSI: "the genuine external_api.js (road jitsi)",
}
PROVES = {  # capability -> in each file the test's name, without "test_"
    "name filled, join pressed once": {
        PAGE: "name_is_filled_and_join_pressed_once",
        JANUS: "enters_by_its_name_and_has_media_both_ways",
        JITSI: "joins_muted_under_the_sites_name",
    },
    "media counted": {
        JANUS: "enters_by_its_name_and_has_media_both_ways",
        JITSI: "media_of_the_meetings_frame_is_counted",
    },
    "joins with the microphone closed": {
        PAGE: "microphone_is_closed_before_joining",
        JANUS: "microphone_hand_and_layout_are_turned_and_read_back",
        JITSI: "joins_muted_under_the_sites_name",
    },
    "microphone turned and read back": {
        PAGE: "microphone_is_turned_and_read_back",
        JANUS: "microphone_hand_and_layout_are_turned_and_read_back",
        JITSI: "microphone_only_toggles_so_it_is_read_first",
    },
    "hand up, down, read back": {
        PAGE: "hand_goes_up_and_down_and_is_read_back",
        JANUS: "microphone_hand_and_layout_are_turned_and_read_back",
        JITSI: "hand_goes_up_and_down_and_is_read_back",
    },
    "layout": {
        PAGE: "recipe_of_the_practice_conference_turns_it_all",
        JANUS: "microphone_hand_and_layout_are_turned_and_read_back",
        JITSI: "layout_is_chosen",
    },
    "participants": {
        PAGE: "recipe_of_the_practice_conference_turns_it_all",
        JANUS: "enters_by_its_name_and_has_media_both_ways",
        JITSI: "participants_are_named",
    },
    "password typed once": {
        PAGE: "password_is_typed_and_never_read_back",
        JANUS: "pin_of_the_room_is_typed",
        JITSI: "password_of_the_room_is_handed_over_once",
    },
    "password lacking or refused": {
        PAGE: "password_that_is_refused_is_typed_once",
        JANUS: "room_that_asks_for_a_pin_that_we_lack_is_named",
        JITSI: "wrong_password_is_said_and_not_tried_again",
    },
    "waiting room": {
        PAGE: "waiting_room_is_over_when_we_are_let_in",
        JITSI: "lobby_is_a_waiting_room_until_we_are_let_in",
    },
    "full, no such room, locked, refused, ended": {
        PAGE: "what_the_platform_says_of_us_is_read",
        JANUS: "room_that_is_not_there_is_named",
        JITSI: "what_the_meeting_says_of_us_is_read",
    },
    "removed, and nobody rejoins": {
        PAGE: "nobody_rejoins_by_itself_after_having_been_put_out",
        JANUS: "being_put_out_is_named_and_nobody_rejoins",
        JITSI: "what_the_meeting_says_of_us_is_read",
    },
    "moderator's request shown, not obeyed": {
        PAGE: "request_of_the_moderator_is_told_and_not_obeyed",
        JITSI: "moderators_request_is_told_and_not_obeyed",
    },
    "H.264 only is named": {JANUS: "room_of_h264_only_is_named"},
    "leaves in order": {PAGE: "leaving_presses_leave", JITSI: "leaving_hangs_up"},
}


def ran() -> dict[tuple[str, str], list[str]]:
    """(file, test) -> the outcome of each of its cases."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        files = [f"{FOLDER}/{file}.py" for file in WITH]
        command = [sys.executable, "-m", "pytest", *files, f"--junitxml={told}"]
        subprocess.run(command, check=False, stdout=sys.stderr)
        outcomes: dict[tuple[str, str], list[str]] = {}
        for case in ElementTree.parse(told).iter("testcase"):
            file = case.get("classname", "").rpartition(".")[2]
            name = case.get("name", "").partition("[")[0].removeprefix("test_")
            bad = next((child.tag for child in case if child.tag in ("failure", "error", "skipped")), "proved")
            outcomes.setdefault((file, name), []).append(bad)
        return outcomes


def main(argv: list[str]) -> int:
    outcomes = ran()
    rows, bad = [], 0
    for capability, proofs in PROVES.items():
        cells = []
        for file in WITH:
            if file not in proofs:
                cells.append("-")
                continue
            cases = outcomes.get((file, proofs[file]), ["not run"])
            bad += cases != ["proved"] * len(cases)
            cells.append(f"{cases.count('proved')}/{len(cases)} `{proofs[file]}`")
        rows.append((capability, *cells))
    print(
        table("Capabilities of the web roads, each with the test that proved it", ("capability", *WITH.values()), rows)
    )
    print(f"Not proved: {bad}. A dash: this counterpart has no such thing.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
