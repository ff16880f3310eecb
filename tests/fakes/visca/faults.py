"""Faults of cameras and of their lines, each a small camera of its own, and how an order to it may end."""

from dataclasses import dataclass, field

from tests.fakes.visca.line import DRIVERS
from tests.fakes.visca.script import Script

UDP, RAW, TCP, SERIAL = DRIVERS
BARE = (RAW, TCP, SERIAL)
NETWORK = (UDP, RAW, TCP)
RECALL_1, RECALL_2 = bytes.fromhex("01043f0201"), bytes.fromhex("01043f0202")
ENDLESS = 99


@dataclass(frozen=True)
class Fault:
    """`ends`: the outcomes, or the reasons of a failure, that are right; `ask` names what is asked (visca_play)."""

    name: str
    ends: tuple[str, ...]
    script: Script = field(default_factory=Script)
    ways: tuple[str, ...] = DRIVERS
    ask: str = "recall"
    model: str = "generic"
    limit_s: float = 3.0  # of the contract for this call
    unplugged: bool = False
    quick: bool = True  # False: in the proof only


VERIFIED, SENT, DONE = ("verified",), ("sent",), ("done",)
NO_ANSWER, NOT_NOW, PROTOCOL, LOST = ("no_answer",), ("not_now",), ("protocol",), ("link_lost",)
MISSING, UNSUPPORTED, BUSY = ("preset_missing",), ("unsupported",), ("refused_busy",)

REPLIES = (
    Fault("good camera", VERIFIED, Script(move_s=0.3), limit_s=15),
    Fault("silent", NO_ANSWER, Script(silent=True)),
    Fault("does it, says nothing", NO_ANSWER, Script(acks=False, position="silent")),
    Fault("acknowledges, never completes", NO_ANSWER, Script(completes=False)),
    Fault("completes without Ack (Cisco)", VERIFIED, Script(without_ack=True)),
    Fault("completes without Ack, tells no position", NO_ANSWER, Script(without_ack=True, position="silent")),
    Fault("the same, model says so", SENT, Script(without_ack=True, position="silent"), model="cisco"),
    Fault("completion before the Ack", VERIFIED, Script(completes_first=True)),
    Fault("two Acks", VERIFIED, Script(acks_twice=True)),
    Fault("every reply twice", VERIFIED, Script(doubled=True)),
    Fault("every reply again 50 ms later", VERIFIED, Script(doubled=True, doubled_s=0.05)),
    Fault("Ack and completion in one piece", VERIFIED, Script(merged=True)),
    Fault("replies cut into single bytes", VERIFIED, Script(cut_into=1), ways=BARE),
    Fault("replies cut in twos", VERIFIED, Script(cut_into=2), ways=BARE),
    Fault("every reply 0.25 s late", VERIFIED, Script(delay_s=0.25), limit_s=15),
    Fault("every reply 0.5 s late", ("verified", "sent", "no_answer"), Script(delay_s=0.5), limit_s=15),
    Fault("every reply 2 s late", NO_ANSWER, Script(delay_s=2.0)),
    Fault("completes in the other socket", ("verified", "no_answer"), Script(wrong_socket=True)),
    Fault("90 40, then 90 50 FF FF (Tekvox)", VERIFIED, Script(doubled_end=True)),
    Fault("A0 for 90 after an update", VERIFIED, Script(head=0xA0)),
    Fault("others of the chain talk between", VERIFIED, Script(chain=True), ways=(SERIAL,)),
    Fault("only another one of the chain talks", ("no_answer", "protocol"),
          Script(instead=b"\xa0\x41\xff\xa0\x51\xff"), ways=(SERIAL,)),
    Fault("network change after each Ack", VERIFIED, Script(unasked=b"\x90\x38\xff", move_s=0.2), limit_s=15),
    Fault("network change of the chain", VERIFIED, Script(unasked=b"\x88\x38\xff")),
    Fault("the line echoes", VERIFIED, Script(echoes=True), ways=BARE),
    Fault("start-up words not known", VERIFIED, Script(greets=False)),
    Fault("rubbish before each reply", VERIFIED, Script(before=b"\x12\x34")),
    Fault("60 bytes of noise to each packet", PROTOCOL, Script(noise=True)),
    Fault("20 kB without an end to each packet", ("verified", "no_answer", "protocol"), Script(flood=20_000)),
    Fault("a byte every 200 ms", ("no_answer", "protocol"), Script(dribble=b"\x90" * 100)),
    Fault("Ack every 200 ms, nothing else", ("no_answer", "protocol"), Script(drip=b"\x90\x41\xff", silent=True)),
    Fault("completion every 200 ms, nothing else", ("no_answer", "protocol"),
          Script(drip=b"\x90\x51\xff", silent=True)),
    Fault("rubbish every 200 ms beside good replies", VERIFIED, Script(drip=b"\x33\xff", move_s=0.5), limit_s=15),
)  # fmt: skip

