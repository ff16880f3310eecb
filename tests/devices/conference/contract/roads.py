"""Every road by its name, and which of them a case concerns."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.devices.conference.contract.bench import Bench
from tests.devices.conference.contract.calls import CiscoBench, HuaweiBench, PolyBench, SipBench, YealinkBench
from tests.devices.conference.contract.programs import BrowserBench, NativeBench
from tests.devices.conference.contract.web import JitsiBench, WebBench

ROADS: dict[str, type[Bench]] = {
    "web": WebBench,
    "jitsi": JitsiBench,
    "browser": BrowserBench,
    "native": NativeBench,
    "sip": SipBench,
    "codec-cisco": CiscoBench,
    "codec-yealink": YealinkBench,
    "codec-poly": PolyBench,
    "codec-huawei": HuaweiBench,
}
Case = TypeVar("Case", bound=Callable[..., None])


def why_not(road: str, needs: tuple[str, ...]) -> str:
    """Why a case that needs these does not concern this road; "" where it does."""
    return next((f"{need}: {why}" for need in needs if (why := ROADS[road].lacks.get(need))), "")


def over(*needs: str, whole: bool = False) -> Callable[[Case], Case]:
    """Runs the case over every road that has all of these; the proof's table tells why the others have not.

    `whole`: it takes joins of its own, and so runs in the proof only; the other cases of a road share one join.
    """

    def run_over(case: Case) -> Case:
        case.whole = whole  # type: ignore[attr-defined]
        roads = [road for road in ROADS if not why_not(road, needs)]
        case.needs = needs  # type: ignore[attr-defined]
        params = [pytest.param(road, marks=ROADS[road].marks()) for road in roads]
        return pytest.mark.parametrize("bench", params, indirect=True, scope="session")(case)

    return run_over
