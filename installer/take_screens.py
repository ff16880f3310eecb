"""Makes the pictures of every page for README and docs: one walk through the practice room, seen on two panels."""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from roomapp.events import Place  # noqa: E402
from tests.journeys.driver import Driver  # noqa: E402 - the path comes first
from tests.screens.gallery import Gallery, Look, faults, grab  # noqa: E402
from tests.screens.tour import tour  # noqa: E402
from ui.assemble import Sound  # noqa: E402

LOOKS = (Look(1024, 600), Look(1920, 1080))
LEVELS_S = 0.6  # until the needle of an open microphone stands where it hears
MORE = (
    Look(3840, 2160),
    Look(1280, 720, width_mm=332.0),
    *(Look(*size, scale) for size in ((1024, 600), (1920, 1080)) for scale in (125, 150)),
    *(Look(*size, lang="en") for size in ((1024, 600), (1920, 1080))),
    Look(1920, 1080, dark=True),
)


def main(arguments: list[str]) -> int:
    """`./kiosk screens [--all] [FOLDER]`: the two sizes into docs/screens, with --all every look into FOLDER."""
    every = "--all" in arguments
    folder = Path(next((a for a in arguments if not a.startswith("-")), str(ROOT / "docs" / "screens")))
    looks = LOOKS + MORE if every else LOOKS
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with tempfile.TemporaryDirectory() as data:
        driver = Driver(Path(data), (1920, 1080), sound=Sound(False, True))
        gallery = Gallery(driver, looks)
        try:
            for name, place in tour(driver):
                for look in looks:
                    panel = gallery.live(look, place, LEVELS_S) if place is Place.MEETING else gallery.show(look, place)
                    grab(panel).save(str(folder / f"{name}_{look}{'-dark' if look.dark else ''}.png"))
                    for fault in faults(panel):
                        print(f"{name} {look}: {fault}")
                        wrong += 1
                    panel.hide()
                print(name)
        finally:
            gallery.close()
            driver.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
