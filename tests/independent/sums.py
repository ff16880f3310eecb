"""An independent year: reads the csv twins alone, imports nothing of the project, prints its own sums as json.

usage: sums.py FROM TO LEAD_MIN INVITATION_H FOLDER…   (FROM and TO: ISO moments, TO excluded)
Written from the description of the figures alone. Trial verdicts need a calendar of working days: only their number,
and how many meetings had no trial, are counted here.
"""

import csv
import json
import sys
from datetime import datetime, timedelta


def read(name, folders):
    rows = {}
    for folder in folders:
        with open(f"{folder}/{name}", encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                rows[row["id"]] = row
    return list(rows.values())


def when(text):
    return datetime.fromisoformat(text) if text else None


def seconds_lost(meeting, incidents, all_kinds):
    """Second by second would be plainer; edges swept in order are exact."""
    opened, closed = when(meeting["opened_at"]), when(meeting["closed_at"])
    edges = []
    for one in incidents:
        if one["connection_lost"] != "yes" and not all_kinds:
            continue
        start, end = when(one["started_at"]), when(one["restored_at"])
        if end is None:
            if one["meeting_id"] != meeting["id"]:
                continue
            end = closed
        if end > opened and start < closed:
            edges += [(max(start, opened), 1), (min(end, closed), -1)]
    total, depth, since = timedelta(0), 0, None
    for moment, step in sorted(edges, key=lambda edge: (edge[0], -edge[1])):
        if depth == 0:
            since = moment
        depth += step
        if depth == 0:
            total += moment - since
    return total


def main(first, last, lead_min, invitation_h, *folders):
    start, end = when(first), when(last)
    meetings, incidents = read("meetings.csv", folders), read("incidents.csv", folders)
    sums = {"held": {}, "cancelled": {}, "postponed": {}, "minutes": {}}
    for table in sums.values():
        table.update({"TW": 0, "T": 0, "X": 0, "total": 0})
    met = trials = none = sessions = late = people = chair = held = 0
    lost = trouble = length = timedelta(0)
    worst = None

    def add(name, level, worth=1):
        sums[name][level] += worth
        sums[name]["total"] += worth

    for m in meetings:
        planned = when(m["planned_opening"])
        first_planned = when(m["postponed_from"]) or planned
        tried, joined, received = (when(m[k]) for k in ("trial_finished_at", "joined_at", "invitation_received_at"))
        if tried and start <= tried < end:
            sessions += 1
        if start <= first_planned < end:
            if m["status"] == "cancelled":
                add("cancelled", m["level"])
            elif m["status"] == "postponed" or m["postponed_from"]:
                add("postponed", m["level"])
        opened, closed = when(m["opened_at"]), when(m["closed_at"])
        if m["status"] != "held" or not start <= opened < end:
            continue
        held += 1
        add("held", m["level"])
        add("minutes", m["level"], int((closed - opened).total_seconds()) // 60)
        if joined:
            lead = (planned - joined).total_seconds()
            met += lead >= int(lead_min) * 60
            worst = lead if worst is None else min(worst, lead)
        trials, none = trials + bool(tried), none + (not tried)
        late += bool(received) and (planned - received).total_seconds() < int(invitation_h) * 3600
        people += int(m["attendance"] or 0)
        chair += m["role"] == "chair"
        lost += seconds_lost(m, incidents, False)
        trouble += seconds_lost(m, incidents, True)
        length += closed - opened
    inside = [i for i in incidents if start <= when(i["started_at"]) < end]
    kinds = {
        kind: sum(i["kind"] == kind for i in inside) for kind in ("link", "sound", "picture", "power", "equipment")
    }
    return {
        "meetings": {name: sums[name] for name in ("held", "cancelled", "postponed")},
        "minutes": sums["minutes"],
        "connected_in_time": {"met": met, "of": held, "worst_lead_s": worst},
        "tried": trials,
        "none": none,
        "trial_sessions": sessions,
        "invitations_late": late,
        "role": {"member": held - chair, "chair": chair},
        "attendance": people,
        "incidents": {
            "total": len(inside),
            "in_meetings": sum(bool(i["meeting_id"]) for i in inside),
            "interruption_s": lost.total_seconds(),
            "trouble_in_meetings_s": trouble.total_seconds(),
            "by_kind": kinds,
        },
        "availability": round(1 - lost / length, 6) if length else None,
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