REFUSALS = (
    *(
        Fault(f"error {code:02x}", ends, Script(refuses=code))
        for code, ends in {0x01: PROTOCOL, 0x02: UNSUPPORTED, 0x04: PROTOCOL, 0x05: PROTOCOL, 0x41: NOT_NOW}.items()
    ),
    Fault("error 7f, in no manual", PROTOCOL, Script(refuses=0x7F)),
    Fault("error 41 with a socket, no Ack", NOT_NOW, Script(refuses=0x41, refusal_socket=1)),
    Fault("error 41 after the Ack", NOT_NOW, Script(refuses_later=0x41)),
    Fault("cancelled by another hand", PROTOCOL, Script(refuses_later=0x04)),
    Fault("both sockets taken, then free", VERIFIED, Script(busy=2)),
    Fault("both sockets taken for ever", BUSY, Script(busy=ENDLESS)),
    Fault("answers a recall like a question", NO_ANSWER,
          Script(says_to_commands=b"\x90\x50\x02\xff", position="silent"), ways=BARE, model="cisco"),
    Fault("menu is open", NOT_NOW, Script(menu=True)),
    Fault("tracking", NOT_NOW, Script(tracking=True)),
    Fault("standby", NOT_NOW, Script(standby=True)),
)  # fmt: skip

MOVES = (
    Fault("says done, does not move", MISSING, Script(lying=True)),
    Fault("the same, place not known", SENT, Script(lying=True), ask="learn"),
    Fault("says done, preset forgotten", MISSING, ask="forgotten"),
    Fault("stops beside the place", MISSING, Script(overshoot=0x40)),
    Fault("says done, then wanders off", ("verified", "sent", "preset_missing"), Script(wanders=True), limit_s=15),
    Fault("completes early, moves later", VERIFIED, Script(completes_early=True, starts_s=0.3, move_s=0.3), limit_s=15),
    Fault("tells no position", SENT, Script(position="silent")),
    Fault("refuses to tell its position", SENT, Script(position="refused")),
    Fault("position that is none", SENT, Script(position="rubbish")),
    Fault("tells where it stood at start", MISSING, Script(position="frozen")),
    Fault("five digits of pan", VERIFIED, Script(position="five")),
    Fault("loses its power in mid-move", ("no_answer", "link_lost"), Script(dies_s=ENDLESS, move_s=1.0)),
)

LINES = (
    Fault("connection reset at the command", LOST, Script(resets=True), ways=(TCP,)),
    Fault("hangs up at once", LOST, Script(hangs_up=True), ways=(TCP,)),
    Fault("never reads", NO_ANSWER, Script(deaf=True), ways=(TCP,)),
    Fault("nobody there", LOST, unplugged=True),
    Fault("first command lost", ("verified", "no_answer"), Script(lost_commands=1)),
    Fault("two replies lost", ("verified", "no_answer"), Script(lost_replies=2)),
    Fault("all replies to commands lost", ("verified", "no_answer"), Script(lost_replies=ENDLESS)),
    Fault("the same, tells no position", NO_ANSWER, Script(lost_replies=ENDLESS, position="silent")),
    Fault("another machine answers", NO_ANSWER, Script(stranger=True), ways=(UDP, RAW)),
    Fault("sequence number out of step", VERIFIED, Script(out_of_step=True), ways=(UDP,)),
    Fault("wrong sequence number in replies", NO_ANSWER, Script(header="sequence"), ways=(UDP,)),
    Fault("wrong length in the header", ("protocol", "no_answer"), Script(header="length"), ways=(UDP,)),
    Fault("wrong type in the header", ("protocol", "no_answer"), Script(header="kind"), ways=(UDP,)),
    Fault("replies without header", ("protocol", "no_answer"), Script(header="none"), ways=(UDP,)),
    Fault("0F 01 to everything", NO_ANSWER, Script(control=b"\x0f\x01"), ways=(UDP,)),
    Fault("0F 02 to everything", PROTOCOL, Script(control=b"\x0f\x02"), ways=(UDP,)),
    Fault("knows the number FFFFFFFF only", VERIFIED, Script(header="forced"), ways=(UDP,), model="newtek"),
)

