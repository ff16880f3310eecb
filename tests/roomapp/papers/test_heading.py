"""Who issues, number, place and day, as Decree 30 writes them."""

from datetime import date

import pytest

from roomapp.records.papers.heading import Issuer, day_in_words, heading, numbered, paper_words, signer
from roomapp.records.papers.paper import Heading, Signer
from tests.roomapp.papers.samples import ISSUER

WORDS = paper_words()


def top(issuer: Issuer = ISSUER, day: date | None = date(2026, 7, 24), number: int | None = None) -> Heading:
    return heading(WORDS, issuer, "BC", day, 2026, number)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 7, 24), "ngày 24 tháng 7 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_days_below_ten_and_the_first_two_months_take_a_nought(day: date, said: str) -> None:
    assert day_in_words(WORDS, day) == said


def test_numbers_below_ten_take_a_nought() -> None:
    assert (numbered(5), numbered(10), numbered(123)) == ("05", "10", "123")
    assert top(number=5).number == "Số: 05/BC-UBND"


def test_the_number_is_left_to_the_registry() -> None:
    left, right = top().number.split("/")
    assert (left.strip("\u00a0"), right) == ("Số: ", "BC-UBND")
    assert len(left) > 10


def test_a_day_not_known_is_left_free() -> None:
    assert top(day=None).place_and_date.endswith("năm 2026")
    assert not any(sign.isdigit() for sign in top(day=None).place_and_date[:-4])


def test_a_commune_issues_as_its_committee_without_a_parent() -> None:
    assert (top().parent, top().unit) == ("", "ỦY BAN NHÂN DÂN\nXÃ SUỐI MÂY")
    assert top().place_and_date.startswith("Suối Mây, ")
    assert signer(WORDS, ISSUER) == Signer("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


def test_a_school_issues_in_its_own_name_under_its_parent() -> None:
    school = Issuer(unit="UBND xã Suối Mây", name="Trường THCS Suối Mây", kind="school", province="Tuyên Quang")
    assert (top(school).parent, top(school).unit) == ("ỦY BAN NHÂN DÂN XÃ SUỐI MÂY", "TRƯỜNG THCS SUỐI MÂY")
    assert signer(WORDS, school).post == "HIỆU TRƯỞNG"
    assert top(school).number.endswith("/BC-…")


def test_a_party_body_has_the_party_above_it() -> None:
    party = Issuer(unit="Đảng ủy xã Suối Mây", kind="party", parent_unit="Tỉnh ủy Tuyên Quang")
    assert (top(party).state, top(party).motto) == ("ĐẢNG CỘNG SẢN VIỆT NAM", "")


def test_a_signer_given_stands_before_the_usual_one() -> None:
    given = Issuer(unit="UBND xã Suối Mây", signer=Signer("KT. Chủ tịch", "Phó Chủ tịch", "Ma Văn Ỷ"))
    assert signer(WORDS, given) == Signer("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Ma Văn Ỷ")


def test_a_commune_named_by_a_number_keeps_the_province_as_its_place() -> None:
    assert top(Issuer(unit="UBND phường 12", name="Phường 12", province="Gia Lai")).place_and_date.startswith(
        "Gia Lai,"
    )
