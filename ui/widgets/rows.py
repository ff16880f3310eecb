"""The list of a checklist's steps: mark, name, what was measured; scrolled by a finger where it is long."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScrollArea, QScroller, QSizePolicy, QVBoxLayout, QWidget

from roomapp.events import RowState, StepRow
from ui.theme import Role, Theme
from ui.widgets.button import Touchable
from ui.widgets.marks import STEP_MS, TURN_MS, draw_mark
from ui.widgets.text import draw_text, lay_out

INK = {RowState.PASSED: "ok", RowState.FAILED: "danger"}
STRONG = (RowState.FAILED, RowState.ASK, RowState.TODO)


class Row(Touchable):
    """One step; touching it opens its detail at the side."""

    def __init__(self, theme: Theme, row: StepRow, two_lines: bool, height: int) -> None:
        super().__init__(theme, f"row_{row.id}")
        self._row, self._open, self._two_lines, self._height, self._turn = row, False, two_lines, height, 0.0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(two_lines)
        self.setSizePolicy(policy)
        self.show_row(row, False)

    def show_row(self, row: StepRow, is_open: bool) -> None:
        self._row, self._open = row, is_open
        self.setAccessibleName(f"{row.name}: {row.words}")
        self.updateGeometry()
        self.update()

    def row(self) -> StepRow:
        return self._row

    def sizeHint(self) -> QSize:
        return QSize(self.theme.mm(100, 44), self._height)

    def hasHeightForWidth(self) -> bool:
        return self._two_lines

    def heightForWidth(self, width: int) -> int:
        """As high as its words need in two columns' width; never less than a finger."""
        theme = self.theme
        room = width - theme.mm(4.7, 3.4) - theme.mm(8.6, 5.4) - theme.mm(4, 2.2) - theme.mm(4.7, 2.4)
        name = lay_out(self._row.name, theme.font(Role.BODY, True), room, 1.2)[1]
        words = lay_out(self._row.words, theme.font(Role.LABEL, True), room, 1.2)[1]
        return max(self._height, round(name + words + theme.mm(3, 2)))

    def turn_arc(self) -> None:
        if self._row.state is RowState.RUNNING:
            self._turn = (self._turn + STEP_MS / TURN_MS) % 1
            self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, row = self.theme, self._row
        painter = QPainter(self)
        if self._open or self.isDown():
            painter.fillRect(self.rect(), theme.colour("tint"))
        if self._open:
            bar = theme.mm(1.6, 1.2)
            painter.fillRect(0, 0, bar, self.height(), theme.colour("primary"))
        left, pad = theme.mm(4.7, 3.4), theme.mm(4, 2.2)
        mark = theme.mm(8.6, 5.4)
        draw_mark(painter, QRectF(left, (self.height() - mark) / 2, mark, mark), row.state, theme, self._turn)
        left += mark + pad
        right = self.width() - theme.mm(4.7, 2.4)
        ink = theme.colour(INK.get(row.state, "text"))
        strong = theme.font(Role.BODY, True)
        said = theme.font(Role.BODY if not self._two_lines else Role.LABEL, row.state in STRONG)
        if self._two_lines:
            self._draw_lines(painter, QRectF(left, 0, right - left, self.height()), strong, said, ink)
        else:
            words = lay_out(row.words, said, 1e6, 1.3)[2] + 2
            name = lay_out(row.name, strong, 1e6, 1.3)[2] + 2
            room = right - left - theme.mm(4, 3)
            if name + words > room:
                words = max(min(words, room - name), room * 0.4)
                name = room - words
            painter.setPen(theme.colour("text"))
            draw_text(painter, QRectF(left, 0, name, self.height()), row.name, strong, 1.15)
            painter.setPen(ink)
            draw_text(painter, QRectF(right - words, 0, words, self.height()), row.words, said, 1.15)
        if not self._open:
            painter.fillRect(
                left - mark - pad,
                self.height() - theme.line,
                self.width() - 2 * theme.mm(4.7, 2.4),
                theme.line,
                theme.colour("hairline"),
            )
        painter.end()

    def _draw_lines(self, painter: QPainter, box: QRectF, strong: QFont, said: QFont, ink: QColor) -> None:
        """Name above, what was measured below; a long name takes two lines, nothing is cut."""
        name = lay_out(self._row.name, strong, box.width(), 1.2)[1]
        words = lay_out(self._row.words, said, box.width(), 1.2)[1]
        top = box.center().y() - (name + words) / 2
        painter.setPen(self.theme.colour("text"))
        draw_text(painter, QRectF(box.left(), top, box.width(), name), self._row.name, strong, 1.2)
        painter.setPen(ink)
        draw_text(painter, QRectF(box.left(), top + name, box.width(), words), self._row.words, said, 1.2)


class TouchScroll(QScrollArea):
    """A scroll area that a finger moves; its bar is thick enough to be seen."""

    def __init__(self, theme: Theme, content: QWidget) -> None:
        super().__init__()
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizeAdjustPolicy(QAbstractScrollArea.SizeAdjustPolicy.AdjustIgnored)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar = theme.mm(2.4, 1.6)
        self.setStyleSheet(
            f"QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}"
            f"QScrollBar:vertical {{ width: {bar}px; background: {theme.colours['page']}; border: 0; }}"
            f"QScrollBar::handle:vertical {{ background: {theme.colours['border']}; border-radius: {bar // 2}px; }}"
            "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
        )
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)


class RowList(QWidget):
    """All rows of a checklist. `picked` tells which one was touched."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: dict[str, Row] = {}
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._scroll = TouchScroll(theme, self._inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, theme.small_gap, 0, theme.small_gap)
        outer.addWidget(self._scroll)
        self._timer = self.startTimer(STEP_MS)
        self._open_id = ""

    def timerEvent(self, _: object) -> None:
        if self.isVisible():
            for row in self._rows.values():
                row.turn_arc()

    def show_rows(self, rows: tuple[StepRow, ...], open_id: str) -> None:
        if list(self._rows) != [row.id for row in rows]:
            self._build(rows)
        for row in rows:
            self._rows[row.id].show_row(row, row.id == open_id)
        if open_id != self._open_id and open_id in self._rows:
            self._open_id = open_id
            self._scroll.ensureWidgetVisible(self._rows[open_id], 0, self._theme.row)

    def _build(self, rows: tuple[StepRow, ...]) -> None:
        for old in self._rows.values():
            old.hide()
            old.deleteLater()
        while self._column.takeAt(0) is not None:
            pass
        theme = self._theme
        height = theme.row if theme.wide else theme.mm(15, 15)
        self._rows = {}
        for row in rows:
            widget = Row(theme, row, not theme.wide, height)
            widget.clicked.connect(lambda _=False, id=row.id: self.picked.emit(id))
            self._rows[row.id] = widget
            self._column.addWidget(widget)
        self._column.addStretch(1)
