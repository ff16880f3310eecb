"""The only place that speaks through zeep: signed, bounded SOAP calls to one camera, and why one was refused."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree
from requests.auth import HTTPDigestAuth
from requests.utils import parse_dict_header

from devices.camera.onvif.http import Http, Reply
from devices.camera.onvif.library import Library, Service
from devices.contract import DeviceError, Reason

log = logging.getLogger(__name__)

CALL_S = 2.5  # the whole of one operation
DEVICE_PATH = "/onvif/device_service"  # fixed by the ONVIF core specification
SAME_CLOCK_S = 2.0
SECURITY = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}Security"

# Words of SOAP fault codes (ONVIF core specification 5.8.2, PTZ service), and of what cameras write instead.
FAULTS = (
    (Reason.AUTH, re.compile(r"not\W?authori|unauthori|failed\W?authentication|invalid\W?security|\bauth", re.I)),
    (Reason.PRESET_MISSING, re.compile(r"no\W?token|no\W?preset|preset\W+token\W+does\W+not\W+exist", re.I)),
    (
        Reason.UNSUPPORTED,
        re.compile(r"not\W?supported|not\W?implemented|no\W?ptz\W?profile|too\W?many\W?presets", re.I),
    ),
    (Reason.PROTOCOL, re.compile(r"no\W?profile", re.I)),  # what we know of it is no longer so: it is met anew
    (Reason.REFUSED_BUSY, re.compile(r"busy|too\W?many\W?requests|moving\W?ptz|max\W?users", re.I)),
)

FAULT_WORDS = ("Value", "Text", "faultcode", "faultstring")
MOST_FAULT = 1000


class _Digest(HTTPDigestAuth):
    """requests' arithmetic of HTTP digests without its sessions. For one thread."""

    def take(self, challenge: str) -> None:
        self.init_per_thread_state()
        self._thread_local.chal = parse_dict_header(re.sub(r"^digest ", "", challenge, flags=re.I))

    def header(self, path: str) -> str:
        try:
            return str(self.build_digest_header("POST", path) or "")
        except (KeyError, ValueError):  # a challenge without a realm or nonce
            return ""


