"""The proof of the levels in short: three tones through each real server."""

import pytest

from tests.devices.audio.needs import REAL_PIPEWIRE, REAL_SOUND
from tests.fakes.pipewire_server import PipeWireServer
from tests.fakes.pulse_server import PulseServer, SoundServer
from tests.proofs.sound_levels import play_all

pytestmark = REAL_SOUND


@pytest.mark.parametrize(
    "server", [pytest.param(PulseServer, id="pulse"), pytest.param(PipeWireServer, id="pipewire", marks=REAL_PIPEWIRE)]
)
def test_each_channel_is_read_at_the_level_it_was_played(server: type[SoundServer]) -> None:
    assert sum(read.right for read in play_all(server, 3)) == 3
