"""What `./kiosk prove [NAME [ARGUMENTS]]` runs: tests/proofs/NAME.py, each summary into docs/proofs.md."""

import sys

from results import Collection

PROOFS = Collection("prove", "tests/proofs", "", "docs/proofs.md", "Proofs")

if __name__ == "__main__":
    sys.exit(PROOFS.run(sys.argv[1:]))
