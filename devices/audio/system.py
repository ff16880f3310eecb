"""Which sound this PC has, and the room's microphones, loudspeakers and guard on it."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devices.audio.stand_in import StandInGuard, StandInLoudspeaker, StandInMicrophone
from devices.contract import DeviceError, Loudspeaker, Microphone, MicrophoneGuard, Reason, Recorder


@dataclass(frozen=True, slots=True)
class RoomAudio:
    """Everything that makes or hears sound; the guard watches every microphone."""

    microphones: Mapping[str, Microphone]
    loudspeakers: Mapping[str, Loudspeaker]
    guard: MicrophoneGuard
    recorder: Recorder | None = None

    async def stop(self) -> None:
        """Closes every microphone while its silence can still be measured, then lets go; within 11 s."""
        await self.guard.stop()
        if self.recorder is not None:
            await self.recorder.stop()
        for microphone in self.microphones.values():
            await asyncio.to_thread(microphone.stop)


def audio_server_present(server: str | None = None) -> bool:
    """Whether this PC has an audio server that answers now; within 1 s."""
    if sys.platform != "linux":
        return False
    try:
        from devices.audio import pulse
    except OSError:  # pulsectl's way of saying that there is no libpulse
        return False
    return pulse.audio_server_present(server)


def open_room_audio(
    runtime_dir: Path, microphones: Mapping[str, str], loudspeakers: Mapping[str, str], server: str | None = None
) -> RoomAudio:
    """The room's sound on this system's audio server, ids -> stable device names. Called once, opens no stream yet.

    On Windows the microphones are kept muted, and nothing is heard or played (see wasapi.py).

    DeviceError(UNSUPPORTED) where this system's sound has no driver or libpulse is missing.
    """
    if sys.platform == "win32":
        return _muted_windows(microphones, loudspeakers)
    if sys.platform != "linux":
        raise DeviceError(Reason.UNSUPPORTED, f"no sound driver for {sys.platform}")
    try:
        from devices.audio.capture import PulseMicrophone
        from devices.audio.guard import PulseGuard
        from devices.audio.loudspeaker import PulseLoudspeaker
        from devices.audio.portaudio import prepare_portaudio
        from devices.audio.pulse import PulseTruth
        from devices.audio.recording.recorder import RoomRecorder
    except OSError as error:
        raise DeviceError(Reason.UNSUPPORTED, f"libpulse is not installed: {error}") from error
    source, sink = next(iter(microphones.values()), None), next(iter(loudspeakers.values()), None)
    portaudio = prepare_portaudio(runtime_dir, loudspeakers.values(), server)
    truth = PulseTruth(server, source=source, sink=sink)
    heard = {id: PulseMicrophone(id, device, truth) for id, device in microphones.items()}
    played = {id: PulseLoudspeaker(id, device, truth, portaudio) for id, device in loudspeakers.items()}
    recorder = RoomRecorder(next(iter(heard.values()), None), sink or "", truth)
    return RoomAudio(heard, played, PulseGuard(truth, heard, server), recorder)


def _muted_windows(microphones: Mapping[str, str], loudspeakers: Mapping[str, str]) -> RoomAudio:
    from devices.audio.absent import absent_audio
    from devices.audio.wasapi import WasapiGuard

    absent = absent_audio(microphones, loudspeakers)
    return RoomAudio(absent.microphones, absent.loudspeakers, WasapiGuard(microphones))


def stand_in_audio(microphones: Mapping[str, str], loudspeakers: Mapping[str, str]) -> RoomAudio:
    """The practice room's named stand-ins, for a PC without an audio server; never for an installed room."""
    guard = StandInGuard()
    return RoomAudio(
        {id: StandInMicrophone(id, guard) for id in microphones},
        {id: StandInLoudspeaker(id) for id in loudspeakers},
        guard,
    )
