"""Every page in every state on five panels: nothing cut, nothing outside, every target as large as a finger."""

from pathlib import Path

import pytest

from tests.journeys.driver import Driver
from tests.screens.gallery import Gallery, Look, faults
from tests.screens.sheets import asked_at_home, asked_in_meeting
from tests.screens.tour import tour
from ui.assemble import Sound

# Those with the least room for their words; `./kiosk screens --all FOLDER` looks at all of them.
LOOKS = (
    Look(1024, 600), Look(1024, 600, 150), Look(1920, 1080, 150), Look(1024, 600, lang="en"),
    Look(1280, 720, width_mm=332.0),
)  # fmt: skip
ASKED = {"hom-nay": asked_at_home, "trong-cuoc-hop": asked_in_meeting}  # laid over the page, once each


@pytest.mark.journey
@pytest.mark.timeout(400)
def test_no_page_cuts_a_word_or_hides_a_button_at_any_size_or_text_scale(tmp_path: Path) -> None:
    driver = Driver(tmp_path, (1024, 600), sound=Sound(False, True))
    gallery = Gallery(driver, LOOKS)
    found, stops = [], 0
    try:
        for name, place in tour(driver):
            stops += 1
            for look in LOOKS:
                panel = gallery.show(look, place)
                found += [f"{name} {look}: {fault}" for fault in faults(panel)]
                for sheet in ASKED.get(name, lambda *_: ())(panel, driver.view):
                    found += [f"{sheet} {look}: {fault}" for fault in faults(panel)]
                panel.hide()
    finally:
        gallery.close()
        driver.close()
    assert stops >= 20
    assert found == [], "\n".join(found)
