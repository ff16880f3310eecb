"""A camera that cannot turn: there is nothing to aim and nothing to ask; its picture alone can be judged."""

from devices.contract import Abilities, Aim, CameraState, CameraStatus, DeviceError, Outcome, Position, Reason


class FixedCamera:
    """Every order but looking is refused as unsupported."""

    verified_on = "any"  # there is no protocol that a device could speak otherwise

    def __init__(self, id: str) -> None:
        self.id = id

    def abilities(self) -> Abilities:
        return Abilities(pan_tilt=False, zoom=False, presets=False, absolute=False, power=False)

    def agrees(self, one: Position, other: Position) -> bool:
        return False

    async def close(self) -> None:
        return None

    async def status(self) -> CameraStatus:
        return CameraStatus(CameraState.READY)

    async def recall_preset(self, preset: int, stored: Position | None, token: str = "") -> Aim:
        return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)

    async def store_preset(self, preset: int, token: str = "") -> Aim:
        return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)

    async def go_to(self, position: Position) -> Aim:
        return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)

    async def drive(self, pan: float, tilt: float, zoom: float) -> None:
        raise DeviceError(Reason.UNSUPPORTED, f"{self.id} cannot turn")

    async def stop(self) -> None:
        return None

    async def set_power(self, on: bool) -> None:
        raise DeviceError(Reason.UNSUPPORTED, f"{self.id} has no standby")
