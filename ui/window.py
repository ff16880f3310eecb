"""The panel: two bands that stay, one page between them, a question over it when one is asked."""

import logging
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import ContactView, Lamp, Place, Refused, RoomChanged, RoomView, WorkFailed
from roomapp.running.room import Room
from roomapp.words import Words
from ui.bridge import Bridge
from ui.page import BandWish, Doer, Page
from ui.pages.books.page import BooksPage
from ui.pages.calendar.page import CalendarPage
from ui.pages.chair import ChairPage
from ui.pages.checklist import PowerOnPage, ShutdownPage
from ui.pages.framing import FramingPage
from ui.pages.home.alerts import ReminderBanner
from ui.pages.home.page import HomePage
from ui.pages.join.page import JoinPage
from ui.pages.lost import LostPage
from ui.pages.meeting.page import MeetingPage
from ui.pages.practice import PracticePage
from ui.pages.report import ReportPage
from ui.pages.sound import SoundPage
from ui.pages.technician import TechnicianPage
from ui.stage import coarse_png
from ui.theme import Role, Theme
from ui.widgets.boxes import column
from ui.widgets.button import Kind
from ui.widgets.frame import Action, BottomBand, TopBand
from ui.widgets.sheets import ContactsSheet, PickSheet, Sheet
from ui.widgets.text import Text

log = logging.getLogger(__name__)

PAGES: tuple[type[Page], ...] = (
    HomePage,
    CalendarPage,
    BooksPage,
    ReportPage,
    PowerOnPage,
    SoundPage,
    FramingPage,
    JoinPage,
    MeetingPage,
    ChairPage,
    LostPage,
    ShutdownPage,
    PracticePage,
    TechnicianPage,
)
STAYING = (
    Place.MEETING,
    Place.LOST,
    Place.SHUTDOWN,
)  # pages that the room's state may take away from under the officer
INCIDENTS = ("sound", "picture", "link", "power", "equipment")


