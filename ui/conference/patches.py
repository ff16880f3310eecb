"""How old the security patches of this QtWebEngine's Chromium are, for the technician's page."""

import tomllib
from dataclasses import dataclass
from datetime import date

import resources


@dataclass(frozen=True, slots=True)
class PatchAge:
    """`released`: when the newest listed release came out that is no newer than `patched_to`; None: it is older.

    `later` counts the listed releases that came after it. Beyond `known_until` the list knows nothing.
    """

    chromium: str
    patched_to: str
    released: date | None
    days: int | None
    later: int
    known_until: date


def installed() -> tuple[str, str]:
    """Chromium's version in the installed QtWebEngine, and the release up to which its patches are taken over."""
    from PySide6.QtWebEngineCore import qWebEngineChromiumSecurityPatchVersion, qWebEngineChromiumVersion

    return str(qWebEngineChromiumVersion()), str(qWebEngineChromiumSecurityPatchVersion())


def releases() -> dict[tuple[int, ...], date]:
    """Source: resources/web/chromium_releases.toml."""
    told = tomllib.loads(resources.path("web", "chromium_releases.toml").read_text("utf-8"))
    return {parts(version): day for version, day in told["released"].items()}


def patch_age(chromium: str, patched_to: str, known: dict[tuple[int, ...], date], today: date) -> PatchAge:
    """Pure. A `patched_to` that is no version is older than any."""
    limit = parts(patched_to)
    taken = [version for version in known if version <= limit]
    released = known[max(taken)] if taken else None
    days = (today - released).days if released is not None else None
    return PatchAge(chromium, patched_to, released, days, len(known) - len(taken), max(known.values()))


def parts(version: str) -> tuple[int, ...]:
    """ "140.0.7339.264" as numbers; what is no version is ()."""
    numbers = version.split(".")
    return tuple(int(number) for number in numbers) if all(number.isdigit() for number in numbers) else ()
