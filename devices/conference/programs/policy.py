"""What an installed browser may do on this PC: its managed policy, by the names of chromeenterprise.google/policies.

The policy is the machine's: whoever uses this browser on this PC is bound by it. Only the administrator can write it.
The list of addresses rules where the page may go; the proxy that does not exist stops everything else that it would
load, sockets too. Developer tools stay "allowed" because the browser gives nobody counters without them; a person who
asks for them is refused by the list of addresses ("DevTools not allowed on this page"). Not verified with Google
Chrome and Microsoft Edge.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "roomapp.json"
LOOPBACK = ("127.0.0.1", "localhost")
NO_PROXY = "127.0.0.1:9"  # the port of discard: nobody listens
OFF, BLOCKED = False, 2  # of a content setting: nobody is asked
Policy = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Browser:
    """One make: what it is called where it is installed, and where its policy lies on Linux."""

    make: str
    programs: tuple[str, ...]
    folder: Path  # of managed policies
    shows_policy: str  # its own page of the policies in force


BROWSERS = (
    Browser(
        "edge",
        ("microsoft-edge-stable", "microsoft-edge", "/opt/microsoft/msedge/msedge"),
        Path("/etc/opt/edge/policies/managed"),
        "edge://policy",
    ),
    Browser(
        "chrome",
        ("google-chrome-stable", "google-chrome", "/opt/google/chrome/chrome"),
        Path("/etc/opt/chrome/policies/managed"),
        "chrome://policy",
    ),
    Browser(
        "chromium",
        ("chromium", "chromium-browser", "/usr/lib/chromium/chromium"),
        Path("/etc/chromium/policies/managed"),
        "chrome://policy",
    ),
)


def installed(named: str = "") -> tuple[Browser, str] | None:
    """The browser and its program: the one that the profile names, else the first that is there; None: there is none.

    A named program of no known name is taken for a Chromium.
    """
    if named:
        program = shutil.which(named)
        known = (b for b in BROWSERS if Path(named).name in {Path(p).name for p in b.programs})
        return None if program is None else (next(known, BROWSERS[-1]), program)
    found = ((browser, shutil.which(name)) for browser in BROWSERS for name in browser.programs)
    return next(((browser, program) for browser, program in found if program is not None), None)


def managed_policy(hosts: Iterable[str], shows_policy: str = "chrome://policy") -> Policy:
    """The policy under which the pages of these hosts ("hop.example.vn", "127.0.0.1:8000") may run, and no others.

    https only; http on this machine. Give the hosts of every platform of the profile that takes this road.
    """
    origins = sorted({_origin(host) for host in hosts})
    captures = {"AudioCaptureAllowed": OFF, "VideoCaptureAllowed": OFF}  # but for these:
    captures_of = {f"{name}Urls": [f"{scheme}://{host}:{port}" for scheme, host, port in origins] for name in captures}
    passed = ";".join(["<-loopback>", *(f"{host}:{port}" for _, host, port in origins)])
    return {
        **captures,
        **captures_of,
        "URLBlocklist": ["*", "chrome://*", "edge://*", "devtools://*", "file://*", "view-source:*"],
        # the dot: this host alone, not those below it
        "URLAllowlist": [*(f"{scheme}://.{host}:{port}" for scheme, host, port in origins), shows_policy],
        "ProxySettings": {"ProxyMode": "fixed_servers", "ProxyServer": NO_PROXY, "ProxyBypassList": passed},
        "RemoteDebuggingAllowed": True,
        "DeveloperToolsAvailability": 1,
        **SHUT,
    }


SHUT: Mapping[str, object] = {
    "AutoLaunchProtocolsFromOrigins": [],
    "AllowFileSelectionDialogs": OFF,
    "AlternateErrorPagesEnabled": OFF,
    "AutofillAddressEnabled": OFF,
    "AutofillCreditCardEnabled": OFF,
    "AutoplayAllowed": True,  # the far site is heard without a touch on the page
    "BackgroundModeEnabled": OFF,
    "BrowserAddPersonEnabled": OFF,
    "BrowserGuestModeEnabled": OFF,
    "BrowserSignin": 0,
    "DefaultClipboardSetting": BLOCKED,
    "DefaultFileSystemReadGuardSetting": BLOCKED,
    "DefaultFileSystemWriteGuardSetting": BLOCKED,
    "DefaultGeolocationSetting": BLOCKED,
    "DefaultLocalFontsSetting": BLOCKED,
    "DefaultNotificationsSetting": BLOCKED,
    "DefaultPopupsSetting": BLOCKED,
    "DefaultSearchProviderEnabled": OFF,
    "DefaultSensorsSetting": BLOCKED,
    "DefaultSerialGuardSetting": BLOCKED,
    "DefaultWebBluetoothGuardSetting": BLOCKED,
    "DefaultWebHidGuardSetting": BLOCKED,
    "DefaultWebUsbGuardSetting": BLOCKED,
    "DefaultWindowManagementSetting": BLOCKED,
    "DnsOverHttpsMode": "off",
    "DownloadRestrictions": 3,
    "BlockExternalExtensions": True,
    "ExtensionInstallBlocklist": ["*"],
    "IncognitoModeAvailability": 1,
    "MetricsReportingEnabled": OFF,
    "NetworkPredictionOptions": 2,
    "PasswordManagerEnabled": OFF,
    "PrintingEnabled": OFF,
    "PromotionsEnabled": OFF,
    "SSLErrorOverrideAllowed": OFF,
    "SavingBrowserHistoryDisabled": True,
    "ScreenCaptureAllowed": OFF,
    "SearchSuggestEnabled": OFF,
    "SpellcheckEnabled": OFF,
    "SyncDisabled": True,
    "TranslateEnabled": OFF,
}


# What else the policy says is for order only: a make that lacks one of those is run all the same. Names looked up in
# learn.microsoft.com/deployedge and in Chromium 156.
VITAL = frozenset(
    {
        "AudioCaptureAllowed",
        "AudioCaptureAllowedUrls",
        "VideoCaptureAllowed",
        "VideoCaptureAllowedUrls",
        "URLBlocklist",
        "URLAllowlist",
        "ProxySettings",
        "AllowFileSelectionDialogs",
        "AutoLaunchProtocolsFromOrigins",
        "BackgroundModeEnabled",
        "BrowserSignin",
        "DefaultFileSystemReadGuardSetting",
        "DefaultFileSystemWriteGuardSetting",
        "DefaultGeolocationSetting",
        "DefaultNotificationsSetting",
        "DefaultPopupsSetting",
        "DefaultWebBluetoothGuardSetting",
        "DefaultWebHidGuardSetting",
        "DefaultWebUsbGuardSetting",
        "DownloadRestrictions",
        "ExtensionInstallBlocklist",
        "PasswordManagerEnabled",
        "PrintingEnabled",
        "SSLErrorOverrideAllowed",
        "ScreenCaptureAllowed",
        "SyncDisabled",
    }
)


def policy_text(hosts: Iterable[str], browser: Browser) -> str:
    """What the administrator writes into `FILE` of the browser's folder (readable by all, written by root alone)."""
    return json.dumps(managed_policy(hosts, browser.shows_policy), indent=2, sort_keys=True) + "\n"


