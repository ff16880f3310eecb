"""Finding a line by letters without marks."""

from ui.pages.books.letters import matches, next_letters

NAMES = ["Giao ban tháng 11", "Đường truyền", "Tập huấn"]


def test_letters_find_from_the_beginning_of_any_word_without_marks() -> None:
    assert [name for name in NAMES if matches(name, "t")] == NAMES
    assert [name for name in NAMES if matches(name, "duongt")] == ["Đường truyền"]
    assert not any(matches(name, "uong") for name in NAMES)
    assert all(matches(name, "") for name in NAMES)


def test_only_letters_that_can_follow_are_offered() -> None:
    assert next_letters(NAMES, "") == "bdght1"
    assert next_letters(NAMES, "t") == "ahr"
