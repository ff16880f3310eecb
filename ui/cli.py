"""The command line, the room's second door: parse, find the owner, print one object, leave with the right code."""

import argparse
import asyncio
import getpass
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from roomapp.profile import (
    PRACTICE,
    Fault,
    Profile,
    ProfileError,
    check_profile,
    data_of,
    load_profile,
    which_data,
    which_profile,
)
from roomapp.records.journal import FILE_NAME, JournalError, verify
from roomapp.records.owner import Owner
from roomapp.words import LANGUAGES, Words
from ui import arguments
from ui.control import ask_kiosk

GOOD, NO, WRONG, LACKING = 0, 1, 2, 3
MOST_TYPED = 4096
NEVER_HANDED = ("profile", "journal", "doctor")  # they need neither the kiosk nor the folder's lock


class InputFault(Exception):
    """The input is wrong: exit 2, each fault with its place and its remedy."""

    def __init__(self, *faults: Fault, code: int = WRONG, answer: Mapping[str, Any] | None = None) -> None:
        super().__init__(faults[0].problem if faults else "")
        self.faults, self.code = faults, code
        self.answer = answer or {}  # what --json prints beside the error


def run(argv: list[str], env: Mapping[str, str]) -> int:
    """One command from its words to its exit code. No traceback reaches a person."""
    words = Words(_lang(argv))
    as_json = "--json" in argv
    try:
        try:
            asked = arguments.build_parser(words).parse_args(argv)
        except arguments.ArgumentFault as error:
            raise InputFault(
                Fault(
                    " ".join(argv)[:200], words("cli.not_understood", what=" ".join(argv)[:120]), words("cli.see_help")
                )
            ) from error
        set_up_log(getattr(asked, "verbose", False))
        if asked.command is None:
            from ui.kiosk import open_kiosk

            return open_kiosk(asked, env, words)
        code, answer = dispatch(asked, env, words)
    except InputFault as error:
        _print_faults(error, as_json)
        return error.code
    except ProfileError as error:
        _print_faults(InputFault(*error.faults), as_json)
        return WRONG
    except (JournalError, OSError) as error:
        logging.getLogger(__name__).debug("refused by the system", exc_info=True)
        what = str(error) if isinstance(error, JournalError) else (error.strerror or type(error).__name__)
        _print_faults(
            InputFault(
                Fault(
                    str(which_data(None, env)),
                    words("cli.system_refused", what=what),
                    words("cli.system_refused_remedy"),
                ),
                code=LACKING,
            ),
            as_json,
        )
        return LACKING
    except KeyboardInterrupt:
        return NO
    _print(answer, as_json, words)
    return code


def dispatch(asked: argparse.Namespace, env: Mapping[str, str], words: Words) -> tuple[int, dict[str, Any]]:
    """Runs a command here, or in the kiosk that owns the room."""
    if asked.command == "profile":
        return profile_check(asked.file, words)
    if asked.command == "doctor":
        from ui.doctor import look

        missing = look(words)
        return (LACKING if missing else GOOD), {"missing": missing}
    if asked.command == "report" and asked.act == "merge":
        from ui.reports import merge_files

        return unpacked(merge_files(asked, words))
    data_dir = which_data(getattr(asked, "data", None), env)
    if asked.command == "journal":
        return journal_verify(asked, env, data_dir)
    path, is_practice = (
        (PRACTICE, True) if asked.practice else which_profile(getattr(asked, "profile", None), env, data_dir)
    )
    if asked.command == "deadlines":
        return GOOD, _deadlines(asked, path, words)
    if asked.command == "rules":
        from ui.rules import answer as rules

        return rules(asked, data_of(data_dir, is_practice), env, words)
    if asked.command == "browser":
        return browser_policy(load_profile(path, words), words)
    folder = data_of(data_dir, is_practice)
    request = as_request(asked)
    if asked.command == "secret":
        return secret(asked, folder, env, words)
    owner = Owner.take(folder)
    if owner is None:
        answer = ask_kiosk(folder, request, _note)
        if answer is None:
            raise InputFault(
                Fault(str(folder), words("cli.owner_silent"), words("cli.owner_silent_remedy")), code=LACKING
            )
        return unpacked(answer)
    with owner:
        profile = load_profile(path, words)
        return run_here(request, profile, is_practice, folder, words)


def run_here(
    request: dict[str, Any], profile: Profile, is_practice: bool, folder: Path, words: Words
) -> tuple[int, dict[str, Any]]:
    """Without a kiosk: the room is put together for this one command, and let go of after it."""
    from ui.assemble import assemble, decide_sound
    from ui.commands import serve

    if request["command"] == "trial":
        from ui.trial import run_trial

        return run_trial(request, profile, is_practice, folder, words)
    if request["command"] in ("records", "report"):
        from ui.reports import at_desk

        return unpacked(asyncio.run(at_desk(request, profile, folder, words, _note)))

    async def alone() -> dict[str, Any]:
        house = await assemble(
            profile, is_practice, folder, words, lambda _event: None, sound=decide_sound(profile, is_practice)
        )
        try:
            return await serve(house.room, request, _note)
        finally:
            await house.close()

    return unpacked(asyncio.run(alone()))


