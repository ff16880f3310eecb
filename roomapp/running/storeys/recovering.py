"""The lost link: each step that the rules ask for, one coroutine each."""

import logging

from roomapp.rules.pack import Article
from roomapp.rules.session import Move, NotAllowedError, Phase
from roomapp.running.storeys.trying import Trying

log = logging.getLogger(__name__)


class Recovering(Trying):
    """Art. 9.2.c and d: call, tell, wait, ask leave, reconnect, confirm. Never redial."""

    async def called_carrier(self) -> None:
        await self.incidents.called()
        await self.log_call("carrier_tech")
        if self.parts.practice is not None:
            self.parts.practice.carrier_called()
        self.publish()

    async def carrier_answered(self) -> None:
        await self.incidents.answered()
        self.publish()

    async def describe_incident(self, key: str, value: str) -> None:
        await self.incidents.describe(key, value)
        self.publish()

    async def told_chair(self) -> None:
        await self.incidents.told()
        self.publish()

    async def link_is_back(self) -> None:
        await self.incidents.link_is_back()
        self.publish()

    async def record_leave(self, who: str, channel: str) -> None:
        """Art. 9.2.c: reconnecting needs the chair site's word; who gave it, and how, is kept."""
        if await self._allowed(Move.GRANT_LEAVE, who=who, channel=channel):
            await self.incidents.leave(who, channel)
            self.publish()

    async def reconnect(self) -> None:
        meeting = self._meeting_of(self.meeting_id)
        if meeting is not None and await self._allowed(Move.RECONNECT):
            await self.keep("meeting.reconnecting", {"meeting": meeting.id})
            await self._dial(meeting, self._road)

    async def change_road(self, who: str, channel: str) -> None:
        """Another road into the same meeting, where this one brings no picture: on the chair site's recorded word.

        An interruption like any other: it is an incident, its leave is kept, and both ways are confirmed after it.
        """
        meeting, other = self._meeting_of(self.meeting_id), self.other_road()
        if meeting is None or other is None or self.session.phase is not Phase.IN_ROOM:
            return
        if not (who.strip() and channel.strip()):  # before anything is given up
            self._refuse(NotAllowedError("who_and_channel", Article.CONNECTION))
            return
        await self._move(Move.LOSE)
        await self.incidents.begin(self._utc(), "no_common_codec", "platform")
        await self.record_leave(who, channel)
        if await self._allowed(Move.RECONNECT):
            await self.keep("meeting.road_changed", {"meeting": meeting.id, "to": other.id, "who": who})
            await self.calling.leave()
            await self._dial(meeting, other.id)

    async def confirm_two_way(self, who: str = "control_tech") -> None:
        """Somebody at the chair site says that picture and sound came both ways."""
        if await self._allowed(Move.CONFIRM_TWO_WAY, who=who, channel="phone"):
            await self.incidents.close(who)
            self._place = self._place_now()
            self.publish()

    async def log_call(self, role: str) -> None:
        await self.keep("call.made", {"role": role, "meeting": self.meeting_id})

    async def report_incident(self, kind: str) -> None:
        await self.incidents.report(kind)
