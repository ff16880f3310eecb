"""One request to a web or RTSP server and the head of its answer, within a time limit over all its bytes."""

import hashlib
import http.client
import io
import re
import secrets
import socket
import time
from base64 import b64encode
from email.message import Message

from devices.camera.stream import Account
from devices.camera.stream.address import Place
from devices.contract import DeviceError, DeviceTimeout, Reason

MOST_LINE_BYTES = 1 << 13
MOST_BODY_BYTES = 1 << 16
AGENT = "roomapp"

# 404: the camera is there and does not have this stream; 453 is RTSP's "not enough bandwidth".
REASONS = {
    401: Reason.AUTH,
    403: Reason.AUTH,
    404: Reason.UNSUPPORTED,
    453: Reason.REFUSED_BUSY,
    503: Reason.REFUSED_BUSY,
}
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


class Line(io.RawIOBase):
    """A connection whose reads have ended at `by` (time.monotonic()), however slowly the bytes come.

    DeviceError: NO_ANSWER at that time, LINK_LOST when refused or cut. A host name is looked up by the system, which
    is not bounded; cameras are named by address.
    """

    def __init__(self, place: Place, by: float) -> None:
        super().__init__()
        self.by, self._name = by, place.name
        try:
            self._socket = socket.create_connection((place.host, place.port), timeout=max(0.05, by - time.monotonic()))
        except TimeoutError as error:
            raise DeviceTimeout(f"{self._name}: no connection") from error
        except OSError as error:
            raise DeviceError(Reason.LINK_LOST, f"{self._name}: {error.strerror or 'no connection'}") from error

    def makefile(self, *_: object) -> io.BufferedReader:
        """What http.client asks a socket for."""
        return io.BufferedReader(self, 1 << 16)

    def readable(self) -> bool:
        return True

    def send(self, data: bytes) -> None:
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(data)
        except OSError as error:
            raise self._ended(error) from error

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            self._socket.settimeout(self._left())
            return self._socket.recv_into(buffer)
        except OSError as error:
            raise self._ended(error) from error

    def _left(self) -> float:
        left = self.by - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _ended(self, error: OSError) -> DeviceError:
        reason = Reason.NO_ANSWER if isinstance(error, TimeoutError) else Reason.LINK_LOST
        return DeviceError(reason, f"{self._name}: {error.strerror or 'silent'}")

    def close(self) -> None:
        if not self.closed:
            self._socket.close()
        super().close()


def web_answer(place: Place, account: Account | None, by: float) -> tuple[Line, http.client.HTTPResponse]:
    """The answer to GET, if it is 200; else DeviceError with the server's reason. No proxy, no redirect."""
    line, response = _get(place, "", by)
    if response.status == 401 and account:
        permit = permission(response.headers, "GET", place.target, account)
        if permit:  # once: a second refusal is an answer
            line.close()
            line, response = _get(place, permit, by)
    if response.status != 200:
        line.close()
    check(response.status, place)
    return line, response


def _get(place: Place, permit: str, by: float) -> tuple[Line, http.client.HTTPResponse]:
    line = Line(place, by)
    try:
        request = f"GET {place.target} HTTP/1.1\r\nHost: {place.authority}\r\nAccept: */*\r\n"
        line.send(f"{request}User-Agent: {AGENT}\r\nConnection: close\r\n{permit}\r\n".encode())
        response = http.client.HTTPResponse(line, method="GET")  # type: ignore[arg-type]  # it wants makefile only
        response.begin()
    except (http.client.HTTPException, ValueError) as error:
        line.close()
        raise DeviceError(Reason.PROTOCOL, f"{place.name}: {type(error).__name__}") from error
    except DeviceError:
        line.close()
        raise
    return line, response


def rtsp_answer(place: Place, account: Account | None, by: float) -> None:
    """Asks DESCRIBE; returns if the answer is 200, else DeviceError with the server's reason."""
    line = Line(place, by)
    with line, line.makefile() as reader:
        status, headers = _describe(line, reader, place, 1, "")
        if status == 401 and account and (permit := permission(headers, "DESCRIBE", place.url, account)):
            status, headers = _describe(line, reader, place, 2, permit)
        check(status, place)


def _describe(line: Line, reader: io.BufferedReader, place: Place, number: int, permit: str) -> tuple[int, Message]:
    request = f"DESCRIBE {place.url} RTSP/1.0\r\nCSeq: {number}\r\nAccept: application/sdp\r\n"
    line.send(f"{request}User-Agent: {AGENT}\r\n{permit}\r\n".encode())
    found = re.match(rb"RTSP/1\.\d (\d{3})\b", reader.readline(MOST_LINE_BYTES))
    if found is None:
        raise DeviceError(Reason.PROTOCOL, f"{place.name}: this is no RTSP")
    try:
        headers = http.client.parse_headers(reader)
    except http.client.HTTPException as error:
        raise DeviceError(Reason.PROTOCOL, f"{place.name}: {type(error).__name__}") from error
    length = headers.get("Content-Length", "0").strip()
    reader.read(min(int(length), MOST_BODY_BYTES) if length.isdecimal() and len(length) < 9 else 0)
    return int(found[1]), headers


def check(status: int, place: Place) -> None:
    if status != 200:
        redirect = Reason.UNSUPPORTED if 300 <= status < 400 else Reason.PROTOCOL
        raise DeviceError(REASONS.get(status, redirect), f"{place.name}: status {status}")


def permission(headers: Message, method: str, uri: str, account: Account) -> str:
    """The Authorization line for the first challenge we can meet (RFC 7616, 7617); "" for none."""
    challenges = headers.get_all("WWW-Authenticate", [])
    for challenge in challenges:
        if challenge[:7].lower() == "digest " and (answer := digest(challenge[7:], method, uri, account)):
            return f"Authorization: Digest {answer}\r\n"
    if any(challenge[:5].lower() == "basic" for challenge in challenges):
        return f"Authorization: Basic {b64encode(':'.join(account).encode()).decode()}\r\n"
    return ""


def digest(challenge: str, method: str, uri: str, account: Account, cnonce: str = "") -> str:
    challenge = " ".join(challenge[:MOST_LINE_BYTES].split())  # a folded line must not end ours
    found = re.findall(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', challenge)
    told = {key.lower(): quoted or bare for key, quoted, bare in found}
    algorithm = told.get("algorithm", "MD5").upper()
    make = _HASHES.get(algorithm.removesuffix("-SESS"))
    offered = [word.strip() for word in told.get("qop", "").split(",") if word.strip()]
    if make is None or "nonce" not in told or (offered and "auth" not in offered):
        return ""

    def summed(*parts: str) -> str:
        return make(":".join(parts).encode()).hexdigest()

    realm, nonce, count, cnonce = told.get("realm", ""), told["nonce"], "00000001", cnonce or secrets.token_hex(8)
    secret = summed(account[0], realm, account[1])
    if algorithm.endswith("-SESS"):
        secret = summed(secret, nonce, cnonce)
    request = summed(method, uri)
    response = summed(secret, nonce, count, cnonce, "auth", request) if offered else summed(secret, nonce, request)
    name = account[0].replace("\\", "\\\\").replace('"', '\\"')
    answer = f'username="{name}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}"'
    answer += f", algorithm={algorithm}" if "algorithm" in told else ""
    answer += f', opaque="{told["opaque"]}"' if "opaque" in told else ""
    return answer + (f', qop=auth, nc={count}, cnonce="{cnonce}"' if offered else "")
