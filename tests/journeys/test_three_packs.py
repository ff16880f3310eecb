"""One meeting with one lost link, driven by touch under three provinces' rules: each ends as its own rules say."""

from pathlib import Path

import pytest

from tests.journeys.driver import Driver
from tests.screens.provinces import PACKS, profile_of, province
from ui.assemble import Sound
from ui.widgets.text import Text

LEAD_MIN = {"ha-giang": 90, "lam-dong": 60, "an-giang": 90}
FIXED = FREE = "lam-dong"  # its camera, and whether a lost link may be reconnected


@pytest.mark.journey
@pytest.mark.timeout(200)
@pytest.mark.parametrize("pack", PACKS)
def test_screen_and_journal_follow_the_province(tmp_path: Path, pack: str) -> None:
    driver = Driver(tmp_path, profile=profile_of(pack, tmp_path), practice=True, sound=Sound(False, True))
    seen = list[str]()
    try:
        for name, _ in province(driver):
            seen.append(name)
            if name == "hom-nay":
                meeting = driver.view.meeting
                assert meeting is not None
                assert (meeting.opening - meeting.connect_by).total_seconds() == LEAD_MIN[pack] * 60
            if name == "khung-hinh":
                said = driver.said("refused_sentence")
                assert said == (driver.words("framing.kept_fixed") if pack == FIXED else "")
            if name == "mat-ket-noi":
                assert (driver.find("reconnect") is not None) == (pack == FREE)
                article = driver.view.articles["reconnect"]
                key = "ui.lost_may_redial" if pack == FREE else "ui.lost_do_not_redial"
                assert driver.words(key, article=article) in {
                    text.accessibleName() for text in driver.panel.findChildren(Text)
                }
        offered = next(text for text, _ in driver.kiosk.house.room.periods())  # type: ignore[union-attr]
        rows = driver.journal_rows()
    finally:
        driver.close()
    assert ("Q" in offered) == (pack == "an-giang"), "the first period is one that this province asks for"
    assert ("xin-ket-noi-lai" in seen) == (pack != FREE)
    moves = [row.body["move"] for row in rows if row.kind == "session.moved"]
    assert "reconnect" in moves
    assert ("grant_leave" in moves) == (pack != FREE)
    assert any(row.kind == "framing.kept_fixed" for row in rows) == (pack == FIXED)
    framed = {row.body["seat"] for row in rows if row.kind == "framing.recalled"}
    assert ("ghe-2" in framed) == (pack != FIXED)
