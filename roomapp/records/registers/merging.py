"""Many sites' json twins into one: sums under the same keys, means and availability anew from the sums."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from roomapp.rules.reporting.figure_details import means
from roomapp.rules.reporting.figures import availability

MOST_BYTES = 50_000_000
SCHEMA = 1
PARTS = {"site": dict, "period": dict, "rule_pack": dict, "calendar": dict, "figures": dict, "meetings": list,
         "incidents": list}  # fmt: skip

FIGURES = frozenset(("meetings", "minutes", "connected_in_time", "trials", "trial_sessions", "invitations_late", "role",
                     "attendance", "incidents", "availability"))  # fmt: skip


class MergeError(Exception):
    """One file cannot be taken in; `key` names a sentence of the area "merge"."""

    def __init__(self, key: str, file: str, what: str = "") -> None:
        super().__init__(f"{file}: {key} {what}".strip())
        self.key, self.file, self.what = key, file, what


def merge(paths: Iterable[Path]) -> dict[str, Any]:
    """One twin of all; MergeError names the file that is unreadable, of another schema or period, or a site twice."""
    twins: list[dict[str, Any]] = []
    codes: dict[str, str] = {}
    total: dict[str, Any] = {}
    further: dict[str, Any] = {}
    for path in paths:
        one = read_twin(path)
        code, name = str(one["site"].get("code", "")), path.name
        if twins and _span(one) != _span(twins[0]):
            raise MergeError("other_period", name, str(one["period"].get("label_vi", "")))
        if code in codes:
            raise MergeError("site_twice", name, f"{code} ({codes[code]})")
        codes[code] = name
        try:
            total = _sum([total, one["figures"]])
            further = _sum([further, {**one.get("details", {}), "held_s": held_s(one)}])
            total["availability"] = availability(total["incidents"]["interruption_s"], further["held_s"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MergeError("no_twin", name) from error
        twins.append(one)
    return _whole(twins, total, {**further, **means(further)})


def read_twin(path: Path) -> dict[str, Any]:
    """One site's twin; MergeError: no_file, too_big, no_twin, other_schema, merged."""
    try:
        if not path.is_file():
            raise MergeError("no_file", path.name)
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise MergeError("no_file", path.name) from error
    if len(data) > MOST_BYTES:
        raise MergeError("too_big", path.name)
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MergeError("no_twin", path.name) from error
    if not isinstance(found, dict) or "schema" not in found:
        raise MergeError("no_twin", path.name)
    if found["schema"] != SCHEMA:
        raise MergeError("other_schema", path.name, str(found["schema"])[:20])
    if not all(isinstance(found.get(key), kind) for key, kind in PARTS.items()) or FIGURES - set(found["figures"]):
        raise MergeError("no_twin", path.name)
    if "sites" in found["site"]:
        raise MergeError("merged", path.name)
    return found


def held_s(found: Mapping[str, Any]) -> float:
    """Seconds of held meetings: as told in the details, else from the list of meetings."""
    told = found.get("details", {}).get("held_s")
    if told is not None:
        return float(told)
    total = timedelta()
    for one in found["meetings"]:
        if one.get("status") == "held" and one.get("opened_at") and one.get("closed_at"):
            opened = datetime.fromisoformat(one["opened_at"])
            if found["period"]["from"] <= opened.date().isoformat() <= found["period"]["to"]:
                total += datetime.fromisoformat(one["closed_at"]) - opened
    return total.total_seconds()


def _span(found: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(found["period"].get(key) for key in ("kind", "from", "to", "basis"))


def _sum(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Key by key; a lead is the worst of all, and seconds are added without loss."""
    keys = list(dict.fromkeys(key for part in parts for key in part))
    return {key: _sum_of(key, [part[key] for part in parts if key in part]) for key in keys}


def _sum_of(key: str, values: list[Any]) -> Any:
    if any(isinstance(value, dict) for value in values):
        return _sum(values)
    told = [value for value in values if value is not None]
    if key == "worst_lead_s":
        return min(told, default=None)
    if key == "availability":
        return None  # made anew
    if key == "systems":
        return sorted({str(system) for value in told for system in value})
    if any(isinstance(value, str | list) for value in told):
        raise TypeError(key)
    if key.endswith("_s"):
        return sum((timedelta(seconds=value) for value in told), timedelta()).total_seconds()
    return sum(told)


def _whole(twins: list[dict[str, Any]], total: dict[str, Any], further: dict[str, Any]) -> dict[str, Any]:
    packs = sorted({(str(one["rule_pack"].get("name")), str(one["rule_pack"].get("version"))) for one in twins})
    versions = sorted({str(one["calendar"].get("version")) for one in twins})

    def together(name: str) -> list[dict[str, Any]]:
        return [{"site": one["site"].get("code", ""), **row} for one in twins for row in one[name]]

    return {
        "schema": SCHEMA,
        "site": {"code": "", "name": "", "sites": [one["site"] for one in twins]},
        "period": twins[0]["period"],
        "rule_pack": {"name": "; ".join(p[0] for p in packs), "version": "; ".join(p[1] for p in packs)},
        "calendar": {
            "version": "; ".join(versions),
            "confirmed": all(one["calendar"].get("confirmed") is True for one in twins),
        },
        "figures": total,
        "details": further,
        "meetings": together("meetings"),
        "incidents": together("incidents"),
    }