class Panel(QWidget):
    """The touch window. It shows what the room says and hands down what a person asks; it computes nothing."""

    closed = Signal()

    def __init__(self, theme: Theme, words: Words, room: Room, bridge: Bridge, do: Doer) -> None:
        super().__init__()
        self.theme, self.words, self.room, self._do = theme, words, room, do
        self.setObjectName("panel")
        self.setWindowTitle(words("ui.window_title"))
        # cage and others draw a close button around a window that is not frameless.
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAutoFillBackground(True)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.colour("page"))
        self.setPalette(palette)
        self.may_close = False
        self.stage: QWidget | None = None  # what shows the conference now
        self.top = TopBand(theme, words)
        self.band = BottomBand(theme, words, self._call_help, self._report)
        self._stack = QStackedWidget()
        self._pages: dict[Place, Page] = {}
        self._view: RoomView | None = None
        self._place: Place | None = None
        self._sheet: QWidget | None = None
        self._banner: ReminderBanner | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.band)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        self._clock.start(1000)
        bridge.changed.connect(self._changed)
        bridge.refused.connect(self._refused)
        bridge.rings.connect(QApplication.beep)

    # --- what pages may ask (ui.page.Shell) ---

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        self._do(work)

    def go(self, place: Place) -> None:
        if place is self._place:
            self.touched()
            return
        self.close_sheet()
        before = self._pages.get(self._place) if self._place else None
        self.bring(place)
        self.do(self.room.keep_draft("screen", {"place": str(place)}))
        if before is not None:
            before.left()
        self.page(place).entered()

    def bring(self, place: Place) -> None:
        """Puts a page in front and shows the room on it, before it is told so: what it then does starts from that."""
        page = self.page(place)
        self._place = place
        self._stack.setCurrentWidget(page)
        self.touched()

    def show_room(self, view: RoomView) -> None:
        """Takes the room's newest picture of itself."""
        self._view = view
        recording = (self.words("ui.recording_on"),) if view.recording.since is not None else ()
        self.top.set_site(view.site, view.province, " · ".join((*recording, *view.notices)))
        self.touched()

    def page(self, place: Place) -> Page:
        """The page, made when it is first wanted."""
        if place not in self._pages:
            kind = next(k for k in PAGES if k.place is place)
            self._pages[place] = kind(self)
            self._stack.addWidget(self._pages[place])
        return self._pages[place]

    def open_card(self, meeting: str) -> None:
        self.go(Place.CALENDAR)
        page = self.page(Place.CALENDAR)
        assert isinstance(page, CalendarPage)
        page.open_card(meeting)

    def open_sheet(self, sheet: QWidget) -> None:
        self.close_sheet()
        page = self._pages.get(self._place) if self._place else None
        ground: QWidget = self._stack
        if isinstance(page, MeetingPage):
            ground = page.sheet_place()
        sheet.setParent(ground)
        sheet.setGeometry(ground.rect())
        sheet.show()
        sheet.raise_()
        self._sheet = sheet
        self.touched()

    def close_sheet(self) -> None:
        if self._sheet is not None:
            self._sheet.hide()
            self._sheet.deleteLater()
            self._sheet = None
            self.touched()

    def touched(self) -> None:
        if self._view is not None and self._place is not None:
            self._render(self._view)

    def stage_picture(self) -> bytes:
        return coarse_png(self.stage) if self.stage is not None else b""

    # --- the room speaks ---

    def _changed(self, event: RoomChanged) -> None:
        before, view = self._view, event.view
        self.show_room(view)
        if before is None or (view.place is not before.place and (view.place in STAYING or before.place in STAYING)):
            self.go(view.place)

    def _show_banner(self, view: RoomView) -> None:
        """Over the page's top, so that nothing on the page is squeezed."""
        reminder = view.reminder
        wanted = (reminder.number, view.system_on) if reminder is not None else None
        if self._banner is not None and wanted != self._banner.shows:
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        if reminder is not None and self._banner is None:
            self._banner = ReminderBanner(self, view, reminder)
            self._banner.setParent(self)
        if self._banner is not None:
            layout = self._banner.layout()
            assert layout is not None
            high = max(layout.heightForWidth(self.width()), layout.minimumSize().height())
            self._banner.setGeometry(0, self.theme.top_band, self.width(), high)
            self._banner.show()
            self._banner.raise_()

    def _render(self, view: RoomView) -> None:
        self._show_banner(view)
        page = self._pages.get(self._place) if self._place else None
        if page is None:
            return
        wish = page.show_view(view)
        if self._sheet is not None:
            wish = BandWish(Action("sheet_back", self.words("ui.cancel"), "", Kind.PRIMARY, self.close_sheet))
        self.band.show_actions(wish.primary, wish.others, wish.middle, wish.saying)
        state, fill, ink, right = page.band_state(view)
        if view.mic.lamp is Lamp.OPEN:  # the whole room must see it, whatever page is in front
            fill, ink = "open", "on_open"
        self.top.set_state(state, fill, ink, right)
        self._tick()

    def _refused(self, event: Refused | WorkFailed) -> None:
        """One sentence and its next step, over whatever page is there."""
        box = column(
            Text(self.theme, event.sentence, Role.TITLE, bold=True, name="refused_sentence"), gap=self.theme.mm(4, 2)
        )
        if event.remedy:
            box.addWidget(Text(self.theme, event.remedy, name="refused_remedy"))
        article = event.article if isinstance(event, Refused) else ""
        if article:
            box.addWidget(Text(self.theme, self.words("ui.by_article", article=article), colour="muted"))
        box.addStretch(1)
        self.open_sheet(Sheet(self, box, "sheet_refused", scrolls=True))

    def _tick(self) -> None:
        self.room.screen_lives()
        now = self.room.now()
        self.top.set_now(now)
        page = self._pages.get(self._place) if self._place else None
        if isinstance(page, HomePage):
            page.refresh(now)

    # --- help and incident, always there ---

    def _call_help(self) -> None:
        contacts = self._view.contacts if self._view else ()

        def called(contact: ContactView) -> None:
            self.close_sheet()
            self.do(self.room.log_call(contact.role))

        self.open_sheet(ContactsSheet(self, contacts, called))

    def _report(self) -> None:
        choices = tuple((kind, self.words(f"ui.incident_{kind}")) for kind in INCIDENTS)

        def record(kind: str) -> None:
            self.close_sheet()
            self.do(self.room.report_incident(kind))

        self.open_sheet(PickSheet(self, self.words("ui.incident_what"), choices, record, "incident_kind"))

    # --- the window ---

    def conference_place(self) -> MeetingPage:
        page = self.page(Place.MEETING)
        assert isinstance(page, MeetingPage)
        return page

    def place(self) -> Place | None:
        return self._place

    def view(self) -> RoomView | None:
        return self._view

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves a question, as Thôi does."""
        if event.key() == Qt.Key.Key_Escape and self._sheet is not None:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ground = self._sheet.parentWidget() if self._sheet is not None else None
        if self._sheet is not None and ground is not None:
            self._sheet.setGeometry(ground.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        """No window key ends the kiosk (AG-14: the equipment serves nothing else); only the room's own end does."""
        if self.may_close:
            super().closeEvent(event)
            self.closed.emit()
        else:
            log.info("a request to close the panel was refused")
            event.ignore()

    def sizeHint(self) -> QSize:
        return self.theme.panel.size
