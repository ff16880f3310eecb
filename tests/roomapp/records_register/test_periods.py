"""Periods on both bases: no day is in two, none is in none."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from roomapp.rules.reporting.periods import PeriodError
from roomapp.words import Words
from tests.roomapp.records_register.making import at, during


@pytest.mark.parametrize(
    ("text", "basis", "first", "last"),
    [
        ("2026-Q1", "calendar", "2026-01-01", "2026-03-31"),
        ("2026-Q4", "calendar", "2026-10-01", "2026-12-31"),
        ("2026-H1", "calendar", "2026-01-01", "2026-06-30"),
        ("2026-Y", "calendar", "2026-01-01", "2026-12-31"),
        ("2026-Q1", "nd09", "2025-12-15", "2026-03-14"),
        ("2026-Q2", "nd09", "2026-03-15", "2026-06-14"),
        ("2026-Q3", "nd09", "2026-06-15", "2026-09-14"),
        ("2026-Q4", "nd09", "2026-09-15", "2026-12-14"),
        ("2026-H1", "nd09", "2025-12-15", "2026-06-14"),
        ("2026-H2", "nd09", "2026-06-15", "2026-12-14"),
        ("2026-Y", "nd09", "2025-12-15", "2026-12-14"),
        ("2026-10-05..2026-10-05", "calendar", "2026-10-05", "2026-10-05"),
    ],
)
def test_a_period_has_its_first_and_last_day(text: str, basis: str, first: str, last: str) -> None:
    found = during(text, basis)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize("basis", ["calendar", "nd09"])
def test_quarters_follow_each_other_without_a_gap_over_years(basis: str) -> None:
    quarters = [during(f"{year}-Q{n}", basis) for year in range(2024, 2029) for n in range(1, 5)]
    for before, after in pairwise(quarters):
        assert after.first - before.last == timedelta(days=1)


def test_a_period_holds_its_first_moment_and_not_the_moment_after_its_last_day() -> None:
    quarter = during("2026-Q4")
    assert quarter.holds(at("01/10/2026 00:00"))
    assert quarter.holds(at("31/12/2026 23:59:59"))
    assert not quarter.holds(at("01/01/2027 00:00"))
    assert not quarter.holds(None)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-Q4", "Quý IV năm 2026"),
        ("2026-H1", "6 tháng đầu năm 2026"),
        ("2026-H2", "6 tháng cuối năm 2026"),
        ("2026-Y", "Năm 2026"),
        ("2026-01-05..2026-07-24", "Từ 05/01/2026 đến 24/07/2026"),
    ],
)
def test_a_period_is_named_as_papers_name_it(text: str, label: str) -> None:
    key, facts = during(text).label()
    assert Words("vi")(key, **facts) == label


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "period_form"),
        ("2026-Q5", "period_form"),
        ("2026-q1", "period_form"),
        ("٢٠٢٦-Q1", "period_form"),
        ("0000-Y", "period_dates"),
        ("9999-Y", "period_dates"),
        ("2026-02-30..2026-03-01", "period_dates"),
        ("2026-03-02..2026-03-01", "period_backwards"),
        ("2027-03-02..2026-03-01", "period_backwards"),
    ],
)
def test_what_names_no_period_is_refused_with_a_sentence(text: str, key: str) -> None:
    with pytest.raises(PeriodError) as refused:
        during(text)
    assert refused.value.key == key
    assert f"reports.{key}_remedy" in Words("vi")


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(PeriodError, match="period_basis"):
        during("2026-Y", "lunar")


def test_a_leap_year_has_its_day() -> None:
    assert during("2028-02-29..2028-02-29").first == date(2028, 2, 29)
