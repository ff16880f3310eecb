"""Another participant of a Janus VideoRoom, by aiortc: sends 720p VP8 and Opus, and watches whoever else is there.

`python -m tests.fakes.janus_peer PORT ROOM [--no-picture] [--no-sound]`; tells one JSON object a line: once what it
published, then twice a second what it received.
"""

import argparse
import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from fractions import Fraction
from typing import Any

import aiohttp
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from av import VideoFrame

FPS = 15
CLOCK_HZ = 90_000
Heard = Callable[[dict[str, Any], dict[str, str] | None], Awaitable[None]]


class MovingPicture(VideoStreamTrack):
    """1280x720 with a bar that wanders."""

    def __init__(self) -> None:
        super().__init__()
        self._number = 0
        self._began = asyncio.get_event_loop().time()

    async def recv(self) -> VideoFrame:
        self._number += 1
        await asyncio.sleep(max(0.0, self._began + self._number / FPS - asyncio.get_event_loop().time()))
        image = np.full((720, 1280, 3), 90, np.uint8)
        left = self._number * 12 % 1200
        image[300:420, left : left + 80] = 220
        frame = VideoFrame.from_ndarray(image, format="bgr24")
        frame.pts, frame.time_base = self._number * CLOCK_HZ // FPS, Fraction(1, CLOCK_HZ)
        return frame


class Participant:
    """One WebSocket session with Janus: a publishing handle, and one watching handle for each other publisher."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, room: int, picture: bool, sound: bool) -> None:
        self._socket, self._room, self._picture, self._sound = socket, room, picture, sound
        self._session = 0
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._heard: dict[int, Heard] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self.received = {"frames_in": 0, "packets_in": 0}

    async def live(self) -> None:
        reading = asyncio.create_task(self._read())
        self._session = (await self._ask({"janus": "create"}))["data"]["id"]
        await self._publish()
        alive = {"janus": "keepalive", "session_id": self._session, "transaction": "alive"}
        while not reading.done():
            print(json.dumps(self.received), flush=True)
            await self._socket.send_json(alive)  # else Janus ends a session in which nobody joins for 60 s
            await asyncio.sleep(0.5)

    async def _read(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if told["janus"] == "ack":
                continue
            if told["janus"] == "event" and told["sender"] in self._heard:
                self._go(self._heard[told["sender"]](told["plugindata"]["data"], told.get("jsep")))
            waiting = self._waiting.pop(told.get("transaction", ""), None)
            if waiting is not None:
                waiting.set_result(told)

    def _go(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, body: dict[str, Any]) -> dict[str, Any]:
        transaction = secrets.token_hex(6)
        self._waiting[transaction] = asyncio.get_event_loop().create_future()
        session = {"session_id": self._session} if self._session else {}
        await self._socket.send_json({"transaction": transaction, **session, **body})
        return await asyncio.wait_for(self._waiting[transaction], 10)

    async def _attach(self, heard: Heard) -> int:
        handle = int((await self._ask({"janus": "attach", "plugin": "janus.plugin.videoroom"}))["data"]["id"])
        self._heard[handle] = heard
        return handle

    async def _say(self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        message: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        return await self._ask(message | ({"jsep": jsep} if jsep else {}))

    async def _publish(self) -> None:
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))

        async def heard(event: dict[str, Any], jsep: dict[str, str] | None) -> None:
            if jsep is not None:
                await pc.setRemoteDescription(described(jsep))
            for publisher in event.get("publishers", []):
                await self._watch(publisher["id"])

        handle = await self._attach(heard)
        await self._say(handle, {"request": "join", "ptype": "publisher", "room": self._room, "display": "chair"})
        if self._sound:
            pc.addTrack(AudioStreamTrack())
        if self._picture:
            pc.addTrack(MovingPicture())
        await pc.setLocalDescription(await pc.createOffer())
        await self._say(handle, {"request": "configure", "audio": self._sound, "video": self._picture}, spoken(pc))
        print(json.dumps({"published": True}), flush=True)

    async def _watch(self, feed: int) -> None:
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        pc.on("track", lambda track: self._go(self._count(track)))

        async def heard(event: dict[str, Any], jsep: dict[str, str] | None) -> None:
            if jsep is None:
                return
            await pc.setRemoteDescription(described(jsep))
            await pc.setLocalDescription(await pc.createAnswer())
            await self._say(handle, {"request": "start"}, spoken(pc))

        handle = await self._attach(heard)
        streams = [{"feed": feed}]
        await self._say(handle, {"request": "join", "ptype": "subscriber", "room": self._room, "streams": streams})

    async def _count(self, track: MediaStreamTrack) -> None:
        key = "frames_in" if track.kind == "video" else "packets_in"
        while True:
            await track.recv()
            self.received[key] += 1


def described(jsep: dict[str, str]) -> RTCSessionDescription:
    return RTCSessionDescription(jsep["sdp"], jsep["type"])


def spoken(pc: RTCPeerConnection) -> dict[str, str]:
    """Our own description with one fingerprint: Janus 1.1.2 takes the last one it reads for sha-256."""
    told = pc.localDescription
    return {"type": told.type, "sdp": re.sub(r"a=fingerprint:sha-(384|512) [^\r\n]*\r\n", "", told.sdp)}


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("room", type=int)
    parser.add_argument("--no-picture", action="store_true")
    parser.add_argument("--no-sound", action="store_true")
    asked = parser.parse_args()
    async with (
        aiohttp.ClientSession() as web,
        web.ws_connect(f"ws://127.0.0.1:{asked.port}", protocols=["janus-protocol"]) as socket,
    ):
        await Participant(socket, asked.room, not asked.no_picture, not asked.no_sound).live()


if __name__ == "__main__":
    asyncio.run(main())
