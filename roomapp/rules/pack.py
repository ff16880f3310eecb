"""A province's rules as data: a pack is read whole or refused with the key that it lacks, never guessed."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec

from roomapp.signing import BadSignatureError, Signed, check, trusted_keys
from roomapp.words import RESOURCES

HOUSE_PACKS = RESOURCES / "rules"
HOUSE_KEYS = HOUSE_PACKS / "keys"
MOST_BYTES = 200_000
Minutes = Annotated[int, msgspec.Meta(ge=0, le=1440)]
Days = Annotated[int, msgspec.Meta(ge=0, le=3660)]
Reminders = Annotated[tuple[Minutes, ...], msgspec.Meta(max_length=10)]  # minutes ahead
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
CLASSES = ("5.1", "5.2", "5.3", "5.4.a", "5.4.b", "5.4.c")  # the points of Art. 5 of the Hà Giang rules
OF_THE_FILE = ("signed_by", "digest")


class Consent(StrEnum):
    """Whether the site may do it by itself, or only on the chair site's word (Art. 9.2.c of the Hà Giang rules)."""

    WITH_LEAVE = "with_leave"
    FREE = "free"


class MicrophoneRule(StrEnum):
    ON_INVITATION = "on_invitation"
    FREE = "free"


class CameraRule(StrEnum):
    """Whether the camera follows who speaks (Art. 9.2.b), or stays as it was set before the meeting."""

    FRAME_SPEAKER = "frame_speaker"
    FIXED = "fixed"


class Period(StrEnum):
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Article(StrEnum):
    """The grounds that the screen names; every pack says where each stands in its own rules."""

    CONNECT_LEAD = "connect_lead"
    TRIAL_SESSION = "trial_session"
    TRIAL_DAY = "trial_day"
    INVITATION_TIME = "invitation_time"
    INVITATION_CONTENT = "invitation_content"
    CHECK_BEFORE = "check_before"
    PARAMETERS = "parameters"
    SEATING = "seating"
    SURROUNDINGS = "surroundings"
    CONDITIONS = "conditions"
    ACCOUNTS = "accounts"
    CAMERA_CARE = "camera_care"
    POWER_ORDER = "power_order"
    POWER_CUT = "power_cut"
    OTHER_SYSTEM = "other_system"
    STATE_SECRET = "state_secret"
    MICROPHONE = "microphone"
    FRAMING = "framing"
    CONNECTION = "connection"
    LINK_LOST = "link_lost"
    KEEP_IN_TOUCH = "keep_in_touch"
    SHUTDOWN = "shutdown"
    PRIORITY = "priority"
    AGENCY = "agency"
    TIME_CHANGE = "time_change"
    ROSTER = "roster"
    CLEANING = "cleaning"
    MAINTENANCE = "maintenance"
    CONTACT_LIST = "contact_list"
    STAFF = "staff"
    REPORT = "report"


SPAN = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


class OfficeHours(msgspec.Struct, frozen=True, kw_only=True, rename={"since": "from"}):
    """The sessions of a working day, from and to a date, both included; None: without an end."""

    sessions: Annotated[tuple[Annotated[str, msgspec.Meta(pattern=SPAN)], ...], msgspec.Meta(min_length=1)]
    since: date | None = None
    to: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.to is None or day <= self.to)

    def spans(self) -> tuple[tuple[time, time], ...]:
        """In the order of the day."""
        return tuple(sorted((time.fromisoformat(one[:5]), time.fromisoformat(one[6:])) for one in self.sessions))


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that calls meetings; its place in the pack's list is its rank (Art. 4.5)."""

    id: Word
    name: Line


class ClassRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of Art. 5, and what it stands for since there are two tiers."""

    id: Line
    name: Line
    today: Line
    agency: Word  # the role of the operating agency among the profile's contacts (Art. 6)


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A usual meeting: what choosing it fills in (Art. 5)."""

    id: Line
    scale: Line = msgspec.field(name="class")
    name: Line
    level: Annotated[str, msgspec.Meta(pattern="^(TW|T|X)$")]
    body: Word  # who calls it: an id among the ranks
    chair_site: Annotated[str, msgspec.Meta(max_length=200)]  # empty: another for each meeting
    system: Annotated[str, msgspec.Meta(pattern="^(province|sector|district|party|other)$")]


class ReportRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report: of which period, to whom, and how many days after the period's end at the latest."""

    period: Period
    to: Line
    due_days: Days


