"""The age of Chromium's patches is told from a list, and from nothing else."""

from datetime import date

from ui.conference.patches import PatchAge, installed, parts, patch_age, releases

KNOWN = {(140, 0, 7, 10): date(2026, 9, 1), (141, 0, 1, 2): date(2026, 10, 1), (141, 0, 1, 9): date(2026, 10, 11)}
TODAY = date(2026, 10, 21)


def test_age_counts_from_the_release_that_the_patches_reach() -> None:
    assert patch_age("140.0.1.1", "141.0.1.2", KNOWN, TODAY) == PatchAge(
        "140.0.1.1", "141.0.1.2", date(2026, 10, 1), 20, 1, date(2026, 10, 11)
    )


def test_patches_between_two_releases_are_as_old_as_the_earlier() -> None:
    assert patch_age("140.0.1.1", "141.0.1.5", KNOWN, TODAY).released == date(2026, 10, 1)


def test_patches_older_than_the_list_have_no_age() -> None:
    age = patch_age("130.0.1.1", "131.0.0.1", KNOWN, TODAY)
    assert (age.released, age.days, age.later) == (None, None, 3)


def test_what_is_no_version_has_no_age() -> None:
    assert patch_age("", "unknown", KNOWN, TODAY).days is None


def test_list_reaches_the_installed_engine() -> None:
    chromium, patched_to = installed()
    age = patch_age(chromium, patched_to, releases(), TODAY)
    assert parts(chromium) < parts(patched_to)
    assert age.released is not None
