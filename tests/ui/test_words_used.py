"""Every sentence that the code asks for is in the catalogue, and the catalogue holds none that nobody asks for."""

import re
import tomllib
from pathlib import Path

from roomapp.words import Words

ROOT = Path(__file__).parent.parent.parent
PAPERS = ROOT / "roomapp" / "records" / "papers"  # their words are a catalogue of their own
CODE = sorted(p for folder in ("ui", "roomapp") for p in (ROOT / folder).rglob("*.py") if PAPERS not in p.parents)
KEY = re.compile(
    r'words\(\s*"((?:ui|notice|rescue|check|framing|sound|call|incident|technician|doctor|cli|meeting|session)\.[a-z_0-9]+)"'
)
MADE = re.compile(r'f"((?:[a-z]+)\.[a-z_0-9]*)\{')


def test_every_key_in_the_code_has_its_words() -> None:
    words = Words("vi")
    for path in CODE:
        for key in (key for key in KEY.findall(path.read_text("utf-8")) if not key.endswith(".json")):
            assert key in words, f"{path.name}: {key}"


def test_the_screens_words_are_all_used() -> None:
    text = "\n".join(path.read_text("utf-8") for path in CODE)
    asked = set(re.findall(r'"(ui\.[a-z_0-9]+)"', text)) | {
        "ui.cause",
        "ui.remedy",
        "ui.eta",
    }  # the fields of an incident
    beginnings = tuple(made for made in set(MADE.findall(text)) if not made.endswith("."))
    catalogue = tomllib.loads((ROOT / "resources" / "i18n" / "ui.vi.toml").read_text("utf-8"))["ui"]
    unused = [name for name in catalogue if f"ui.{name}" not in asked and not f"ui.{name}".startswith(beginnings)]
    assert unused == []