def unpacked(answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The exit code and the object; InputFault where the answer is one fault or several."""
    faults = [answer["fault"], *answer.get("more", ())] if "fault" in answer else answer.get("faults")
    if faults:
        raise InputFault(*(Fault(**fault) for fault in faults), answer=answer.get("answer"))
    return int(answer["code"]), answer["answer"]


def as_request(asked: argparse.Namespace) -> dict[str, Any]:
    """The command as it goes over the socket: names and values only."""
    left = ("profile", "data", "json", "verbose", "practice", "windowed")
    told = {key: value for key, value in vars(asked).items() if key not in left and value is not None}
    # The kiosk may stand in another folder.
    return {key: str(value.absolute()) if isinstance(value, Path) else value for key, value in told.items()}


def profile_check(file: Path, words: Words) -> tuple[int, dict[str, Any]]:
    faults, warnings = check_profile(file, words)
    for warning in warnings:
        print(f"{warning.where}: {warning.problem} {warning.remedy}", file=sys.stderr)
    return (WRONG if faults else GOOD), {"valid": not faults, "faults": [_plain(f) for f in faults]}


def journal_verify(asked: argparse.Namespace, env: Mapping[str, str], data_dir: Path) -> tuple[int, dict[str, Any]]:
    """Without a file: the journal of the room that would be opened."""
    file = asked.file
    if file is None:
        is_practice = asked.practice or which_profile(getattr(asked, "profile", None), env, data_dir)[1]
        file = data_of(data_dir, is_practice) / FILE_NAME
    verdict = verify(file)
    answer = {"intact": verdict.intact, "rows": verdict.rows, "first_bad": verdict.first_bad, "head": verdict.head}
    return (GOOD if verdict.intact else NO), answer


def _deadlines(asked: argparse.Namespace, path: Path, words: Words) -> dict[str, Any]:
    """By the site's zone and rules where a profile is at hand, else by the practice room's."""
    from ui.deadlines import answer

    site = load_profile(path, words).site
    return answer(asked, site.zone, site.rules, words)


def browser_policy(profile: Profile, words: Words) -> tuple[int, dict[str, Any]]:
    """Writes the policy under which this profile's browser road runs; it binds everybody who uses that browser here."""
    from devices.conference.programs.policy import installed, is_written, write_policy
    from ui.roads import browser_hosts

    platform = next((p for p in profile.platforms if p.road == "browser"), None)
    found = installed(platform.program) if platform is not None else None
    if found is None:
        key = "cli.no_browser_road" if platform is None else "cli.no_browser"
        raise InputFault(Fault("browser", words(key), words(f"{key}_remedy")), code=LACKING)
    hosts = browser_hosts(profile)
    path = write_policy(hosts, found[0])
    return (GOOD if is_written(hosts, found[0]) else NO), {"browser": found[0].make, "policy": str(path)}


def secret(asked: argparse.Namespace, folder: Path, env: Mapping[str, str], words: Words) -> tuple[int, dict[str, Any]]:
    """Reads the secret itself from the terminal or stdin: an argument would stand in the list of processes."""
    from roomapp.records.secrets import SecretError, SecretStore  # late: few commands need a cipher

    store = SecretStore(folder, env)
    try:
        if asked.act == "set":
            store.set(asked.name, read_secret(words("secret.ask", name=asked.name)))
        elif asked.act == "remove":
            store.remove(asked.name)
        return GOOD, {"names": store.names()}
    except SecretError as error:
        where = f"secret {getattr(asked, 'name', '')}".strip()[:80]
        raise InputFault(
            Fault(where, words(f"secret.{error.key}"), words(f"secret.{error.key}_remedy", folder=folder))
        ) from error


def read_secret(question: str) -> str:
    """One line: asked for without an echo at a terminal, else read from stdin."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{question} ", sys.stderr)
    return sys.stdin.readline(MOST_TYPED).rstrip("\r\n")


def set_up_log(verbose: bool) -> None:
    """The log goes to stderr: warnings only, all of it with --verbose. stdout holds the one answer."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.captureWarnings(True)


def _lang(argv: list[str]) -> str:
    for place, word in enumerate(argv):
        chosen = (
            word.partition("=")[2]
            if word.startswith("--lang=")
            else argv[place + 1]
            if word == "--lang" and place + 1 < len(argv)
            else ""
        )
        if chosen in LANGUAGES:
            return chosen
    return "vi"


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _plain(fault: Fault) -> dict[str, str]:
    return {"where": fault.where, "problem": fault.problem, "remedy": fault.remedy}


def _print_faults(error: InputFault, as_json: bool) -> None:
    if as_json:
        print(
            json.dumps(
                {**error.answer, "error": {"code": error.code, "faults": [_plain(f) for f in error.faults]}},
                ensure_ascii=False,
            )
        )
        return
    for fault in error.faults:
        print(f"{fault.where}: {fault.problem} {fault.remedy}", file=sys.stderr)


def _print(answer: dict[str, Any], as_json: bool, words: Words) -> None:
    try:
        if as_json:
            print(json.dumps(answer, ensure_ascii=False))
        else:
            from ui.saying import say

            print("\n".join(say(answer, words)))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


Note = Callable[[str], None]
