"""The scenarios of a draft, played on it: which go as written, and which sequence flows none of them takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from engine import drawings, errors, flow_coverage, rehearsal, resolving, table_scenario
from engine.bundle import SopBundle
from engine.definitions import Definition, flows_of, nodes_of
from engine.model import Process
from engine.rehearsal import OutOfTime, Setting
from engine.render.layout import DiagramWithoutLayout
from engine.scenario_file import read_scenario
from engine.scenario_results import PlayedScenario, ScenarioBoard, UntakenFlow

FOLDER: Final = "scenarios/"
MOST: Final = 60                            # played at once; a page must answer
LONGEST: Final = timedelta(seconds=30)      # of all of them together, asked between steps
AS_WRITTEN, OTHERWISE, UNREADABLE, NOT_PLAYED = "as_written", "otherwise", "unreadable", "not_played"


@dataclass(frozen=True, kw_only=True)
class Playing:
    """What playing the scenarios of one revision gave."""

    played_at: datetime
    scenarios: tuple[PlayedScenario, ...]
    taken: frozenset[str]


def files_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The SOP's own scenario files by name, in that order."""
    return {path.removeprefix(FOLDER).removesuffix(".toml"): data for path, data in sorted(files.items())
            if path.startswith(FOLDER) and path.endswith(".toml")}


def written(files: Mapping[str, bytes]) -> tuple[PlayedScenario, ...]:
    """The scenarios as files, before anybody played them."""
    return tuple(_read(name, data) for name, data in files_of(files).items())


def play(setting: Setting, *, now: Callable[[], datetime]) -> Playing:
    """Plays them in the order of their names, as many as there is time for."""
    began, found = now(), []
    taken: set[str] = set()
    for number, (name, data) in enumerate(files_of(setting.bundle.files).items()):
        seen = _read(name, data)
        if not seen.state and (number >= MOST or now() - began > LONGEST):
            seen = replace(seen, state=NOT_PLAYED)
        elif not seen.state and table_scenario.asks_tables(data):
            seen = _asked(seen, setting.bundle, data)
        elif not seen.state:
            seen, more = _played(seen, setting, data, lambda: now() - began > LONGEST)
            taken.update(more)
        found.append(seen)
    return Playing(played_at=now(), scenarios=tuple(found), taken=frozenset(taken))


def with_coverage(board: ScenarioBoard, definition: Definition, playing: Playing, *, language: str) -> ScenarioBoard:
    """The board with what was played. Only the SOP's own processes count: what it uses has scenarios of its own."""
    own = [process for process in definition.processes.values() if resolving.folder_of(process.file) == ""]
    untaken = tuple(flow for process in own for flow in _untaken(process, playing.taken))
    return replace(
        board, scenarios=playing.scenarios, played_at=playing.played_at, untaken=untaken,
        flows=sum(len(flow_coverage.flow_ids(process)) for process in own),
        drawing=_drawing(definition, [flow.id for flow in untaken], language))


def _read(name: str, data: bytes) -> PlayedScenario:
    try:
        source = table_scenario.read_questions(data).source if table_scenario.asks_tables(data) else read_scenario(data).source
    except errors.EngineError:
        return PlayedScenario(name=name, source="", state=UNREADABLE)
    return PlayedScenario(name=name, source=source)


def _asked(seen: PlayedScenario, bundle: SopBundle, data: bytes) -> PlayedScenario:
    problems = table_scenario.ask_tables(bundle, table_scenario.read_questions(data))
    return replace(seen, state=OTHERWISE if problems else AS_WRITTEN, problems=problems)


def _played(seen: PlayedScenario, setting: Setting, data: bytes, is_over: Callable[[], bool]) -> tuple[PlayedScenario, Iterable[str]]:
    scenario = read_scenario(data)
    if any(step.revise is not None for step in scenario.steps):
        return replace(seen, state=NOT_PLAYED), ()   # another version of the SOP is checked and approved in it
    try:
        went = rehearsal.rehearse(setting, scenario, is_over=is_over)
    except OutOfTime:
        return replace(seen, state=NOT_PLAYED), ()
    return replace(seen, state=OTHERWISE if went.otherwise else AS_WRITTEN, otherwise=went.otherwise), went.taken


def _untaken(process: Process, taken: frozenset[str]) -> Iterable[UntakenFlow]:
    names = {node.id: node.name for node in nodes_of(process)}
    for flow in flows_of(process):
        if flow.id not in taken:
            yield UntakenFlow(id=flow.id, name=flow.name, source=names.get(flow.source, ""), target=names.get(flow.target, ""))


def _drawing(definition: Definition, untaken: Iterable[str], language: str) -> bytes | None:
    try:
        return drawings.of_coverage(definition, definition.main_process or "", untaken, language=language)
    except (DiagramWithoutLayout, errors.NotFound):
        return None
