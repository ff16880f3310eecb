"""The fixed list of ways in which a device call can end other than well."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a device did not do what it was asked. Fixed list; each has a sentence and a next step on screen."""

    NO_ANSWER = "no_answer"
    REFUSED_BUSY = "refused_busy"
    NOT_NOW = "not_now"
    UNSUPPORTED = "unsupported"
    AUTH = "auth"
    PRESET_MISSING = "preset_missing"
    LINK_LOST = "link_lost"
    PROTOCOL = "protocol"
    SUPERSEDED = "superseded"


class DeviceError(Exception):
    """A device call that did not succeed. `detail` is for the log and holds no secret."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class DeviceTimeout(DeviceError):
    """Nothing came back within the named time."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(Reason.NO_ANSWER, detail)
