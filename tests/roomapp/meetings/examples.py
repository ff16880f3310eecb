"""Meetings and packs that these tests share."""

from datetime import datetime
from typing import Any

from roomapp.rules.meeting import Meeting, meeting_from
from roomapp.rules.pack import HOUSE_PACKS, load_pack

HA_GIANG = load_pack(HOUSE_PACKS / "ha-giang.toml")
AN_GIANG = load_pack(HOUSE_PACKS / "an-giang.toml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00")


def meeting(id: str = "m1", opening: str = "2026-11-30T08:00", **more: Any) -> Meeting:
    if "expected_end" in more:
        more["expected_end"] = at(more["expected_end"]).isoformat()
    body = {"id": id, "title": "Giao ban", "class": "5.4.b", "level": "T", "opening": at(opening).isoformat()}
    return meeting_from({**body, **more})
