"""Text as the page needs it: wrapped, with a readable line height, measured before it is drawn, never cut."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Role, Theme

LINE_HEIGHT = {Role.COUNTDOWN: 1.0, Role.PERMISSION: 1.35, Role.VERDICT: 1.25, Role.TITLE: 1.3, Role.MIC: 1.3}
BODY_LINE_HEIGHT = 1.35


def lay_out(words: str, font: QFont, width: float, line_height: float) -> tuple[QTextLayout, float, float]:
    """Lays words out in lines of at most `width` px; returns the layout, its height and its natural width."""
    layout = QTextLayout(words.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    pitch = font.pixelSize() * line_height
    top, natural = 0.0, 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1.0, width))
        line.setPosition(QPointF(0, top + (pitch - line.height()) / 2))
        natural = max(natural, line.naturalTextWidth())
        top += pitch
    layout.endLayout()
    return layout, top, natural


def draw_text(
    painter: QPainter,
    rect: QRectF | QRect,
    words: str,
    font: QFont,
    line_height: float = BODY_LINE_HEIGHT,
    centre: bool = False,
) -> None:
    """Draws wrapped words, vertically centred in `rect`; horizontally too if asked."""
    box = QRectF(rect)
    layout, height, _natural = lay_out(words, font, box.width(), line_height)
    top = box.top() + (box.height() - height) / 2
    if not centre:
        layout.draw(painter, QPointF(box.left(), top))
        return
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        line.draw(painter, QPointF(box.left() + (box.width() - line.naturalTextWidth()) / 2, top))


class Text(QWidget):
    """Words in one role and colour. With `wrap` its height follows its width; `shrink` lets a long title go smaller."""

    def __init__(
        self,
        theme: Theme,
        words: str = "",
        role: Role = Role.BODY,
        *,
        bold: bool = False,
        colour: str = "text",
        wrap: bool = True,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        most_lines: int = 0,
        name: str = "",
    ) -> None:
        super().__init__()
        self._theme, self._role, self._bold, self._colour = theme, role, bold, colour
        self._wrap, self._align, self._most_lines = wrap, align, most_lines
        self._words = words
        if name:
            self.setObjectName(name)
        self.setAccessibleName(words)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)

    def set_words(self, words: str, colour: str | None = None) -> None:
        if (words, colour or self._colour) == (self._words, self._colour):
            return
        self._words, self._colour = words, colour or self._colour
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        return self._words

    def _line_height(self) -> float:
        return LINE_HEIGHT.get(self._role, BODY_LINE_HEIGHT)

    def _fitted(self, width: int) -> tuple[str, QFont]:
        """The words and font that keep within most_lines: one size smaller, then shortened with an ellipsis."""
        font = self._theme.font(self._role, self._bold)
        words = self._words
        if not self._most_lines:
            return words, font
        pitch = self._line_height()

        def lines(text: str) -> int:
            return lay_out(text, font, width, pitch)[0].lineCount()

        most = self._most_lines
        if lines(words) > most:
            font.setPixelSize(max(18, round(font.pixelSize() * 0.8)))
            most += 1
        while lines(words) > most and " " in words.strip("… "):
            words = words.rsplit(" ", 1)[0].rstrip("… ,") + "…"
        return words, font

    def hasHeightForWidth(self) -> bool:
        return self._wrap

    def heightForWidth(self, width: int) -> int:
        words, font = self._fitted(width)
        return round(lay_out(words, font, width if self._wrap else 1e6, self._line_height())[1] + 0.5)

    def sizeHint(self) -> QSize:
        font = self._theme.font(self._role, self._bold)
        _, height, natural = lay_out(self._words, font, 1e6, self._line_height())
        return QSize(round(natural + 1.5), round(height + 0.5))

    def minimumSizeHint(self) -> QSize:
        font = self._theme.font(self._role, self._bold)
        if not self._wrap:
            return self.sizeHint()
        metrics = QFontMetricsF(font)
        longest = max((metrics.horizontalAdvance(word) for word in self._words.split()), default=0.0)
        return QSize(round(longest + 1.5), round(font.pixelSize() * self._line_height()))

    def paintEvent(self, _: QPaintEvent) -> None:
        words, font = self._fitted(self.width())
        layout, height, _natural = lay_out(words, font, self.width() if self._wrap else 1e6, self._line_height())
        painter = QPainter(self)
        painter.setPen(self._theme.colour(self._colour))
        top = 0.0 if self._align & Qt.AlignmentFlag.AlignTop else max(0.0, (self.height() - height) / 2)
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            left = 0.0
            if self._align & Qt.AlignmentFlag.AlignRight:
                left = self.width() - line.naturalTextWidth()
            elif self._align & Qt.AlignmentFlag.AlignHCenter:
                left = (self.width() - line.naturalTextWidth()) / 2
            line.draw(painter, QPointF(left, top))
        painter.end()
