"""Profile to drivers to room: the only place where everything meets; it alone knows drivers by name."""

import logging
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

import resources
from devices.audio.absent import absent_audio
from devices.audio.system import RoomAudio, audio_server_present, open_room_audio, stand_in_audio
from devices.camera import sony
from devices.camera.fixed import FixedCamera
from devices.camera.picture_check import PictureChecker
from devices.camera.qr import QrReader
from devices.camera.video import VideoReader
from devices.camera.visca_driver import make_visca
from devices.contract import Camera, Conference, DeviceError, FoundCamera, Reason, Video
from devices.link.iperf import PORT, Iperf
from devices.link.layers import LayerFinder
from devices.link.path import MeasuredPath
from devices.link.probe import ProbedLink
from devices.practice.room import PracticeRoom
from devices.storage import sticks
from devices.udp_port import UdpPort
from roomapp.events import Event
from roomapp.profile import Camera as CameraProfile
from roomapp.profile import Link, Profile
from roomapp.records.journal import FILE_NAME, Journal
from roomapp.records.secrets import SecretError, SecretStore
from roomapp.rules.checklist import load_checklist
from roomapp.rules.pack import load_pack
from roomapp.running.measures import Devices
from roomapp.running.room import Parts, Room
from roomapp.signing import TRUSTED
from roomapp.words import Words
from ui.roads import Windows, roads

log = logging.getLogger(__name__)

CHECKLISTS = ("power_on", "shutdown")
STREAM_ADDRESS_S = 3.0


@dataclass(slots=True)
class House:
    """A room that was put together, and what must be let go of with it."""

    room: Room
    journal: Journal
    audio: RoomAudio
    practice: PracticeRoom | None
    scratch: tempfile.TemporaryDirectory[str]

    async def close(self) -> None:
        """Microphone closed, devices let go, journal whole. Within 20 s."""
        await self.room.end()
        await self.audio.stop()
        if self.practice is not None:
            await self.practice.stop()
        await self.journal.close()
        self.scratch.cleanup()


@dataclass(frozen=True, slots=True)
class Sound:
    """What was decided about sound before Qt starts: Chromium's flags depend on it."""

    server: bool
    stand_in: bool


def decide_sound(profile: Profile, is_practice: bool) -> Sound:
    """The practice room takes the PC's own audio server where there is one, else its named stand-in."""
    if not is_practice:
        return Sound(True, False)
    there = audio_server_present()
    return Sound(there, not there)


async def assemble(
    profile: Profile,
    is_practice: bool,
    data_dir: Path,
    words: Words,
    post: Callable[[Event | Callable[[], None]], None],
    *,
    sound: Sound,
    windows: Windows | None = None,
    notices: tuple[str, ...] = (),
    about: str = "",
    power_off: Callable[[], Awaitable[None]] | None = None,
) -> House:
    """Puts one room together and begins it. JournalError or DeviceError where the PC refuses what it needs."""
    scratch = tempfile.TemporaryDirectory(prefix="roomapp-")
    data_dir.mkdir(parents=True, exist_ok=True)
    practice = None
    if is_practice:
        practice = PracticeRoom(resources.path("practice", "hop.html"))
        ports = await practice.start()
        profile = on_ports(profile, ports.camera, ports.web, sound.stand_in)
        if sound.stand_in:
            notices = (words("notice.stand_in"), *notices)
    audio = _audio(profile, sound, Path(scratch.name))
    journal = await Journal(data_dir / FILE_NAME, _utc).open()
    if journal.recovered is not None:
        notices = (*notices, words("notice.journal_recovered", file=journal.recovered))
    if practice is not None:
        practice.hears(audio.microphones.values())
    secrets = SecretStore(data_dir, os.environ)
    replies_to = UdpPort(sony.PORT)  # several cameras may answer to this one port; open while one of them is
    cameras = {c.id: _camera(c, secrets, replies_to) for c in profile.cameras}
    parts = Parts(
        profile=profile,
        pack=load_pack(Path(profile.site.rules), data_dir / TRUSTED),
        words=words,
        journal=journal,
        devices=Devices(
            cameras,
            audio.microphones,
            audio.loudspeakers,
            {x.id: MeasuredPath(x.id, (x.probe,), x.interface) for x in profile.links if x.probe},
            audio.guard,
        ),
        videos=_videos(profile, cameras, secrets),
        judge=PictureChecker(),
        finder=LazyFinder(),
        conferences=_conferences(profile, windows, secrets),
        checklists={name: load_checklist(resources.path("checklists", f"{name}.toml")) for name in CHECKLISTS},
        data_dir=data_dir,
        path=practice or LayerFinder([partial(_answers, x.probe) for x in profile.links if x.probe]),
        meters=tuple(_meter(x) for x in profile.links if x.throughput),
        post=post,
        about=about,
        notices=notices,
        practice=practice,
        power_off=power_off,
        codes=QrReader(),
        recorder=audio.recorder if profile.recording.allowed else None,
        sticks=sticks,
    )
    house = House(Room(parts), journal, audio, practice, scratch)
    try:
        await house.room.begin()
    except BaseException:
        await house.close()
        raise
    return house


