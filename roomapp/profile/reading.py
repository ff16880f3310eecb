"""From a file to its TOML document, or to the one fault that stands in the way."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from roomapp.words import nfc

MOST_BYTES = 1_000_000
# A key of very many parts makes tomllib take minutes, and no profile has one: 1 MB must be judged within seconds.
_ENDLESS_KEY = re.compile(
    r"""(?:^|[\[{,])[ \t]*+(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}""", re.MULTILINE
)
_AT = re.compile(r"at line (\d+), column (\d+)")


class UnreadableError(Exception):
    """`key` names the sentence (area "profile"), `line` and `facts` go with it."""

    def __init__(self, key: str, line: int | None = None, **facts: object) -> None:
        super().__init__(key)
        self.key, self.line, self.facts = key, line, facts


def read_text(path: Path) -> str:
    """The file's text in NFC, with or without a byte order mark; raises UnreadableError."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableError("is_folder")
        if not stat.S_ISREG(status.st_mode):  # a pipe would hold the start up for ever
            raise UnreadableError("not_a_file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise UnreadableError("no_file") from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise UnreadableError("not_readable") from error
    if len(data) > MOST_BYTES:
        raise UnreadableError("too_big", most_kb=MOST_BYTES // 1000)
    try:
        return nfc(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError("not_utf8", line=data[: error.start].count(b"\n") + 1) from error


def read_document(text: str) -> dict[str, Any]:
    """The TOML document; raises UnreadableError with the line and column of what tomllib could not read."""
    if endless := _ENDLESS_KEY.search(text):
        raise UnreadableError("too_deep", line=text.count("\n", 0, endless.end()) + 1)
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise UnreadableError("too_deep") from error
    except ValueError as error:
        if at := _AT.search(str(error)):
            raise UnreadableError("bad_toml", line=int(at[1]), column=int(at[2])) from error
        raise UnreadableError("bad_toml_end", line=text.count("\n") + 1) from error
