"""Cisco RoomOS and CE codecs: xAPI over WebSocket, with counters of packets for both directions.

Source: Cisco RoomOS xAPI reference: xCommand Dial, Call Accept, Call Disconnect, Call DTMFSend, Audio Microphones
Mute/Unmute, Camera Preset Activate; xStatus Call, Audio Microphones Mute, MediaChannels Call Channel (Netstat, Video);
xEvent CallDisconnect. `Netstat` of an outgoing channel is the far end's own report.
Not verified with a real device; the counterpart is also driven by Cisco's own client xows.
"""

from collections.abc import Callable, Iterator
from typing import Any

from devices.conference.codec.codec import Channel, Leg, Look, Stage
from devices.conference.codec.rpc import NothingThere, Rpc
from devices.contract import Ability, DeviceError, Reason, Standing

PORT = 443
STANDING = ("Connected", "OnHold", "Preserved", "RemotePreserved")
BEGINNING = ("Dialling", "Ringing", "Connecting", "EarlyMedia")
REPORT = ("LastIntervalReceived", "LastIntervalLost", "Loss", "Jitter")
FEEDBACK = (
    ["Status", "Call"],
    ["Status", "Audio", "Microphones", "Mute"],
    ["Event", "CallDisconnect"],
)
WHY = {
    "busy": Standing.BUSY,
    "notfound": Standing.NO_ROOM,
    "forbidden": Standing.REFUSED,
    "declined": Standing.REFUSED,
    "rejected": Standing.REFUSED,
    "remotedisconnect": Standing.ENDED,
}
PRESETS = range(1, 36)
MOST_CAUSES = 16


class Cisco:
    """`pin`: the certificate's SHA-256, "" to verify it. `plain`: ws:// instead of wss://, on this machine only."""

    measures = True
    abilities = frozenset({Ability.MICROPHONE, Ability.ANSWER, Ability.TONES})

    def __init__(
        self,
        host: str,
        username: str,
        password: Callable[[], str],
        port: int = PORT,
        *,
        pin: str = "",
        plain: bool = False,
    ) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._rpc = Rpc(host, port, username, password, self._told, pin=pin, plain=plain)
        self._causes: dict[str, str] = {}

    async def open(self) -> None:
        if await self._rpc.open():
            for query in FEEDBACK:
                await self._rpc.call("xFeedback/Subscribe", Query=query, NotifyCurrentValue=False)

    async def close(self) -> None:
        await self._rpc.close()

    async def look(self) -> Look:
        legs = tuple(leg for entry in await self._list("Call") if (leg := _leg(entry)) is not None)
        muted = {"On": True, "Off": False}.get(str(await self._get("Audio", "Microphones", "Mute")))
        channels: tuple[Channel, ...] = ()
        if any(leg.stage is Stage.STANDS for leg in legs):
            channels = tuple(_channels(await self._list("MediaChannels", "Call")))
        return Look(legs, muted, channels)

    async def dial(self, number: str) -> str:
        begun = await self._rpc.call("xCommand/Dial", Number=number)
        call = _number(begun.get("CallId")) if isinstance(begun, dict) else ""
        if not call:
            raise DeviceError(Reason.PROTOCOL, "the codec names no call")
        return call

    async def answer(self, call: str) -> None:
        await self._rpc.call("xCommand/Call/Accept", CallId=int(call))

    async def hang_up(self, call: str) -> None:
        await self._rpc.call("xCommand/Call/Disconnect", CallId=int(call))

    async def mute(self, on: bool) -> None:
        await self._rpc.call(f"xCommand/Audio/Microphones/{'Mute' if on else 'Unmute'}")

    async def send_tones(self, call: str, tones: str) -> None:
        await self._rpc.call("xCommand/Call/DTMFSend", CallId=int(call), DTMFString=tones)

    async def recall_preset(self, number: int) -> None:
        if number not in PRESETS:
            raise DeviceError(Reason.PRESET_MISSING, "this codec has presets 1 to 35")
        await self._rpc.call("xCommand/Camera/Preset/Activate", PresetId=number)

    def why_ended(self, call: str) -> Standing | None:
        return WHY.get(self._causes.get(call, "").lower())

    async def _get(self, *path: str) -> Any:
        return await self._rpc.call("xGet", Path=["Status", *path])

    async def _list(self, *path: str) -> list[dict[str, Any]]:
        """Entries of a list, which the codec gives as a list, as its one entry, or, where it is empty, as an error."""
        try:
            return _entries(await self._get(*path))
        except NothingThere:
            return []

    def _told(self, event: dict[str, Any]) -> None:
        inner = event.get("Event")
        ended = inner.get("CallDisconnect") if isinstance(inner, dict) else None
        if isinstance(ended, dict):
            if len(self._causes) >= MOST_CAUSES:
                self._causes.clear()
            self._causes[_number(ended.get("CallId"))] = str(ended.get("CauseType", ""))
        self.changed()


def _entries(told: Any) -> list[dict[str, Any]]:
    return [entry for entry in (told if isinstance(told, list) else [told]) if isinstance(entry, dict)]


def _number(told: Any) -> str:
    """A call's number, which comes as a number here and as a text there."""
    text = str(told)
    return text if text.isdigit() and len(text) < 12 else ""


def _count(told: Any) -> int:
    try:
        return max(0, min(int(told), 10**12))
    except (TypeError, ValueError, OverflowError):
        return 0


def _leg(entry: dict[str, Any]) -> Leg | None:
    status, call = str(entry.get("Status", "")), _number(entry.get("id"))
    number = str(entry.get("CallbackNumber") or entry.get("RemoteNumber") or "")
    far = str(entry.get("DisplayName") or number)[:80]
    if not call:
        return None
    if status in STANDING:
        return Leg(call, Stage.STANDS, far, number)
    if status in BEGINNING:
        rings = entry.get("Direction") == "Incoming" and entry.get("AnswerState") != "Answered"
        return Leg(call, Stage.RINGING if rings else Stage.DIALLING, far, number)
    return None


def _channels(calls: list[dict[str, Any]]) -> Iterator[Channel]:
    for call in calls:
        for entry in _entries(call.get("Channel")):
            kind, net, video = str(entry.get("Type", "")).lower(), entry.get("Netstat"), entry.get("Video")
            if kind not in ("audio", "video") or not isinstance(net, dict):
                continue
            picture = video if isinstance(video, dict) else {}
            if picture.get("ChannelRole", "Main") != "Main":
                continue  # the shown document is no picture of the meeting
            form = picture if kind == "video" else entry.get("Audio")
            yield Channel(
                call=_number(call.get("id")),
                key=f"{call.get('id')}/{entry.get('id')}",
                kind=kind,
                inbound=entry.get("Direction") == "Incoming",
                packets=_count(net.get("Packets")),
                lost=_count(net.get("Loss")),
                frame_rate=float(min(_count(picture.get("FrameRate")), 120)),
                width=_count(picture.get("ResolutionX")),
                height=_count(picture.get("ResolutionY")),
                codec=str(form.get("Protocol", ""))[:20] if isinstance(form, dict) else "",
                report=tuple(_count(net.get(name)) for name in REPORT),
            )