class Soap:
    """The calls to one camera. Blocking, for one thread; interrupt() for any. Raises DeviceError only."""

    def __init__(self, host: str, port: int, username: str, password: Callable[[], str], shared: Library) -> None:
        self._http = Http(host, port)
        self._username, self._password, self._shared = username, password, shared
        self._digest: _Digest | None = None  # set once the camera has asked for it
        self._offset = timedelta()
        self._paths = {Service.DEVICE: DEVICE_PATH}
        self._clients: dict[Service, Any] = {}
        self._repeatable = True
        self.until = 0.0  # time.monotonic() at which whatever is asked must be over

    def begin(self) -> None:
        self._http.begin()

    def interrupt(self) -> None:
        self._http.interrupt()

    def close(self) -> None:
        self._http.close()

    def has(self, service: Service) -> bool:
        return service in self._paths

    def place(self, service: Service, path: str) -> None:
        """Where on the camera this service is."""
        self._paths[service] = path

    def namespace(self, service: Service) -> str:
        return self._shared.services[service].namespace

    def ask(self, service: Service, operation: str, **arguments: Any) -> Any:
        """A question: sent again where a kept connection was dead."""
        return self._signed(service, operation, True, arguments)

    def order(self, service: Service, operation: str, **arguments: Any) -> Any:
        """Sent once; sent again only where the camera refused the signature, and so has not carried it out."""
        return self._signed(service, operation, False, arguments)

    def read_clock(self) -> bool:
        """Asks, without a signature, what time the camera thinks it is; whether that was news. (After a power cut some
        are half a year behind, and refuse what is not signed with their own time.)"""
        told = self._call(Service.DEVICE, "GetSystemDateAndTime", None, True, {})
        utc = _plain(lambda: told.UTCDateTime)
        if utc is None:
            return False
        day, clock = utc.Date, utc.Time
        try:
            theirs = datetime(day.Year, day.Month, day.Day, clock.Hour, clock.Minute, min(59, clock.Second), tzinfo=UTC)
            offset = theirs - datetime.now(UTC)
        except (TypeError, ValueError, AttributeError, OverflowError):
            return False
        news = abs(offset - self._offset) > timedelta(seconds=SAME_CLOCK_S)
        self._offset = offset
        return news

    def _signed(self, service: Service, operation: str, repeatable: bool, arguments: Mapping[str, Any]) -> Any:
        for last in (False, True):
            try:
                return self._call(service, operation, self._token(), repeatable, arguments)
            except DeviceError as error:
                # It may have lost its clock since we asked. What it refused to hear it has not done.
                if error.reason is not Reason.AUTH or last or not self._clock_is_news():
                    raise
        raise AssertionError

    def _clock_is_news(self) -> bool:
        try:
            return self.read_clock()
        except DeviceError as error:
            if error.reason in (Reason.NO_ANSWER, Reason.LINK_LOST, Reason.SUPERSEDED):
                raise  # gone meanwhile: whether the signature was wrong is not known
            return False

    def _token(self) -> Any:
        """None where nothing is to be signed, or the digest of HTTP does it."""
        if not self._username or self._digest is not None:
            return None
        # 'Z', not '+00:00': Hikvision refuses the latter.
        kind = self._shared.token_kind
        password = self._password()
        return kind(self._username, password, dt_diff=self._offset, use_digest=True, zulu_timestamp=True)

    def _call(
        self, service: Service, operation: str, token: Any, repeatable: bool, arguments: Mapping[str, Any]
    ) -> Any:
        path = self._paths.get(service)
        if path is None:
            raise DeviceError(Reason.UNSUPPORTED, f"the camera has no service {service}")
        client = self._client(service)
        client.wsse, self._repeatable = token, repeatable
        proxy = client.create_service(self._shared.services[service].binding, path)
        try:
            return proxy[operation](**arguments)
        except DeviceError:
            raise
        except Exception as error:  # noqa: BLE001 - zeep meets a hostile answer with nearly any exception there is
            raise DeviceError(Reason.PROTOCOL, f"{operation}: no answer of ONVIF: {type(error).__name__}") from None
        finally:
            client.wsse = None  # the password stays in no object that lives on

    def _client(self, service: Service) -> Any:
        if service not in self._clients:
            shared = self._shared
            document = shared.services[service].document
            self._clients[service] = shared.client_kind(
                document, transport=self, plugins=[_Ear()], settings=shared.settings
            )
        return self._clients[service]

    # --- what zeep calls ----------------------------------------------------------------------------------------

    def post_xml(self, path: str, envelope: Any, headers: Mapping[str, str]) -> Reply:
        """zeep's way out: sends, and takes up a digest challenge."""
        until = min(self.until, time.monotonic() + CALL_S)
        reply = self._post(path, envelope, headers, until)
        challenge = reply.digest_challenge()
        if reply.status_code == 401 and self._username and challenge:
            if self._digest is None:
                self._digest = _Digest(self._username, "")
            self._digest.take(challenge)  # anew also where an old one has gone stale
            _unsign(envelope)
            reply = self._post(path, envelope, headers, until)
        if reply.status_code in (401, 403):
            self._digest = None
            raise DeviceError(Reason.AUTH, f"{self._http.name}: HTTP {reply.status_code}")
        if reply.status_code in (429, 503):  # still starting, often
            raise DeviceError(Reason.REFUSED_BUSY, f"{self._http.name}: HTTP {reply.status_code}")
        if reply.status_code not in (200, 400, 500):  # SOAP uses these; a redirect leads to nobody we know
            raise DeviceError(Reason.PROTOCOL, f"{self._http.name}: HTTP {reply.status_code}")
        return reply

    def _post(self, path: str, envelope: Any, headers: Mapping[str, str], until: float) -> Reply:
        body = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        sent: dict[str, str | bytes] = dict(headers)
        if self._digest is not None:
            self._digest.password = self._password()
            sent["Authorization"] = self._digest.header(path).encode()
            self._digest.password = ""
        return self._http.post(path, body, sent, until, repeatable=self._repeatable)


def _unsign(envelope: Any) -> None:
    for security in envelope.iter(SECURITY):
        security.getparent().remove(security)
        return


class _Ear:
    """zeep's plugin: hears each parsed answer first, for zeep itself lets much pass and stumbles over some faults."""

    def egress(self, envelope: Any, headers: Any, operation: Any, options: Any) -> Any:
        return envelope, headers

    def ingress(self, envelope: Any, headers: Any, operation: Any) -> Any:
        inside = next((child for body in envelope if _local(body) == "Body" for child in body), None)
        if _local(inside) == "Fault":
            raise _refusal(operation.name, inside)
        if _local(inside) != f"{operation.name}Response":
            raise DeviceError(Reason.PROTOCOL, f"{operation.name}: something else was answered")
        return envelope, headers


def _refusal(operation: str, fault: Any) -> DeviceError:
    """By its words, of SOAP 1.1 or 1.2; one that says nothing we know is a refusal for now."""
    words = [element.text for element in fault.iter() if _local(element) in FAULT_WORDS and element.text]
    text = " ".join(words)[:MOST_FAULT]
    reason = next((reason for reason, pattern in FAULTS if pattern.search(text)), Reason.NOT_NOW)
    return DeviceError(reason, f"{operation}: {_printable(text)}")


def _local(element: Any) -> str:
    """Without its namespace; "" for nothing, and for what is no element."""
    tag = getattr(element, "tag", "")
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:100]


def _plain(tell: Callable[[], Any]) -> Any:
    """What an answer holds there; None where it is not an answer with such a place."""
    try:
        return tell()
    except AttributeError:
        return None
