"""The words of papers: Vietnamese only, in one style, each one used."""

import re
import tomllib
import unicodedata

import pytest

from roomapp.words import RESOURCES
from tests.roomapp.test_words import OTHER_STYLE

FILES = sorted((RESOURCES / "papers").glob("*.toml"))
CODE = "".join(path.read_text("utf-8") for path in (RESOURCES.parent / "roomapp/records/papers").rglob("*.py"))
NAMED_BY_CODE = {  # areas whose keys are codes of the journal, the profile or the form
    "level", "role", "system", "status", "incident_kind", "meeting_kind", "site_kind", "upkeep_entry", "signer",
    "readiness_item", "readiness_result", "contact_role", "notice_gap",
}  # fmt: skip


def texts() -> dict[str, str]:
    return {
        f"{area}.{key}": text
        for file in FILES
        for area, entries in tomllib.loads(file.read_text("utf-8")).items()
        for key, text in entries.items()
    }


@pytest.mark.parametrize("key", texts())
def test_a_text_is_composed_and_in_one_style(key: str) -> None:
    text = texts()[key]
    assert unicodedata.is_normalized("NFC", text)
    assert not OTHER_STYLE.search(text)
    assert text == text.rstrip(" ")


def test_every_text_is_used() -> None:
    assert [key for key in texts() if key.split(".")[0] not in NAMED_BY_CODE and f'"{key}"' not in CODE] == []


def test_every_used_text_is_there() -> None:
    areas = {key.split(".")[0] for key in texts()}
    used = {key for key in re.findall(r'words\(\s*"([a-z_]+\.[a-z_0-9]+)"', CODE) if key.split(".")[0] in areas}
    assert used <= texts().keys()
