"""What each command does in an assembled room: the same coroutines that a touch starts, and a json object back."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from devices.contract import CameraState, Outcome
from roomapp.events import RowState
from roomapp.rules.checklist import Step, StepKind
from roomapp.running.cameras.framed import as_json, plain
from roomapp.running.measures import Measured
from roomapp.running.room import Room
from roomapp.running.sound.checking import LEAST_S, MOST_S
from ui import meetings
from ui.importing import meeting_import

Note = Callable[[str], None]
STATE_WORDS = {
    RowState.PASSED: "pass",
    RowState.WARNED: "warn",
    RowState.FAILED: "fail",
    RowState.ASK: "ask",
    RowState.SKIPPED: "skip",
}


async def serve(room: Room, asked: dict[str, Any], note: Note) -> dict[str, Any]:
    """Answers `{"code", "answer"}`, or `{"fault": {where, problem, remedy}}` for input that cannot be."""
    act = f"{asked.get('command')} {asked.get('act', '')}".strip()
    if act == "sound check":
        return await sound_check(room, asked, note)
    if asked.get("command") in ("records", "report"):
        from ui.reports import at_rooms_desk

        return await at_rooms_desk(room, asked, note)
    commands: dict[str, Callable[[Room, dict[str, Any]], Awaitable[dict[str, Any]]]] = {
        "check": check,
        "camera recall": recall,
        "camera store": store,
        "camera status": status,
        "camera picture": picture,
        "trial": trial,
        "meeting list": meetings.meeting_list,
        "meeting add": meetings.meeting_add,
        "meeting change": meetings.meeting_change,
        "meeting cancel": meetings.meeting_cancel,
        "meeting postpone": meetings.meeting_postpone,
        "meeting import": meeting_import,
        "calendar list": meetings.calendar_list,
        "calendar import": meetings.calendar_import,
        "calendar withdraw": meetings.calendar_withdraw,
    }
    if act not in commands:
        return fault(room, act, "not_understood", what=act)
    return await commands[act](room, asked)


def fault(room: Room, where: str, key: str, **facts: object) -> dict[str, Any]:
    words = room.words
    return {"fault": {"where": where, "problem": words(f"cli.{key}", **facts), "remedy": words(f"cli.{key}_remedy")}}


async def check(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    """The power-on checklist's measured part; manual devices are asked about, and so are not ready by themselves."""
    steps = [s for s in room.measured_steps() if s.kind is StepKind.MEASURE or s.device]
    began = time.monotonic()
    checks = await asyncio.gather(*(_one(room, step) for step in steps if not step.switches_power))
    ready = not any(c["state"] in ("fail", "ask") for c in checks)
    answer = {"ready": ready, "seconds": round(time.monotonic() - began, 3), "checks": list(checks)}
    await room.keep("check.made", {"ready": ready, "states": {c["id"]: c["state"] for c in checks}})
    return {"code": 0 if ready else 1, "answer": answer}


async def _one(room: Room, step: Step) -> dict[str, Any]:
    began = time.monotonic()
    if step.kind is StepKind.ASK:
        measured, row_id = Measured(RowState.ASK), f"{step.each}.{step.device}"
    else:
        row_id = step.id
        try:
            async with asyncio.timeout(step.timeout_s):
                measured = await room.measure_table()[step.measure](step)
        except TimeoutError:
            measured = Measured(RowState.FAILED, "no_answer")
    text = (
        step.fault(measured.fault or "default", room.words.lang)
        if measured.state in (RowState.FAILED, RowState.WARNED)
        else None
    )
    return {
        "id": row_id,
        "name": step.name(room.words.lang),
        "state": STATE_WORDS[measured.state],
        "measured": measured.values,
        "cause": f"{text.sentence} {text.cause}".strip() if text else None,
        "remedy": " ".join(text.remedy) if text else None,
        "seconds": round(time.monotonic() - began, 3),
    }


