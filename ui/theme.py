"""Every size, colour and font, in millimetres of the real screen; nothing else in the program names one."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter, QPixmap, QScreen
from PySide6.QtSvg import QSvgRenderer

import resources

PANEL_22_INCH_MM = 487.0
PANEL_22_INCH_HIGH_MM = 274.0
PANEL_7_INCH_MM = 154.0
LARGE_PANEL_MM = 300.0  # from here on a panel is read standing at arm's length and from 3 m
WIDE_EM = 62  # body-em widths of screen from which the two-column layout fits
FLOOR_PX = 18


class Role(StrEnum):
    """Type roles; sizes in mm for a large and a small panel."""

    COUNTDOWN = "countdown"
    PERMISSION = "permission"
    VERDICT = "verdict"
    MIC = "mic"
    TITLE = "title"
    ITEM = "item"
    BUTTON = "button"
    BODY = "body"
    LABEL = "label"


TYPE_MM = {
    Role.COUNTDOWN: (51.0, 19.0),
    Role.PERMISSION: (21.0, 8.0),
    Role.VERDICT: (16.0, 5.0),
    Role.MIC: (12.0, 5.1),
    Role.TITLE: (11.0, 4.2),
    Role.ITEM: (8.3, 3.7),
    Role.BUTTON: (7.6, 3.3),
    Role.BODY: (6.6, 3.2),
    Role.LABEL: (6.1, 3.0),
}

LIGHT = {
    "page": "#F2F4F7",
    "card": "#FFFFFF",
    "text": "#1A1A1A",
    "muted": "#454F5B",
    "primary": "#0B3D91",
    "primary_down": "#082C69",
    "on_primary": "#FFFFFF",
    "tint": "#EDF2FC",
    "ok": "#0A5C2B",
    "ok_tint": "#E9F4ED",
    "on_ok": "#FFFFFF",
    "danger": "#9B1C1C",
    "danger_tint": "#FCEFEF",
    "on_danger": "#FFFFFF",
    "warn": "#FFC107",
    "on_warn": "#1A1A1A",
    "border": "#767676",
    "hairline": "#D5DAE1",
    "open": "#9B1C1C",
    "on_open": "#FFFFFF",
    "down": "#DDE2E9",
    "table": "#E8E0D5",
    "hill1": "#E6EBF2",
    "hill2": "#D6DEE9",
    "hill3": "#C2CEDD",
    "edge": "#0B0F14",
}

DARK = {
    "page": "#12171E",
    "card": "#1C242E",
    "text": "#F2F4F7",
    "muted": "#C3CBD5",
    "primary": "#A9C7FF",
    "primary_down": "#8AB1F5",
    "on_primary": "#12171E",
    "tint": "#22324A",
    "ok": "#8FE0AC",
    "ok_tint": "#1B3327",
    "on_ok": "#12171E",
    "danger": "#FFB4AB",
    "danger_tint": "#3B2222",
    "on_danger": "#12171E",
    "warn": "#FFC107",
    "on_warn": "#1A1A1A",
    "border": "#8A96A3",
    "hairline": "#333E4B",
    "open": "#9B1C1C",
    "on_open": "#FFFFFF",
    "down": "#2B3644",
    "table": "#3A342C",
    "hill1": "#1F2A36",
    "hill2": "#263342",
    "hill3": "#2E3D4F",
    "edge": "#0B0F14",
}


@cache
def load_fonts() -> str:
    """Loads the one whole Vietnamese file of each weight; returns the family. Needs a QApplication."""
    family = ""
    for name in ("noto-sans-400.ttf", "noto-sans-700.ttf"):
        number = QFontDatabase.addApplicationFont(str(resources.path("fonts", name)))
        families = QFontDatabase.applicationFontFamilies(number)
        family = families[0] if families else family
    return family


@dataclass(frozen=True, slots=True)
class Panel:
    """The screen as the theme sees it: its size in px, its width in mm, the officer's text scale in percent."""

    size: QSize
    width_mm: float
    text_scale: int = 100
    dark: bool = False

    @staticmethod
    def of(screen: QScreen | None, size: QSize, width_mm: float | None, text_scale: int, dark: bool) -> "Panel":
        """`width_mm` of the profile stands; else the screen's own word where it can be true; else a usual panel."""
        if width_mm is None and screen is not None and size == screen.size():
            told_mm = screen.physicalSize().width()
            dots_per_inch = size.width() * 25.4 / told_mm if told_mm > 0 else 0.0
            # 96 is what a server says that was told nothing by the screen.
            if 40 <= dots_per_inch <= 300 and abs(dots_per_inch - 96) >= 1:
                width_mm = told_mm
        if width_mm is None:
            width_mm = PANEL_7_INCH_MM if size.width() <= 1100 else PANEL_22_INCH_MM
        return Panel(size, width_mm, text_scale, dark)


