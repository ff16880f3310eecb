"""What differs from one PTZ model to the next, as data. None of it was tried on hardware here: it is from manuals."""

from dataclasses import dataclass
from types import MappingProxyType

from devices.contract import DeviceError, Position, Reason


@dataclass(frozen=True, slots=True)
class Model:
    """Steps are the camera's own; `presets` leaves out the numbers that open a menu or start a tour."""

    key: str
    presets: tuple[range, ...]
    pan_speed_most: int = 0x18
    tilt_speed_most: int = 0x14
    zoom_speed_most: int = 7
    pan_tilt_tolerance: int = 0x10
    zoom_tolerance: int = 0x40
    jitter: int = 1  # two readings this close are one: encoders tremble
    move_s: float = 15.0  # the longest way between two presets

    def has_preset(self, preset: int) -> bool:
        return any(preset in numbers for numbers in self.presets)

    def still(self, one: Position, other: Position) -> bool:
        return _near(one, other, self.jitter, self.jitter)

    def agrees(self, one: Position, other: Position) -> bool:
        return _near(one, other, self.pan_tilt_tolerance, self.zoom_tolerance)


def _near(one: Position, other: Position, steps: int, zoom_steps: int) -> bool:
    turned = max(abs(one.pan - other.pan), abs(one.tilt - other.tilt))
    return one.units == other.units and turned <= steps and abs(one.zoom - other.zoom) <= zoom_steps


# 90-99 and 255 are no presets but special functions of the PTZOptics family: calling 95 opens the camera's menu.
_WITHOUT_SPECIAL = (range(0, 90), range(100, 255))

_ALL = (
    Model("generic", _WITHOUT_SPECIAL),
    Model("ptzoptics", _WITHOUT_SPECIAL),
    Model("minrray", (range(0, 255),)),
    Model("avonic", (range(0, 255),)),
    Model("sony-16", (range(0, 16),), tilt_speed_most=0x17),
    Model("sony-64", (range(0, 64),), tilt_speed_most=0x17),
    Model("logitech", (range(0, 8),), move_s=5.0),
)
MODELS = MappingProxyType({model.key: model for model in _ALL})


def model_named(key: str) -> Model:
    """DeviceError(UNSUPPORTED) for a key that is not in the table."""
    model = MODELS.get(key)
    if model is None:
        raise DeviceError(Reason.UNSUPPORTED, f"no camera model {key!r}; known: {', '.join(MODELS)}")
    return model
