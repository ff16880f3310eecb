"""The entry script on machines that lack things: it names them, installs just them, and leaves no half-made work."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("kiosk", "pyproject.toml", "installer/apt-packages.txt")
LOCKS = ("requirements-build.lock", "requirements.lock", "requirements-test.lock")
PROGRAMS = ("sh", "cat", "cksum", "dirname", "env", "flock", "readlink", "rm", "sed", "tr")

DPKG_QUERY = """#!/bin/sh
# Says of each package asked for whether the test put it down as installed, in the form that was asked for.
shift 3
for name in "$@"; do if grep -qx -- "$name" "$MACHINE/has"; then echo "installed amd64 $name"; fi; done
"""
APT_GET = """#!/bin/sh
echo "apt-get $*" >>"$MACHINE/said"
case "$*" in *install*)
    for word in "$@"; do case "$word" in lib* | python3* | ca-* | xvfb) echo "$word" >>"$MACHINE/has" ;; esac; done ;;
esac
exit "${APT_CODE:-0}"
"""
SUDO = """#!/bin/sh
echo "sudo $*" >>"$MACHINE/said"
exec "$@"
"""
# A Python that makes a folder with itself in it, tells where it stands as the real one does, and notes each pip.
PYTHON = f"""#!/bin/sh
case "$*" in
"-c import sys, ensurepip"*) exec '{sys.executable}' "$@" ;;
"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && echo venv >>"$MACHINE/said" ;;
*sys.prefix*) echo "$(pwd -P)/.venv 3 11" ;;
*"-m pip"*) echo "pip $*" >>"$MACHINE/said"; exit "${{PIP_CODE:-0}}" ;;
"installer/run_tests.py"*) echo "tests $*" ;;
esac
"""
ROOMAPP = """#!/bin/sh
echo "${ROOMAPP_ALLOW_UNSANDBOXED:-sandboxed} in $(pwd): $*"
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A copy of what the script needs, and a PATH in which the system's programs are stand-ins."""

    folder: Path

    @property
    def tree(self) -> Path:
        return self.folder / "diem cau"

    def put(self, name: str, text: str) -> None:
        program = self.folder / "bin" / name
        program.write_text(text)
        program.chmod(0o755)

    def has(self, *packages: str) -> None:
        (self.folder / "has").write_text("".join(f"{package}\n" for package in packages))

    def said(self) -> list[str]:
        file = self.folder / "said"
        return file.read_text().splitlines() if file.exists() else []

    def kiosk(self, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(self.tree / "kiosk"), *words],
            cwd=self.folder,
            env={"PATH": str(self.folder / "bin"), "MACHINE": str(self.folder), "HOME": str(self.folder), **env},
            capture_output=True,
            text=True,
            timeout=30,
        )


