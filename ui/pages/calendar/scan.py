"""A QR code held to the camera, with the camera's picture beside it; leaving the question stops the reading."""

from collections.abc import Callable

from PySide6.QtGui import QHideEvent

from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column
from ui.widgets.picture import Picture
from ui.widgets.sheets import Sheet
from ui.widgets.text import Text


class ScanSheet(Sheet):
    """`found` gets the meeting's number; after half a minute without one it is said what else can be done."""

    def __init__(self, shell: Shell, platform: str, found: Callable[[str], None]) -> None:
        theme, words = shell.theme, shell.words
        self._found, self._left = found, False
        self._said = Text(theme, words("booking.scan_hold"), Role.ITEM, bold=True, name="scan_said")
        picture = Picture(theme, words, shell.room.newest_picture, lambda: words("booking.scan_no_picture"))
        box = column(self._said, picture, gap=theme.mm(3, 1.5))
        box.setStretch(1, 1)
        super().__init__(shell, box, "sheet_scan")
        shell.do(self._read(platform))

    async def _read(self, platform: str) -> None:
        room = await self.shell.room.read_code(platform)
        self.shell.room.tell_screen(lambda: self._done(room))

    def _done(self, room: str) -> None:
        if self._left:
            return
        if room:
            self.shell.close_sheet()
            self._found(room)
        else:
            self._said.set_words(self.shell.words("booking.scan_none"))

    def hideEvent(self, event: QHideEvent) -> None:
        self._left = True
        self.shell.room.stop_reading_code()
        super().hideEvent(event)
