"""Whom a SIP call goes to, and who we are there."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from devices.conference.sip.program import Account
from devices.contract import DeviceError, Reason


@dataclass(frozen=True, slots=True)
class Server:
    """Whom to call and who we are there.

    `target` is a SIP address with {room} in it. With a `username` we register at `registrar` (host or host:port; "":
    the target's own) and may be called there; else only at `listen` (address:port of ours), if at all.
    """

    target: str
    username: str = ""
    registrar: str = ""
    listen: str = ""
    interface: str = ""  # the network's address or name; "": baresip's choice

    def uri(self, room: str) -> str:
        """DeviceError(UNSUPPORTED) without the room that it needs."""
        if "{room}" in self.target and not room.strip():
            raise DeviceError(Reason.UNSUPPORTED, "this system needs a room number")
        uri = self.target.replace("{room}", quote(room.strip(), safe=""))
        if re.fullmatch(r"sips?:[!-~]+", uri) is None:
            raise DeviceError(Reason.UNSUPPORTED, "the profile's sip_uri is no SIP address")
        return uri

    def account(self, name: str) -> Account:
        domain = self.registrar or re.sub(r"^sips?:([^@]*@)?|[;?].*$", "", self.target)
        return Account(f"{self.username or 'room'}@{domain}", name, bool(self.username))
