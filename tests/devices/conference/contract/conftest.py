"""One bench per road for all cases that run over it: its counterpart is started once."""

from collections.abc import Iterator

import pytest

from tests.devices.conference.contract.bench import Bench
from tests.devices.conference.contract.roads import ROADS


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with ROADS[request.param]() as bench:
        yield bench