def write_policy(hosts: Iterable[str], browser: Browser) -> Path:
    """Writes the policy where this browser reads it; for the installer, which is root. OSError where it may not."""
    browser.folder.mkdir(parents=True, exist_ok=True)
    path, new = browser.folder / FILE, browser.folder / f".{FILE}.new"
    new.write_text(policy_text(hosts, browser), "utf-8")
    new.chmod(0o644)
    new.replace(path)  # a browser that starts meanwhile reads the old one or the new one, whole
    return path


def is_written(hosts: Iterable[str], browser: Browser) -> bool:
    """Whether our file says what this profile needs. What is really in force only the running browser can say."""
    try:
        written = json.loads((browser.folder / FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return bool(written == managed_policy(hosts, browser.shows_policy))


def amiss(wanted: Policy, in_force: object) -> list[str]:
    """The vital ones that are not in force as wanted, from what the browser itself shows on its page of policies."""
    groups = in_force.get("policyGroups") if isinstance(in_force, dict) else None
    shown = {}
    for group in groups.values() if isinstance(groups, dict) else ():
        policies = group.get("policies") if isinstance(group, dict) else None
        shown.update(policies if isinstance(policies, dict) else {})
    return sorted(name for name in VITAL if not _holds(shown.get(name), wanted[name]))


def _holds(told: object, wanted: object) -> bool:
    if not isinstance(told, dict) or told.get("level") != "mandatory" or told.get("error"):
        return False
    value = told.get("value")
    if isinstance(wanted, dict) and isinstance(value, str):  # shown as text
        try:
            value = json.loads(value)
        except ValueError:
            return False
    return type(value) is type(wanted) and value == wanted


def _origin(host: str) -> tuple[str, str, int]:
    name, _, port = host.partition(":")
    scheme = "http" if name in LOOPBACK else "https"
    return scheme, name, int(port) if port else {"http": 80, "https": 443}[scheme]
