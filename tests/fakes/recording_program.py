"""A program that records its room until it is ended: `python -m tests.fakes.recording_program SERVER FOLDER [BYTES]`.

A line of JSON for each look; with BYTES no file of it may grow larger, as on a full disk. Ends well with its stdin.
"""

import asyncio
import json
import resource
import sys
import threading
import time
from pathlib import Path

from devices.audio.recording import segments
from devices.audio.system import open_room_audio

segments.BEGIN_FREE_BYTES = segments.GO_ON_FREE_BYTES = 0  # whatever disk the tests run on
LOOK_S = 0.1


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


async def record(server: str, folder: Path, ended: threading.Event) -> None:
    audio = open_room_audio(folder.parent / "run", {"table": "room_mic"}, {"room": "room_speaker"}, server)
    assert audio.recorder is not None
    await asyncio.to_thread(audio.microphones["table"].start)
    await audio.guard.open("table")
    await audio.recorder.start(folder)
    while not ended.is_set():
        audio.guard.keep_alive()
        state = audio.recorder.state()
        say(at=time.monotonic(), seconds=state.seconds, recording=state.recording, stopped_by=state.stopped_by)
        await asyncio.sleep(LOOK_S)
    told = await audio.recorder.stop()
    say(segments=[[str(one.path), one.seconds, one.sha256, one.complete] for one in told])
    await audio.stop()


def main() -> None:
    server, folder, *limit = sys.argv[1:]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), resource.RLIM_INFINITY))
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    asyncio.run(record(server, Path(folder), ended))


if __name__ == "__main__":
    main()
