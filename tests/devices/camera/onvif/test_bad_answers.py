"""Cameras that answer anything but ONVIF: a reason from the list, in bounded time and memory, no order twice."""

import random
import time
import tracemalloc

import pytest

from devices.camera.onvif.camera import OnvifCamera
from devices.camera.onvif.device import OnvifDevice
from devices.contract import Aim, CameraState, DeviceError, Outcome, Reason
from tests.devices.camera.onvif.asking import SLACK, STORED_1, asked, recall, status, with_camera
from tests.fakes.onvif import words
from tests.fakes.onvif.faults import ANSWERS
from tests.fakes.onvif.http import Answer
from tests.fakes.onvif_camera import PASSWORD, USER, FakeOnvif, Script


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_no_onvif_has_a_reason(name: str) -> None:
    answer, reason = ANSWERS[name]
    found = status(Script(answers={"": answer}))
    assert found.reason is reason
    assert found.state is (CameraState.OFFLINE if reason is Reason.LINK_LOST else CameraState.FAULT)


@pytest.mark.parametrize("name", [name for name in ANSWERS if not name.startswith("40")])
def test_such_an_answer_to_the_order_itself_is_no_success_and_not_repeated(name: str) -> None:
    answer, reason = ANSWERS[name]
    aim, fake = recall(Script(answers={"GotoPreset": answer}))
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, reason)
    assert fake.heard.count("GotoPreset") == 1


@pytest.mark.parametrize("name", ["bomb", "file"])
def test_a_document_type_spoils_an_answer_that_is_good_otherwise(name: str) -> None:
    aim, fake = recall(Script(answers={"GetPresets": ANSWERS[name][0]}))
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.PROTOCOL)
    assert not fake.executed


@pytest.mark.parametrize("drip_from", [0, 150], ids=["head", "body"])
def test_a_byte_every_200_ms_does_not_hold_the_thread(drip_from: int) -> None:
    drips = Answer(words.envelope(words.empty("GotoPreset")).encode(), drip_from=drip_from)
    with FakeOnvif(Script(answers={"GotoPreset": drips})) as fake:
        device = OnvifDevice("127.0.0.1", fake.port, USER, lambda: PASSWORD)
        assert device.presets(time.monotonic() + 10)
        began = time.monotonic()
        with pytest.raises(DeviceError) as refused:
            device.go_to_preset("t1", began + 1.0)
        assert time.monotonic() - began <= 1.0 * SLACK
        device.close()
    assert refused.value.reason is Reason.NO_ANSWER
    assert fake.heard.count("GotoPreset") == 1


def test_a_silent_camera_is_named_within_four_seconds() -> None:
    began = time.monotonic()
    found = status(Script(answers={"": Answer(b"", silent=True)}))
    assert (found.state, found.reason) == (CameraState.OFFLINE, Reason.NO_ANSWER)
    assert time.monotonic() - began <= 4.0 * SLACK


def test_an_unplugged_camera_is_a_lost_link() -> None:
    with FakeOnvif() as fake:
        fake.unplug()
        assert with_camera(fake, lambda camera: camera.status()).reason is Reason.LINK_LOST


@pytest.mark.parametrize(
    ("subcode", "reason"),
    [
        ("ter:NotAuthorized", Reason.AUTH),
        ("wsse:FailedAuthentication", Reason.AUTH),
        ("ter:ActionNotSupported", Reason.UNSUPPORTED),
        ("ter:NoToken", Reason.PRESET_MISSING),
        ("ter:NoProfile", Reason.PROTOCOL),
        ("ter:MovingPTZ", Reason.REFUSED_BUSY),
        ("ter:Strange", Reason.NOT_NOW),
        ("", Reason.NOT_NOW),
        ("un:bound:many", Reason.NOT_NOW),
    ],
)
def test_each_fault_has_its_reason(subcode: str, reason: Reason) -> None:
    aim, _ = recall(Script(faults={"GotoPreset": subcode}))
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, reason)