async def recall(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    return await _aim(room, asked, room.aim_at_seat)


async def store(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    seat = room.framing.seat(asked["seat"])
    if seat is not None and room.in_meeting():
        camera = seat.camera
        answer = {
            "seat": seat.id,
            "camera": camera,
            "outcome": "failed",
            "reason": "in_meeting",
            "position": None,
            "seconds": 0.0,
        }
        return {"code": 1, "answer": answer}
    return await _aim(room, asked, room.store_seat)


async def _aim(room: Room, asked: dict[str, Any], do: Callable[[str], Awaitable[Any]]) -> dict[str, Any]:
    seat = room.framing.seat(asked["seat"])
    if seat is None:
        known = ", ".join(s.id for s in room.framing.plan.seats)
        return fault(room, f"seat {asked['seat']}"[:80], "no_seat", known=known)
    aim = await do(seat.id)
    code = 1 if aim.outcome is Outcome.FAILED else 0
    return {"code": code, "answer": {"seat": seat.id, "camera": seat.camera, **as_json(aim)}}


async def status(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    wanted = asked.get("camera", "")
    cameras = room.parts.devices.cameras
    if wanted and wanted not in cameras:
        return fault(room, f"camera {wanted}"[:80], "no_camera", known=", ".join(cameras))
    ids = [wanted] if wanted else list(cameras)
    found = await asyncio.gather(*map(room.watch.ask, ids))
    rows = [
        {
            "id": id,
            "state": str(one.state),
            "reason": None if one.reason is None else str(one.reason),
            "position": None if one.position is None else plain(one.position),
            "on_air": room.framing.on_air_of(id) or None,
            "moved_by_hand": id in room.framing.moved_by_hand,
        }
        for id, one in zip(ids, found, strict=True)
    ]
    ready = all(one.state is CameraState.READY for one in found)
    return {"code": 0 if ready else 1, "answer": {"cameras": rows}}


async def picture(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    """One fresh picture into a file, and what is wrong with it."""
    camera = asked["camera"]
    if camera not in room.pictures.cameras():
        return fault(room, f"camera {camera}"[:80], "no_picture", known=", ".join(room.pictures.cameras()))
    look = await room.picture_of(camera)
    answer = {
        "camera": camera,
        "fresh": look.frame is not None,
        "age_ms": None if look.age_s is None else round(look.age_s * 1000, 1),
        "width": None if look.frame is None else look.frame.image.shape[1],
        "height": None if look.frame is None else look.frame.image.shape[0],
        "findings": [str(finding) for finding in look.findings],
        "reason": None if look.reason is None else str(look.reason),
    }
    if look.frame is not None:
        try:
            await asyncio.to_thread(Path(asked["out"]).write_bytes, room.parts.judge.png(look.frame))
        except OSError as error:
            return fault(room, f"--out {asked['out']}"[:200], "cannot_write", what=error.strerror or "")
    return {"code": 0 if look.good else 1, "answer": answer}


async def sound_check(room: Room, asked: dict[str, Any], note: Note) -> dict[str, Any]:
    """Every microphone in silence and speech, every loudspeaker; a line to `note` as each step begins."""
    for name in ("silence", "speech"):
        seconds = asked.get(name)
        if seconds is not None and not LEAST_S <= seconds <= MOST_S:
            return fault(room, f"--{name}", "wrong_seconds", least=LEAST_S, most=int(MOST_S))
    if room.is_heard():
        return {"code": 1, "answer": {"microphones": [], "loudspeakers": [], "reason": "in_meeting"}}
    if room.sounding.running:
        return {"code": 1, "answer": {"microphones": [], "loudspeakers": [], "reason": "refused_busy"}}
    answer = await room.measure_sound(
        lambda step, what: note(f"step {step} {what}"), asked.get("silence"), asked.get("speech")
    )
    good = all(one["state"] in ("pass", "warn") for one in (*answer["microphones"], *answer["loudspeakers"]))
    return {"code": 0 if good and answer["microphones"] else 1, "answer": answer}


async def trial(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    """Refused in a meeting; a platform without a road in this version is the input's fault."""
    platform = asked["platform"]
    if platform not in room.parts.conferences:
        known = ", ".join(room.parts.conferences)
        return fault(room, f"trial {platform}"[:80], "no_platform", known=known)
    if room.in_meeting():
        return {"code": 1, "answer": {"platform": platform, "reason": "in_meeting"}}
    if room.sounding.running or room.trying:  # its microphone is open, and the chirp would be heard there
        return {"code": 1, "answer": {"platform": platform, "reason": "refused_busy"}}
    answer = await room.trial(platform, asked["room"], float(asked["seconds"]))
    good = answer["media"] == "both" and answer["linked"] and answer["microphone_closed"]
    return {"code": 0 if good else 1, "answer": answer}
