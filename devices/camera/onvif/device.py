"""What an ONVIF camera is asked, in plain values: a few blocking SOAP calls each, over by a moment that is named."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from devices.camera.onvif.answers import NO_PTZ, abilities_of, moving_of, path_of, position_of, stream_of
from devices.camera.onvif.library import Service, library
from devices.camera.onvif.profiles import preview_profile, ptz_profile, read_profiles
from devices.contract import Abilities, DeviceError, Position, Reason

if TYPE_CHECKING:
    from devices.camera.onvif.soap import Soap

T = TypeVar("T")
OWN_TIMEOUT = timedelta(seconds=1)  # the camera's own dead man, should this PC die while a button is held
GONE = (Reason.NO_ANSWER, Reason.LINK_LOST, Reason.PROTOCOL, Reason.AUTH)  # after these it is got to know anew
UNHEARD = (Reason.NO_ANSWER, Reason.LINK_LOST, Reason.SUPERSEDED)  # not a word of the camera's: nothing is known of it
REFUSED = (Reason.UNSUPPORTED, Reason.NOT_NOW, Reason.PRESET_MISSING)  # it spoke, only not of this
LEAST_SECRET = 4  # shorter ones are found in any address


@dataclass(frozen=True, slots=True)
class Reading:
    """None: the camera does not tell."""

    position: Position | None
    moving: bool | None


@dataclass(frozen=True, slots=True)
class Preset:
    """As the camera lists it; the name may be empty, or a number that it gave itself."""

    token: str
    name: str


class OnvifDevice:
    """For one thread; interrupt() for any. `until` is a time.monotonic(); every method raises DeviceError only."""

    def __init__(self, host: str, port: int, username: str, password: Callable[[], str]) -> None:
        self._host, self._port, self._username, self._password = host, port, username, password
        self._soap: Soap | None = None
        self._profile = ""  # the one to move by; "" = this camera is not known yet
        self.abilities = Abilities(power=False)  # replaced whole, so that any thread may read it

    def begin(self) -> None:
        """A new errand: an interruption was for the one before."""
        if self._soap is not None:
            self._soap.begin()

    def interrupt(self) -> None:
        if self._soap is not None:
            self._soap.interrupt()

    def close(self) -> None:
        if self._soap is not None:
            self._soap.close()
        self._profile = ""

    # --- looking ------------------------------------------------------------------------------------------------

    def status(self, until: float) -> Reading:
        """A protected question, so that a wrong password is found; LINK_LOST is tried once more, on a new line."""
        try:
            return self.reading(until)
        except DeviceError as error:
            if error.reason is not Reason.LINK_LOST or time.monotonic() > until - 0.5:
                raise
            return self.reading(until)

    def reading(self, until: float) -> Reading:
        return self._do(until, self._reading)

    def presets(self, until: float) -> tuple[Preset, ...]:
        return self._do(until, self._presets)

    def stream_address(self, until: float) -> str:
        """Where the preview's picture is, without a name or password in it."""
        return self._do(until, self._stream_address)

    # --- orders -------------------------------------------------------------------------------------------------

    def go_to_preset(self, token: str, until: float) -> None:
        """Without a speed: some cameras refuse theirs."""
        self._order(until, "GotoPreset", PresetToken=token)

    def set_preset(self, name: str, token: str, until: float) -> str:
        """The camera's token of it. `token` only to overwrite: some cameras take no token that they did not give."""
        arguments = {"PresetToken": token} if token else {}
        told = self._order(until, "SetPreset", PresetName=name, **arguments)
        return told if isinstance(told, str) else ""

    def go_to(self, position: Position, until: float) -> None:
        self._order(until, "AbsoluteMove", Position=self._axes(position.pan, position.tilt, position.zoom))

    def drive(self, pan: float, tilt: float, zoom: float, until: float) -> None:
        self._order(until, "ContinuousMove", Velocity=self._axes(pan, tilt, zoom), Timeout=OWN_TIMEOUT)

    def stop(self, until: float) -> None:
        """Where Stop is refused, a speed of nothing is one too."""
        try:
            self._order(until, "Stop", PanTilt=True, Zoom=True)
        except DeviceError as error:
            if error.reason in (*UNHEARD, Reason.AUTH):
                raise
            self._order(until, "ContinuousMove", Velocity=self._axes(0, 0, 0))

    # --- how ----------------------------------------------------------------------------------------------------

    def _do(self, until: float, work: Callable[["Soap"], T]) -> T:
        try:
            return work(self._known(until))
        except DeviceError as error:
            if error.reason in GONE:
                self._profile = ""
            raise
        except (AttributeError, LookupError, TypeError, ValueError) as error:  # an answer of quite another shape
            self._profile = ""
            raise DeviceError(Reason.PROTOCOL, f"an answer that makes no sense: {type(error).__name__}") from error

    def _order(self, until: float, operation: str, **arguments: Any) -> Any:
        def give(soap: "Soap") -> Any:
            return soap.order(Service.PTZ, operation, ProfileToken=self._profile, **arguments)

        return self._do(until, give)

    def _axes(self, pan: float, tilt: float, zoom: float) -> dict[str, Any]:
        """Only those that the camera has: some refuse an order that names another."""
        turned = {"PanTilt": {"x": pan, "y": tilt}} if self.abilities.pan_tilt else {}
        return {**turned, "Zoom": {"x": zoom}} if self.abilities.zoom else turned

    def _known(self, until: float) -> "Soap":
        if self._soap is None:
            shared = library(until - time.monotonic())
            from devices.camera.onvif.soap import Soap  # late: lxml and requests load in this thread, not at the start

            self._soap = Soap(self._host, self._port, self._username, self._password, shared)
        self._soap.until = until
        if not self._profile:
            self._get_to_know(self._soap)
        return self._soap

    def _get_to_know(self, soap: "Soap") -> None:
        try:
            soap.read_clock()
        except DeviceError as error:
            if error.reason in UNHEARD:
                raise  # whatever else is wrong, the next question finds out what
        _find_services(soap)
        profiles = read_profiles(soap.ask(Service.MEDIA, "GetProfiles"))
        profile = ptz_profile(profiles)
        self.abilities = _ask_abilities(soap)
        self._profile = profile.token

    def _reading(self, soap: "Soap") -> Reading:
        """What the camera will not tell is not told; only an answer at all is a must."""
        if not soap.has(Service.PTZ):
            soap.ask(Service.MEDIA, "GetProfiles")
            return Reading(None, False)
        try:
            told = soap.ask(Service.PTZ, "GetStatus", ProfileToken=self._profile)
        except DeviceError as error:
            if error.reason not in REFUSED:
                raise
            return Reading(None, None)
        return Reading(position_of(getattr(told, "Position", None)), moving_of(getattr(told, "MoveStatus", None)))

    def _presets(self, soap: "Soap") -> tuple[Preset, ...]:
        listed = soap.ask(Service.PTZ, "GetPresets", ProfileToken=self._profile) or ()
        tokens = ((getattr(one, "token", None), getattr(one, "Name", None)) for one in listed)
        return tuple(Preset(str(token), str(name or "")) for token, name in tokens if token)

    def _stream_address(self, soap: "Soap") -> str:
        profile = preview_profile(read_profiles(soap.ask(Service.MEDIA, "GetProfiles")))
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        told = soap.ask(Service.MEDIA, "GetStreamUri", StreamSetup=setup, ProfileToken=profile.token)
        address = stream_of(str(getattr(told, "Uri", None) or ""), self._host)
        secret = self._password()
        if len(secret) >= LEAST_SECRET and (secret in address or quote(secret, safe="") in address):
            raise DeviceError(Reason.UNSUPPORTED, "the camera puts the password into its stream's address")
        return address


def _find_services(soap: "Soap") -> None:
    """GetServices, or what older cameras have; only their paths: the host in them is often not the camera's."""
    by_namespace = {soap.namespace(service): service for service in (Service.MEDIA, Service.PTZ)}
    try:
        listed = soap.ask(Service.DEVICE, "GetServices", IncludeCapability=False) or ()
        found = {by_namespace.get(str(one.Namespace).rstrip("/")): one.XAddr for one in listed}
    except DeviceError as error:
        if error.reason in (*UNHEARD, Reason.AUTH):
            raise
        told = soap.ask(Service.DEVICE, "GetCapabilities", Category="All")
        named = ((Service.MEDIA, "Media"), (Service.PTZ, "PTZ"))
        found = {service: getattr(getattr(told, name, None), "XAddr", None) for service, name in named}
    for service, address in found.items():
        if service is not None and address:
            soap.place(service, path_of(str(address)))


def _ask_abilities(soap: "Soap") -> Abilities:
    if not soap.has(Service.PTZ):
        return NO_PTZ
    try:
        return abilities_of(soap.ask(Service.PTZ, "GetNodes"))
    except DeviceError as error:
        if error.reason in (*UNHEARD, Reason.AUTH):
            raise
        return abilities_of(None)
