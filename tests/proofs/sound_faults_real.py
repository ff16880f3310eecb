"""Each fault of the microphone check, made for a real PulseAudio and a real PipeWire and heard through the driver."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from devices.contract import SoundFault
from tests.benchmarks.table import table
from tests.devices.audio.conftest import Room, living
from tests.fakes.pipewire_server import PipeWireServer
from tests.fakes.pulse_server import PulseServer, SoundServer
from tests.fakes.recording import play_channels
from tests.fakes.sound_faults import CASES, Case
from tests.fakes.voices import speech

SILENCE_S, SPEECH_S = 2.0, 4.0
RUNS = 2
STARTS = 4
SERVERS: dict[str, Callable[[], SoundServer]] = {"PulseAudio": PulseServer, "PipeWire": PipeWireServer}
OF_PLACE = (SoundFault.ABSENT, SoundFault.WRONG_DEVICE, SoundFault.MONITOR)
PLAYED = tuple(case for case in CASES if case.fault not in OF_PLACE)
NAMES = ("not there", "another device speaks", "a loudspeaker's monitor", "howl of the server's own loop")
GOOD = "good"


def of_case(room: Room, case: Case, seed: int) -> list[str]:
    silence, spoken = case.steps(seed)
    return check(room, lambda name: play_channels(room.server, silence if name == "silence" else spoken))


def of_place(room: Room, name: str, seed: int) -> list[str]:
    """What a cable or a mixer does; a good voice is to be heard at the other device."""
    server = room.server

    def act(step: str) -> None:
        if step == "silence" or name == NAMES[0]:
            return
        if name == NAMES[3]:
            server.play(speech(SPEECH_S, -30.0, seed))
            server.pactl("set-sink-volume", "mic_bus", "115%")
            server.pactl("load-module", "module-loopback", "source=room_mic", "sink=mic_bus", "latency_msec=30")
            return
        server.unplug("room_mic")
        if name == NAMES[1]:
            server.pactl("set-source-mute", "other_mic", "0")
            server.play(speech(SPEECH_S, -22.0, seed))
        else:
            server.play(speech(SPEECH_S, -22.0, seed), sink="room_speaker")
            server.pactl("set-default-source", "room_speaker.monitor")

    if name == NAMES[0]:
        server.unplug("room_mic")
    elif name == NAMES[1]:
        server.add_source("other_mic")
    return check(room, act)


def check(room: Room, act: Callable[[str], None]) -> list[str]:
    verdict = asyncio.run(room.microphone.check(SILENCE_S, SPEECH_S, lambda name, seconds: act(name)))
    return [str(fault) for fault in verdict.faults] or [GOOD]


def said(play: tuple[str, str, int]) -> list[str]:
    """One play on a server of its own; a server that does not start on a busy machine is started anew."""
    logging.disable(logging.WARNING)
    for _ in range(STARTS - 1):
        try:
            return played(*play)
        except RuntimeError:
            continue
    return played(*play)


def played(server: str, name: str, seed: int) -> list[str]:
    with living(SERVERS[server]()) as room:
        room.open()
        case = next((case for case in PLAYED if case.name == name), None)
        return of_case(room, case, seed) if case else of_place(room, name, seed)


def wanted(name: str) -> set[str]:
    if name == NAMES[3]:
        return {"howl"}
    if name in NAMES[:3]:  # the server may find any other device: absent, wrong_device and monitor are all the truth
        return {str(fault) for fault in OF_PLACE}
    case = next(case for case in PLAYED if case.name == name)
    return {str(case.fault) if case.fault else GOOD}


def main(argv: list[str]) -> int:
    began = time.monotonic()
    names = [*NAMES, *(case.name for case in PLAYED)]
    plays = [(server, name, 200 + run) for name in names for server in SERVERS for run in range(RUNS)]
    with ProcessPoolExecutor(int(argv[0]) if argv else 4) as pool:
        answers = dict(zip(plays, pool.map(said, plays), strict=True))
    rows = []
    right = {play: answer[0] in wanted(play[1]) for play, answer in answers.items()}
    for name in names:
        cells = ["; ".join(" + ".join(answers[(s, name, 200 + run)]) for run in range(RUNS)) for s in SERVERS]
        done = sum(right[(s, name, 200 + run)] for s in SERVERS for run in range(RUNS))
        rows.append((name, f"{done}/{RUNS * len(SERVERS)}", *cells))
    print(table(f"{len(names)} cases, {RUNS} times through each server", ("what was done", "right", *SERVERS), rows))
    print(f"Right first: {sum(right.values())} of {len(right)}. {time.monotonic() - began:.0f} s.")
    return 0 if sum(right.values()) >= 0.95 * len(right) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
