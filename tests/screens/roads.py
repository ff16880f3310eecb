"""What the joining and the meeting page show on other roads than the practice room's: each as the room would say it."""

from collections.abc import Iterator
from dataclasses import replace

from devices.contract import Ability, CallState, Layout
from roomapp.events import Lamp, Place, RoomView
from roomapp.words import Words

SITES = (
    *("Điểm cầu chủ tọa – Tỉnh ủy", "Xã Suối Mây", "Xã Hùng An", "Xã Quang Bình", "Phường Hà Giang 1"),
    *("Xã Đồng Văn", "Xã Mèo Vạc", "Xã Yên Minh", "Xã Vị Xuyên"),
)
JOINING = (
    ("phong-cho", "standing_waiting_room", CallState.WAITING_ROOM),
    ("khong-co-phong", "standing_no_room", CallState.FAILED),
    ("mat-khau", "standing_password", CallState.CONNECTING),
    ("tuong-lua", "never_platform", CallState.FAILED),
    ("day-mang", "never_cable", CallState.FAILED),
)
LINKS = ("Đường chính", "4G dự phòng")
QUALITIES = ("loss", "slow", "camera_ended")


def joining(view: RoomView, words: Words) -> Iterator[tuple[str, RoomView]]:
    """(name of the picture, what the joining page shows)."""
    view = replace(view, secret_answered=True)
    for name, said, state in JOINING:
        sentence = words(f"call.{said}")
        call = replace(view.call, state=state, sentence=sentence, said=said, failed=state is CallState.FAILED)
        yield f"vao-hop-{name}", replace(view, call=call)
    measured = replace(view.call, state=CallState.PROBING, sentence=words("trial.measuring", name=LINKS[0]))
    yield "ket-noi-thu-dang-do", replace(view, call=measured)
    failed = replace(view.call, state=CallState.FAILED, failed=True, sentence=words("call.no_common_codec"))
    yield "vao-hop-duong-khac", replace(view, call=replace(failed, other_road="Trình duyệt Edge"))
    typed = replace(view.call, state=CallState.CONNECTING, sentence=words("call.look_yourself"), said="look_yourself")
    yield "vao-hop-phan-mem", replace(view, call=replace(typed, measured=False, type_room="884 201 776"))
    answer = frozenset({Ability.ANSWER})
    rings = replace(view.call, state=CallState.CONNECTING, sentence=words("call.ringing"), ringing="MCU tỉnh")
    yield "vao-hop-goi-den", replace(view, call=replace(rings, abilities=answer))
    yield "vao-hop-van-ban", replace(view, paper_needed=True)


def trying(view: RoomView, words: Words) -> Iterator[tuple[str, RoomView]]:
    """What a trial tells where two links were measured before it, and neither is well."""
    assert view.trial is not None
    slow = words("trial.throughput_bad", name=LINKS[0], up=words.decimal(0.3), down=words.decimal(0.2))
    unknown = words("trial.throughput_unknown", name=LINKS[1])
    yield "ket-noi-thu-toc-do", replace(view, trial=replace(view.trial, words=(*view.trial.words, slow, unknown)))


def meeting(view: RoomView, words: Words) -> Iterator[tuple[str, RoomView]]:
    """(name of the picture, what the meeting page shows)."""
    able = frozenset({Ability.LAYOUT, Ability.PARTICIPANTS, Ability.HAND, Ability.TONES, Ability.WINDOW})
    call = replace(view.call, abilities=able, participants=SITES, layout=Layout.SPEAKER)
    yield "trong-cuoc-hop-viec-khac", replace(view, call=call)
    for trouble in QUALITIES:
        said = words(f"quality.{trouble}", loss=12, rtt=940)
        yield f"trong-cuoc-hop-mang-{trouble}".replace("_", "-"), replace(view, call=replace(call, quality=said))
    state = {"state": CallState.SIGNALLING_LOST, "sentence": words("call.signalling_lost")}
    yield "trong-cuoc-hop-may-chu-im", replace(view, call=replace(call, **state))  # type: ignore[arg-type]
    seen = replace(call, in_meeting=False, measured=False, sentence=words("call.seen_by_person"))
    yield "trong-cuoc-hop-khong-do-duoc", replace(view, call=seen)
    asked = replace(view.mic, lamp=Lamp.ASKED, asked_by="phone")
    yield "trong-cuoc-hop-xin-qua-dien-thoai", replace(view, mic=asked, place=Place.MEETING)
