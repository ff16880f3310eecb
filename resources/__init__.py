"""The program's data files: checklists, rules, wording, fonts, icons, profiles."""

from pathlib import Path


def path(*parts: str) -> Path:
    """The file or folder of that name under resources/."""
    return Path(__file__).parent.joinpath(*parts)
