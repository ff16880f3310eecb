"""The trial connection, and the truth about being in a meeting, against a real Janus VideoRoom and a real participant.

The sound is a real PulseAudio's; the picture is drawn, for the machine has no camera. All of it runs in a network
namespace of its own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.janus_server import JanusServer, Participant
from tests.fakes.janus_site import Site
from tests.fakes.processes import ROOT, Child, Told
from tests.fakes.pulse_server import PulseServer

NO_PICTURE = "Đã vào phòng. Chưa nhận được hình từ điểm cầu chủ tọa."
TRIAL_S = 4.0  # of evidence
WHOLE_S = 60.0  # a trial with its start and its end; about 11 s on two idle cores
IN_MEETING_S = 30.0
WEAK_S = 20.0  # a quality of the last 15 s, and a look
SLACK = 3  # a loaded machine may take so many times a figure
pytestmark = [
    pytest.mark.journey,
    pytest.mark.needs("janus"),
    pytest.mark.needs("pulseaudio"),
    pytest.mark.needs("pulseaudio-utils"),
    pytest.mark.needs("libasound2-plugins"),
    pytest.mark.needs("unshare"),
    pytest.mark.needs("ip"),
]


def trial(site: Site, seconds: float = TRIAL_S) -> tuple[int, dict[str, Any]]:
    return ended(site.start_trial(seconds))


def ended(trial: Child) -> tuple[int, dict[str, Any]]:
    """The exit code and the one object that a trial prints."""
    answer = json.loads(trial.line(WHOLE_S))
    return trial.wait(WHOLE_S), answer


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with JanusServer() as server, PulseServer() as pulse:
        yield Site(tmp_path, server, pulse)


def assert_nothing_raised(site: Site) -> None:
    written = site.errors.read_text("utf-8", "replace")
    assert "Traceback" not in written
    assert "?janus=" not in written, "an address of a meeting is nothing for a log"


def test_trial_proves_picture_and_sound_both_ways(site: Site) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "ui.main", "profile", "check", str(site.profile)],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")
    chair = Participant(site.server)
    code, told = trial(site)
    assert code == 0
    assert (told["state"], told["linked"], told["media"], told["cause"]) == ("media_ok", True, "both", None)
    assert told["microphone_closed"] is True
    assert (told["video_in"]["width"], told["video_in"]["height"]) == (1280, 720)
    least = TRIAL_S * 4  # 15 pictures a second are sent each way, 50 packets of sound
    assert told["video_in"]["frames"] > least
    assert told["video_out"]["frames"] > least
    assert told["audio_in"]["packets"] > least
    assert told["audio_out"]["packets"] > least
    assert 0 <= told["rtt_ms"] < 1000
    assert 0 < told["joined_s"] < IN_MEETING_S
    assert [look for look in chair.received(0.5) if look.get("frames_in", 0) > least], "the chair site saw us too"
    assert_nothing_raised(site)


def test_trial_without_a_picture_from_the_chair_site_says_so(site: Site) -> None:
    Participant(site.server, "--no-picture")
    code, told = trial(site, 3)
    assert code == 1
    assert (told["state"], told["linked"], told["media"]) == ("in_room", True, "out_only")
    assert told["cause"] == NO_PICTURE
    assert told["audio_in"]["packets"] > 0


def test_trial_in_an_empty_room_says_that_no_picture_came(site: Site) -> None:
    code, told = trial(site, 3)
    assert code == 1
    assert (told["state"], told["linked"], told["media"]) == ("in_room", True, "out_only")
    assert told["cause"] == NO_PICTURE
    assert told["video_out"]["frames"] > 0


def into_meeting(call: Child) -> Told:
    return call.until(lambda told: told.get("in_meeting"), "the meeting", IN_MEETING_S)


def test_frozen_chair_site_is_told_within_eight_seconds_and_is_no_incident(site: Site) -> None:
    chair = Participant(site.server)
    call = site.watch()
    into_meeting(call)
    chair.freeze()
    frozen_at = time.monotonic()
    call.until(lambda told: told.get("in_meeting") is False, "the end of media_ok", 8 * SLACK)
    looks = [look for look in call.during(12 - (time.monotonic() - frozen_at)) if "state" in look]
    assert not any(look["incident"] for look in looks)
    assert all(look["linked"] for look in looks)
    assert looks[-1]["state"] == "in_room"
    assert looks[-1]["said"] == "chair_stopped"
    chair.thaw()
    into_meeting(call)
    assert call.let_go() == 0
    assert_nothing_raised(site)


def test_killed_server_is_an_incident_within_ten_seconds(site: Site) -> None:
    Participant(site.server)
    call = site.watch()
    into_meeting(call)
    site.server.kill_janus()
    killed_at = time.monotonic()
    lost = call.until(lambda told: told.get("told") == "lost", "the incident", 10 * SLACK)
    waited_s = time.monotonic() - killed_at
    assert lost["why"] == "lost"
    assert lost["gone_s"] == pytest.approx(waited_s, abs=1.5), "the incident's clock begins where the media ended"
    look = call.until(lambda told: told.get("incident"), "the verdict")
    assert (look["state"], look["linked"], look["in_meeting"]) == ("media_lost", False, False)
    assert call.let_go() == 0
    assert_nothing_raised(site)


@pytest.mark.needs("nftables")
def test_twentieth_packet_lost_is_told_as_a_weak_network_and_is_no_incident(site: Site) -> None:
    """HG-56: every twentieth packet that arrives is dropped; the meeting goes on, and what is wrong with it is told."""
    Participant(site.server)
    call = site.watch()
    call.until(lambda told: told.get("in_meeting"), "the meeting", WHOLE_S)
    call.during(2.0)
    if not site.server.lose("inc mod 20 0", "meta l4proto udp"):
        pytest.skip("this kernel drops no packets by their number")
    told = call.until(lambda told: told.get("trouble") == "loss", "the weak network", WEAK_S * SLACK)
    later = [look for look in call.during(5.0) if "state" in look]
    assert told["loss_pct"] >= 5.0
    assert later
    assert all(look["in_meeting"] and not look["incident"] for look in (told, *later))
