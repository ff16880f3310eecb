"""The proof of the levels in short, and channels whose places ALSA does not know: heard as the device has them."""

import subprocess
import time

import numpy as np
import pytest

from tests.devices.audio.needs import REAL_PIPEWIRE, REAL_SOUND
from tests.fakes.pipewire_server import PipeWireServer
from tests.fakes.pulse_server import PulseServer, SoundServer
from tests.fakes.tech3341 import tone
from tests.fakes.unguarded import unguarded
from tests.proofs.sound_levels import play_all

pytestmark = REAL_SOUND


SERVERS = pytest.mark.parametrize(
    "server", [pytest.param(PulseServer, id="pulse"), pytest.param(PipeWireServer, id="pipewire", marks=REAL_PIPEWIRE)]
)


@SERVERS
@pytest.mark.parametrize("places", ["aux0,aux1", "front-left,front-right,front-center,lfe", "aux0"])
def test_channels_stand_in_the_devices_own_order_whatever_their_places_are_called(
    server: type[SoundServer], places: str
) -> None:
    """ALSA's order would be remixed: a good microphone of aux0 and aux1 was heard as digital silence."""
    levels = [-10.0 - 10.0 * channel for channel in range(places.count(",") + 1)]
    form = ["rate=48000", f"channels={len(levels)}", f"channel_map={places}"]
    with server() as room:
        room.pactl("load-module", "module-null-sink", "sink_name=bus", *form)
        room.pactl("load-module", "module-remap-source", "source_name=array", "master=bus.monitor", *form)
        sound = np.hstack([tone((level, 8.0), channels=1) for level in levels]).astype("<f4")
        raw = room.folder / "array.raw"
        raw.write_bytes(sound.tobytes())
        as_it_is = [
            "--raw",
            "--format=float32le",
            "--rate=48000",
            f"--channels={len(levels)}",
            f"--channel-map={places}",
        ]
        with (
            subprocess.Popen(["pacat", "--playback", "--device=bus", *as_it_is, str(raw)], env=room.env) as player,
            unguarded(room, "array") as microphone,
        ):
            microphone.start()
            deadline = time.monotonic() + 3.0
            heard: list[float] = []
            while heard != pytest.approx([level - 3.01 for level in levels], abs=0.1) and time.monotonic() < deadline:
                time.sleep(0.05)
                level = microphone.level()
                heard = [channel.rms_dbfs for channel in level.channels] if level is not None else []
            assert microphone.zeros() is None
            player.kill()
    assert heard == pytest.approx([level - 3.01 for level in levels], abs=0.1)


@SERVERS
def test_each_channel_is_read_at_the_level_it_was_played(server: type[SoundServer]) -> None:
    assert sum(read.right for read in play_all(server, 3)) == 3
