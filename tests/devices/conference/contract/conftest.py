"""One bench per road for all cases that run over it: its counterpart is started once.

`./kiosk test` runs the cases that share one join; ROAD_CONTRACT=whole, as `./kiosk prove road_contract` sets it, all.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devices.conference.contract.bench import Bench
from tests.devices.conference.contract.roads import ROADS

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("ROAD_CONTRACT") == "whole":
        return
    spared = [one for one in items if one.path.parent == HERE and getattr(one.function, "whole", False)]  # type: ignore[attr-defined]
    config.hook.pytest_deselected(items=spared)
    items[:] = [one for one in items if one not in spared]


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with ROADS[request.param]() as bench:
        yield bench