class Theme:
    """Hands out px, colours, fonts and icons for one panel."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.large = panel.width_mm >= LARGE_PANEL_MM
        self._true_px_per_mm = panel.size.width() / panel.width_mm
        # A panel between the two is a 22-inch one made smaller; only what a finger must hit keeps its true size.
        fits = panel.size.height() / PANEL_22_INCH_HIGH_MM if self.large else self._true_px_per_mm
        self.px_per_mm = min(self._true_px_per_mm, fits)
        self.family = load_fonts()
        self.colours = DARK if panel.dark else LIGHT
        self.wide = panel.size.width() / self.type_px(Role.BODY) >= WIDE_EM
        self._icons: dict[tuple[str, int, str, int], QPixmap] = {}

    def mm(self, large: float, small: float | None = None) -> int:
        """Millimetres to px; `small` stands on a small panel."""
        value = large if self.large or small is None else small
        return max(1, round(value * self.px_per_mm))

    def type_px(self, role: Role) -> int:
        """Letter size in px, text scale included, never under the floor."""
        large, small = TYPE_MM[role]
        scale = self.panel.text_scale / 100
        if role in (Role.COUNTDOWN, Role.PERMISSION, Role.VERDICT, Role.BUTTON, Role.MIC):
            scale = 1 + (scale - 1) / 2  # large and bold already; the words beside them need the room
        value = (large if self.large else small) * self.px_per_mm * scale
        return max(FLOOR_PX, round(value))

    def font(self, role: Role, bold: bool = False) -> QFont:
        font = QFont(self.family)
        font.setPixelSize(self.type_px(role))
        font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def colour(self, role: str) -> QColor:
        return QColor(self.colours[role])

    @property
    def small_with_large_text(self) -> bool:
        """A small panel at 125 or 150 %: what does not fit is moved by a finger, never cut."""
        return not self.large and self.panel.text_scale > 100

    def finger(self, mm: float) -> int:
        """Px of so many millimetres on the real screen: what a finger needs does not shrink with the panel."""
        return round(mm * self._true_px_per_mm)

    # the named measures of the frame
    @property
    def margin(self) -> int:
        return self.mm(12, 2.4)

    @property
    def column_gap(self) -> int:
        return self.mm(8, 3)

    @property
    def gap(self) -> int:
        return self.mm(6, 3)

    @property
    def small_gap(self) -> int:
        return self.mm(3, 1.5)

    @property
    def pad(self) -> int:
        return self.mm(9, 3)

    @property
    def top_band(self) -> int:
        return max(self.mm(23, 8), round(self.type_px(Role.TITLE) * 1.5))

    @property
    def bottom_band(self) -> int:
        return max(self.mm(33, 23), self.band_button + 2 * self.mm(3, 1.5))

    @property
    def button(self) -> int:
        """The least height of a button in the page."""
        return self.finger(20)

    @property
    def band_button(self) -> int:
        return max(self.mm(23, 20), self.finger(20))

    @property
    def low_button(self) -> int:
        """The least height where several stand in a column beside the conference."""
        return max(self.mm(17, 15), self.finger(14))

    @property
    def row(self) -> int:
        return max(self.mm(20, 15), self.finger(15), round(self.type_px(Role.BODY) * 2))

    @property
    def radius(self) -> int:
        return self.mm(3, 1.5)

    @property
    def line(self) -> int:
        return self.mm(0.5, 0.3)

    @property
    def chosen_line(self) -> int:
        return self.mm(1.3, 0.9)

    @property
    def guarded_line(self) -> int:
        return self.mm(0.8, 0.5)

    @property
    def icon(self) -> int:
        return self.mm(10, 5.5)

    def pixmap(self, name: str, size: int, colour: str, stroke: int = 2) -> QPixmap:
        """An icon of resources/icons in a colour role; `stroke` of its 24 grid, 3 inside marks.

        QtSvg draws currentColor black, so the colour is put in.
        """
        key = (name, size, self.colours[colour], stroke)
        if key not in self._icons:
            svg = (
                resources.path("icons", f"{name}.svg")
                .read_text("utf-8")
                .replace('stroke-width="2"', f'stroke-width="{stroke}"')
            )
            renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", self.colours[colour]).encode()))
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            self._icons[key] = pixmap
        return self._icons[key]
