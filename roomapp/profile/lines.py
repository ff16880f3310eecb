"""Finds the line on which each key of a TOML text stands, so that a fault can name it."""

import re
from bisect import bisect_right

Place = tuple[str | int, ...]  # ("camera", 0, "host")

_KEY = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')[ \t]*(\.?)""")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(r'''"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL)
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[^,\]}\n#]*")
_REST_OF_LINE = re.compile(r"[^\n]*")


class KeyLines:
    """Lines of a text that tomllib has read without a fault; of anything else it finds what it can, and always ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [mark.start() for mark in re.finditer("\n", text)]
        self._lines: dict[Place, int] = {}
        self._last_entry: dict[Place, int] = {}  # of each [[array of tables]]
        self._scan()

    def line_of(self, place: Place) -> int:
        """The key's line, from 1; where it stands nowhere by itself, its table's."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def _scan(self) -> None:
        table: Place = ()
        at = self._after(_SPACE, 0)
        while at < len(self._text):
            if self._text[at] == "[":
                many = self._text.startswith("[[", at)
                keys, _ = self._keys(at + 1 + many)
                table = self._enter(keys, many, at)
                at = self._after(_REST_OF_LINE, at)
            else:
                keys, after = self._keys(at)
                for depth in range(1, len(keys) + 1):
                    self._note((*table, *keys[:depth]), at)
                at = self._value((*table, *keys), after + 1) if self._text.startswith("=", after) else after
                at = self._after(_REST_OF_LINE, at)
            at = self._after(_SPACE, at)

    def _value(self, place: Place, at: int) -> int:
        """Passes over one value that begins at `at`, noting the keys of inline tables; returns where it ends."""
        open_ones: list[tuple[str, Place, int]] = []  # bracket, the place of what it opens, the item's number
        while at < len(self._text):
            at = self._after(_SPACE if open_ones else _BLANK, at)
            sign = self._text[at : at + 1]
            if sign in ("[", "{"):
                open_ones.append((sign, place, 0))
                at, place = self._item(open_ones, at + 1)
                continue
            if sign == "," and open_ones:
                bracket, place, number = open_ones.pop()
                open_ones.append((bracket, place, number + 1))
                at, place = self._item(open_ones, at + 1)
                continue
            if sign in ("]", "}") and open_ones:
                _, place, _ = open_ones.pop()
                at += 1
            else:
                string = _STRING.match(self._text, at)
                end = string.end() if string else self._after(_BARE, at)
                if end == at and open_ones:
                    at += 1  # never stand still, whatever the text
                at = max(at, end)
            if not open_ones:
                break
        return at

    def _item(self, open_ones: list[tuple[str, Place, int]], at: int) -> tuple[int, Place]:
        """At the beginning of an item of the innermost array or inline table: its place, and where its value begins."""
        bracket, place, number = open_ones[-1]
        at = self._after(_SPACE, at)
        if bracket == "[":
            self._note((*place, number), at)
            return at, (*place, number)
        keys, after = self._keys(at)
        for depth in range(1, len(keys) + 1):
            self._note((*place, *keys[:depth]), at)
        return (after + 1 if self._text.startswith("=", after) else after), (*place, *keys)

    def _keys(self, at: int) -> tuple[tuple[str, ...], int]:
        keys: list[str] = []
        while key := _KEY.match(self._text, at):
            keys.append(next(part for part in key.groups()[:3] if part is not None))
            at = key.end()
            if not key[4]:
                break
        return tuple(keys), at

    def _enter(self, keys: tuple[str, ...], many: bool, at: int) -> Place:
        place: Place = ()
        for number, key in enumerate(keys, start=1):
            place = (*place, key)
            self._note(place, at)
            if many and number == len(keys):
                self._last_entry[place] = self._last_entry.get(place, -1) + 1
            if place in self._last_entry:
                place = (*place, self._last_entry[place])
                self._note(place, at)
        return place

    def _note(self, place: Place, at: int) -> None:
        self._lines.setdefault(place, bisect_right(self._breaks, at - 1) + 1)

    def _after(self, pattern: re.Pattern[str], at: int) -> int:
        found = pattern.match(self._text, at)
        return found.end() if found else at
