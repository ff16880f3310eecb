"""A command's answer for a person: short lines, in their language; scripts take --json."""

from typing import Any

from roomapp.words import Words


def say(answer: dict[str, Any], words: Words) -> list[str]:
    """The answer as lines."""
    if "checks" in answer:
        lines = [
            f"{words('check.cli_' + c['state']):<14} {c['name']}"
            + (f": {c['cause']} {c['remedy']}" if c["cause"] else "")
            for c in answer["checks"]
        ]
        return [*lines, words("cli.said_ready" if answer["ready"] else "cli.said_not_ready")]
    if "valid" in answer:
        lines = [f"{f['where']}: {f['problem']} {f['remedy']}" for f in answer["faults"]]
        return [*lines, words("cli.said_valid" if answer["valid"] else "cli.said_invalid", n=len(lines))]
    if "missing" in answer:
        lines = [f"{m['name']}: {m['why']}\n    {m['command']}" for m in answer["missing"]]
        return lines or [words("cli.said_nothing_missing")]
    if "intact" in answer:
        return [words("cli.said_intact" if answer["intact"] else "cli.said_broken", **answer)]
    if "sentence" in answer:
        return [answer["sentence"]]
    if "names" in answer:
        return answer["names"] or [words("secret.none")]
    if "days" in answer and "added" not in answer:
        days = [f"{d['date']}  {d['kind']}  {d['reason']}  {d['document']}" for d in answer["days"]]
        return [*days, words("cli.said_calendar", version=answer["version"])]
    if "meetings" in answer:
        return [_meeting(m) for m in answer["meetings"]] or [words("ui.no_meetings")]
    if "title" in answer:
        late = [f"{words(f'duty.late_{kind}')} {words(f'duty.late_{kind}_remedy')}" for kind in answer.get("late", ())]
        return [_meeting(answer), *(words(f"gap.{gap}") for gap in answer.get("gaps", ())), *late]
    return [f"{key}: {value}" for key, value in answer.items()]


def _meeting(meeting: dict[str, Any]) -> str:
    return f"{meeting['id']}  {meeting['opening']}  {meeting['platform']}  {meeting['room']}  {meeting['title']}"
