"""What differs from one ONVIF camera to the next, as data. None of it was tried on hardware here."""

from dataclasses import dataclass
from types import MappingProxyType

from devices.contract import DeviceError, Position, Reason

UNITS = "onvif"
MOST_PRESET = 255


@dataclass(frozen=True, slots=True)
class OnvifModel:
    """Pan and tilt -1…1 over the camera's whole range (some 340 degrees: 0.006 is 1 degree), zoom 0…1."""

    key: str
    pan_tilt_tolerance: float = 0.006
    zoom_tolerance: float = 0.02
    jitter: float = 0.001  # two readings this close are one
    move_s: float = 15.0  # the longest way between two presets

    def still(self, one: Position, other: Position) -> bool:
        return _near(one, other, self.jitter, self.jitter)

    def agrees(self, one: Position, other: Position) -> bool:
        return one.units == UNITS and _near(one, other, self.pan_tilt_tolerance, self.zoom_tolerance)


def _near(one: Position, other: Position, turned: float, zoomed: float) -> bool:
    apart = max(abs(one.pan - other.pan), abs(one.tilt - other.tilt))
    return one.units == other.units and apart <= turned and abs(one.zoom - other.zoom) <= zoomed


MODELS = MappingProxyType({model.key: model for model in (OnvifModel("generic"),)})


def model_named(key: str) -> OnvifModel:
    """DeviceError(UNSUPPORTED) for a key that is not in the table."""
    model = MODELS.get(key)
    if model is None:
        raise DeviceError(Reason.UNSUPPORTED, f"no ONVIF camera model {key!r}; known: {', '.join(MODELS)}")
    return model


def preset_name(preset: int) -> str:
    """What we call a preset in the camera: plain ASCII, for some cameras break on anything else."""
    return f"P{preset:02d}"
