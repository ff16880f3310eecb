"""Signs every pack in resources/rules with the project's key: `python installer/sign_packs.py KEYFILE`.

KEYFILE is a private Ed25519 key (PEM) that its owner alone may read. It is not in the tree: its public half is
resources/rules/keys/diem-cau.pub. Whoever has no project key makes one and puts its public half there, or signs packs
of their own with `roomapp rules sign`, which needs nothing of this.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from roomapp.signing import BadSignatureError, KeyFileError, check, read_private_key, sign, trusted_keys  # noqa: E402

NAME = "diem-cau"
RULES = ROOT / "resources" / "rules"


def main(key_file: Path) -> int:
    """0: every pack is signed; 1: the key is not the one whose public half is here; 2: the key cannot be used."""
    try:
        seed = read_private_key(key_file)
    except KeyFileError as error:
        print(f"{key_file}: {error.key}", file=sys.stderr)
        return 2
    keys = trusted_keys(RULES / "keys")
    packs = {path: sign(path.read_bytes(), NAME, seed) for path in sorted(RULES.glob("*.toml"))}
    if any(_by(data, keys) != NAME for data in packs.values()):
        print(f"{key_file}: not the key of resources/rules/keys/{NAME}.pub", file=sys.stderr)
        return 1
    for path, data in packs.items():
        path.write_bytes(data)
        print(path.relative_to(ROOT))
    return 0


def _by(data: bytes, keys: dict[str, bytes]) -> str:
    try:
        return check(data, keys).by
    except BadSignatureError:
        return ""


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
