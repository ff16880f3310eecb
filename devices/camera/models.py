"""What differs from one PTZ model to the next, as data. None of it was tried on hardware here: it is from manuals.

A table in Python and not in TOML: it is checked by mypy, needs no loader, and a wrong key stops the program at start.
"""

from dataclasses import dataclass
from types import MappingProxyType

from devices.contract import DeviceError, Position, Reason


@dataclass(frozen=True, slots=True)
class Model:
    """Steps are the camera's own; `presets` leaves out the numbers that open a menu, start a tour or are called by
    the camera itself as it gets power. The defaults are what is safe with a camera of which nothing is known."""

    key: str
    presets: tuple[range, ...]
    pan_speed_most: int = 0x18
    tilt_speed_most: int = 0x14
    zoom_speed_most: int = 7
    absolute: bool = True  # knows the way to a position; a camera that refuses it is believed
    absolute_tilt_speed: int | None = None  # None: as fast as it can; Sony's bodies want 0 in this place
    acknowledges: bool = True  # False: a completion alone is its word
    power_over_ip: bool = True  # False: once in standby it cannot be called back over the network
    needs_cancel: bool = False  # a running recall ends only by a cancel, not by the next one
    forced_sequence: bool = False  # numbers are not counted: each message carries FFFFFFFF
    fixed_reply_port: bool = False  # answers to its own port number, wherever the question came from
    pan_tilt_tolerance: int = 0x10
    zoom_tolerance: int = 0x40
    jitter: int = 1  # two readings this close are one: encoders tremble
    move_s: float = 15.0  # the longest way between two presets
    pace_s: float = 0.0  # from one order to the next: some firmware hangs when it is outrun

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
_WITHOUT_POWER_UP = (range(1, 90), range(100, 255))  # preset 0 is called by the camera itself as it gets power
_SONY_16, _SONY_64 = (range(0, 16),), (range(0, 64),)

_ALL = (
    Model("generic", _WITHOUT_SPECIAL),
    # Its firmware of one generation answers A0 for 90; on a line of its own any sender is heard.
    Model("ptzoptics", _WITHOUT_SPECIAL),
    Model("minrray", (range(0, 255),)),
    Model("avonic", (range(0, 255),)),
    Model("avipas", _WITHOUT_POWER_UP),
    Model("prestel", _WITHOUT_POWER_UP),
    # Acknowledges without a socket (90 40) and completes with 90 50 FF FF; refuses everything while it tracks.
    Model("tekvox", _WITHOUT_SPECIAL),
    Model("lumens", _WITHOUT_SPECIAL),
    Model("aver", _WITHOUT_SPECIAL),
    Model("aver-tr", _WITHOUT_SPECIAL, power_over_ip=False),  # TR530, TR320
    Model("cisco", _WITHOUT_SPECIAL, acknowledges=False),
    Model("newtek", _WITHOUT_SPECIAL, forced_sequence=True),  # cannot count messages (obs-visca-control 7)
    Model("logitech", (range(0, 8),), move_s=5.0, pace_s=0.9),
    Model("sony-16", _SONY_16, tilt_speed_most=0x17, absolute_tilt_speed=0),
    Model("sony-64", _SONY_64, tilt_speed_most=0x17, absolute_tilt_speed=0),
    Model("sony-16-fixed-port", _SONY_16, tilt_speed_most=0x17, absolute_tilt_speed=0, fixed_reply_port=True),
    Model("sony-64-fixed-port", _SONY_64, tilt_speed_most=0x17, absolute_tilt_speed=0, fixed_reply_port=True),
    Model("sony-16-cancel", _SONY_16, tilt_speed_most=0x17, absolute_tilt_speed=0, needs_cancel=True),
    Model("sony-16-rm-ip", _SONY_16, tilt_speed_most=0x17, absolute_tilt_speed=0, forced_sequence=True),
)
MODELS = MappingProxyType({model.key: model for model in _ALL})


def model_named(key: str) -> Model:
    """DeviceError(UNSUPPORTED) for a key that is not in the table."""
    model = MODELS.get(key)
    if model is None:
        raise DeviceError(Reason.UNSUPPORTED, f"no camera model {key!r}; known: {', '.join(MODELS)}")
    return model
