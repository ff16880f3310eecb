"""What baresip counts, read from its own texts, and what of it is evidence.

`audio_debug` and `video_debug` (src/audio.c, src/video.c, src/stream.c; libre's src/rtp/sess.c) print the RTP session:
packets sent, packets received, the far sender's own count, pictures decoded and taken from the camera. CALL_RTCP events
carry the far receiver's report on our packets, finer than the texts do. Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.contract import Evidence, MediaCount

_MEMBER = re.compile(r"member 0x[0-9a-f]+: lost=(-?\d+) Jitter=([\d.]+)ms")
_CAME = re.compile(r"psent=(\d+) rcvd=(\d+)")
_SENT = re.compile(r"TX: packets=(\d+)")
_TAKEN = re.compile(r"source: \S+ (\d+) x (\d+), fps=[\d.]+ frames=(\d+)")
_SHOWN = re.compile(r"vidisp: \S+ (\d+) x (\d+) frames=(\d+)")
_CODEC = re.compile(r"^ ?(?:tx|rx):\s+(?:en|de)code: (\w+)", re.MULTILINE)
MOST = 10**9


def _numbers(pattern: re.Pattern[str], text: str) -> tuple[int, ...]:
    """Of the newest match; none where there is no match. A far end that starts anew is a further member."""
    found = pattern.findall(text)
    last = found[-1] if found else ()
    return tuple(min(int(float(part)), MOST) for part in ([last] if isinstance(last, str) else last))


@dataclass(slots=True)
class Counters:
    """Grows within one call; what baresip itself starts anew (a re-INVITE, a new sender) goes on from where it was."""

    feedback: int = 0
    acknowledged: int = 0
    rtt_ms: float | None = None
    codecs: frozenset[str] = frozenset()
    video_refused: bool = False  # the far side took no picture: no codec in common, or it has none at all
    _grown: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    _reports: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _lost: dict[str, int] = field(default_factory=dict)

    def read(self, audio: str, video: str) -> None:
        """Takes both texts of one moment."""
        for kind, text in (("audio", audio), ("video", video)):
            reported, came = _numbers(_CAME, text) or (0, 0)
            self.feedback += self._grow(f"{kind}_in", came)
            self._grow(f"{kind}_reported", reported)
            sent = self._grow(f"{kind}_out", *_numbers(_SENT, text))
            if kind == "video":
                self._pictures("video_shown", _numbers(_SHOWN, text), moves=True)
                self._pictures("video_taken", _numbers(_TAKEN, text), moves=sent > 0)
            member = _MEMBER.findall(text)
            if member:
                self._answered(f"{kind}_text", member[-1])
        self.video_refused = " started: no\n" in video and "pt_enc=-1" in video and "remote: ?" in video
        kinds = (("audio", audio), ("video", video))
        self.codecs = frozenset(
            f"{kind}/{name}" for kind, text in kinds for name in _CODEC.findall(text) if name not in ("none", "ptime")
        )

    def reported(self, event: Mapping[str, Any]) -> None:
        """Takes one CALL_RTCP event: a sign of life in itself, and perhaps a report on our packets."""
        stats = event.get("rtcp_stats")
        kind = event.get("param")
        if not isinstance(stats, dict) or kind not in ("audio", "video"):
            return
        self.feedback += 1
        ours, theirs, rtt_us = stats.get("tx"), stats.get("rx"), stats.get("rtt")
        if isinstance(ours, dict):
            self._answered(f"{kind}_event", (ours.get("lost"), ours.get("jit")))
        if isinstance(theirs, dict) and isinstance(theirs.get("lost"), int):
            self._lost[kind] = max(0, min(theirs["lost"], MOST))
        if isinstance(rtt_us, int) and 0 < rtt_us < MOST:
            self.rtt_ms = rtt_us / 1000

    def _answered(self, name: str, report: tuple[Any, ...]) -> None:
        """Only a report that changed: loss and jitter move only while our packets arrive; an old report is repeated."""
        nothing_yet = all(not value or float(value) == 0 for value in report)
        if report != self._reports.get(name) and not (nothing_yet and name not in self._reports):
            self.acknowledged += 1
            self._reports[name] = report

    def _grow(self, name: str, *now: int) -> int:
        """By how much this counter grew. One that is smaller than before has begun anew."""
        if not now:
            return 0
        before = self._seen.get(name, 0)
        more = now[0] - before if now[0] >= before else now[0]
        self._seen[name] = now[0]
        self._grown[name] = self._grown.get(name, 0) + more
        return more

    def _pictures(self, name: str, told: tuple[int, ...], *, moves: bool) -> None:
        """A picture taken from the camera counts only when packets of pictures went out beside it."""
        if len(told) != 3:
            return
        was = self._grown.get(name, 0)
        self._grow(name, told[2])
        if not moves:
            self._grown[name] = was
        self._sizes[name] = (told[0], told[1])

    def evidence(self, at: float) -> Evidence:
        """All counters, with no word on the call's own state."""
        count, size = self._grown.get, self._sizes.get
        shown, taken = size("video_shown", (0, 0)), size("video_taken", (0, 0))
        came = count("audio_in", 0) + count("video_in", 0)
        lost = sum(self._lost.values())
        return Evidence(
            at=at,
            feedback=self.feedback,
            acknowledged=self.acknowledged,
            video_in=MediaCount(count("video_shown", 0), count("video_in", 0), *shown, count("video_reported", 0)),
            audio_in=MediaCount(0, count("audio_in", 0), 0, 0, count("audio_reported", 0)),
            video_out=MediaCount(count("video_taken", 0), count("video_out", 0), *taken),
            audio_out=MediaCount(0, count("audio_out", 0)),
            rtt_ms=self.rtt_ms,
            loss_pct=100 * lost / (came + lost) if came + lost else None,
            codecs=self.codecs,
            common_video=False if self.video_refused else None,
        )
