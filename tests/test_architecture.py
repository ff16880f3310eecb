"""The house as ARCHITECTURE.md draws it: what a test can hold of its style."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted(p for folder in ("ui", "roomapp", "devices") for p in (ROOT / folder).rglob("*.py"))
QT_IN_THEME_ONLY = re.compile(r"#[0-9A-Fa-f]{6}\b|\bQFont\(\"|setPointSize")


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_opens_with_one_sentence(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert said, path
    assert said.splitlines()[0].rstrip().endswith((".", "?")), said.splitlines()[0]


def test_no_colour_or_font_is_named_outside_the_theme() -> None:
    for path in CODE:
        if path.name != "theme.py":
            assert not QT_IN_THEME_ONLY.search(path.read_text("utf-8")), path


def test_what_is_shown_comes_from_the_catalogue() -> None:
    """No letter outside ASCII in a string of the code: Vietnamese stands in resources/i18n."""
    allowed = set("…·“”–\u2028")
    for path in CODE:
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                assert all(c.isascii() or c in allowed for c in node.value), f"{path}:{node.lineno}: {node.value!r}"


def _has_docstring(node: ast.AST) -> bool:
    body = getattr(node, "body", None)
    return (
        isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and bool(body)
        and isinstance(body[0], ast.Expr)
    )


def test_the_project_stands_alone() -> None:
    """Nothing in it reads a folder beside it."""
    for path in [*CODE, *(ROOT / "resources").rglob("*.toml"), ROOT / "kiosk", *(ROOT / "installer").glob("*.py")]:
        assert "../shared" not in path.read_text("utf-8"), path
