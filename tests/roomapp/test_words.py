"""The catalogue is complete in both languages, and spelled in one style."""

import re
import string
import time
import tomllib
import unicodedata

import pytest

from roomapp.words import LANGUAGES, RESOURCES, Words, nfc

FOLDER = RESOURCES / "i18n"
AREAS = sorted({file.name.split(".")[0] for file in FOLDER.glob("*.toml")})


def texts(area: str, lang: str) -> dict[str, str]:
    tables = tomllib.loads((FOLDER / f"{area}.{lang}.toml").read_text(encoding="utf-8"))
    return {f"{table}.{key}": text for table, entries in tables.items() for key, text in entries.items()}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_have_the_same_sentences_and_facts(area: str) -> None:
    vi, en = texts(area, "vi"), texts(area, "en")
    assert vi.keys() == en.keys()
    assert {key: placeholders(text) for key, text in vi.items()} == {key: placeholders(en[key]) for key in en}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_empty_decomposed_or_takes_a_nameless_fact(area: str, lang: str) -> None:
    for key, text in texts(area, lang).items():
        assert isinstance(text, str), key
        assert text.strip(), key
        assert unicodedata.is_normalized("NFC", text), key
        assert all(re.fullmatch(r"[a-z_]+", name) for name in placeholders(text)), key


# Tone mark on the first vowel of a final oa, oe, uy: tọa, hủy, khóa, hòa; one style, as the regulations write.
OTHER_STYLE = re.compile(r"(o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])\b", re.IGNORECASE)


@pytest.mark.parametrize("area", AREAS)
def test_tone_marks_stand_on_the_first_vowel(area: str) -> None:
    assert [text for text in texts(area, "vi").values() if OTHER_STYLE.search(text)] == []


def test_the_style_test_knows_the_other_style() -> None:
    assert all(OTHER_STYLE.search(word) for word in ("chủ toạ", "huỷ", "khoá", "hoà nhạc"))
    assert not any(OTHER_STYLE.search(word) for word in ("chủ tọa", "hủy", "khóa", "quỹ", "quý", "toàn cảnh", "hoàn"))


def test_facts_are_filled_in() -> None:
    assert "“hots”" in Words("vi")("profile.unknown_key", key="hots")


def test_unknown_sentence_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Words("vi")("profile.no_such_sentence")


def test_missing_fact_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Words("en")("profile.out_of_range", key="port")


def test_membership_tells_whether_a_sentence_exists() -> None:
    words = Words("en")
    assert "profile.unknown_key" in words
    assert "profile.nothing" not in words


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no such language"):
        Words("fr")


def test_loading_is_cheap() -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        Words("vi")
        times.append(time.perf_counter() - start)
    assert min(times) < 3 * 0.015


def test_composed_and_decomposed_text_become_one() -> None:
    assert nfc(unicodedata.normalize("NFD", "Điểm cầu")) == "Điểm cầu"