@pytest.mark.parametrize(
    "inside",
    [
        "<tptz:GetPresetsResponse " + " ".join(f"a{n}='1'" for n in range(20_000)) + "/>",
        "<tptz:GetPresetsResponse>" + "<tptz:Preset token='x'/>" * 10_000 + "</tptz:GetPresetsResponse>",
        "<tptz:GetPresetsResponse>" + "<a>" * 60_000 + "</tptz:GetPresetsResponse>",
    ],
    ids=["attributes", "presets", "depth"],
)
def test_the_costliest_xml_that_fits_does_not_hold_the_thread(inside: str) -> None:
    aim, _ = recall(Script(answers={"GetPresets": Answer(words.envelope(inside).encode())}))
    assert aim.outcome is Outcome.FAILED
    assert aim.seconds <= 3.0 * SLACK


def test_no_more_than_a_megabyte_of_an_answer_is_kept() -> None:
    status(Script())  # whatever is loaded once
    endless = Answer(b"x" * (64 << 20), chunk=1 << 16).all_bytes()
    tracemalloc.start()
    found = status(Script(answers={"": Answer(b"", raw=endless)}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.reason is Reason.PROTOCOL
    assert peak < 8 << 20


def test_a_kept_connection_that_the_camera_closed_is_opened_anew() -> None:
    text = words.envelope(words.presets([("t1", "P01")])).encode()
    aim, fake = recall(Script(answers={"GetPresets": Answer(text, close=True)}))
    assert aim.outcome is Outcome.VERIFIED
    assert fake.executed["GotoPreset t1"] == 1


@pytest.mark.parametrize(("operation", "outcome"), [("GetPresets", Outcome.VERIFIED), ("GotoPreset", Outcome.FAILED)])
def test_only_a_question_is_sent_again_when_a_kept_connection_breaks(operation: str, outcome: Outcome) -> None:
    async def ask(camera: OnvifCamera) -> Aim:
        await camera.status()
        return await camera.recall_preset(1, STORED_1, "t1")

    aim, fake = asked(Script(first={operation: Answer(b"", reset=True)}), ask)
    assert aim.outcome is outcome
    assert fake.heard.count(operation) == (2 if outcome is Outcome.VERIFIED else 1)


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert status(Script()).state is CameraState.READY


def test_a_camera_back_from_a_power_cut_is_usable_at_once_and_given_no_old_order() -> None:
    async def cut(camera):  # type: ignore[no-untyped-def]
        await camera.recall_preset(1, None, "t1")
        fake.unplug()
        lost = await camera.status()
        fake.plug()
        return lost.state, (await camera.status()).state

    with FakeOnvif() as fake:
        assert with_camera(fake, cut) == (CameraState.OFFLINE, CameraState.READY)
    assert fake.executed.total() == 1


def test_no_answer_makes_anything_but_a_device_error() -> None:
    """Answers with some of their bytes spoiled, to questions and orders."""
    chance, good = random.Random(7), [words.status((0.1, 0.2, 0.3), False), words.presets([("t1", "P01")])]
    good += [words.profiles(True), words.nodes(True), words.services("10.0.0.1", True)]

    def spoiled() -> Answer:
        text = bytearray(words.envelope(chance.choice(good)).encode())
        for _ in range(chance.choice((1, 3, 30))):
            text[chance.randrange(len(text))] = chance.randrange(256)
        return Answer(bytes(text[: chance.choice((len(text), chance.randrange(len(text))))]), close=True)

    with FakeOnvif() as fake:
        device = OnvifDevice("127.0.0.1", fake.port, USER, lambda: PASSWORD)
        for number in range(150):
            fake.script.answers[("", "GetStatus", "GetPresets")[number % 3]] = spoiled()
            for ask in (device.status, device.presets, device.stream_address, device.stop):
                try:
                    ask(time.monotonic() + 5)
                except DeviceError:
                    continue
            fake.script.answers.clear()
        device.close()


def test_a_camera_that_is_slow_but_answers_is_not_given_up() -> None:
    assert asked(Script(delay_s=0.2), lambda camera: camera.status())[0].state is CameraState.READY
