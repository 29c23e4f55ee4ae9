"""The SOPs that ship: every folder of `bpmn/` that has a diagram, with its scenarios."""

from __future__ import annotations

import functools
from pathlib import Path

from engine import definitions
from engine.bundle import SopBundle
from engine.definitions import Definition
from engine.table_scenario import ask_tables, asks_tables, read_questions
from tests.scenarios import rule_rows, runner

ROOT = Path(__file__).parents[2] / "bpmn"
OPERATIONS = frozenset({"case.number", "notice.send", "document.issue"})

#: Folders with a diagram, also those that adopt another's and add none of their own.
SOPS = sorted(sheet.parent for sheet in ROOT.glob("*/*/sop.toml")
              if any(sheet.parent.glob("*.bpmn")) or "extends" in sheet.read_text("utf-8"))
DIAGRAMS = sorted(ROOT.glob("*/*/*.bpmn"))
#: Scenario files that ask tables directly, and those that tell a story.
QUESTIONS = [file for file in sorted(ROOT.glob("*/*/scenarios/*.toml")) if asks_tables(file.read_bytes())]
SCENARIOS = sorted({*ROOT.glob("*/*/scenarios/*.toml")} - {*QUESTIONS})


def named(path: Path) -> str:
    """What a test calls a file: its place below `bpmn/`, without the ending."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def definition_of(sop: Path) -> Definition:
    """The SOP as it is deployed: with what it uses and adopts."""
    return definitions.load(runner.bundle_of(sop))


def played(scenario: Path) -> runner.Played:
    """The scenario, played once for all tests that look at it."""
    return _played(scenario)[0]


def rows_matched(scenario: Path) -> frozenset[rule_rows.Row]:
    """The rows of decision tables that the same run matched."""
    return _played(scenario)[1]


@functools.cache
def asked(questions: Path) -> tuple[tuple[str, ...], frozenset[rule_rows.Row]]:
    """Where the answers differ from what the file says, and the rows of decision tables that were matched."""
    with rule_rows.recorded() as rows:
        problems = ask_tables(SopBundle.from_dir(questions.parent.parent), read_questions(questions.read_bytes()))
        return problems, frozenset(rows)


@functools.cache
def _played(scenario: Path) -> tuple[runner.Played, frozenset[rule_rows.Row]]:
    with rule_rows.recorded() as rows:
        return runner.play(scenario), frozenset(rows)
