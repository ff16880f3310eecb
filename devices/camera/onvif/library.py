"""onvif-zeep and zeep, loaded without their side effects, and the WSDL documents parsed once for all cameras."""

import importlib.metadata
import logging
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from devices.contract import DeviceError, Reason

log = logging.getLogger(__name__)


class Service(StrEnum):
    """The services that we use, by onvif-zeep's own names."""

    DEVICE = "devicemgmt"
    MEDIA = "media"
    PTZ = "ptz"


@dataclass(frozen=True, slots=True)
class Described:
    """One service as its WSDL file tells it; `document` is zeep's, read-only after parsing, shared by all cameras."""

    namespace: str
    binding: str
    document: Any


@dataclass(frozen=True, slots=True)
class Library:
    """All that cameras share. `token_kind` signs a request: (user, password, use_digest=, zulu_timestamp=)."""

    services: dict[Service, Described]
    settings: Any
    client_kind: Any
    token_kind: Any


class _Once:
    """One loading in a process, whoever asks first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loading: Future[Library] | None = None

    def begin(self) -> "Future[Library]":
        with self._lock:
            if self._loading is None:
                self._loading = Future()
                threading.Thread(target=_fill, args=(self._loading,), name="onvif-wsdl", daemon=True).start()
            return self._loading


def _fill(loading: "Future[Library]") -> None:
    try:
        loading.set_result(load_library())
    except (ImportError, OSError, ValueError, LookupError) as error:  # a broken installation
        log.warning("ONVIF cannot be used: %s", error)
        loading.set_exception(DeviceError(Reason.UNSUPPORTED, f"onvif-zeep: {error}"))


def load_library() -> Library:
    """zeep's documents of the three services, from onvif-zeep's files on this disk and nowhere else."""
    _import_quietly()
    from onvif.client import UsernameDigestTokenDtDiff
    from onvif.definition import SERVICES
    from zeep import Client, Settings
    from zeep.wsdl import Document

    class Token(UsernameDigestTokenDtDiff):  # type: ignore[misc]  # untyped library
        """Signs with our own clock reading: the library asks a function that Python 3.12 gave up."""

        def apply(self, envelope: Any, headers: Any) -> Any:
            self.created = datetime.now(UTC).replace(tzinfo=None)
            return super().apply(envelope, headers)

    # It logs every value that a camera misspells as an error, with all of its text: at each heartbeat.
    logging.getLogger("zeep").setLevel(logging.CRITICAL)
    # Not strict: cameras leave out what the schema demands. Everything that a hostile answer could use is off.
    settings = Settings(strict=False, xml_huge_tree=False, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    folder = _wsdl_folder()
    services = {}
    for service in Service:
        known = SERVICES[service.value]
        document = Document(str(folder / known["wsdl"]), _Files(), settings=settings)  # type: ignore[arg-type]
        services[service] = Described(known["ns"], f"{{{known['ns']}}}{known['binding']}", document)
    return Library(services, settings, Client, Token)


class _Files:
    """What zeep loads documents with: files only."""

    def load(self, url: str) -> bytes:
        return Path(url).read_bytes()


def _wsdl_folder() -> Path:
    """Where the installer says that it put them: not beside the package everywhere, and the library itself guesses."""
    listed = importlib.metadata.files("onvif-zeep") or ()
    found = next((file for file in listed if file.name == "devicemgmt.wsdl"), None)
    if found is None:
        raise LookupError("installed without its WSDL files")
    return Path(str(found.locate())).resolve().parent


def _import_quietly() -> None:
    """onvif-zeep sets up the root logger as it loads, and turns another one down; its ONVIFCamera, which we do not use,
    also drops the proxies from the environment."""
    root, client = logging.getLogger(), logging.getLogger("zeep.client")
    level, blocker = client.level, logging.NullHandler()
    root.addHandler(blocker)  # logging.basicConfig does nothing where there is a handler already
    try:
        import onvif  # noqa: F401
    finally:
        root.removeHandler(blocker)
        client.setLevel(level)


_ONCE: Final = _Once()  # the one thing that all cameras of a process share, because it costs a second to make


def prepare_wsdl() -> "Future[Library]":
    """Begins loading and parsing (0.3 s to 1 s of CPU) in a thread of its own, once in a process; returns at once.

    Call it when the program starts: a camera that is asked before its end answers not_now.
    """
    return _ONCE.begin()


def library(wait_s: float) -> Library:
    """Blocks for wait_s at most; DeviceError(NOT_NOW) while it is still being parsed."""
    try:
        return _ONCE.begin().result(max(0.0, wait_s))
    except FutureTimeout as error:
        raise DeviceError(Reason.NOT_NOW, f"the ONVIF documents are not parsed within {wait_s:.1f} s") from error
