"""Markdown tables for the benchmarks."""

from collections.abc import Sequence


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A heading and a table; numbers are the caller's to round."""
    lines = [f"### {title}", "", _line(header), _line(["---"] * len(header))]
    return "\n".join([*lines, *(_line(row) for row in rows), ""])


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
