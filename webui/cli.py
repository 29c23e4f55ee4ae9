"""The `kawal` command: set up, serve, deploy, check and verify. One function per command; exit codes are part of it.

0: done and fine. 1: done, and something was found that needs a person. 2: the request cannot be carried out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.settings import Settings, SettingsRefused
from webui import clause_map, commands

FINE, FOUND, REFUSED = 0, 1, 2


@dataclass(frozen=True)
class Command:
    """One word after `kawal`: what it does, the options it takes, and the function behind it."""

    name: str
    does: str
    options: Callable[[argparse.ArgumentParser], Any]
    run: Callable[[argparse.Namespace, Settings], int]


def _init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="invented people and cases, in a database of their own")
    parser.add_argument("--agency", metavar="CODE", help="the folder under bpmn/ to set up (all of them by default)")


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="serve the demo; set it up first where there is none")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-worker", action="store_true", help="pages only; workers run elsewhere")


def _worker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="work for the demo")
    parser.add_argument("--until-idle", action="store_true", help="do what is due now, then end")


def _deploy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="a folder of an SOP, such as bpmn/kalbar/pengelolaan-kasus")
    parser.add_argument("--agency", metavar="CODE", help="the agency it is for (default: the one sop.toml names)")
    parser.add_argument("--effective-from", metavar="DATE", help="the first day it is in force, as 2026-12-01 (default: today)")
    parser.add_argument("--demo", action="store_true", help="deploy to the demo")
    _json(parser)


def _lint(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="a folder of an SOP, or one .bpmn or .dmn file")
    _language(parser)
    _json(parser)


def _scenario(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, nargs="+", help="scenario files, or folders that hold some")
    _json(parser)


def _replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", help="an exported pack (a file), or the id of a process instance")
    parser.add_argument("--head", help="chain head kept elsewhere, in hex; without it a forged whole can only agree with itself")
    parser.add_argument("--demo", action="store_true", help="look in the demo's database")
    _json(parser)


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="examine the demo")
    _language(parser)
    _json(parser)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


def _language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=["id", "en"], help="of what is found (default: the setting)")


def _coverage(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, nargs="*", help="folders of agencies, such as bpmn/kalbar (default: every one with an SOP)")
    _language(parser)
    _json(parser)


def _numbers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=int, help="of the agency's calendar (default: this one)")
    parser.add_argument("--demo", action="store_true", help="look in the demo's database")
    _json(parser)


COMMANDS = (
    Command("init", "make the key, the database and the agencies; run again after an update", _init, commands.initialise),
    Command("serve", "serve the pages and run one worker beside them", _serve, commands.serve),
    Command("worker", "fire timers and run operations", _worker, commands.work),
    Command("deploy", "check an SOP and put it in force", _deploy, commands.deploy),
    Command("lint", "check a diagram or an SOP and say what to draw instead", _lint, commands.lint),
    Command("scenario", "play scenario files against their SOP", _scenario, commands.play_scenarios),
    Command("coverage", "hold an agency's SOPs against their source, clause by clause", _coverage, clause_map.show),
    Command("replay", "verify the journal of one process instance", _replay, commands.replay),
    Command("numbers", "list numbers that stand on no document and no case", _numbers, commands.list_number_gaps),
    Command("doctor", "examine settings, database, SOPs and waiting work", _doctor, commands.examine),
)


def parser_names() -> tuple[str, ...]:
    """The words that may follow `kawal`."""
    return tuple(command.name for command in COMMANDS)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command."""
    parser = argparse.ArgumentParser(prog="kawal", description="Runs standard operating procedures drawn as BPMN.",
                                     epilog="Settings are KAWAL_* variables; docs/operations.md lists them.")
    words = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        one = words.add_parser(command.name, help=command.does, description=command.does[0].upper() + command.does[1:] + ".")
        command.options(one)
        one.set_defaults(run=command.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one line on standard error, without a trace and without anybody's data."""
    options = build_parser().parse_args(arguments)
    given = {"demo": True} if getattr(options, "demo", False) else {}
    language = "id"
    try:
        settings = Settings.from_environment(**given)
        language = settings.language
        return int(options.run(options, settings))
    except SettingsRefused as refused:
        print("kawal: " + "\nkawal: ".join(refused.problems), file=sys.stderr)
    except EngineError as refused:
        print(f"kawal: {refused.message(language)} ({refused.code})", file=sys.stderr)
    except BrokenPipeError:
        return FINE  # the reader, such as `head`, has seen enough
    except KeyboardInterrupt:
        return 130
    return REFUSED


if __name__ == "__main__":
    raise SystemExit(main())
