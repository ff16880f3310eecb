"""The lists that an installation follows: Debian packages, locked requirements, and what must not stand in any file."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = sorted(p for p in (ROOT / "installer").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
ALLOW = "ROOMAPP_ALLOW_UNSANDBOXED"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> dict[str, str]:
    """Each locked package's name and its lines."""
    text = (ROOT / "installer" / lock).read_text()
    parts = re.split(r"^([A-Za-z0-9_.-]+)==", text, flags=re.MULTILINE)
    return {normal(name): rest for name, rest in zip(parts[1::2], parts[2::2], strict=True)}


def asked(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[<>=~!;\[ ]", line)[0]) for line in requirements}


def project() -> dict[str, object]:
    made: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return made


@pytest.mark.needs("apt-cache")
def test_apt_knows_every_package_by_its_name_or_its_t64_name() -> None:
    lines = (ROOT / "installer/apt-packages.txt").read_text().splitlines()
    wanted = {line.split()[1] for line in lines if line.startswith(("run ", "test ", "prove "))}
    known = set(subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True).stdout.split())
    if "libgl1" not in known or "cage" not in known:
        pytest.skip("this machine has no apt lists")
    assert {name for name in wanted if not {name, f"{name}t64"} & known} == set()


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.lock", []), ("requirements-test.lock", ["test"])], ids=["run", "test"]
)
def test_every_dependency_is_locked(lock: str, groups: list[str]) -> None:
    told = project()
    wanted = list(told["dependencies"])  # type: ignore[call-overload]
    for group in groups:
        wanted += told["optional-dependencies"][group]  # type: ignore[index]
    assert asked(wanted) <= set(locked(lock))


@pytest.mark.parametrize("lock", ["requirements-build.lock", "requirements.lock", "requirements-test.lock"])
def test_every_locked_package_has_a_hash(lock: str) -> None:
    assert [name for name, lines in locked(lock).items() if "--hash=sha256:" not in lines] == []


def test_the_build_tools_are_locked() -> None:
    lines = [line.split("#")[0].strip() for line in (ROOT / "installer/build.in").read_text().splitlines()]
    assert asked([line for line in lines if line]) <= set(locked("requirements-build.lock"))


def test_what_a_room_runs_on_is_what_was_tested() -> None:
    tested, run = locked("requirements-test.lock"), locked("requirements.lock")
    different = [name for name in run if tested.get(name, "").split()[0] != run[name].split()[0]]
    assert different == []


@pytest.mark.parametrize(
    "file", [*INSTALLER, ROOT / "kiosk", ROOT / "kiosk.cmd", ROOT / ".ci/run"], ids=lambda file: str(file.name)
)
def test_no_registry_is_named(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert (
        re.search(
            r"--index-url|--extra-index-url|find-links|trusted-host|pypi\.|pythonhosted|debian\.org|https?://", text
        )
        is None
    )


def test_only_the_entry_script_and_tests_open_the_sandbox() -> None:
    """The program reads the variable in one place and hands it to nobody."""
    naming = [p for part in ("ui", "roomapp", "devices") for p in (ROOT / part).rglob("*.py") if ALLOW in p.read_text()]
    assert [str(p.relative_to(ROOT)) for p in naming] == ["ui/conference/chromium.py"]
    reads = 0
    tree = ast.parse((ROOT / "ui/conference/chromium.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            reads += any(isinstance(a, ast.Name) and a.id == "ALLOW" for a in node.args)
    names = sum(isinstance(node, ast.Name) and node.id == "ALLOW" for node in ast.walk(tree))
    assert (reads, names) == (1, 2), "set once as a constant, read once from the environment"
    others = [p.name for p in INSTALLER if p.suffix not in (".md",) and ALLOW in p.read_text(encoding="utf-8")]
    assert others == []


def test_entry_scripts_may_be_executed() -> None:
    for name in ("kiosk", ".ci/run"):
        assert (ROOT / name).stat().st_mode & 0o111, name
