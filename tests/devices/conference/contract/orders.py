"""One order to a road, and all that came of it; whole, with its types, also from a road in a process of its own."""

import asyncio
import base64
import pickle
import time
from dataclasses import dataclass
from typing import Any

from devices.contract import Ability, Conference, DeviceError, Evidence, Reason

CUT = "cancelled"
LONG_S = 25.0


@dataclass(frozen=True, slots=True)
class Order:
    """A method of the road and what it is given; `cut_s`: it is cancelled after so long."""

    what: str
    given: tuple[Any, ...] = ()
    cut_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`refused` and `detail` are the DeviceError's; `fault` is what else came, and nothing else may come."""

    value: Any = None
    refused: Reason | None = None
    detail: str = ""
    fault: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a road says of itself at one moment, asked from another thread than its own."""

    look: Evidence | None
    abilities: frozenset[Ability]
    sandboxed: bool | None
    road: str
    measures: bool
    asked_at: float


async def obeyed(conference: Conference, orders: list[Order]) -> list[Answer]:
    """All of them at once."""
    return list(await asyncio.gather(*(_obeyed(conference, order) for order in orders)))


async def _obeyed(conference: Conference, order: Order) -> Answer:
    began = time.monotonic()
    value, refused, detail, fault = None, None, "", ""
    try:
        async with asyncio.timeout(order.cut_s if order.cut_s is not None else LONG_S):  # a time that is over cancels
            value = await getattr(conference, order.what)(*order.given)
    except DeviceError as error:
        refused, detail = error.reason, str(error)
    except TimeoutError:
        fault = CUT if order.cut_s is not None else f"nothing within {LONG_S} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, the suite tells it
        fault = f"{type(error).__name__}: {error}"
    return Answer(value, refused, detail, fault, time.monotonic() - began)


def seen(conference: Conference) -> Seen:
    look, now = conference.evidence(), time.monotonic()
    return Seen(look, conference.abilities, conference.is_sandboxed(), conference.road, conference.measures, now)


def packed(what: object) -> str:
    """For a line between two processes of ours."""
    return base64.b64encode(pickle.dumps(what)).decode("ascii")


def unpacked(text: str) -> Any:
    return pickle.loads(base64.b64decode(text))
