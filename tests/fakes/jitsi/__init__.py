"""Jitsi's genuine external_api.js, built once from npm, and a counterpart of ours on its other side."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SDK, VERSION = "@jitsi/react-native-sdk", "13.2.0"
SHA256 = "a16454d077c362ea70caebe4c591188f1ccf5ace986d1afb6eacfffb899bb576"
BUILT = Path(sys.prefix) / "jitsi" / VERSION  # beside the packages of the tests
NPM_S, BUILD_S = 300, 60
TAKEN = ("package/modules/", "package/react/features/base/util/", "package/react/features/external-api/")


def files() -> dict[str, str]:
    """external_api.js and frame.js by their paths on a server; built on first use, which takes npm and its registry."""
    script = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in ("build.mjs", "frame.js"))).hexdigest()[:12]
    done = BUILT / script
    if not done.is_dir():
        _build(done)
    return {f"/{name}": (done / name).read_text("utf-8") for name in ("external_api.js", "frame.js")}


def _build(done: Path) -> None:
    BUILT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILT) as work:
        folder = Path(work)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(["npm", "ci", *quiet], cwd=folder, check=True, timeout=NPM_S)
        subprocess.run(
            ["npm", "pack", "--silent", f"{SDK}@{VERSION}"],
            cwd=folder,
            check=True,
            timeout=NPM_S,
            stdout=subprocess.DEVNULL,
        )
        packed = next(folder.glob("*.tgz"))
        assert hashlib.sha256(packed.read_bytes()).hexdigest() == SHA256, "not the package that was looked at"
        with tarfile.open(packed) as archive:
            members = [member for member in archive if member.name.startswith(TAKEN)]
            archive.extractall(folder, members, filter="data")
        out = folder / "out"
        command = ["node", str(HERE / "build.mjs"), str(folder / "package"), str(out)]
        subprocess.run(command, cwd=folder, check=True, timeout=BUILD_S)
        out.rename(done)
