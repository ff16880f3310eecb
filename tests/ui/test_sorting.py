"""Lists on the screen and in reports stand in one order."""

from functools import cmp_to_key

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCollator, QLocale

from roomapp.rules.lettering import sort_key
from tests.roomapp.books.test_lettering import LETTERS

NAMES = st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=2, max_size=12)


@given(NAMES)
def test_reports_sort_as_qt_does(names: list[str]) -> None:
    collator = QCollator(QLocale("vi_VN"))
    ours, theirs = sorted(names, key=sort_key), sorted(names, key=cmp_to_key(collator.compare))
    assert [collator.compare(a, b) for a, b in zip(ours, theirs, strict=True)] == [0] * len(names)
