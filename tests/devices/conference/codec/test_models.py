"""The profile's word for a codec leads to its maker's driver."""

import asyncio

import pytest

from devices.conference.codec.models import NEEDS, Reach, codec_conference
from devices.contract import DeviceError, Reason
from tests.devices.conference.codec.makers import HERE, MAKERS, POLY_PASSWORD, TO, until
from tests.fakes import codec_cisco, codec_huawei

ACCOUNTS = {
    "cisco": (codec_cisco.USER, codec_cisco.PASSWORD),
    "huawei": (codec_huawei.USER, codec_huawei.PASSWORD),
    "poly": ("", POLY_PASSWORD),
    "yealink": ("", ""),
}


def test_every_model_of_the_profile_has_a_counterpart_in_the_tests() -> None:
    assert set(NEEDS) == set(MAKERS)


@pytest.mark.parametrize("model", NEEDS)
def test_model_is_called_over_its_own_makers_words(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.conference.codec.road.LOOK_S", 0.05)

    async def run() -> None:
        bench = MAKERS[model]()
        username, password = ACCOUNTS[model]
        async with bench.fake:
            reach = Reach(HERE, bench.fake.port, username, lambda: password, plain=True)
            conference = codec_conference(model, reach, "8{room}")
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            assert "88123" in bench.dialled()[0]
            await conference.stop()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("model", "reach"), [("unheard-of", Reach(HERE)), ("cisco", Reach(HERE)), ("huawei", Reach(HERE))]
)
def test_model_that_is_not_known_or_lacks_its_account_is_refused(model: str, reach: Reach) -> None:
    with pytest.raises(DeviceError) as told:
        codec_conference(model, reach)
    assert told.value.reason is Reason.UNSUPPORTED
