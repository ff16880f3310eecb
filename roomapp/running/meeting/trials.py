"""The trial connection: join with the microphone closed, gather evidence of both ways, leave, keep the record."""

import asyncio
import time
from typing import Any

from devices.contract import (
    CallState,
    Conference,
    DeviceError,
    Evidence,
    Invitation,
    MediaCount,
    MicrophoneGuard,
    MicState,
)
from roomapp.rules.presence import Presence, Verdict
from roomapp.words import Words

LINK_S = 30.0  # within this time the link must stand, or the trial says why it does not
LOOK_S = 0.5
LONGEST_S = 120.0


async def hold_trial(
    conference: Conference, to: Invitation, seconds: float, guard: MicrophoneGuard, words: Words, platform: str
) -> dict[str, Any]:
    """Returns the contract's object. `seconds` of evidence are gathered from the first moment linked; never raises."""
    seconds = min(max(seconds, 1.0), LONGEST_S)
    closed = await guard.close()
    began = time.monotonic()
    presence, verdict, look, refused = Presence(began), None, None, ""
    try:
        await conference.join(to)
        presence = Presence(time.monotonic())
        verdict, look = await _gather(conference, presence, began, seconds)
    except DeviceError as error:
        refused = str(error.reason)
    closed = guard.state() if closed is MicState.CLOSED else closed
    sandbox = conference.is_sandboxed() is True
    try:
        await conference.leave()
    except DeviceError as error:
        refused = refused or str(error.reason)
    joined = None if presence.linked_at is None else round(presence.linked_at - began, 2)
    return answer(
        platform, verdict, look, joined, closed is MicState.CLOSED, sandbox, cause_words(verdict, refused, words)
    )


async def _gather(
    conference: Conference, presence: Presence, began: float, seconds: float
) -> tuple[Verdict | None, Evidence | None]:
    verdict, look = None, None
    while True:
        await asyncio.sleep(LOOK_S)
        now = time.monotonic()
        look = conference.evidence() or Evidence(at=now)
        verdict = presence.judge(look)
        if verdict.state is CallState.FAILED:
            return verdict, look
        if presence.linked_at is None and now - began > LINK_S:
            return verdict, look
        if presence.linked_at is not None and now - presence.linked_at >= seconds:
            return verdict, look


def cause_words(verdict: Verdict | None, refused: str, words: Words) -> str | None:
    """None when picture and sound went both ways; else a sentence."""
    if refused:
        return words("call.trial_refused")
    if verdict is None or verdict.state is CallState.CONNECTING:
        return words("call.never_linked")
    if verdict.media == "both" and verdict.in_meeting:
        return None
    if verdict.in_meeting:
        return words("call.nothing_sent")
    return words(f"call.{verdict.said}")


def answer(
    platform: str,
    verdict: Verdict | None,
    look: Evidence | None,
    joined: float | None,
    closed: bool,
    sandbox: bool,
    cause: str | None,
) -> dict[str, Any]:
    state = CallState.FAILED if verdict is None or verdict.state is CallState.CONNECTING else verdict.state
    seen = look if look is not None else Evidence(at=0.0)

    def video(count: MediaCount) -> dict[str, int]:
        return {"frames": count.frames, "width": count.width, "height": count.height}

    return {
        "platform": platform,
        "state": str(state),
        "joined_s": joined,
        "linked": verdict is not None and verdict.linked,
        "media": verdict.media if verdict is not None else "none",
        "video_in": video(seen.video_in),
        "audio_in": {"packets": seen.audio_in.packets},
        "video_out": video(seen.video_out),
        "audio_out": {"packets": seen.audio_out.packets},
        "rtt_ms": seen.rtt_ms,
        "loss_pct": seen.loss_pct,
        "microphone_closed": closed,
        "sandbox": sandbox,
        "cause": cause,
    }
