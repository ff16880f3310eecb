"""The words of the command line; the common ones stand before or after the command."""

import argparse
from pathlib import Path
from typing import Any, NoReturn

from roomapp.words import Words


class ArgumentFault(Exception):
    """What was typed cannot be read; one sentence and its remedy."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Parser(argparse.ArgumentParser):
    """Raises instead of printing English and leaving."""

    def error(self, message: str) -> NoReturn:
        raise ArgumentFault(message)


def common(default: Any) -> argparse.ArgumentParser:
    """The common arguments. Where they stand after the command they must not undo those before it."""
    parser = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("--profile", type=Path, default=default)
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--lang", choices=("vi", "en"), default=default)
    parser.add_argument("--json", action="store_true", default=default)
    parser.add_argument("--verbose", action="store_true", default=default)
    return parser


def build_parser(words: Words) -> argparse.ArgumentParser:
    """All commands of this version."""
    after = common(argparse.SUPPRESS)
    parser = Parser(prog="roomapp", description=words("cli.about"), parents=[common(argparse.SUPPRESS)])
    parser.add_argument("--practice", action="store_true", help=words("cli.practice"))
    parser.add_argument("--windowed", metavar="WxH", help=words("cli.windowed"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    def command(name: str, of: Any = commands, **extra: Any) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = of.add_parser(
            name, parents=[after], help=words(f"cli.{extra.get('key', name)}")
        )
        return made

    profile = command("profile").add_subparsers(dest="act", required=True, parser_class=Parser)
    command("check", profile, key="profile_check").add_argument("file", type=Path)
    command("check")
    camera = command("camera").add_subparsers(dest="act", required=True, parser_class=Parser)
    for act in ("recall", "store"):
        command(act, camera, key=f"camera_{act}").add_argument("seat")
    command("status", camera, key="camera_status").add_argument("camera", nargs="?", default="")
    picture = command("picture", camera, key="camera_picture")
    picture.add_argument("camera")
    picture.add_argument("--out", type=Path, required=True)
    sound = command("sound").add_subparsers(dest="act", required=True, parser_class=Parser)
    heard = command("check", sound, key="sound_check")
    heard.add_argument("--silence", type=float, default=None, metavar="S")
    heard.add_argument("--speech", type=float, default=None, metavar="S")
    trial = command("trial")
    trial.add_argument("platform")
    trial.add_argument("--room", required=True)
    trial.add_argument("--seconds", type=float, default=10.0)
    meeting = command("meeting").add_subparsers(dest="act", required=True, parser_class=Parser)
    command("list", meeting, key="meeting_list")
    for act in ("add", "change"):
        one = command(act, meeting, key=f"meeting_{act}")
        if act == "change":
            one.add_argument("id")
        one.add_argument("--platform", required=act == "add", default=None)
        one.add_argument("--room", default=None)
        one.add_argument("--opening", required=act == "add", default=None)
        for more in ("title", "class", "level", "system", "chair-site", "expected-end", "role"):
            one.add_argument(f"--{more}", default=None)
    cancel = command("cancel", meeting, key="meeting_cancel")
    cancel.add_argument("id")
    cancel.add_argument("--reason", default="cancelled")
    journal = command("journal").add_subparsers(dest="act", required=True, parser_class=Parser)
    command("verify", journal, key="journal_verify").add_argument("file", nargs="?", type=Path)
    secret = command("secret").add_subparsers(dest="act", required=True, parser_class=Parser)
    for act in ("set", "remove"):
        command(act, secret, key=f"secret_{act}").add_argument("name")
    command("list", secret, key="secret_list")
    browser = command("browser").add_subparsers(dest="act", required=True, parser_class=Parser)
    command("policy", browser, key="browser_policy")
    times = command("deadlines")
    times.add_argument("--opening", required=True)
    times.add_argument("--class", dest="scale", required=True)
    times.add_argument("--received", default=None)
    times.add_argument("--rules", default="")
    times.add_argument("--overrides", type=Path, default=None)
    records = command("records").add_subparsers(dest="act", required=True, parser_class=Parser)
    taken = command("import", records, key="records_import")
    taken.add_argument("--meetings", type=Path, default=None)
    taken.add_argument("--incidents", type=Path, default=None)
    taken.add_argument("--partial", action="store_true")
    report = command("report")
    report.add_argument("--period", default=None)
    report.add_argument("--basis", default="calendar")
    report.add_argument("--out", type=Path, default=argparse.SUPPRESS)
    merged = command("merge", report.add_subparsers(dest="act", parser_class=Parser), key="report_merge")
    merged.add_argument("files", type=Path, nargs="+")
    merged.add_argument("--out", type=Path, default=argparse.SUPPRESS)
    command("doctor")
    return parser


def windowed(text: str) -> tuple[int, int]:
    """“1280x720” as width and height in px; ArgumentFault for anything else."""
    width, _, height = text.lower().partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise ArgumentFault(f"--windowed {text}")
    if not (320 <= int(width) <= 8192 and 240 <= int(height) <= 8192):
        raise ArgumentFault(f"--windowed {text}")
    return int(width), int(height)