def on_ports(profile: Profile, camera: int, web: int, stand_in: bool) -> Profile:
    """The practice profile with the ports that its simulators were given."""
    base = f"http://127.0.0.1:{web}"
    extra = "?standin" if stand_in else ""
    cameras = tuple(msgspec.structs.replace(c, port=camera, video=f"{base}/camera.mjpg") for c in profile.cameras)
    platforms = tuple(
        msgspec.structs.replace(p, url=f"{base}/hop/{{room}}{extra}", allow=(f"127.0.0.1:{web}",))
        if p.road == "practice"
        else p
        for p in profile.platforms
    )
    return msgspec.structs.replace(profile, cameras=cameras, platforms=platforms)


class LazyFinder:
    """The network's cameras; ONVIF is loaded when a technician looks for one, not with the program."""

    async def find(self, wait_s: float) -> tuple[FoundCamera, ...]:
        from devices.camera.onvif.find import OnvifFinder

        return await OnvifFinder().find(wait_s)


async def _answers(probe: str) -> bool:
    return (await ProbedLink("elsewhere", probe).probe()).passed


def _meter(link: Link) -> Iperf:
    server = urlsplit(link.throughput)
    return Iperf(link.id, server.hostname or "", server.port or PORT, link.interface)


def _utc() -> datetime:
    return datetime.now(UTC)


def _password(name: str, secrets: SecretStore) -> Callable[[], str]:
    """Asked afresh whenever a camera wants it, so that a secret just entered holds at once; never kept here."""

    def ask() -> str:
        try:
            return secrets.get(name) or ""
        except SecretError as error:
            raise DeviceError(Reason.AUTH, f"the secret store: {error.key}") from error

    return ask


def _camera(camera: CameraProfile, secrets: SecretStore, replies_to: UdpPort) -> Camera:
    if camera.driver == "fixed":
        return FixedCamera(camera.id)
    if camera.driver == "onvif":
        from devices.camera.onvif.camera import make_onvif  # late: zeep takes a third of a second
        from devices.camera.onvif.library import prepare_wsdl

        prepare_wsdl()
        password = _password(camera.secret, secrets)
        return make_onvif(camera.id, camera.host, camera.port or None, camera.username, password, camera.model)
    return make_visca(
        str(camera.driver),
        camera.id,
        camera.host,
        camera.port or None,
        camera.device,
        camera.baud,
        camera.address,
        camera.model,
        replies_to,
    )


def _videos(profile: Profile, cameras: Mapping[str, Camera], secrets: SecretStore) -> dict[str, Video]:
    videos: dict[str, Video] = {}
    for camera in profile.cameras:
        if camera.video in ("", "none"):
            continue
        try:
            videos[camera.id] = VideoReader(_video_address(camera, cameras[camera.id]), _account(camera, secrets))
        except DeviceError as error:
            log.warning("camera %s has no picture in this version: %s", camera.id, error)
    return videos


def _video_address(camera: CameraProfile, driver: Camera) -> str | Callable[[], str]:
    """The address itself, or the camera that tells it."""
    if camera.video != "onvif":
        return camera.video
    from devices.camera.onvif.camera import OnvifCamera

    assert isinstance(driver, OnvifCamera)  # the profile's check says so
    return lambda: driver.ask_stream_address(STREAM_ADDRESS_S)


def _account(camera: CameraProfile, secrets: SecretStore) -> Callable[[], tuple[str, str] | None] | None:
    """The camera's own account also opens its stream."""
    if not camera.username:
        return None
    password = _password(camera.secret, secrets)
    return lambda: (camera.username, password())


def _conferences(profile: Profile, windows: Windows | None, secrets: SecretStore) -> Mapping[str, Conference]:
    if windows is None:
        return {}
    made, lacking = roads(profile, windows, lambda name: _password(name, secrets))
    for id, why in lacking.items():
        log.warning("platform %s has no road on this PC: %s", id, why)
    return made


def _audio(profile: Profile, sound: Sound, scratch: Path) -> RoomAudio:
    microphones = {m.id: m.device for m in profile.microphones}
    loudspeakers = {s.id: s.device for s in profile.loudspeakers}
    if sound.stand_in:
        return stand_in_audio(microphones, loudspeakers)
    if any(device == "practice" for device in (*microphones.values(), *loudspeakers.values())):
        source, sink = default_devices()
        microphones = {id: source if device == "practice" else device for id, device in microphones.items() if source}
        loudspeakers = {id: sink if device == "practice" else device for id, device in loudspeakers.items() if sink}
    try:
        return open_room_audio(scratch, microphones, loudspeakers)
    except DeviceError as error:
        log.error("this PC's sound cannot be reached: %s", error)
        return absent_audio(microphones, loudspeakers)


def default_devices() -> tuple[str, str]:
    """The PC's own microphone and loudspeaker, by their stable names; empty where there is none."""
    import pulsectl

    with pulsectl.Pulse("roomapp-look", connect=False) as pulse:
        pulse.connect(wait=False, timeout=1)
        server = pulse.server_info()
        monitors = {s.name for s in pulse.source_list() if s.monitor_of_sink_name}
    source = str(server.default_source_name or "")
    return ("" if source in monitors else source), str(server.default_sink_name or "")
