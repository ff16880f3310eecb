"""Quality in one word: of the last seconds, not of the whole call, and never from a handful of packets."""

from dataclasses import replace

import pytest

from devices.contract import Evidence, MediaCount
from roomapp.rules.quality import LEAST_PACKETS, WINDOW_S, QualityWatch, Trouble


class Line:
    """A call at 100 packets a second, of which some are lost."""

    def __init__(self) -> None:
        self.watch = QualityWatch()
        self.now, self.received, self.lost = 100.0, 0, 0

    def go(self, seconds: float, loss_pct: float = 0.0, **said: object) -> Trouble | None:
        quality = self.watch.judge(self.look(**said))
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            self.lost += round(50 * loss_pct / 100)
            self.received += 50 - round(50 * loss_pct / 100)
            quality = self.watch.judge(self.look(**said))
        return quality.trouble

    def look(self, **said: object) -> Evidence:
        both = self.received + self.lost
        loss = 100 * self.lost / both if both else None
        look = Evidence(at=self.now, audio_in=MediaCount(packets=self.received), loss_pct=loss, rtt_ms=20.0)
        return replace(look, **said)  # type: ignore[arg-type]


def test_clean_line_has_nothing_to_tell() -> None:
    assert Line().go(60) is None


@pytest.mark.parametrize(("loss_pct", "told"), [(4, None), (5, Trouble.LOSS)])
def test_loss_of_five_in_a_hundred_is_a_weak_network_and_of_four_is_not(loss_pct: int, told: Trouble | None) -> None:
    """HG-56: a hundred packets at each look make the share exact."""
    line = Line()
    line.go(60)
    for _ in range(round(WINDOW_S * 2)):
        line.now += 0.5
        line.lost, line.received = line.lost + loss_pct, line.received + 100 - loss_pct
        trouble = line.watch.judge(line.look()).trouble
    assert trouble is told


def test_loss_of_ten_in_a_hundred_is_a_weak_network_and_is_forgotten_when_over() -> None:
    line = Line()
    line.go(600)
    assert line.go(WINDOW_S, 10) is Trouble.LOSS
    assert line.go(WINDOW_S + 1) is None


def test_few_packets_say_nothing() -> None:
    line = Line()
    assert line.go((LEAST_PACKETS - 60) / 100, 50) is None


def test_slow_way_and_standing_pictures_are_told() -> None:
    assert Line().go(5, rtt_ms=900.0) is Trouble.SLOW
    line = Line()
    line.go(5)
    assert line.go(2, freezes=3) is Trouble.FREEZES


def test_camera_that_was_taken_comes_before_the_network() -> None:
    assert Line().go(20, 20, camera_ended=True) is Trouble.CAMERA_ENDED


def test_page_put_up_anew_begins_anew() -> None:
    line = Line()
    line.go(WINDOW_S, 10)
    line.received = line.lost = 0
    assert line.go(2) is None
