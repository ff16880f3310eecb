"""Huawei TE10, TE20 and IdeaHub: HTTPS `POST /action.cgi?ActionID=…` with JSON, a session's cookie and its token.

Source: "TE10, TE20 V600R019C00 HTTP API" (EDOC1100044503: WEB_RequestSessionIDAPI, WEB_RequestCertificateAPI,
WEB_OpenMicAPI, WEB_CloseMicAPI) and Huawei's IdeaHub API of the same family (WEB_GetMailboxDataAPI, WEB_CallNumberAPI,
WEB_HangupCallAPI, WEB_CancelCallAPI). Neither says how a call that comes in is told: it is not answered from here.
A call has no number in its state: it is ours as long as the codec, free before we dialled, has not been free again.
Not verified with a real device: TE30 … TE60 have other versions of this interface.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from devices.conference.codec.codec import Leg, Look, Stage
from devices.conference.codec.trust import secure, trust
from devices.contract import Ability, DeviceError, DeviceTimeout, Reason, Standing

if TYPE_CHECKING:
    import aiohttp

PORT = 443
ASKED_S = 2.0
MOST_BYTES = 2**18
CALLING_OUT = 1  # callstate: 0 no call, 1 calling out
NOT_ENTERED = (401, 403)


class Huawei:
    """`pin`: the certificate's SHA-256, "" to verify it. `plain`: http instead of https, on this machine only."""

    measures = False
    abilities = frozenset({Ability.MICROPHONE})

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
        self._tls, self._pin = secure(host, plain), pin
        self._trusted: Any = True
        self._url = f"{'https' if self._tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}/action.cgi"
        self._username, self._password = username, password
        self._session: aiohttp.ClientSession | None = None
        self._token = ""
        self._calls = 0  # how many were seen to begin
        self._busy = False

    async def open(self) -> None:
        if self._session is not None:
            return
        import aiohttp  # 0.3 s that only a codec's road pays

        self._trusted = trust(self._pin) if self._tls else True
        jar = aiohttp.CookieJar(unsafe=True)  # codecs are called by address
        self._session = aiohttp.ClientSession(cookie_jar=jar)
        try:
            await self._ask("WEB_RequestSessionIDAPI")
            entered = await self._ask("WEB_RequestCertificateAPI", user=self._username, password=self._password())
            self._token = str(entered.get("acCSRFToken", ""))
            if not self._token:
                raise DeviceError(Reason.AUTH, "the codec gives no token")
        except DeviceError as error:
            await self.close()
            if error.reason is Reason.NOT_NOW:
                raise DeviceError(Reason.AUTH, "the codec refuses this account") from error
            raise

    async def close(self) -> None:
        session, self._session, self._token = self._session, None, ""
        if session is not None:
            await session.close()

    async def look(self) -> Look:
        state = (await self._order("WEB_GetMailboxDataAPI")).get("state")
        if not isinstance(state, dict):
            raise DeviceError(Reason.PROTOCOL, "the codec tells no state")
        stands, calls = state.get("isInConf") == 1, state.get("callstate") == CALLING_OUT
        busy = stands or calls
        self._calls += int(busy and not self._busy)
        self._busy = busy
        legs = (Leg(str(self._calls), Stage.STANDS if stands else Stage.DIALLING),) if busy else ()
        return Look(legs, {0: True, 1: False}.get(state.get("mic", -1)))

    async def dial(self, number: str) -> str:
        if (await self.look()).legs:
            raise DeviceError(Reason.REFUSED_BUSY, "the codec is in a call already")
        await self._order("WEB_CallNumberAPI", szNumber=number)
        return str(self._calls + 1)

    async def answer(self, call: str) -> None:
        raise DeviceError(Reason.UNSUPPORTED, "this codec is not answered from here")

    async def hang_up(self, call: str) -> None:
        look = await self.look()
        if not look.legs or look.legs[0].call != call:
            raise DeviceError(Reason.NOT_NOW, "the codec is in a call that is not ours, or in none")
        await self._order("WEB_HangupCallAPI" if look.legs[0].stage is Stage.STANDS else "WEB_CancelCallAPI")

    async def mute(self, on: bool) -> None:
        await self._order("WEB_CloseMicAPI" if on else "WEB_OpenMicAPI")

    async def send_tones(self, call: str, tones: str) -> None:
        raise DeviceError(Reason.UNSUPPORTED, "the documents name no tones")

    async def recall_preset(self, number: int) -> None:
        raise DeviceError(Reason.UNSUPPORTED, "the documents name no presets")

    def why_ended(self, call: str) -> Standing | None:
        return None

    async def _order(self, action: str, **given: Any) -> dict[str, Any]:
        return await self._ask(action, acCSRFToken=self._token, **given)

    async def _ask(self, action: str, **given: Any) -> dict[str, Any]:
        """Its `data`. DeviceError(NOT_NOW) where it says no; a session that has ended is LINK_LOST."""
        import aiohttp

        if self._session is None:
            raise DeviceError(Reason.LINK_LOST, "no session with the codec")
        limit = aiohttp.ClientTimeout(total=ASKED_S)
        try:
            async with self._session.post(
                self._url,
                params={"ActionID": action},
                json=given,
                ssl=self._trusted,
                timeout=limit,
                allow_redirects=False,
            ) as answer:
                status, body = answer.status, await answer.content.read(MOST_BYTES)
        except TimeoutError as error:
            raise DeviceTimeout(f"{action}: nothing within {ASKED_S} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            wrong = isinstance(error, aiohttp.ClientSSLError | aiohttp.ServerFingerprintMismatch)
            reason = Reason.AUTH if wrong else Reason.LINK_LOST
            raise DeviceError(reason, f"{action}: {type(error).__name__}") from None  # its text may hold the address
        if status >= 500:
            raise DeviceError(Reason.LINK_LOST, f"{action}: {status}")
        if status in NOT_ENTERED:
            raise DeviceError(Reason.LINK_LOST if self._token else Reason.AUTH, f"{action}: {status}")
        return _data(action, body)


def _data(action: str, body: bytes) -> dict[str, Any]:
    """`{"success":1,"data":…}`, where data may be an object, or a text that holds one."""
    try:
        told = json.loads(body)
        data = told.get("data")
        inner = json.loads(data) if isinstance(data, str) and data.strip() else data
    except (ValueError, AttributeError, RecursionError) as error:
        raise DeviceError(Reason.PROTOCOL, f"{action}: the codec's answer is no JSON") from error
    if told.get("success") != 1:
        raise DeviceError(Reason.NOT_NOW, f"{action}: the codec says no")
    return inner if isinstance(inner, dict) else {}