def wanted(*groups: str) -> list[str]:
    lines = (ROOT / "installer/apt-packages.txt").read_text().splitlines()
    words = [line.split() for line in lines if line and not line.startswith("#")]
    assert all(len(pair) == 2 and pair[0] in ("run", "test", "test-if-offered", "prove") for pair in words)
    return [package for group, package in words if group in groups]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Debian with every package, as root."""
    made = Machine(tmp_path)
    (made.tree / "installer").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    for name in COPIED:
        shutil.copy(ROOT / name, made.tree / name)
    for name in LOCKS:
        (made.tree / "installer" / name).write_text("# a lock\n")
    for name in (*PROGRAMS, "grep", "mkdir", "mktemp", "tail", "cp"):
        found = shutil.which(name)
        if found:
            (tmp_path / "bin" / name).symlink_to(found)
    made.put("dpkg-query", DPKG_QUERY)
    made.put("dpkg", "#!/bin/sh\necho amd64\n")
    made.put("apt-get", APT_GET)
    made.put("apt-cache", "#!/bin/sh\n")
    made.put("id", "#!/bin/sh\necho 0\n")
    made.put("python3", PYTHON)
    made.has(*wanted("run", "test"))
    return made


def test_script_is_plain_posix_shell() -> None:
    for shell in ("sh", "dash"):
        if shutil.which(shell):
            subprocess.run([shell, "-n", str(ROOT / "kiosk")], check=True)


@pytest.mark.needs("shellcheck")
def test_scripts_are_clean_for_shellcheck() -> None:
    scripts = [str(ROOT / name) for name in ("kiosk", "installer/lock.sh", ".ci/run")]
    done = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("words", [(), ("nonsense",)])
def test_without_a_known_command_it_says_how_it_is_used(machine: Machine, words: tuple[str, ...]) -> None:
    done = machine.kiosk(*words)
    assert done.returncode == 2
    assert "usage: ./kiosk run" in done.stderr
    assert machine.said() == []


def test_just_the_missing_packages_are_installed(machine: Machine) -> None:
    machine.has(*(p for p in wanted("run", "test") if p not in ("libnss3", "xvfb")))
    assert machine.kiosk("test").returncode == 0
    (install,) = [line for line in machine.said() if "install" in line and line.startswith("apt-get")]
    assert install.split("--no-install-recommends")[1].split() == ["libnss3", "xvfb"]


def test_a_user_installs_through_sudo(machine: Machine) -> None:
    machine.put("id", "#!/bin/sh\necho 1000\n")
    machine.put("sudo", SUDO)
    machine.has(*wanted("run")[1:])
    assert machine.kiosk("run").returncode in (126, 127)  # the stand-in's pip brings no roomapp
    assert any(line.startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get") for line in machine.said())


def test_a_user_without_sudo_reads_the_command_for_root(machine: Machine) -> None:
    machine.put("id", "#!/bin/sh\necho 1000\n")
    machine.has(*(p for p in wanted("run") if p != "libnss3"))
    done = machine.kiosk("run")
    assert done.returncode == 3
    assert "as root: apt-get install --no-install-recommends libnss3" in done.stderr


def test_without_apt_the_missing_packages_are_named(machine: Machine) -> None:
    machine.has(*(p for p in wanted("run", "test") if p not in ("libnss3", "cage")))
    done = machine.kiosk("test", KIOSK_NO_APT="1")
    assert done.returncode == 3
    assert done.stderr.split("missing packages:")[1].split() == ["libnss3", "cage"]
    assert machine.said() == []


def test_failed_apt_ends_in_a_sentence(machine: Machine) -> None:
    machine.has()
    done = machine.kiosk("test", APT_CODE="100")
    assert done.returncode == 3
    assert "apt-get could not install" in done.stderr


def test_new_names_with_t64_count_as_installed(machine: Machine) -> None:
    machine.has(*(f"{p}t64" if p == "libasound2" else p for p in wanted("run", "test")))
    assert machine.kiosk("test").returncode == 0
    assert not [line for line in machine.said() if line.startswith("apt-get")]


def test_new_names_with_t64_are_asked_for_where_apt_knows_them(machine: Machine) -> None:
    machine.put("apt-cache", "#!/bin/sh\necho libasound2t64\n")
    machine.has(*(p for p in wanted("run", "test") if p not in ("libasound2", "libnss3")))
    machine.kiosk("test")
    (install,) = [line for line in machine.said() if "install" in line and line.startswith("apt-get")]
    assert install.split("--no-install-recommends")[1].split() == ["libnss3", "libasound2t64"]


@pytest.mark.parametrize("offered", ["janus", "janus-tools"])
def test_package_that_this_debian_does_not_have_is_not_asked_for(machine: Machine, offered: str) -> None:
    machine.put("apt-cache", f"#!/bin/sh\necho {offered}\n")
    machine.kiosk("test")
    assert bool([line for line in machine.said() if "install" in line and " janus" in line]) == (offered == "janus")


def test_second_start_installs_nothing(machine: Machine) -> None:
    first, second = machine.kiosk("test", "-x"), machine.kiosk("test", "-x")
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(machine.said()) == 4, "one venv, three pips"
    assert second.stdout == "tests installer/run_tests.py -x\n"


def test_changed_lock_is_installed_at_the_next_start(machine: Machine) -> None:
    machine.kiosk("test")
    (machine.tree / "installer/requirements-test.lock").write_text("# another\n")
    machine.kiosk("test")
    assert [line.split()[0] for line in machine.said()] == ["venv", *["pip"] * 6]


def test_interrupted_pip_is_not_taken_for_done(machine: Machine) -> None:
    done = machine.kiosk("test", PIP_CODE="1")
    assert done.returncode == 3
    assert "pip could not install" in done.stderr
    assert machine.kiosk("test").returncode == 0
    assert machine.said().count("venv") == 2, "what pip left half is made anew"


def test_half_made_venv_is_made_anew(machine: Machine) -> None:
    (machine.tree / ".venv/bin").mkdir(parents=True)
    (machine.tree / ".venv/bin/python").write_text("half")
    assert machine.kiosk("test").returncode == 0
    assert machine.said()[0] == "venv"


def test_moved_folder_is_noticed(machine: Machine) -> None:
    machine.kiosk("test")
    machine.tree.rename(machine.folder / "elsewhere")
    shutil.copytree(machine.folder / "elsewhere", machine.tree, symlinks=True)
    moved = machine.folder / "elsewhere" / "kiosk"
    env = {"PATH": str(machine.folder / "bin"), "MACHINE": str(machine.folder), "HOME": "/"}
    subprocess.run([str(moved), "test"], env=env, check=True, capture_output=True)
    assert machine.said().count("venv") == 2


def test_too_old_python_is_said_in_a_sentence(machine: Machine) -> None:
    machine.put("python3", "#!/bin/sh\nexit 1\n")
    done = machine.kiosk("test")
    assert done.returncode == 3
    assert "Python 3.11, 3.12 or 3.13 is needed" in done.stderr


def test_running_interpreter_is_one_that_the_script_accepts() -> None:
    assert (3, 11) <= sys.version_info[:2] < (3, 14)


PRACTICE = [(), ("--practice",), ("--windowed", "800x600"), ("--data", "here"), ("--data", "here", "--practice")]
NOT_PRACTICE = [("--profile", "room.toml"), ("--data", "room"), ("--data=room",), ("doctor",), ("--practice", "trial")]


@pytest.mark.parametrize("words", PRACTICE + NOT_PRACTICE, ids=" ".join)
def test_only_the_practice_room_of_root_opens_without_the_sandbox(machine: Machine, words: tuple[str, ...]) -> None:
    if Path("/etc/roomapp/room.toml").exists():
        pytest.skip("this machine has a room of its own")
    (machine.folder / "room").mkdir()
    (machine.folder / "room/room.toml").touch()
    machine.kiosk("test")
    (machine.tree / ".venv/bin/roomapp").write_text(ROOMAPP)
    (machine.tree / ".venv/bin/roomapp").chmod(0o755)
    allowed = "1" if words in PRACTICE else "sandboxed"
    assert machine.kiosk("run", *words).stdout == f"{allowed} in {machine.folder}: {' '.join(words)}\n"
    machine.put("id", "#!/bin/sh\necho 1000\n")
    assert machine.kiosk("run", *words).stdout.startswith("sandboxed "), "nobody but root"


def test_named_profile_in_the_environment_is_no_practice_room(machine: Machine) -> None:
    machine.kiosk("test")
    (machine.tree / ".venv/bin/roomapp").write_text(ROOMAPP)
    (machine.tree / ".venv/bin/roomapp").chmod(0o755)
    assert machine.kiosk("run", ROOMAPP_PROFILE="room.toml").stdout.startswith("sandboxed ")


def test_ci_runs_the_same_command() -> None:
    assert "exec ./kiosk test\n" in (ROOT / ".ci/run").read_text()
    assert os.access(ROOT / ".ci/run", os.X_OK)
