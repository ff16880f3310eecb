"""Faults of a profile as sentences that an installer can act on: where, what, and what to do."""

import re
from dataclasses import dataclass
from typing import Any

from roomapp.profile.lines import KeyLines, Place
from roomapp.words import Words


def shown(key: str) -> str:
    """A key as it may stand in a sentence: short, and nothing but a plain word."""
    return key if re.fullmatch(r"[\w-]{1,60}", key) else "…"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault or warning, in the language that was asked for. No value of the profile stands in it."""

    where: str
    problem: str
    remedy: str


class Report:
    """Collects the faults and warnings of one document."""

    def __init__(self, document: dict[str, Any], lines: KeyLines, words: Words) -> None:
        self.words = words
        self._faults: list[tuple[int, Fault]] = []
        self._warnings: list[tuple[int, Fault]] = []
        self._document = document
        self._lines = lines

    def fault(self, place: Place, key: str, /, **facts: object) -> None:
        self._faults.append(self._sentence(place, key, facts))

    def warn(self, place: Place, key: str, /, **facts: object) -> None:
        self._warnings.append(self._sentence(place, key, facts))

    @property
    def faults(self) -> list[Fault]:
        """In the order of the file's lines."""
        return [fault for _, fault in sorted(self._faults, key=lambda one: one[0])]

    @property
    def warnings(self) -> list[Fault]:
        return [fault for _, fault in sorted(self._warnings, key=lambda one: one[0])]

    def _sentence(self, place: Place, key: str, facts: dict[str, object]) -> tuple[int, Fault]:
        line = self._lines.line_of(place)
        where = (
            self.words("profile.where", line=line, place=self._readable(place))
            if place
            else self.words("profile.where_line", line=line)
        )
        problem, remedy = f"profile.{key}", f"profile.{key}_remedy"
        return line, Fault(where, self.words(problem, **facts), self.words(remedy, **facts))

    def _readable(self, place: Place) -> str:
        """camera.main.host where the entry has an id, else camera[2].host, counted from 1 as people do."""
        node: Any = self._document
        said = ""
        for step in place:
            inside = (isinstance(node, dict) and step in node) or (isinstance(node, list) and step in range(len(node)))
            node = node[step] if inside else None
            if isinstance(step, str):
                said += f".{shown(step)}" if said else shown(step)
            else:
                name = node.get("id") if isinstance(node, dict) else None
                plain = isinstance(name, str) and name.isprintable() and 0 < len(name) <= 32
                said += f".{name}" if plain else f"[{step + 1}]"
        return said if len(said) <= 200 else said[:199] + "…"
