"""Checks a profile whole, and loads it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from roomapp.profile.choices import CAMERA_PORTS
from roomapp.profile.lines import KeyLines
from roomapp.profile.model import SCHEMA, Profile
from roomapp.profile.reading import UnreadableError, read_document, read_text
from roomapp.profile.report import Fault, Report
from roomapp.profile.secrecy import check_secrecy
from roomapp.profile.sense import check_rules, check_sense, pack_file
from roomapp.profile.shape import check_shape
from roomapp.profile.web import own_origin
from roomapp.words import Words


class ProfileError(Exception):
    """The profile cannot be used; `faults` says all that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.where}: {fault.problem}" for fault in self.faults))


def check_profile(path: Path, words: Words) -> tuple[list[Fault], list[Fault]]:
    """Every fault that can be found, and the warnings (which do not make a profile invalid). Never raises."""
    _, faults, warnings = read_profile(path, words)
    return faults, warnings


def load_profile(path: Path, words: Words) -> Profile:
    """The profile, with the drivers' ports and the pack's path filled in; ProfileError with all faults."""
    profile, faults, _ = read_profile(path, words)
    if profile is None:
        raise ProfileError(faults)
    return profile


def read_profile(path: Path, words: Words, pack: Path | None = None) -> tuple[Profile | None, list[Fault], list[Fault]]:
    """The profile (None with a fault), its faults and its warnings; `pack` stands in for a pack given by its path."""
    try:
        text = read_text(path)
        document = read_document(text)
    except UnreadableError as unreadable:
        return None, [_about_file(path, words, unreadable)], []
    report = Report(document, KeyLines(text), words)
    if _schema_is_ours(document, report):
        check_shape(document, report)
        check_secrecy(document, report)
        check_sense(document, report)
        check_rules(document, path.parent, pack, report)
    if report.faults:
        return None, report.faults, report.warnings
    _fill_in(document, pack_file(document["site"]["rules"], path.parent, pack))
    try:
        return msgspec.convert(document, Profile), [], report.warnings
    except (
        msgspec.ValidationError
    ):  # the checker let through what the structs do not take: our mistake, told as a fault
        return None, [_about_file(path, words, UnreadableError("unforeseen"))], report.warnings


def _about_file(path: Path, words: Words, unreadable: UnreadableError) -> Fault:
    key, line = f"profile.{unreadable.key}", unreadable.line
    where = words("profile.where_file", file=path.name) if line is None else words("profile.where_line", line=line)
    return Fault(where, words(key, **unreadable.facts), words(f"{key}_remedy", **unreadable.facts))


def _schema_is_ours(document: dict[str, Any], report: Report) -> bool:
    """False for another schema: its keys are not ours to judge."""
    schema = document.get("schema")
    if isinstance(schema, int) and not isinstance(schema, bool) and schema != SCHEMA:
        report.fault(("schema",), "newer_schema" if schema > SCHEMA else "bad_schema", known=SCHEMA)
        return False
    return True


def _fill_in(document: dict[str, Any], pack: Path) -> None:
    for camera in document.get("camera", []):
        if camera["driver"] in CAMERA_PORTS:
            camera.setdefault("port", CAMERA_PORTS[camera["driver"]])
    for platform in document.get("platform", []):
        if "url" in platform:
            platform.setdefault("allow", [own_origin(platform["url"])])
    document["site"]["rules"] = str(pack.absolute())
