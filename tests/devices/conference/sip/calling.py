"""A program with a SIP call in it, to be killed: prints baresip's process number once it dials."""

import asyncio
import sys

from devices.conference.sip.baresip import BaresipConference
from devices.conference.sip.program import Equipment
from devices.conference.sip.server import Server
from devices.contract import Invitation


async def main(target: str) -> None:
    equipment = Equipment("ausine,440", "aubridge,killed", "fakevideo,nil")
    conference = BaresipConference(Server(target, interface="127.0.0.1"), equipment)
    await conference.join(Invitation("", "1", "x"))
    print(conference.pid, flush=True)
    await asyncio.sleep(60)


asyncio.run(main(sys.argv[1]))
