"""What a page's documents say of themselves: read whatever it is, added up over those that are gone."""

import json
from typing import Any

import pytest

from devices.conference import looks
from devices.conference.counters import Look, evidence_of
from devices.conference.looks import MOST, Looks, read

GARBAGE = [
    "[]",
    '"x"',
    "null",
    "[" * 9000,
    "9" * 4000,
    "{",
    '{"doc": 1}',
    "x" * 2_000_000,
    "\ud800",
    "\0",
    "",
    None,
    3.0,
    {"doc": "x"},
]
NO_COUNTS = [
    '{"doc": "a", "vif": {}}',
    '{"doc": "a", "vif": "12", "viw": [1], "rtt": "x"}',
    '{"doc": "a", "vif": 1e400, "aip": -5, "rtt": 1e400, "loss": -1e400}',
    '{"doc": "a", "rtt": NaN, "loss": Infinity, "vip": NaN}',
    f'{{"doc": "a", "rtt": {"9" * 4000}, "connections": {"9" * 4000}}}',
    '{"doc": "a", "vif": true, "rtt": true, "connections": null, "signalling": 1, "common_video": "no"}',
    '{"doc": "a", "codecs": "video/VP8", "camera_ended": "yes"}',
    '{"doc": "a", "codecs": [3, null, {}, "video/<script>", "text/html", "video/" ]}',
]
NOTHING = evidence_of([], None)


def facts(evidence: Any) -> Any:
    return [getattr(evidence, name) for name in evidence.__slots__ if name != "at"]


def look(doc: str, **counts: Any) -> Look:
    return {"doc": doc, "connections": 1, "aot": 1, "aon": 1, **counts}


@pytest.mark.parametrize("answer", GARBAGE, ids=lambda answer: repr(answer)[:20])
def test_answer_that_is_no_look_says_nothing(answer: Any) -> None:
    assert read(answer) is None


@pytest.mark.parametrize("answer", NO_COUNTS, ids=range(len(NO_COUNTS)))
def test_what_is_no_count_counts_for_nothing(answer: str) -> None:
    told = Looks()
    found = read(answer)
    if found is not None:  # Python reads no integer of 4000 digits
        told.heard(found)
    assert facts(told.evidence(None)) == facts(NOTHING)


def test_freezes_are_counted() -> None:
    assert evidence_of([{"freezes": 2}, {"freezes": 1}], None).freezes == 3


def test_documents_are_added_up() -> None:
    told = Looks()
    told.heard(look("a", vif=5, viw=640, codecs=["video/VP8"]))
    told.heard(look("b", vif=7, viw=320, codecs=["audio/opus"]))
    evidence = told.evidence(None)
    assert (evidence.connections, evidence.video_in.frames, evidence.video_in.width) == (2, 12, 640)
    assert evidence.codecs == {"video/VP8", "audio/opus"}


def test_counts_of_a_page_that_is_gone_stand_and_its_links_do_not() -> None:
    told = Looks()
    told.heard(look("a", vif=5, signalling=True, codecs=["video/VP8"]))
    told.retire()
    told.heard(look("b", vif=1))
    evidence = told.evidence(None)
    assert (evidence.connections, evidence.video_in.frames) == (1, 6)
    assert (evidence.signalling, evidence.codecs) == (None, frozenset())


def test_document_that_says_nothing_any_more_is_no_witness_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Looks()
    told.heard(look("a", vif=5))
    monkeypatch.setattr(looks, "GONE_S", -1.0)
    evidence = told.evidence(None)
    assert (evidence.connections, evidence.video_in.frames, evidence.microphone_muted) == (0, 5, None)


def test_page_that_makes_frames_without_end_takes_no_room_and_loses_no_count() -> None:
    told = Looks()
    for number in range(3 * MOST):
        told.heard(look(f"doc{number}", vif=1))
    assert len(told._now) == MOST
    assert told.evidence(None).video_in.frames == 3 * MOST


def test_one_frame_that_can_read_the_picture_is_enough() -> None:
    assert evidence_of([{"common_video": False}, {"common_video": True}], None).common_video is True
    assert evidence_of([{"common_video": False}, {"common_video": None}], None).common_video is False


def test_look_survives_the_way_through_json() -> None:
    assert read(json.dumps(look("a", vif=1))) == look("a", vif=1)
