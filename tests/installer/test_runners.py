"""What ./kiosk test, bench and prove run: one verdict of all tools, and results that outlive the next run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """
[tool.ruff]
line-length = 120
lint.select = ["E", "F"]
[tool.mypy]
files = ["alone"]
[tool.importlinter]
root_package = "alone"
[[tool.importlinter.contracts]]
name = "nothing above one"
type = "forbidden"
source_modules = ["alone.one"]
forbidden_modules = ["alone.two"]
"""
PRINTS = """def main() -> None:
    print("{}")


main()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project as small as can be, with the real runners."""
    shutil.copytree(ROOT / "installer", tmp_path / "installer", ignore=shutil.ignore_patterns("__pycache__", "*.lock"))
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    for name in ("tests/benchmarks", "tests/proofs", "docs", "alone"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("__init__", "one", "two"):
        (tmp_path / "alone" / f"{name}.py").write_text('"""Nothing."""\n')
    (tmp_path / "tests/__init__.py").touch()
    (tmp_path / "tests/test_it.py").write_text("def test_it() -> None:\n    assert True\n")
    for name, words in (("one", "| first |"), ("two", "| second |")):
        (tmp_path / f"tests/benchmarks/bench_{name}.py").write_text(PRINTS.format(words))
    (tmp_path / "tests/benchmarks/helper.py").write_text("x = 1\n")
    (tmp_path / "tests/proofs/broken.py").write_text(PRINTS.format("half") + "raise SystemExit(1)\n")
    return tmp_path


def run(tree: Path, runner: str, *words: str) -> "subprocess.CompletedProcess[str]":
    env = {key: value for key, value in os.environ.items() if key != "XDG_RUNTIME_DIR"}
    return subprocess.run(
        [sys.executable, str(tree / "installer" / runner), *words], env=env, capture_output=True, text=True, timeout=90
    )


def test_all_tools_are_content_and_pytests_closing_line_is_the_last(tree: Path) -> None:
    done = run(tree, "run_tests.py")
    assert done.returncode == 0, done.stdout
    for name in ("ruff check", "ruff format", "mypy", "lint-imports"):
        assert f"{name:<14} ok" in done.stdout
    *_, total, closing = done.stdout.splitlines()
    assert total.startswith("all good after ")
    assert "1 passed in " in closing


def test_one_fault_of_one_linter_is_a_failed_run(tree: Path) -> None:
    (tree / "alone/one.py").write_text('"""Nothing."""\n\nimport alone.two\n\nprint(alone.two)\n')
    done = run(tree, "run_tests.py")
    assert done.returncode == 1
    assert "FAILED: lint-imports after " in done.stdout
    assert "1 passed in " in done.stdout.splitlines()[-1], "the tests are run all the same"


def test_failed_test_is_a_failed_run(tree: Path) -> None:
    (tree / "tests/test_it.py").write_text("def test_it() -> None:\n    raise AssertionError\n")
    done = run(tree, "run_tests.py")
    assert done.returncode == 1
    assert "FAILED: pytest after " in done.stdout
    assert "1 failed in " in done.stdout.splitlines()[-1]


def test_pytest_arguments_run_only_pytest_with_a_runtime_folder(tree: Path) -> None:
    asks = "import os\n\n\ndef test_it() -> None:\n    assert os.path.isdir(os.environ['XDG_RUNTIME_DIR'])\n"
    (tree / "tests/test_it.py").write_text(asks)
    done = run(tree, "run_tests.py", "-q", "tests/test_it.py")
    assert done.returncode == 0, done.stdout
    assert "mypy" not in done.stdout


def test_one_benchmark_leaves_the_results_of_the_others(tree: Path) -> None:
    assert run(tree, "run_bench.py").returncode == 0
    (tree / "tests/benchmarks/bench_two.py").write_text(PRINTS.format("| newer |"))
    assert run(tree, "run_bench.py", "two").returncode == 0
    text = (tree / "docs/benchmarks.md").read_text()
    assert "| first |" in text
    assert "| newer |" in text
    assert "| second |" not in text
    assert "`./kiosk bench two`, 2" in text, "the command and the day"
    assert f"Python {sys.version.split()[0]}" in text


def test_failed_proof_is_written_down_as_failed(tree: Path) -> None:
    assert run(tree, "run_prove.py", "broken").returncode == 1
    assert "**Failed with exit code 1.**" in (tree / "docs/proofs.md").read_text()


def test_unknown_benchmark_is_answered_with_the_known_names(tree: Path) -> None:
    done = run(tree, "run_bench.py", "three")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "three is none of one, two.\n"
