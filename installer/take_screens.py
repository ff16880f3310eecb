"""Makes the pictures of every page for README and docs: one walk through the practice room, seen on two panels."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from roomapp.events import Place  # noqa: E402
from tests.journeys.driver import Driver  # noqa: E402 - the path comes first
from tests.screens.gallery import Gallery, Look, faults, grab  # noqa: E402
from tests.screens.provinces import PACKS, profile_of, province  # noqa: E402
from tests.screens.tour import tour  # noqa: E402
from ui.assemble import Sound  # noqa: E402

LOOKS = (Look(1024, 600), Look(1920, 1080))
LEVELS_S = 0.6  # until the needle of an open microphone stands where it hears
Walk = Callable[[Driver], Iterator[tuple[str, Place]]]
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
    with tempfile.TemporaryDirectory() as data:
        wrong = take(Driver(Path(data), (1920, 1080), sound=Sound(False, True)), tour, "", looks, folder)
    for pack in PACKS:
        with tempfile.TemporaryDirectory() as data:
            profile = profile_of(pack, Path(data))
            room = Driver(Path(data), (1920, 1080), profile=profile, practice=True, sound=Sound(False, True))
            wrong += take(room, province, f"{pack}-", looks, folder)
    return 1 if wrong else 0


def take(driver: Driver, walk: Walk, prefix: str, looks: tuple[Look, ...], folder: Path) -> int:
    """Each stop of the walk in each look; how much is wrong with how it looks."""
    wrong, gallery = 0, Gallery(driver, looks)
    try:
        for stop, place in walk(driver):
            name = prefix + stop
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
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
