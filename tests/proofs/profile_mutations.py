"""A damaged profile ends in faults, never in an exception or a hang: 20,000 mutations of the example, and garbage."""

import random
import sys
import tempfile
import time
from pathlib import Path

from roomapp.profile import check_profile
from roomapp.words import RESOURCES, Words

SCRAPS = (
    *(b"\" ' \"\"\" ''' [ ] [[ ]] { } = . , # \\ \\u nan inf -1 99999999999999999999 1e400 0x true 2026-02-30".split()),
    *(b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", "e\u0302\u0301".encode()),
    *(b"schema = 2\n", b"schema = true\n", b'password = "hunter2"\n', b"[site]\n", b"[[camera]]\n", b"camera = 3\n"),
    *(b"seat = [1, {}]\n", b"[camera.x]\n", b"[a.b.c]\n", b"a.b.c = {d = [{e = 1}]}\n", b'"rtsp://u:hunter2@h/"'),
    *(b"[" * 3000, b"a." * 3000, b"9" * 5000, b"{a=" * 2000, b'"usb:0"', b'"../../etc"', b'""', b"= [[1], {a.b = 2}]"),
)


def mutated(good: bytes, chance: random.Random) -> bytes:
    """One to four cuts, copies, swaps, flips or scraps in a good profile; now and then plain garbage."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(400))
    data = bytearray(good)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data) + 1)
        to = min(len(data), at + chance.randrange(1, 60))
        match chance.randrange(6):
            case 0:
                del data[at:to]
            case 1:
                data[at:at] = chance.choice(SCRAPS)
            case 2:
                data[at:to] = chance.choice(SCRAPS)
            case 3 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 4:
                data[at:at] = data[at:to]
            case _:
                lines = data.split(b"\n")
                one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
                lines[one], lines[other] = lines[other], lines[one]
                data = bytearray(b"\n".join(lines))
    return bytes(data)


def judge(times: int, seed: int) -> tuple[int, float]:
    """Checks that many mutations; returns how many were invalid, and the longest check in seconds."""
    chance = random.Random(seed)
    goods = [(RESOURCES / "profiles" / name).read_bytes() for name in ("example.toml", "practice.toml")]
    words = [Words("vi"), Words("en")]
    invalid, longest = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "room.toml"
        for _ in range(times):
            data = mutated(chance.choice(goods), chance)
            path.write_bytes(data)
            start = time.perf_counter()
            try:
                faults, warnings = check_profile(path, chance.choice(words))
            except BaseException:
                Path(tempfile.gettempdir(), "profile-that-raised.toml").write_bytes(data)
                raise
            longest = max(longest, time.perf_counter() - start)
            for fault in (*faults, *warnings):
                assert fault.where, data
                assert fault.problem, data
                assert fault.remedy, data
                assert "hunter2" not in f"{fault.where}{fault.problem}{fault.remedy}", data
            invalid += bool(faults)
    return invalid, longest


def main() -> int:
    times, seed = 20_000, random.SystemRandom().randrange(1 << 32)
    start = time.perf_counter()
    invalid, longest = judge(times, seed)
    spent = time.perf_counter() - start
    print(
        f"{times} mutations, seed {seed}: {invalid} invalid, 0 exceptions, longest {longest:.3f} s, all {spent:.1f} s"
    )
    return 0 if longest < 3 else 1


if __name__ == "__main__":
    sys.exit(main())
