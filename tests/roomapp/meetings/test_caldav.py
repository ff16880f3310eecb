"""A calendar on a real server (Radicale, a program of its own): read, refused, bounded."""

import asyncio
import base64
import contextlib
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from roomapp.records.invitations import InvitationError, Read
from roomapp.records.invitations.caldav import MOST_BYTES, read_caldav
from tests.fakes.processes import free_port
from tests.roomapp.meetings.examples import at
from tests.roomapp.meetings.test_ics import calendar, event

ZONE, NOW = ZoneInfo("Asia/Ho_Chi_Minh"), at("2026-11-25T12:00")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A calendar of one series and one meeting that is over; its address."""
    folder, port = tmp_path_factory.mktemp("radicale"), free_port()
    (folder / "users").write_text("phong:mật khẩu\n", encoding="utf-8")
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\n"
        f"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {folder}/kept\n",
        encoding="utf-8",
    )
    words = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
        try:
            wait_for(port)
            home = f"http://127.0.0.1:{port}/phong/lich/"
            put("MKCALENDAR", home)
            series = event("SUMMARY:Giao ban", "DTSTART:20261201T010000Z", "RRULE:FREQ=WEEKLY;COUNT=3", uid="a")
            put("PUT", f"{home}a.ics", calendar(series))
            put("PUT", f"{home}b.ics", calendar(event("SUMMARY:Cũ", "DTSTART:20250101T010000Z", uid="b")))
            yield home
        finally:
            program.terminate()


def wait_for(port: int) -> None:
    ends = time.monotonic() + 15
    while time.monotonic() < ends:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("radicale did not start")


def put(method: str, url: str, body: bytes | None = None) -> None:
    asked = urllib.request.Request(url, body, method=method)
    asked.add_header("Authorization", "Basic " + base64.b64encode("phong:mật khẩu".encode()).decode())
    asked.add_header("Content-Type", "text/calendar")
    urllib.request.urlopen(asked).close()


def read(url: str, password: str = "mật khẩu") -> Read:
    return asyncio.run(read_caldav(url, "phong", password, ZONE, NOW))


def refused(url: str, password: str = "mật khẩu") -> str:
    with pytest.raises(InvitationError) as caught:
        read(url, password)
    return caught.value.faults[0].key


def test_coming_meetings_of_the_calendar_are_found(server: str) -> None:
    found = read(server).found
    assert [one.opening for one in found] == [at(f"2026-12-{day}T08:00") for day in ("01", "08", "15")]
    assert {one.fields["title"] for one in found} == {"Giao ban"}


def test_wrong_password_and_wrong_address_are_told_apart(server: str) -> None:
    assert refused(server, "sai") == "auth"
    assert refused(server + "khong-co/") == "no_calendar"


@pytest.mark.parametrize(
    "url",
    ["http://lich.example.vn/", "ftp://127.0.0.1/", "https://a:b@lich.example.vn/", "lich", "https://[", "https:///"],
)
def test_address_without_protection_or_with_a_password_in_it_is_refused(url: str) -> None:
    assert refused(url) == "not_https"


def test_server_that_is_not_there_does_not_answer() -> None:
    assert refused(f"http://127.0.0.1:{free_port()}/") == "no_answer"


class Canned:
    """Says one answer to whoever asks, however long it is."""

    def __init__(self, answer: bytes) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve, args=(answer,), daemon=True)
        self._thread.start()

    def _serve(self, answer: bytes) -> None:
        one, _ = self._socket.accept()
        with one:
            one.recv(65536)
            try:
                one.sendall(answer)
            except OSError:
                return

    def close(self) -> None:
        self._thread.join(5)
        self._socket.close()


def certificate(folder: Path) -> ssl.SSLContext:
    """Of nobody whom this PC trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2099, 1, 1))
    pem = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    pem += key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def test_password_is_not_sent_to_a_server_that_cannot_be_trusted(tmp_path: Path) -> None:
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        one, _ = listening.accept()
        with one, contextlib.suppress(OSError), certificate(tmp_path).wrap_socket(one, server_side=True) as safe:
            heard.append(safe.recv(65536))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert refused(f"https://127.0.0.1:{listening.getsockname()[1]}/") == "not_trusted"
    thread.join(5)
    listening.close()
    assert b"Authorization" not in b"".join(heard)


HEAD = b"HTTP/1.1 207 Multi-Status\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>
<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><C:calendar-data>&b;</C:calendar-data>
</D:multistatus>"""


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (HEAD + b"hello", "no_calendar"),
        (HEAD + b"<html/>", "no_calendar"),
        (HEAD + b"<a>" + b" " * (MOST_BYTES + 1), "answer_too_large"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "no_calendar"),
        (b"garbage\r\n\r\n", "no_answer"),
    ],
)
def test_answer_that_is_none_is_one_sentence(answer: bytes, key: str) -> None:
    canned = Canned(answer)
    try:
        assert refused(canned.url) == key
    finally:
        canned.close()


def test_answer_cannot_make_us_read_a_file() -> None:
    canned = Canned(HEAD + BOMB)
    try:
        assert read(canned.url).found == ()
    finally:
        canned.close()
