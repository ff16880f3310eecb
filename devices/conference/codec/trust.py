"""Which codec we talk to: its certificate verified, or pinned by its SHA-256; plain text on this machine only."""

import asyncio
import hashlib
import re
import ssl
from typing import TYPE_CHECKING

from devices.contract import DeviceError, DeviceTimeout, Reason

if TYPE_CHECKING:
    import aiohttp

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SHOWN_S = 3.0


def trust(pin: str) -> "aiohttp.Fingerprint | ssl.SSLContext":
    """`pin` is the certificate's SHA-256 in hex, colons allowed; "" verifies it against the system's authorities.

    DeviceError(UNSUPPORTED) for a pin that is none.
    """
    if not pin:
        return ssl.create_default_context()
    import aiohttp  # 0.3 s that only a codec's road pays

    bare = pin.replace(":", "").strip()
    if re.fullmatch(r"[0-9A-Fa-f]{64}", bare) is None:
        raise DeviceError(Reason.UNSUPPORTED, "the certificate's fingerprint is no SHA-256")
    return aiohttp.Fingerprint(bytes.fromhex(bare))


def secure(host: str, plain: bool) -> bool:
    """Whether to use TLS. DeviceError(UNSUPPORTED) for plain text to another machine: it would carry the password."""
    if plain and host not in LOOPBACK:
        raise DeviceError(Reason.UNSUPPORTED, "a codec is spoken to over TLS only")
    return not plain


async def fingerprint(host: str, port: int) -> str:
    """The SHA-256 of the certificate that this codec shows now, for a technician to compare with its own screen.

    Nothing is trusted by this. Within SHOWN_S; DeviceError(LINK_LOST) where no TLS is spoken.
    """
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(SHOWN_S):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except TimeoutError as error:
        raise DeviceTimeout("the codec shows no certificate") from error
    except OSError as error:  # ssl.SSLError is one
        raise DeviceError(Reason.LINK_LOST, "the codec shows no certificate") from error
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return hashlib.sha256(shown or b"").hexdigest()
