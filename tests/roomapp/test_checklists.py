"""The shipped checklists: order by the rules, every text in both languages, every fault with an act."""

from pathlib import Path

import pytest

import resources
from roomapp.rules.checklist import Checklist, Step, StepKind, expand, load_checklist
from roomapp.rules.pack import Article

DEVICES = {
    kind: [("one", "Một"), ("two", "Hai")]
    for kind in ("camera", "microphone", "loudspeaker", "display", "link", "platform", "seat")
}


@pytest.fixture(params=["power_on", "shutdown"])
def checklist(request: pytest.FixtureRequest) -> Checklist:
    return load_checklist(resources.path("checklists", f"{request.param}.toml"))


def test_every_step_speaks_both_languages(checklist: Checklist) -> None:
    for step in checklist.step:
        for lang in ("vi", "en"):
            text = step.text(lang)
            assert step.kind is StepKind.PAGE or text.good, step.id
            assert text.name or step.each, step.id
            assert step.kind is not StepKind.ASK or (text.question and len(text.answers) == 2), step.id
        assert step.vi.answers.keys() == step.en.answers.keys(), step.id
        assert step.vi.fault.keys() == step.en.fault.keys(), step.id


def test_every_fault_ends_in_an_act(checklist: Checklist) -> None:
    for step in checklist.step:
        for fault in (*step.vi.fault.values(), *step.en.fault.values()):
            assert fault.sentence.endswith("."), step.id
            assert fault.remedy, step.id


def test_every_ground_is_an_article_of_the_packs(checklist: Checklist) -> None:
    assert {step.article for step in checklist.step if step.article} <= {str(article) for article in Article}


def test_a_power_switch_can_be_asked_about_after_a_kill(checklist: Checklist) -> None:
    for step in checklist.step:
        if step.switches_power:
            assert {"done", "redo"} == set(step.vi.answers) == set(step.en.answers), step.id
            assert step.vi.question
            assert step.en.question


def test_shutdown_checks_then_disconnects_then_cuts_power() -> None:
    """Art. 9.2.e; nothing that ends the meeting may come before the check, no power before the disconnection."""
    checklist = load_checklist(resources.path("checklists", "shutdown.toml"))
    steps = {step.id: step for step in expand(checklist, DEVICES)}
    disconnect = steps["disconnect"]
    assert {"mic_off", "camera.one", "camera.two"} <= set(disconnect.after)
    assert not disconnect.skippable

    def all_before(step: Step) -> set[str]:
        return set(step.after) | {id for before in step.after for id in all_before(steps[before])}

    for step in steps.values():
        if step.switches_power or step.id == "amplifier":
            assert "disconnect" in all_before(step), step.id


def test_rows_are_named_kind_and_device() -> None:
    checklist = load_checklist(resources.path("checklists", "power_on.toml"))
    ids = [step.id for step in expand(checklist, DEVICES)]
    assert {"camera.one", "camera.two", "microphone.one", "platform.two", "link.one"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_room_without_a_device_has_no_row_for_it() -> None:
    checklist = load_checklist(resources.path("checklists", "power_on.toml"))
    ids = [step.id for step in expand(checklist, {})]
    assert ids == ["surroundings", "conditions", "contact"]


def test_a_list_whose_order_cannot_be_walked_is_refused_by_name(tmp_path: Path) -> None:
    text = 'id = "x"\n[[step]]\nid = "a"\nkind = "ask"\nafter = ["b"]\n[step.vi]\nname = "A"\n[step.en]\nname = "A"\n'
    (tmp_path / "x.toml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="step a"):
        load_checklist(tmp_path / "x.toml")
