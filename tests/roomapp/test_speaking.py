"""An open microphone: who asked, how long, why it closed; the system first, and never longer than it may."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from devices.contract import MicState
from roomapp.events import Lamp
from roomapp.rules.pack import load_pack
from roomapp.rules.session import NotAllowedError
from roomapp.running.meeting import speaking as module
from roomapp.running.meeting.speaking import Speaking
from roomapp.words import LANGUAGES, RESOURCES, Words
from tests.fakes.sound import HandGuard, HandMicrophone

PACK = load_pack(RESOURCES / "rules" / "ha-giang.toml")


class HandPlatform:
    """The conference's own switch, and what it says of itself."""

    def __init__(self, acts: list[str]) -> None:
        self.acts = acts
        self.muted: bool | None = None
        self.answers_after_s = 0.0

    async def set_microphone(self, on: bool) -> bool | None:
        await asyncio.sleep(self.answers_after_s)
        self.acts.append(f"platform {'on' if on else 'off'}")
        return on

    def microphone_muted(self) -> bool | None:
        return self.muted


class Bench:
    def __init__(self, limit_s: int = 0) -> None:
        self.rows: list[tuple[str, dict[str, Any]]] = []
        self.guard, self.microphone = HandGuard(), HandMicrophone()
        self.platform = HandPlatform(self.guard.acts)
        pack = msgspec.structs.replace(PACK, microphone_limit_s=limit_s)
        self.speaking = Speaking(self.guard, pack, self._keep, self.microphone, self.platform)

    async def _keep(self, kind: str, body: Any) -> None:
        self.rows.append((kind, dict(body)))

    async def opened(self) -> None:
        await self.speaking.invited("chair_site")
        await self.speaking.open()
        self.guard.acts.clear()

    def last(self, kind: str) -> dict[str, Any]:
        return next(body for one, body in reversed(self.rows) if one == kind)


