"""ONVIF cameras on the local network, by WS-Discovery: one question to all, and a wary ear for the answers."""

import logging
import socket
import struct
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from devices.contract import DeviceError, FoundCamera
from devices.lane import Lane

log = logging.getLogger(__name__)

GROUP = ("239.255.255.250", 3702)
SENDS, RESEND_S = 3, 0.2  # UDP loses some
MOST_DATAGRAM_BYTES = 1 << 16
MOST_ANSWERS = 512
MOST_LETTERS = 64
SLACK_S = 1.0
DISCOVERY = "{http://schemas.xmlsoap.org/ws/2005/04/discovery}"
ADDRESSING = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
SCOPE = "onvif://www.onvif.org/"
PROBE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>'
    "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action><a:MessageID>{id}</a:MessageID>"
    "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>"
    "<s:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></s:Body></s:Envelope>"
)


@dataclass(frozen=True, slots=True)
class _Match:
    """One camera in one answer; `endpoint` is its name for itself, the same on each of its addresses."""

    endpoint: str
    camera: FoundCamera


class OnvifFinder:
    """`target`: where the question goes; `local`: the address to ask from ("": every network of this PC)."""

    def __init__(self, target: tuple[str, int] = GROUP, local: str = "") -> None:
        self._target, self._local = target, local

    async def find(self, wait_s: float) -> tuple[FoundCamera, ...]:
        lane = Lane("onvif-find")  # reading XML loads a library, and may take its time
        try:
            return await lane.call(self._find, wait_s, wait_s=wait_s + SLACK_S)
        except (DeviceError, OSError) as error:
            log.warning("looking for cameras: %s", error)
            return ()
        finally:
            lane.close()

    def _find(self, wait_s: float) -> tuple[FoundCamera, ...]:
        ends = time.monotonic() + wait_s
        asked = f"urn:uuid:{uuid.uuid4()}"
        found: dict[str, FoundCamera] = {}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((self._local, 0))
            sends, answers = 0, 0
            while (now := time.monotonic()) < ends and answers < MOST_ANSWERS:
                if sends < SENDS and now >= ends - wait_s + sends * RESEND_S:
                    sends += 1
                    self._ask(sock, PROBE.format(id=asked).encode())
                due_s = ends if sends == SENDS else min(ends, ends - wait_s + sends * RESEND_S)
                sock.settimeout(max(0.001, due_s - time.monotonic()))
                with suppress(TimeoutError, ConnectionError):  # the latter: what ICMP says of an earlier question
                    data, peer = sock.recvfrom(MOST_DATAGRAM_BYTES)
                    answers += 1
                    for match in read_answer(data, asked, peer[0]):
                        found.setdefault(match.endpoint, match.camera)
        return tuple(sorted(set(found.values()), key=lambda camera: (camera.host, camera.port)))

    def _ask(self, sock: socket.socket, question: bytes) -> None:
        """On every network: a PC in a meeting room often has two, and the camera is on the lesser one."""
        for choose in self._networks():
            with suppress(OSError):  # a network that is down
                if choose:
                    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, choose)
                sock.sendto(question, self._target)

    def _networks(self) -> Sequence[bytes]:
        if self._local or sys.platform == "win32":
            return (b"",)  # Windows itself asks on the network that it likes best
        return [struct.pack("=4s4si", b"", b"", index) for index, _ in socket.if_nameindex()] or (b"",)


def read_answer(data: bytes, asked: str, sender: str) -> Iterator[_Match]:
    """The cameras in one datagram; nothing for whatever else came. Never raises."""
    envelope = _parsed(data)
    if envelope is None:
        return
    relates_to = _text(envelope, f"{ADDRESSING}RelatesTo")
    if relates_to and relates_to != asked:
        return
    for match in envelope.iter(f"{DISCOVERY}ProbeMatch"):
        endpoint = _text(match, f"{ADDRESSING}Address")
        port = _port(_text(match, f"{DISCOVERY}XAddrs").split())
        if port is not None:
            scopes = _text(match, f"{DISCOVERY}Scopes").split()
            camera = FoundCamera(sender, port, _scope(scopes, "name/"), _scope(scopes, "hardware/"))
            yield _Match(endpoint or f"{sender}:{port}", camera)


def _parsed(data: bytes) -> Any:
    """None for what is no XML, or XML with a document type: there is no use for one but mischief."""
    from lxml import etree  # late: it loads in this thread

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.doctype else root


def _text(parent: Any, name: str) -> str:
    found = next(parent.iter(name), None)
    return (found.text or "").strip() if found is not None else ""


def _port(addresses: Sequence[str]) -> int | None:
    """Of the first plain HTTP address. Only the port: the host in it is often not the one that can be reached."""
    for address in addresses:
        with suppress(ValueError):
            parts = urlsplit(address)
            if parts.scheme == "http" and parts.port != 0:
                return parts.port or 80
    return None


def _scope(scopes: Sequence[str], kind: str) -> str:
    told = next((scope for scope in scopes if scope.startswith(SCOPE + kind)), "")
    name = unquote(told.removeprefix(SCOPE + kind)).replace("_", " ")
    return "".join(letter for letter in name if letter.isprintable())[:MOST_LETTERS].strip()
