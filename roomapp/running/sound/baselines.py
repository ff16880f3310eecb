"""How loud each loudspeaker came back to the microphone when the room was commissioned: this room's own measure."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from devices.contract import LoudspeakerVerdict

KIND = "loudspeaker.baseline"


class Baselines:
    """Kept in the journal: the first good check makes one, a technician makes it anew."""

    def __init__(self, keep: Callable[[str, Mapping[str, Any]], Awaitable[object]]) -> None:
        self._keep = keep
        self._levels_db: dict[str, float] = {}
        self._newest_db: dict[str, float] = {}

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        for kind, body in rows:
            if kind == KIND:
                self._levels_db[str(body["loudspeaker"])] = float(body["level_db"])

    def of(self, loudspeaker: str) -> float | None:
        return self._levels_db.get(loudspeaker)

    async def heard(self, loudspeaker: str, verdict: LoudspeakerVerdict) -> None:
        """Takes the first level that was ever heard for the room's usual one."""
        if not verdict.heard or verdict.level_db is None:
            return
        self._newest_db[loudspeaker] = verdict.level_db
        if loudspeaker not in self._levels_db:
            await self._store(loudspeaker, "first_check")

    async def take_newest(self) -> bool:
        """The technician says that the last check is how it should be; False where nothing was heard yet."""
        for loudspeaker in self._newest_db:
            await self._store(loudspeaker, "technician")
        return bool(self._newest_db)

    async def _store(self, loudspeaker: str, by: str) -> None:
        level_db = round(self._newest_db[loudspeaker], 2)
        self._levels_db[loudspeaker] = level_db
        await self._keep(KIND, {"loudspeaker": loudspeaker, "level_db": level_db, "by": by})