class RulePack(msgspec.Struct, frozen=True, kw_only=True):
    """One province's operating rules. `signed_by` and `digest` are not the file's to say."""

    name: Line
    version: Line
    connect_lead_min: Minutes
    invitation_lead_h: Annotated[int, msgspec.Meta(ge=0, le=720)]  # of clock time, weekends included
    trial_one_day: tuple[Line, ...]  # the classes whose trial is a working day ahead; the others': a session
    office_hours: Annotated[tuple[OfficeHours, ...], msgspec.Meta(min_length=1)]
    reconnect: Consent
    leave: Consent
    reattach: Consent  # the same session put up again after this PC's own program fell over
    microphone: MicrophoneRule
    microphone_limit_s: Annotated[int, msgspec.Meta(ge=0, le=86400)]  # 0: no limit
    camera: CameraRule
    connect_remind_min: Reminders  # before the opening
    trial_remind_min: Reminders  # before the trial's strict deadline
    shutdown_margin_min: Minutes  # the room stays taken so long after the closing
    idle_reminder_min: Minutes  # power still on so long after the closing
    roster_least: Annotated[int, msgspec.Meta(ge=0, le=100)]  # trained and active officers
    roster_notice_days: Days  # a meeting without anybody on duty is told so many days ahead
    cleaning_days: Days
    maintenance_months: Annotated[int, msgspec.Meta(ge=0, le=120)]
    maintenance_notice_days: Days
    contact_list_days: Days  # an older list of contacts is told to be old; 0: never, here and above
    ranks: Annotated[tuple[Body, ...], msgspec.Meta(min_length=1, max_length=50)]  # highest first
    classes: Annotated[tuple[ClassRule, ...], msgspec.Meta(min_length=1, max_length=50)]
    templates: Annotated[tuple[Template, ...], msgspec.Meta(min_length=1, max_length=50)]
    reports: Annotated[tuple[ReportRule, ...], msgspec.Meta(min_length=1, max_length=10)]
    articles: dict[Article, Line]
    signed_by: str = ""  # the trusted key; empty: "unsigned" wherever the pack is named
    digest: str = ""  # the first 12 digits of the file's SHA-256

    @property
    def signed(self) -> bool:
        return bool(self.signed_by)

    @property
    def edition(self) -> str:
        """The version with the file's own digest: two files of one version are told apart."""
        return f"{self.version} ({self.digest})"

    def rank(self, body: str) -> int:
        """0 is the highest; a body that the pack does not know comes after all that it does."""
        return next((place for place, one in enumerate(self.ranks) if one.id == body), len(self.ranks))

    def class_rule(self, scale: str) -> ClassRule:
        return next(one for one in self.classes if one.id == scale)

    def template(self, id: str) -> Template | None:
        """By its own id, or the first of a class."""
        return next((one for one in self.templates if id in (one.id, one.scale)), None)

    def ground(self, article: Article) -> str:
        """Where the rule stands, as "Điều 7, khoản 1"."""
        return self.articles[article]


@dataclass(frozen=True, slots=True)
class PackFault:
    """`key`: missing, wrong, unknown, unreadable, no_file, bad_signature, unsigned."""

    key: str
    facts: dict[str, str] = field(default_factory=dict)


class PackError(Exception):
    """The pack cannot be used; `faults` names every key."""

    def __init__(self, *faults: PackFault) -> None:
        self.faults = faults
        super().__init__("; ".join(" ".join((fault.key, *fault.facts.values())) for fault in faults))


def load_pack(path: Path, trusted: Path | None = None) -> RulePack:
    """Reads one pack; PackError names every missing, wrong and unknown key.

    `trusted`: a folder of public keys beside the house's own. A pack of the house is signed; one given by its path may
    be unsigned, and says so. A pack that was changed after it was signed is refused wherever it lies.
    """
    data = _bytes(path)
    signed = _signed(path, data, trusted)
    document = _document(signed.content)
    faults: list[PackFault] = []
    values: dict[str, Any] = {}
    known = {one.name: one for one in msgspec.structs.fields(RulePack) if one.name not in OF_THE_FILE}
    faults += [PackFault("unknown", {"key": key[:60]}) for key in document if key not in known]
    for name, one in known.items():
        if name == "articles":
            faults += _articles(document.get(name))
        elif name not in document:
            faults.append(PackFault("missing", {"key": name}))
        if name in document:
            try:
                values[name] = msgspec.convert(document[name], one.type)
            except msgspec.ValidationError:
                faults.append(PackFault("wrong", {"key": name}))
    faults += _unrelated(values)
    if faults:
        raise PackError(*faults)
    return RulePack(**values, signed_by=signed.by, digest=hashlib.sha256(data).hexdigest()[:12])


def _signed(path: Path, data: bytes, trusted: Path | None) -> Signed:
    try:
        signed = check(data, trusted_keys(HOUSE_KEYS, trusted))
    except BadSignatureError as error:
        raise PackError(PackFault("bad_signature")) from error
    if not signed.by and path.absolute().parent == HOUSE_PACKS:
        raise PackError(PackFault("unsigned"))
    return signed


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():  # also: a pipe would hold the start up for ever
            raise PackError(PackFault("no_file"))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PackError(PackFault("unreadable")) from error
    if len(data) > MOST_BYTES:
        raise PackError(PackFault("unreadable"))
    return data


def _document(content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PackError(PackFault("unreadable")) from error


def _articles(found: Any) -> list[PackFault]:
    named = found if isinstance(found, dict) else {}
    return [PackFault("missing", {"key": f"articles.{one}"}) for one in Article if one not in named]


def _unrelated(values: dict[str, Any]) -> list[PackFault]:
    """Classes that are lacking; templates of no class, or of a body without a rank."""
    classes = {one.id for one in values.get("classes", ())}
    ranks = {one.id for one in values.get("ranks", ())}
    faults = [PackFault("missing", {"key": f"classes.{id}"}) for id in CLASSES if classes and id not in classes]
    for one in values.get("templates", ()):
        if one.scale not in CLASSES:
            faults.append(PackFault("wrong", {"key": f"templates.{one.id}.class"}))
        if ranks and one.body not in ranks:
            faults.append(PackFault("wrong", {"key": f"templates.{one.id}.body"}))
    return faults
