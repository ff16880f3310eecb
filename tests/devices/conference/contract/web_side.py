"""The process of a web road (tests/fakes/road_process.py), asked and answered whole."""

import asyncio
import logging
import sys

from tests.devices.conference.contract.orders import obeyed, packed, seen, unpacked
from tests.fakes.road_process import Served


class ServedWhole(Served):
    async def _obey(self, orders: str) -> str:
        return packed(await obeyed(self._conference, unpacked(orders)))

    async def _see(self) -> str:
        return packed(await asyncio.to_thread(seen, self._conference))


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr)
    for name in ("devices", "ui", "roomapp"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    ServedWhole().live()
