"""Vietnamese is found without its marks and stands in its own order."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from roomapp.rules.lettering import folded, sort_key

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"


def test_names_are_found_by_what_an_officer_types_without_marks() -> None:
    for name in ("Đường truyền", "Điện lực", "Biên bản sự cố", unicodedata.normalize("NFD", "Điểm cầu Suối Mây")):
        typed = {"Đường truyền": "duong truyen", "Điện lực": "dien luc", "Biên bản sự cố": "bien ban su co"}
        assert typed.get(name, "diem cau suoi may") in folded(name)


def test_names_stand_in_the_order_of_a_vietnamese_list() -> None:
    right = ["An", "Ánh", "Ăn", "Ân", "Chi", "Duy", "Đào", "Đức", "Hà", "Hả", "Hã", "Há", "Hạ"]
    assert sorted(reversed(right), key=sort_key) == right


@given(st.text(LETTERS + LETTERS.upper() + " 0129", max_size=12))
def test_marks_never_change_what_is_found_and_both_forms_sort_alike(text: str) -> None:
    apart = unicodedata.normalize("NFD", text)
    assert folded(text) == folded(apart)
    assert sort_key(text)[:2] == sort_key(apart)[:2]
    assert not any(unicodedata.combining(sign) for sign in folded(text))
