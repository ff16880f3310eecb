"""An RTSP server of GStreamer's, run by the system's Python: H.264 frames that carry the time of their making.

It takes one JSON object on stdin (see Settings), prints its port, and serves rtsp://127.0.0.1:PORT/live until it is
killed. gi exists for the system's Python only, so nothing here imports from the project.
"""

import json
import sys
import time
from typing import Any, TypedDict

STAMP_BITS, CHECK_BITS = 48, 8  # microseconds of CLOCK_MONOTONIC, and the sum of their bytes
BLOCKS_ACROSS = 80  # of a picture's width: 16 px at 1280
DARK, BRIGHT = 16, 235
SHADES = 12  # backgrounds, one after another: something moves
ROLE = "watcher"


class Settings(TypedDict):
    port: int  # 0: any
    width: int
    height: int
    fps: int
    keyframe_every: int  # frames
    username: str  # "": open to all
    password: str
    basic: bool  # False: digest


def stamp_bits(now_us: int) -> list[int]:
    """Most significant first: the time, then its check."""
    check = sum(now_us.to_bytes(STAMP_BITS // 8, "big")) & 0xFF
    whole = now_us << CHECK_BITS | check
    return [whole >> place & 1 for place in reversed(range(STAMP_BITS + CHECK_BITS))]


class Pictures:
    """I420 pictures: slanted shades that move, and across the top the time as dark and bright blocks."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._block = width, width // BLOCKS_ACROSS
        below = height - self._block
        shade = bytes(60 + abs(x % 160 - 80) for x in range(width + below + SHADES * 8))
        self._rests = [
            b"".join(shade[(start := number * 8 + row) : start + width] for row in range(below))
            for number in range(SHADES)
        ]
        self._colour = bytes([128]) * (width * height // 2)
        self._number = 0

    def newest(self) -> bytes:
        self._number += 1
        bits = stamp_bits(time.monotonic_ns() // 1000)
        row = b"".join(bytes([BRIGHT if bit else DARK]) * self._block for bit in bits).ljust(self._width, bytes([DARK]))
        return row * self._block + self._rests[self._number % SHADES] + self._colour


def serve(settings: Settings) -> None:
    import gi

    gi.require_version("Gst", "1.0")
    for name in ("GstRtsp", "GstRtspServer"):
        gi.require_version(name, "1.0")
    from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

    Gst.init(None)
    width, height, fps = settings["width"], settings["height"], settings["fps"]
    pictures = Pictures(width, height)
    caps = f"video/x-raw,format=I420,width={width},height={height},framerate={fps}/1"
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( appsrc name=source is-live=true do-timestamp=true format=time block=false caps={caps}"
        " ! x264enc tune=zerolatency speed-preset=ultrafast bitrate=4000 threads=1"
        f" key-int-max={settings['keyframe_every']}"
        " ! video/x-h264,profile=baseline ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
    )
    factory.set_shared(True)

    def configured(_factory: Any, media: Any) -> None:
        source = media.get_element().get_by_name("source")

        def push() -> bool:
            # A client that went away leaves the media unprepared: the next one has a new one, and a new source.
            return bool(source.emit("push-buffer", Gst.Buffer.new_wrapped(pictures.newest())) == Gst.FlowReturn.OK)

        push()
        GLib.timeout_add(1000 // fps, push)

    factory.connect("media-configure", configured)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(settings["port"]))
    if settings["username"]:
        _lock(server, factory, settings, GstRtsp, GstRtspServer)
    server.get_mount_points().add_factory("/live", factory)
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


def _lock(server: Any, factory: Any, settings: Settings, rtsp: Any, rtsp_server: Any) -> None:
    auth = rtsp_server.RTSPAuth()
    token = rtsp_server.RTSPToken.new()
    token.set_string(rtsp_server.RTSP_TOKEN_MEDIA_FACTORY_ROLE, ROLE)
    if settings["basic"]:
        auth.add_basic(rtsp_server.RTSPAuth.make_basic(settings["username"], settings["password"]), token)
    else:
        auth.set_supported_methods(rtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(settings["username"], settings["password"], token)
    server.set_auth(auth)
    permissions = rtsp_server.RTSPPermissions.new()
    for what in (rtsp_server.RTSP_PERM_MEDIA_FACTORY_ACCESS, rtsp_server.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT):
        permissions.add_permission_for_role(ROLE, what, True)
    factory.set_permissions(permissions)


if __name__ == "__main__":
    serve(json.loads(sys.stdin.readline()))
