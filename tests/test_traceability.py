"""Each rule of priority A and B has the test that proves it, or says why not; no row and no named test is missing."""

import copy
import importlib.util
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
TOLD = tomllib.loads((ROOT / "docs/requirements.toml").read_text(encoding="utf-8"))
HERE = "tests/test_traceability.py"


@pytest.fixture(scope="module")
def trace() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_trace", ROOT / "installer/run_trace.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_row_of_a_and_b_is_there_once_with_tests_that_exist_or_a_reason(trace: ModuleType) -> None:
    assert trace.faults(TOLD) == []
    assert {priority: len(ids) for priority, ids in TOLD["ids"].items()} == {"A": 41, "B": 26}


def test_command_prints_every_row_with_its_proofs_and_the_sums() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "installer/run_trace.py")], capture_output=True, encoding="utf-8", timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    for row in TOLD["row"]:
        assert f"\n{row['id']}  {row['priority']}  {row['wording']}\n" in f"\n{done.stdout}"
        assert all(f" {proof}\n" in done.stdout for proof in (*row.get("proof", ()), *row.get("part", ())))
    *_, a, b = done.stdout.splitlines()
    assert (a.split(",")[0], b.split(",")[0]) == ("A: 41 rows", "B: 26 rows")


def proved(proof: str) -> Callable[[dict[str, Any]], None]:
    return lambda row: row.update(proof=[proof])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (proved(f"{HERE}::test_that_was_never_written"), "no such test"),
        (proved(f"{HERE}::proved"), "no such test"),
        (proved("tests/test_gone.py"), "no such file of tests"),
        (proved("tests/fakes/ear.py"), "no such file of tests"),
        (proved("prove nothing_of_the_kind"), "no such proof"),
        (lambda row: row.pop("proof"), "either"),
        (lambda row: row.update(not_yet="soon"), "either"),
        (lambda row: row.update(proof=[], not_yet=" "), "either"),
        (lambda row: row.update(part=row["proof"]), "`part` belongs"),
        (lambda row: row.update(wording=""), "no wording"),
        (lambda row: row.update(prof=[]), "unknown key prof"),
        (lambda row: row.update(priority="B"), "not among the ids"),
        (lambda row: row.update(id="HG-05"), "HG-04: there is no row of it"),
        (lambda row: row.update(id="HG-05"), "HG-05: there 2 times"),
    ],
)
def test_row_that_proves_nothing_is_named(
    trace: ModuleType, spoil: Callable[[dict[str, Any]], None], said: str
) -> None:
    told = copy.deepcopy(TOLD)
    spoil(next(row for row in told["row"] if row["id"] == "HG-04"))
    assert any(said in fault for fault in trace.faults(told)), trace.faults(told)


@pytest.mark.parametrize(("results", "said"), [("ok", ""), ("**Failed with exit code 1.**", "its last run failed")])
def test_proof_counts_by_its_last_result(trace: ModuleType, tmp_path: Path, results: str, said: str) -> None:
    (tmp_path / "tests/proofs").mkdir(parents=True)
    (tmp_path / "tests/proofs/one.py").touch()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/proofs.md").write_text(f"<!-- one -->\n{results}\n<!-- two -->\nok\n")
    assert trace.wrong_proof("prove one", tmp_path) == said
    (tmp_path / "tests/proofs/three.py").touch()
    assert trace.wrong_proof("prove three", tmp_path) == "its result is not in docs/proofs.md"


@pytest.mark.parametrize("test", ["test_one", "TestTwo", "TestTwo::test_three", "TestMachine"])
def test_every_kind_of_test_is_found_without_running_it(trace: ModuleType, test: str) -> None:
    source = "def test_one(): ...\nclass TestTwo:\n    def test_three(self): ...\nTestMachine = m.TestCase\nx = 1 / 0\n"
    assert test in trace.tests_of(source)
    assert trace.tests_of(source) == {"test_one", "TestTwo", "TestTwo::test_three", "TestMachine"}
