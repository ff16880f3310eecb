"""The words of the command line; the common ones stand before or after the command."""

import argparse
from pathlib import Path
from typing import Any, NoReturn

from roomapp.words import Words

MEETING_TIMES = ("opening", "expected_end", "invitation_received_at")
MEETING_FIELDS = (
    *MEETING_TIMES,
    *("title", "class", "level", "system", "chair_site", "role", "kind", "host_unit", "host_body", "relay_site"),
    *("invitation_number", "invitation_date", "invitation_issuer", "fallback_platform"),
    *("chair_officer_name", "chair_officer_phone"),
)


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
    add_meeting(meeting, command)
    calendar = command("calendar").add_subparsers(dest="act", required=True, parser_class=Parser)
    add_calendar(calendar, command)
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
    add_rules(command, Parser)
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


def add_meeting(meeting: Any, command: Any) -> None:
    """`meeting list|add|change|cancel|import|postpone`."""
    command("list", meeting, key="meeting_list")
    for act in ("add", "change"):
        one = command(act, meeting, key=f"meeting_{act}")
        one.add_argument("--template", default=None) if act == "add" else one.add_argument("id")
        one.add_argument("--platform", required=act == "add", default=None)
        one.add_argument("--room", default=None)
        for name in MEETING_FIELDS:
            required = act == "add" and name == "opening"
            one.add_argument(f"--{name.replace('_', '-')}", required=required, default=None)
        one.add_argument("--chain", nargs="+", default=None, metavar="LEVEL")
        one.add_argument("--on-duty", nargs="+", default=None, metavar="NAME")
        one.add_argument("--expected-people", type=int, default=None, metavar="N")
    cancel = command("cancel", meeting, key="meeting_cancel")
    cancel.add_argument("id")
    cancel.add_argument("--reason", default="cancelled")
    found = command("import", meeting, key="meeting_import")
    found.add_argument("file", nargs="?", type=Path, default=None)
    found.add_argument("--caldav", metavar="URL", default=None)
    found.add_argument("--username", default="")
    found.add_argument("--secret", metavar="NAME", default="")
    found.add_argument("--platform", default="")
    found.add_argument("--look", action="store_true")
    postpone = command("postpone", meeting, key="meeting_postpone")
    postpone.add_argument("id")
    postpone.add_argument("--why", required=True)


def add_calendar(calendar: Any, command: Any) -> None:
    """`calendar list|import|withdraw`: the days that notices make other than the library says."""
    command("list", calendar, key="calendar_list")
    command("import", calendar, key="calendar_import").add_argument("csv", type=Path)
    withdraw = command("withdraw", calendar, key="calendar_withdraw")
    withdraw.add_argument("date")
    withdraw.add_argument("--why", required=True)


def add_rules(command: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """`rules key|sign|verify`; the private key comes from a file or the secret store, never from an argument."""
    rules = command("rules").add_subparsers(dest="act", required=True, parser_class=parser_class)
    key = command("key", rules, key="rules_key")
    key.add_argument("name")
    key.add_argument("--out", type=Path, required=True)
    signing = command("sign", rules, key="rules_sign")
    signing.add_argument("file", type=Path)
    signing.add_argument("--name", required=True)
    private = signing.add_mutually_exclusive_group(required=True)
    private.add_argument("--key-file", type=Path)
    private.add_argument("--secret")
    command("verify", rules, key="rules_verify").add_argument("file", type=Path)


def windowed(text: str) -> tuple[int, int]:
    """“1280x720” as width and height in px; ArgumentFault for anything else."""
    width, _, height = text.lower().partition("x")
    if not (width.isascii() and width.isdigit() and height.isascii() and height.isdigit()):
        raise ArgumentFault(f"--windowed {text}")
    if not (320 <= int(width) <= 8192 and 240 <= int(height) <= 8192):
        raise ArgumentFault(f"--windowed {text}")
    return int(width), int(height)
