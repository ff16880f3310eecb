"""The orders of the near end that Yealink's API took over from Polycom's command line, word for word."""

import asyncio

from devices.conference.codec.lines import Lines
from devices.contract import DeviceError, Reason, Standing

TONE_S = 0.12  # between two tones


class NearEnd:
    """For a codec that speaks them: `presets` are its camera's."""

    presets = range(10)
    _lines: Lines

    async def mute(self, on: bool) -> None:
        await self._lines.send(f"mute near {'on' if on else 'off'}")

    async def send_tones(self, call: str, tones: str) -> None:
        for tone in tones:
            await self._lines.send(f"gendial {tone}")
            await asyncio.sleep(TONE_S)

    async def recall_preset(self, number: int) -> None:
        if number not in self.presets:
            raise DeviceError(Reason.PRESET_MISSING, f"this codec has presets 0 to {self.presets[-1]}")
        await self._lines.send(f"preset near go {number}")

    def why_ended(self, call: str) -> Standing | None:
        return None