def with_bench(test: Callable[[Bench], Awaitable[None]], limit_s: int = 0) -> Bench:
    bench = Bench(limit_s)
    asyncio.run(test(bench))
    return bench


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass at once."""
    real, ahead = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + ahead[0])
    return lambda seconds: ahead.__setitem__(0, ahead[0] + seconds)


def test_opening_goes_paper_then_system_then_platform() -> None:
    async def speak(bench: Bench) -> None:
        await bench.speaking.invited("chair_site")
        await bench.speaking.open()

    bench = with_bench(speak)
    assert bench.guard.acts == ["open", "platform on"]
    assert bench.last("microphone.opened") == {"invited_by": "chair_site"}


def test_closing_goes_system_first_and_keeps_who_asked_and_how_long() -> None:
    async def speak(bench: Bench) -> None:
        await bench.opened()
        await bench.speaking.close("officer")

    bench = with_bench(speak)
    assert bench.guard.acts == ["close", "platform off"]
    row = bench.last("microphone.closed")
    assert row["why"] == "officer"
    assert row["proven"] is True
    assert 0 <= row["open_s"] < 1


def test_close_that_meets_an_opening_under_way_never_turns_the_platform_on() -> None:
    async def speak(bench: Bench) -> None:
        await bench.speaking.invited("chair_site")
        held = asyncio.Event()
        really_open = bench.guard.open

        async def slow(id: str = "") -> MicState:
            await held.wait()
            return await really_open(id)

        bench.guard.open = slow  # type: ignore[method-assign]
        opening = asyncio.create_task(bench.speaking.open())
        await asyncio.sleep(0)
        await bench.speaking.close("officer")
        held.set()
        await opening

    assert "platform on" not in with_bench(speak).guard.acts


def test_uninvited_opening_reaches_nothing() -> None:
    async def speak(bench: Bench) -> None:
        with pytest.raises(NotAllowedError):
            await bench.speaking.open()

    bench = with_bench(speak)
    assert bench.guard.acts == []
    assert bench.rows == []


def test_platform_that_never_answers_holds_nothing_up() -> None:
    async def speak(bench: Bench) -> None:
        bench.platform.answers_after_s = 60
        await bench.opened()
        began = time.monotonic()
        await bench.speaking.close("officer")
        assert time.monotonic() - began < 3 * module.PLATFORM_S

    with_bench(speak)


def test_speaking_time_of_the_rules_ends_it(passed: Callable[[float], None]) -> None:
    async def speak(bench: Bench) -> None:
        await bench.opened()
        passed(179)
        assert not await bench.speaking.watch()
        passed(2)
        assert await bench.speaking.watch()

    bench = with_bench(speak, limit_s=180)
    assert bench.last("microphone.closed")["why"] == "limit"
    assert bench.speaking.view().alert == "closed_limit"
    assert bench.guard.acts[0] == "close"


def test_howl_closes_it_and_says_why() -> None:
    async def speak(bench: Bench) -> None:
        await bench.opened()
        bench.microphone.howling = True
        assert await bench.speaking.watch()

    bench = with_bench(speak)
    assert bench.last("microphone.closed")["why"] == "howl"
    assert bench.speaking.view().lamp is Lamp.CLOSED
    assert bench.speaking.view().alert == "closed_howl"


def test_reason_of_the_closing_goes_with_the_next_request(passed: Callable[[float], None]) -> None:
    async def speak(bench: Bench) -> None:
        await bench.opened()
        bench.microphone.howling = True
        await bench.speaking.watch()
        await bench.speaking.ask()

    assert with_bench(speak).speaking.view().alert == ""


def test_screen_that_draws_nothing_any_more_closes_it(passed: Callable[[float], None]) -> None:
    async def speak(bench: Bench) -> None:
        bench.speaking.screen_lives()
        await bench.opened()
        passed(module.SCREEN_SILENT_S - 0.5)
        assert not await bench.speaking.watch()
        passed(1.0)
        assert await bench.speaking.watch()

    assert with_bench(speak).last("microphone.closed")["why"] == "screen_silent"


def test_command_without_a_screen_is_not_closed_for_want_of_one(passed: Callable[[float], None]) -> None:
    async def speak(bench: Bench) -> None:
        await bench.opened()
        passed(60)
        assert not await bench.speaking.watch()

    with_bench(speak)


def test_microphone_muted_by_something_else_is_not_said_to_be_open(passed: Callable[[float], None]) -> None:
    async def speak(bench: Bench) -> None:
        await bench.opened()
        bench.guard.is_now = MicState.CLOSED
        assert not await bench.speaking.watch()
        assert bench.speaking.view().lamp is Lamp.UNKNOWN
        passed(module.CLOSED_ELSEWHERE_S + 0.1)
        assert await bench.speaking.watch()

    bench = with_bench(speak)
    assert bench.last("microphone.closed")["why"] == "closed_elsewhere"


@pytest.mark.logs_errors
def test_microphone_open_without_leave_is_closed() -> None:
    async def speak(bench: Bench) -> None:
        bench.guard.is_now = MicState.OPEN
        await bench.speaking.watch()

    assert with_bench(speak).guard.acts == ["close"]


def test_check_opens_the_microphone_it_names_and_closes_it_whatever_happens() -> None:
    async def speak(bench: Bench) -> None:
        with pytest.raises(ZeroDivisionError):
            async with bench.speaking.tested("table"):
                raise ZeroDivisionError

    assert with_bench(speak).guard.acts == ["open table", "close"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_alert_and_every_reason_has_its_sentence(lang: str) -> None:
    words = Words(lang)
    alerts = [str(one) for one in module.Trouble]
    alerts += [f"closed_{why}" for why in ("howl", "limit", "screen_silent", "closed_elsewhere")]
    assert [alert for alert in alerts if f"microphone.{alert}" not in words] == []


def test_nothing_sounds_but_the_loudspeakers_own_test_and_a_reminders_bell() -> None:
    """No meeting lets the first through; the second is held back there too (tests/ui/test_reminder_bell.py)."""
    root = Path(module.__file__).parents[3]
    players = [
        path
        for folder in ("ui", "roomapp", "devices")
        for path in (root / folder).rglob("*.py")
        if any(word in path.read_text("utf-8") for word in ("QSoundEffect", "QMediaPlayer", "QApplication.beep"))
    ]
    assert players == [root / "ui" / "window.py"]
