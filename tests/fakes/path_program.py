"""A path measured in a network of its own: `python -m … [--interface NAME] [--iperf PORT] PROBE…`, one JSON line."""

import argparse
import asyncio
import dataclasses
import json

from devices.link.iperf import Iperf
from devices.link.path import MeasuredPath


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("probes", nargs="*")
    parser.add_argument("--interface", default="")
    parser.add_argument("--iperf", type=int, default=0)
    asked = parser.parse_args()
    if asked.iperf:
        meter = Iperf("main", "127.0.0.1", asked.iperf, asked.interface)
        told = dataclasses.asdict(await meter.measure())
    else:
        told = dataclasses.asdict(await MeasuredPath("main", tuple(asked.probes), asked.interface).measure())
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
