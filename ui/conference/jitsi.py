"""The road `jitsi`: the server's own external_api.js in a page of ours that is shown as the server's.

Nothing is loaded but from the platform's origin. Source: jitsi-meet modules/API/external/external_api.js (commands,
events) and lang/main*.json (what its lobby says). Not verified with a Jitsi server: with the genuine external_api.js of
@jitsi/react-native-sdk 13.2.0 and a counterpart of ours on its other side.
"""

import json
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl

import resources
from devices.contract import DeviceError, Invitation, Reason
from ui.conference.page_view import Load
from ui.conference.site import Recipe, recipe_of
from ui.conference.web_call import WebCall


class JitsiCall(WebCall):
    """Its address is https://DOMAIN/ROOM."""

    def _recipe(self) -> Recipe:
        return recipe_of(self._options.recipe or self.road)

    def _load(self, to: Invitation) -> Load:
        parts = urlsplit(to.address)
        if parts.scheme != "https" or not parts.path.strip("/"):
            raise DeviceError(Reason.UNSUPPORTED, "a Jitsi meeting's address is https, with the room in it")
        given = {"domain": parts.netloc, "room": parts.path.strip("/"), "name": to.name}
        told = json.dumps(given).replace("<", "\\u003c")  # it stands within a script
        html = resources.path("web", "jitsi.html").read_text("utf-8").replace("= GIVEN", f"= {told}")
        base = QUrl(f"https://{parts.netloc}/")
        return lambda page: page.set_own(html, base)
