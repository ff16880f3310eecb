"""How the scriptable PTZ camera behaves, as data."""

from dataclasses import dataclass


@dataclass
class Script:
    """The default is a good camera that moves at once."""

    # --- what it hears and does
    silent: bool = False
    silent_to: tuple[bytes, ...] = ()  # bodies that are passed over
    lost_commands: int = 0  # so many never arrive
    move_s: float = 0.0
    starts_s: float = 0.0  # after the command; with completes_early, after the completion too
    lying: bool = False  # completes without moving
    overshoot: int = 0  # pan steps beside the place that it was sent to
    wanders: bool = False  # moves on and on after it has completed
    standby: bool = False
    menu: bool = False  # its menu is shown: only power, cancel and start-up are obeyed
    tracking: bool = False  # refuses every movement
    needs_cancel: bool = False  # refuses a movement while another one runs
    two_sockets: bool = False  # a third running command is refused, as in the manuals
    busy: int = 0  # so many commands are refused: both sockets taken
    dies_s: float = 0.0  # at the first recall: loses its power in mid-move, is back at home so much later
    resets: bool = False  # drops the connection at the first command
    hangs_up: bool = False  # on every TCP connection, at once
    deaf: bool = False  # TCP: never reads
    # --- what it says
    acks: bool = True
    acks_twice: bool = False
    without_ack: bool = False
    completes: bool = True
    completes_early: bool = False
    completes_first: bool = False  # the completion before the Ack
    says_to_commands: bytes = b""  # in place of doing them
    refuses: int | None = None  # error code to every command
    refusal_socket: int = 0
    refuses_later: int | None = None  # after the Ack, in place of the completion
    refuses_power: int | None = None
    refuses_absolute: bool = False
    position: str = "told"  # told | silent | refused | five | rubbish | frozen
    lost_replies: int = 0  # of commands
    late_s: float = 0.0  # for the replies to the first command alone, and no word to its repeats
    delay_s: float = 0.0  # for every reply
    doubled: bool = False
    doubled_s: float = 0.0  # between the two
    merged: bool = False  # Ack and completion in one piece
    cut_into: int = 0  # replies in pieces of this size (bare UDP too: in datagrams of their own)
    before: bytes = b""  # rubbish ahead of each reply
    instead: bytes = b""  # all that is ever said, to each packet
    unasked: bytes = b""  # said as soon as a TCP peer connects, and after each Ack
    head: int = 0x90
    doubled_end: bool = False
    one_socket: bool = False
    wrong_socket: bool = False  # completes in the other one
    chain: bool = False  # two other cameras on the serial line, of which one talks all the time
    greets: bool = True  # answers RESET, AddressSet, IF_Clear
    echoes: bool = False  # a line that sends our own words back
    noise: bool = False
    flood: int = 0  # so many bytes without an end, to each packet
    dribble: bytes = b""  # these bytes, one every 200 ms, are all that ever comes
    drip: bytes = b""  # said every 200 ms, for ever, beside the replies
    # --- Sony's header
    out_of_step: bool = False  # refuses the first command's sequence number, as after a restart
    header: str = "good"  # good | sequence | length | kind | none | forced
    control: bytes = b""  # the control reply to every message
    stranger: bool = False  # answers from another port
    answers_to: int = 0  # a fixed port of the asking machine; 0: the one that asked
