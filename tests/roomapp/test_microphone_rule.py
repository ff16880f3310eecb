"""No path opens the microphone without an invitation or a recorded override; every move of the session closes it."""

from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from roomapp.rules.microphone import Lamp, Microphone, Override
from roomapp.rules.pack import MicrophoneRule, load_pack
from roomapp.rules.session import Facts, Move, NotAllowedError, State, advance, moves_from
from roomapp.words import LANGUAGES, RESOURCES, Words

PACK = load_pack(RESOURCES / "rules" / "ha-giang.toml")
STRICT, FREE = MicrophoneRule.ON_INVITATION, MicrophoneRule.FREE


def test_uninvited_opening_is_refused() -> None:
    for microphone in (Microphone(), Microphone().ask()):
        with pytest.raises(NotAllowedError, match="not_invited"):
            microphone.open(STRICT)


def test_invitation_opens_and_finishing_ends_it() -> None:
    opened = Microphone().ask().invite("anh Hà").open(STRICT)
    assert (opened.lamp, opened.invited_by) == (Lamp.OPEN, "anh Hà")
    assert opened.finish() == Microphone()


def test_closing_ends_the_invitation() -> None:
    with pytest.raises(NotAllowedError):
        Microphone().invite("anh Hà").open(STRICT).close().open(STRICT)


def test_override_is_kept_with_reason_and_person() -> None:
    assert Microphone().open(STRICT, Override("test", "p1")).override == Override("test", "p1")


@pytest.mark.parametrize("override", [Override("", "p1"), Override("test", " ")])
def test_override_without_reason_or_person_is_refused(override: Override) -> None:
    with pytest.raises(NotAllowedError, match="override_unnamed"):
        Microphone().open(STRICT, override)


def test_invitation_by_nobody_is_refused() -> None:
    with pytest.raises(NotAllowedError, match="who_invited"):
        Microphone().invite(" ")


def test_free_pack_needs_no_invitation() -> None:
    assert Microphone().open(FREE).lamp is Lamp.OPEN


def test_withdrawing_ends_request_and_invitation_but_never_an_open_microphone() -> None:
    assert Microphone().ask().withdraw() == Microphone()
    assert Microphone().invite("a").withdraw() == Microphone()
    assert Microphone().invite("a").open(STRICT).withdraw().lamp is Lamp.OPEN


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_has_a_sentence(lang: str) -> None:
    words = Words(lang)
    assert all(f"microphone.{reason}" in words for reason in ("who_invited", "not_invited", "override_unnamed"))


class AnyEvening(RuleBasedStateMachine):
    """Any order of touches and session moves; `standing` is our own count of invitations and overrides."""

    def __init__(self) -> None:
        super().__init__()
        self.microphone = Microphone()
        self.state = State()
        self.standing = False

    @rule()
    def ask(self) -> None:
        self.microphone = self.microphone.ask()

    @rule()
    def withdraw(self) -> None:
        self.microphone = self.microphone.withdraw()
        self.standing = self.standing and self.microphone.lamp is Lamp.OPEN

    @rule(by=st.sampled_from(["", "anh Hà"]))
    def invite(self, by: str) -> None:
        try:
            self.microphone = self.microphone.invite(by)
        except NotAllowedError:
            return
        self.standing = True

    @rule(override=st.sampled_from([None, Override("", "p"), Override("r", ""), Override("r", "p")]))
    def open(self, override: Override | None) -> None:
        allowed = self.standing or override == Override("r", "p")
        try:
            self.microphone = self.microphone.open(STRICT, override)
        except NotAllowedError:
            assert not allowed
            return
        assert allowed
        self.standing = True

    @rule()
    def close(self) -> None:
        self.microphone, self.standing = self.microphone.close(), False

    @rule()
    def finish(self) -> None:
        self.microphone, self.standing = self.microphone.finish(), False

    @rule(chance=st.randoms(use_true_random=False))
    def session_moves(self, chance) -> None:  # type: ignore[no-untyped-def]
        move = chance.choice([one for one in moves_from(self.state) if one is not Move.OPEN_MICROPHONE])
        facts = Facts(at=datetime(2026, 1, 1, tzinfo=UTC), rules=PACK, who="a", channel="b", state_secret=False)
        try:
            self.state = advance(self.state, move, facts)
        except NotAllowedError:
            return
        assert self.state.close_microphone
        self.microphone, self.standing = self.microphone.close(), False

    @invariant()
    def open_only_on_a_ground(self) -> None:
        opened = self.microphone.lamp is Lamp.OPEN
        grounds = self.microphone.invited_by or self.microphone.override
        assert not opened or (self.standing and grounds)


TestAnyEvening = AnyEvening.TestCase
TestAnyEvening.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
