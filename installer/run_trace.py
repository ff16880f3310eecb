"""What `./kiosk trace` runs: the rules' rows with the tests that prove them, and whether each of these is there."""

import ast
import re
import sys
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = Path("docs/requirements.toml")
WIDTH, INDENT = 120, " " * 10  # of what is printed


def tests_of(source: str) -> set[str]:
    """The tests of a module by name, as pytest collects them; a class also by its own methods."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {node.name, *(f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef))}
        elif isinstance(node, ast.Assign):  # of a state machine: TestOfficer = Officer.TestCase
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in names if re.match(r"test_|Test", name.split("::")[-1])}


def wrong_proof(proof: str, root: Path) -> str:
    """Why this proves nothing; empty where it is there."""
    if proof.startswith("prove "):
        name = proof.removeprefix("prove ")
        if not (root / f"tests/proofs/{name}.py").is_file():
            return "no such proof"
        results = (root / "docs/proofs.md").read_text(encoding="utf-8")
        last = re.search(rf"^<!-- {name} -->$(.*?)(?=^<!-- |\Z)", results, re.MULTILINE | re.DOTALL)
        if last is None:
            return "its result is not in docs/proofs.md"
        return "its last run failed" if "**Failed with" in last[1] else ""
    file, _, test = proof.partition("::")
    path = root / file
    if not (file.startswith("tests/") and path.name.startswith("test_") and path.is_file()):
        return "no such file of tests"
    found = tests_of(path.read_text(encoding="utf-8"))
    return "no such test" if (test not in found if test else not found) else ""


def wrong_row(row: dict[str, Any], root: Path) -> Iterator[str]:
    proofs, why = row.get("proof", []), row.get("not_yet", "")
    if unknown := set(row) - {"id", "priority", "wording", "proof", "not_yet", "part"}:
        yield f"unknown key {', '.join(sorted(unknown))}"
    if not row.get("wording", "").strip():
        yield "no wording"
    if bool(proofs) == bool(why.strip()):
        yield "either `proof` or `not_yet` with its reason"
    if proofs and "part" in row:
        yield "`part` belongs to `not_yet`"
    for proof in (*proofs, *row.get("part", [])):
        if wrong := wrong_proof(proof, root):
            yield f"{proof}: {wrong}"


def faults(told: dict[str, Any], root: Path = ROOT) -> list[str]:
    """Everything that is wrong with the document: rows lost or doubled, and proofs that are none."""
    rows, wanted = told["row"], {id: priority for priority, ids in told["ids"].items() for id in ids}
    counted = Counter(row["id"] for row in rows)
    found = [f"{id}: there is no row of it" for id in wanted if id not in counted]
    found += [f"{id}: there {n} times" for id, n in counted.items() if n > 1]
    listed = Counter(id for ids in told["ids"].values() for id in ids)
    found += [f"{id}: twice among the ids" for id, n in listed.items() if n > 1]
    for row in rows:
        if wanted.get(row["id"]) != row["priority"]:
            found.append(f"{row['id']}: not among the ids of priority {row['priority']}")
        found += [f"{row['id']}: {wrong}" for wrong in wrong_row(row, root)]
    return found


def table(told: dict[str, Any]) -> Iterator[str]:
    """A line for each requirement, its proofs or the reason below it; the sums at the end."""
    for row in told["row"]:
        yield f"{row['id']}  {row['priority']}  {row['wording']}"
        if "not_yet" in row:
            yield textwrap.fill(f"not yet: {row['not_yet']}", WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
        mark = "partly: " if "part" in row else ""
        yield from (f"{INDENT}{mark}{proof}" for proof in (*row.get("proof", ()), *row.get("part", ())))
    yield ""
    for priority, ids in told["ids"].items():
        rows = [row for row in told["row"] if row["priority"] == priority]
        proved = sum("proof" in row for row in rows)
        partly = sum("part" in row for row in rows)
        yield f"{priority}: {len(ids)} rows, {proved} proved, {len(rows) - proved} not yet ({partly} of these partly)"


def main() -> int:
    """0, or 1 where the document names what is not there."""
    told = tomllib.loads((ROOT / DOCUMENT).read_text(encoding="utf-8"))
    found = faults(told)
    for line in table(told):
        print(line)
    for fault in found:
        print(f"{DOCUMENT}: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
