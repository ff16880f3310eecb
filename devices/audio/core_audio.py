"""Windows Core Audio's capture endpoints through pycaw. NOT VERIFIED ON WINDOWS: written after pycaw 20260927's source.

Everything here belongs to the thread that made it. Endpoints are named by their MMDevice id string, which stays the
same when a microphone is plugged in anew at the same port.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One active capture endpoint and its own mute switch (IAudioEndpointVolume), which holds for every program."""

    id: str
    muted: bool


class CoreAudio:
    """The capture endpoints of this PC; `changed` is called, in threads of Windows', at every event about them."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """OSError when Core Audio does not answer."""
        loaded = "comtypes" in sys.modules
        sys.coinit_flags = 0  # type: ignore[attr-defined]  # multithreaded, as events need it; read at the import
        import comtypes

        if loaded:
            comtypes.CoInitializeEx(comtypes.COINIT_MULTITHREADED)
        from pycaw.utils import AudioUtilities

        self._changed = changed
        self._volumes: dict[str, tuple[Any, Any]] = {}  # volume and its callback, which must outlive its registration
        with _answering():
            self._enumerator = AudioUtilities.GetDeviceEnumerator()
            self._client = _notification_client(changed)
            self._enumerator.RegisterEndpointNotificationCallback(self._client)

    def look(self) -> tuple[Endpoint, ...]:
        """Every active capture endpoint; OSError when Core Audio does not answer."""
        from pycaw.constants import DEVICE_STATE, EDataFlow

        with _answering():
            found = self._enumerator.EnumAudioEndpoints(EDataFlow.eCapture.value, DEVICE_STATE.ACTIVE.value)
            devices = [found.Item(index) for index in range(found.GetCount())]
            there = {str(device.GetId()): device for device in devices}
            for id in self._volumes.keys() - there.keys():
                del self._volumes[id]
            return tuple(Endpoint(id, bool(self._volume(id, device).GetMute())) for id, device in there.items())

    def mute(self, id: str, muted: bool) -> None:
        """OSError when the endpoint went meanwhile."""
        if id in self._volumes:
            with _answering():
                self._volumes[id][0].SetMute(int(muted), None)

    def close(self) -> None:
        with _answering():
            for volume, callback in self._volumes.values():
                volume.UnregisterControlChangeNotify(callback)
            self._volumes.clear()
            self._enumerator.UnregisterEndpointNotificationCallback(self._client)

    def _volume(self, id: str, device: Any) -> Any:
        if id not in self._volumes:
            import comtypes
            from pycaw.api.endpointvolume import IAudioEndpointVolume

            activated = device.Activate(IAudioEndpointVolume._iid_, comtypes.CLSCTX_ALL, None)
            volume, callback = activated.QueryInterface(IAudioEndpointVolume), _volume_callback(self._changed)
            volume.RegisterControlChangeNotify(callback)
            self._volumes[id] = volume, callback
        return self._volumes[id][0]


@contextmanager
def _answering() -> Iterator[None]:
    """COMError is no OSError, and exists on Windows only."""
    try:
        yield
    except Exception as error:
        if type(error).__name__ != "COMError":
            raise
        raise OSError(f"Core Audio: {error}") from error


def _notification_client(changed: Callable[[], None]) -> Any:
    from pycaw.callbacks import MMNotificationClient

    class Client(MMNotificationClient):  # type: ignore[misc]
        def on_device_added(self, added_device_id: str) -> None:
            changed()

        def on_device_removed(self, removed_device_id: str) -> None:
            changed()

        def on_device_state_changed(self, device_id: str, new_state: str, new_state_id: int) -> None:
            changed()

        def on_default_device_changed(self, flow: str, flow_id: int, role: str, role_id: int, device_id: str) -> None:
            changed()

    return Client()


def _volume_callback(changed: Callable[[], None]) -> Any:
    from pycaw.callbacks import AudioEndpointVolumeCallback

    class Callback(AudioEndpointVolumeCallback):  # type: ignore[misc]
        def on_notify(self, volume: float, mute: int, context: Any, channels: int, volumes: list[float]) -> None:
            changed()

    return Callback()