ORDERS = (
    Fault("newer recall", VERIFIED, Script(move_s=1.0), ask="newer", limit_s=15),
    Fault("newer recall, two sockets", VERIFIED, Script(move_s=1.0, two_sockets=True), ask="newer", limit_s=15),
    Fault("newer recall, one socket for both", VERIFIED, Script(move_s=1.0, one_socket=True), ask="newer", limit_s=15),
    Fault("third recall, sockets full", VERIFIED, Script(move_s=1.0, two_sockets=True), ask="third", limit_s=15),
    Fault("newer recall, must be cancelled", VERIFIED, Script(move_s=2.0, needs_cancel=True), ask="newer",
          model="sony-16-cancel", limit_s=15),
    Fault("the same, model not told", NOT_NOW, Script(move_s=2.0, needs_cancel=True), ask="newer", limit_s=15),
    Fault("late replies meet the next recall", NO_ANSWER, Script(late_s=1.2, silent_to=(RECALL_2,)), ask="next"),
    Fault("replies 2.4 s late meet the next recall", NO_ANSWER, Script(late_s=2.4, silent_to=(RECALL_2,)), ask="next"),
    Fault("the same, tells no position", NO_ANSWER,
          Script(late_s=1.2, silent_to=(RECALL_2,), position="silent"), ask="next"),
    Fault("the same, start-up words not known", NO_ANSWER,
          Script(late_s=1.2, silent_to=(RECALL_2,), greets=False, position="silent"), ask="next"),
    Fault("store", VERIFIED, ask="store"),
    Fault("store, tells no position", SENT, Script(position="silent"), ask="store"),
    Fault("store, silent", NO_ANSWER, Script(silent=True), ask="store"),
    Fault("way to a position", VERIFIED, Script(move_s=0.3), ask="go_to", limit_s=15),
    Fault("way to a position, Sony's speeds", VERIFIED, Script(move_s=0.3), ask="go_to", model="sony-16", limit_s=15),
    Fault("way to a position, five digits", VERIFIED, Script(move_s=0.3, position="five"), ask="go_to", limit_s=15),
    Fault("way to a position, one socket", VERIFIED, Script(move_s=0.3, one_socket=True), ask="go_to", limit_s=15),
    Fault("way to a position, no Ack", VERIFIED, Script(without_ack=True), ask="go_to"),
    Fault("way to a position refused", UNSUPPORTED, Script(refuses_absolute=True), ask="go_to"),
    Fault("way to a position, tracking", NOT_NOW, Script(tracking=True), ask="go_to"),
    Fault("way to a position, does not move", MISSING, Script(lying=True), ask="go_to"),
    Fault("way to a position, tells none", NO_ANSWER, Script(position="silent"), ask="go_to"),
    Fault("stop", DONE, Script(move_s=1.0), ask="stop", limit_s=1),
    Fault("stop, silent", NO_ANSWER, Script(silent=True), ask="stop", limit_s=1),
    Fault("stop, never reads", NO_ANSWER, Script(deaf=True), ways=(TCP,), ask="stop", limit_s=1),
    Fault("stop, two replies lost", DONE, Script(lost_replies=2), ask="stop", limit_s=1),
    Fault("stop, a byte every 200 ms", ("no_answer", "protocol"), Script(dribble=b"\x90" * 99), ask="stop", limit_s=1),
    Fault("held and let go", DONE, ask="drive", limit_s=2.5),
    Fault("held and let go, replies of the stop lost", DONE, Script(lost_replies=1), ask="drive", limit_s=2.5),
    Fault("status", DONE, ask="status", limit_s=1),
    Fault("status, silent", NO_ANSWER, Script(silent=True), ask="status", limit_s=1),
    Fault("status, noise", PROTOCOL, Script(noise=True), ask="status", limit_s=1),
    Fault("status, never reads", NO_ANSWER, Script(deaf=True), ways=(TCP,), ask="status", limit_s=1),
    Fault("status, a byte every 200 ms", ("no_answer", "protocol"), Script(dribble=b"\x90" * 99), ask="status",
          limit_s=1),
    Fault("standby wanted", DONE, ask="power"),
    Fault("standby not known", UNSUPPORTED, Script(refuses=0x02), ask="power"),
    Fault("standby, replies lost", ("done", "no_answer"), Script(lost_replies=2), ask="power"),
)  # fmt: skip

# On a bare line an Ack is all the proof that there is of a stop or a drive: these two are held up without one.
DRIP = {True: b"\x90\x41\xff\x33\xff", False: b"\x90\x50\x00\x00\xff\x33\xff"}
LIMITS = {"store": 3.0, "go_to": 3.0, "power": 3.0, "drive": 2.5, "stop": 1.0, "status": 1.0}
HELD_UP = (
    *(
        Fault(f"{ask}, replies and rubbish every 200 ms", ("no_answer", "protocol", "not_now"),
              Script(drip=DRIP[ask not in ("stop", "drive")], silent=True), ask=ask, limit_s=limit_s)
        for ask, limit_s in LIMITS.items()
    ),
    *(
        Fault(f"{ask}, never reads", NO_ANSWER, Script(deaf=True), ways=(TCP,), ask=ask, limit_s=limit_s)
        for ask, limit_s in LIMITS.items() if ask not in ("stop", "status")
    ),
    Fault("moves for ever, never completes", NO_ANSWER, Script(wanders=True, completes=False), limit_s=15, quick=False),
)  # fmt: skip

FAULTS = (*REPLIES, *REFUSALS, *MOVES, *LINES, *ORDERS, *HELD_UP)
