"""What the pages of a site that chairs show: each as the room would say it."""

from collections.abc import Iterator
from dataclasses import replace

from roomapp.events import ChairView, RoomView, RowState, StepRow
from roomapp.rules.chairing import SiteState
from roomapp.running.storeys.chairing import LOOKS
from roomapp.words import Words

SITES = (
    *("UBND xã Suối Mây", "Xã Hùng An", "Xã Quang Bình", "Trung tâm Phục vụ hành chính công tỉnh"),
    *("Phường Hà Giang 1", "Xã Đồng Văn", "Xã Mèo Vạc", "Xã Yên Minh", "Xã Vị Xuyên"),
)
STANDS = ("both_ways", "both_ways", "lost", "connected", "both_ways", "absent", "both_ways", "both_ways", "connected")


def chaired(words: Words) -> ChairView:
    states = [SiteState(state) for state in STANDS]
    sites = tuple(
        StepRow(f"s{number}", name, LOOKS[state], words(f"chair.site_{state}"))
        for number, (name, state) in enumerate(zip(SITES, states, strict=True))
    )
    queue = (
        StepRow("t0", SITES[6], RowState.PASSED, words("chair.invited_at", time="08:47")),
        StepRow("t1", f"1. {SITES[1]}", RowState.TODO, words("chair.asked_at", time="08:41")),
        StepRow("t2", f"2. {SITES[4]}", RowState.WAITING, words("chair.asked_at", time="08:43")),
        StepRow("t3", f"3. {SITES[2]}", RowState.WAITING, words("chair.asked_lost", time="08:44")),
    )
    said = words("chair.sites_said", good=STANDS.count("both_ways"), n=len(sites))
    return ChairView(sites, said, words("chair.asks_said", n=3), queue, "t0", "t1")


def chairing(view: RoomView, words: Words) -> Iterator[tuple[str, RoomView]]:
    """(name of the picture, what the page Điều khiển shows)."""
    full = chaired(words)
    yield "dieu-khien-trong", replace(view, chair=ChairView(said=words("chair.no_sites")))
    yield "dieu-khien", replace(view, chair=replace(full, queue=full.queue[1:], speaking=""))
    yield "dieu-khien-dang-phat-bieu", replace(view, chair=full)
    few = StepRow("carriers", words("chair.carriers"), RowState.WARNED, words("chair.carriers_said", n=1))
    quiet = replace(full, queue=(), speaking="", first="", asks=words("chair.nobody_waits"))
    yield "dieu-khien-thieu-nguoi", replace(view, chair=replace(quiet, warnings=(few,)))


def meeting_of_chair(view: RoomView, words: Words) -> Iterator[tuple[str, RoomView]]:
    """(name of the picture, what the meeting page shows)."""
    yield "trong-cuoc-hop-chu-toa", replace(view, chair=chaired(words))
