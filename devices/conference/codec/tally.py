"""A codec's counters turned into evidence: what grew since the look before, over all channels of a kind. Pure."""

from dataclasses import dataclass, field

from devices.conference.codec.codec import Channel
from devices.contract import Evidence, MediaCount

LONGEST_S = 5.0  # a look later than this says nothing of the time between


@dataclass(slots=True)
class Tally:
    """Grows within one call. Codecs count no pictures: they are its own rate times the time in which packets grew."""

    _packets: dict[tuple[str, bool], int] = field(default_factory=dict)
    _frames: dict[bool, float] = field(default_factory=dict)
    _sizes: dict[bool, tuple[int, int]] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _reports: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _lost: dict[str, int] = field(default_factory=dict)
    _codecs: frozenset[str] = frozenset()
    _at: float | None = None
    acknowledged: int = 0

    def take(self, channels: tuple[Channel, ...], at: float) -> None:
        """One look; `at` is time.monotonic()."""
        passed = 0.0 if self._at is None else min(max(0.0, at - self._at), LONGEST_S)
        self._at = at
        for channel in channels:
            grown = self._grown(channel)
            place = (channel.kind, channel.inbound)
            self._packets[place] = self._packets.get(place, 0) + grown
            if channel.kind == "video" and grown:
                inbound = channel.inbound
                self._frames[inbound] = self._frames.get(inbound, 0.0) + channel.frame_rate * passed
                self._sizes[inbound] = (channel.width, channel.height)
            if channel.inbound:
                self._lost[channel.key] = max(0, channel.lost)
            elif grown:
                self._report(channel)
        self._codecs = frozenset(f"{channel.kind}/{channel.codec}" for channel in channels if channel.codec)

    def _grown(self, channel: Channel) -> int:
        """A counter that is smaller than before has begun anew."""
        before = self._seen.get(channel.key, 0)
        self._seen[channel.key] = channel.packets
        return channel.packets - before if channel.packets >= before else channel.packets

    def _report(self, channel: Channel) -> None:
        """Only one that changed: an old one is repeated for as long as the channel is open."""
        if any(channel.report) and channel.report != self._reports.get(channel.key):
            self._reports[channel.key] = channel.report
            self.acknowledged += 1

    def evidence(self, at: float) -> Evidence:
        count, size = self._packets.get, self._sizes.get
        came = count(("audio", True), 0) + count(("video", True), 0)
        lost = sum(self._lost.values())
        return Evidence(
            at=at,
            feedback=came,
            acknowledged=self.acknowledged,
            video_in=MediaCount(int(self._frames.get(True, 0)), count(("video", True), 0), *size(True, (0, 0))),
            audio_in=MediaCount(0, count(("audio", True), 0)),
            video_out=MediaCount(int(self._frames.get(False, 0)), count(("video", False), 0), *size(False, (0, 0))),
            audio_out=MediaCount(0, count(("audio", False), 0)),
            loss_pct=100 * lost / (came + lost) if came + lost else None,
            codecs=self._codecs,
        )
