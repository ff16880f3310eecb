"""Every key of a valid TOML text is found on the line where it stands."""

import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.profile.lines import KeyLines

TEXT = '''\
# a comment with [brackets] and = signs
schema = 1
[site]  # first
name = """
two = "lines"
"""
"quoted key" = 'x = [y]'
a.b.c = 3

[[camera]]
id = "main"
list = [ # comment ]
  1,
  { x = 1, y = [2, {z = 3}] },
]
[[camera]]
id = "second"
[camera.extra]
deep = true
[[camera.part]]
n = 1
[[camera.part]]
n = 2
'''


def lines() -> KeyLines:
    tomllib.loads(TEXT)
    return KeyLines(TEXT)


def test_lines_of_plain_dotted_and_quoted_keys() -> None:
    found = lines()
    places = (("schema",), ("site",), ("site", "name"), ("site", "quoted key"), ("site", "a"), ("site", "a", "b", "c"))
    assert [found.line_of(place) for place in places] == [2, 3, 4, 7, 8, 8]


def test_lines_of_entries_and_their_own_tables() -> None:
    found = lines()
    places = (("camera", 0), ("camera", 0, "id"), ("camera", 1, "id"), ("camera", 1, "extra", "deep"))
    assert [found.line_of(place) for place in places] == [10, 11, 17, 19]
    assert [found.line_of(("camera", 1, "part", number, "n")) for number in (0, 1)] == [21, 23]


def test_lines_inside_lists_and_inline_tables() -> None:
    found = lines()
    assert found.line_of(("camera", 0, "list", 0)) == 13
    assert found.line_of(("camera", 0, "list", 1, "y", 1, "z")) == 14


def test_what_stands_nowhere_is_said_to_be_at_its_table() -> None:
    assert lines().line_of(("camera", 1, "host")) == 16
    assert lines().line_of(("nothing",)) == 1


KEYS = st.sampled_from(["a", "b", "c-d", "e_1", '"q r"', "'s'"])
BLANKS = st.sampled_from(["", " ", "\t"])
VALUES = st.recursive(
    st.sampled_from(
        ["1", "-0.5", "true", '"x"', '"}]\\"#="', "'[{#'", '"""\nm\n[x]\n"""', "'''\nn = 1'''", "2026-05-04 07:00:00"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + " ,# c ]\n".join(items) + "\n]"),
        st.lists(st.tuples(KEYS, inner), max_size=3, unique_by=lambda pair: pair[0]).map(
            lambda pairs: "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"
        ),
    ),
    max_leaves=6,
)
HEADERS = st.tuples(st.sampled_from(["[", "[["]), st.lists(KEYS, min_size=1, max_size=3))


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Statements at random; some texts come out invalid, and are not judged."""
    out = []
    for number in range(draw(st.integers(1, 8))):
        if draw(st.booleans()):
            bracket, keys = draw(HEADERS)
            out.append(f"{bracket}{'.'.join(keys)}{']' * len(bracket)} # header")
        else:
            out.append(f"{draw(BLANKS)}k{number}.{draw(KEYS)}{draw(BLANKS)}={draw(BLANKS)}{draw(VALUES)} # [x] = 1")
    return "\n".join(out)


def places(value: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [one for key, item in inner for one in ((*place, key), *places(item, (*place, key)))]


@settings(max_examples=300, deadline=None)
@given(texts())
def test_every_place_of_any_valid_text_has_a_line_that_holds_its_key(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found, rows = KeyLines(text), text.split("\n")
    for place in places(document):
        assert place in found._lines, (place, text)
        if isinstance(place[-1], str):
            assert place[-1] in rows[found.line_of(place) - 1], (place, text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab[]{}=.,\"'# \n\\", max_size=80))
def test_any_text_ends(text: str) -> None:
    KeyLines(text)
