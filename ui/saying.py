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
    if "found" in answer:
        return _imported(answer, words)
    if "days" in answer and "added" not in answer:
        days = [f"{d['date']}  {d['kind']}  {d['reason']}  {d['document']}" for d in answer["days"]]
        return [*days, words("cli.said_calendar", version=answer["version"])]
    if "figures" in answer:
        from ui.reports import said

        return said(answer, words)
    if "rejected" in answer:
        lines = [f"{one['file']}: {one['line']}: {one['problem']}" for one in answer["rejected"]]
        return [*lines, words("reports.imported", **answer)]
    if "meetings" in answer:
        booked = [
            _meeting(m) + (f"  ({words('cli.said_postponed')})" if m["postponed"] else "") for m in answer["meetings"]
        ]
        return [*booked, *(_clash(one, words) for one in answer.get("clashes", ()))] or [words("ui.no_meetings")]
    if "title" in answer:
        late = [f"{words(f'duty.late_{kind}')} {words(f'duty.late_{kind}_remedy')}" for kind in answer.get("late", ())]
        return [_meeting(answer), *(words(f"gap.{gap}") for gap in answer.get("gaps", ())), *late]
    return [f"{key}: {value}" for key, value in answer.items()]


def _imported(answer: dict[str, Any], words: Words) -> list[str]:
    """What was found, what was open in it, and what became of it."""
    lines = []
    for one in answer["found"]:
        notes = ", ".join(words(f"invitation.{note}") for note in one["notes"])
        lines.append(f"{one['opening'] or one['day']}  {one['title']}" + (f" ({notes})" if notes else ""))
    if "added" in answer:
        counts = {key: len(answer[key]) for key in ("added", "changed", "cancelled", "unchanged")}
        lines.append(words("cli.said_imported", **counts))
        if answer["needs_time"]:
            lines.append(words("cli.said_needs_time", n=len(answer["needs_time"])))
    return lines


def _clash(clash: dict[str, Any], words: Words) -> str:
    """Two meetings in one room: which one the rank keeps (Art. 4.5), and that the other's unit must be told."""
    first, second, kept = clash["first"], clash["second"], clash["kept"]
    if kept is None:
        return words("cli.said_clash_equal", first=first, second=second)
    return words("cli.said_clash", kept=kept, other=second if kept == first else first)


def _meeting(meeting: dict[str, Any]) -> str:
    return f"{meeting['id']}  {meeting['opening']}  {meeting['platform']}  {meeting['room']}  {meeting['title']}"
