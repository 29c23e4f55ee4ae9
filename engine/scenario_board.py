"""The scenarios of a draft, played on it: which go as written, and which sequence flows none of them takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from engine import (
    canonical, drawings, errors, flow_coverage, rehearsal, resolving, scenario_anew, scenario_names, table_scenario, table_scenario_anew,
)
from engine.answering import AnswerRefused
from engine.bundle import SopBundle
from engine.definitions import Definition, flows_of, nodes_of
from engine.model import Process
from engine.rehearsal import OutOfTime, Setting
from engine.render.layout import DiagramWithoutLayout
from engine.scenario_file import read_scenario
from engine.scenario_results import Otherwise, PlayedScenario, ScenarioBoard, UntakenFlow, Went

LONGEST: Final = timedelta(seconds=30)      # of all that are played at once, asked between steps
A_WHILE: Final = timedelta(seconds=5)       # until a page shows how far it is


@dataclass(frozen=True, kw_only=True)
class Playing:
    """How one scenario went, and the sequence flows it certainly went through."""

    scenario: PlayedScenario
    taken: frozenset[str] = frozenset()


def files_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The SOP's own scenario files by name, in that order."""
    return {scenario_names.name_of(path): data for path, data in sorted(files.items()) if scenario_names.is_scenario(path)}


def read(name: str, data: bytes) -> PlayedScenario:
    """A scenario as its file tells it; its state is unknown where it has to be played for that."""
    try:
        if table_scenario.asks_tables(data):
            return PlayedScenario(name=name, source=table_scenario.read_questions(data).source)
        told = read_scenario(data)
    except errors.EngineError:
        return PlayedScenario(name=name, source="", state=Went.UNREADABLE)
    changes_sop = any(step.revise is not None for step in told.steps)
    return PlayedScenario(name=name, source=told.source, state=Went.CHANGES_SOP if changes_sop else Went.UNKNOWN)


def play(
    setting: Setting, stories: Mapping[str, bytes], *, now: Callable[[], datetime], begin_within: timedelta = LONGEST,
) -> dict[str, Playing]:
    """Plays readable stories in their order, at least one and none that would begin later than `begin_within`, for `LONGEST` at most;
    those there was no time for are not in the answer.

    Raises `InvalidSubmission` where the form that was answered for all does not take the answer in one of them.
    """
    began, found = now(), dict[str, Playing]()

    def is_over() -> bool:
        return now() - began > LONGEST

    for name, data in stories.items():
        if found and now() - began > begin_within:
            break
        seen = read(name, data)
        try:
            if table_scenario.asks_tables(data):
                found[name] = Playing(scenario=_asked(seen, setting.bundle, data))
            else:
                found[name] = _played(seen, setting, data, is_over)
        except OutOfTime:
            if found:
                break
            found[name] = Playing(scenario=replace(seen, state=Went.TOO_LONG))
        except AnswerRefused as refused:
            raise errors.InvalidSubmission({**refused.problems, "": _refused_in(name)}) from None
    return found


def covered(board: ScenarioBoard, definition: Definition, taken: Iterable[str], *, language: str) -> ScenarioBoard:
    """The board with its coverage. Only the SOP's own processes count: what it uses has scenarios of its own."""
    own = [process for process in definition.processes.values() if resolving.folder_of(process.file) == ""]
    untaken = tuple(flow for process in own for flow in _untaken(process, frozenset(taken)))
    return replace(board, untaken=untaken, flows=sum(len(flow_coverage.flow_ids(process)) for process in own),
                   drawing=_drawing(definition, [flow.id for flow in untaken], language))


def to_bytes(played: Playing) -> bytes:
    """What is kept of it; `from_bytes` reads it."""
    one = played.scenario
    return canonical.dumps({
        "source": one.source, "state": one.state.value, "stopped": one.stopped, "anew": one.anew,
        "whole": one.is_kept_whole, "waits_for": one.waits_for,
        "differences": [[each.step, each.what, each.name, each.written, each.seen] for each in one.differences],
        "taken": sorted(played.taken)})


def from_bytes(name: str, data: bytes) -> Playing:
    """A scenario that was played, under the name it has in a draft; its file need not be read again."""
    kept = canonical.loads(data)
    return Playing(taken=frozenset(kept["taken"]), scenario=PlayedScenario(
        name=name, source=kept["source"], state=Went(kept["state"]), stopped=kept["stopped"],
        anew=kept["anew"], is_kept_whole=kept["whole"], waits_for=kept["waits_for"], differences=tuple(
            Otherwise(step=step, what=what, name=name, written=written, seen=other)
            for step, what, name, written, other in kept["differences"])))


def _refused_in(name: str) -> tuple[str, str]:
    return (f"Jawaban ini ditolak di cerita {name}. Perbaiki, atau jangan pilih cerita itu.",
            f"This answer is refused in the story {name}. Mend it, or do not choose that story.")


def _asked(seen: PlayedScenario, bundle: SopBundle, data: bytes) -> PlayedScenario:
    told = table_scenario.read_questions(data)
    answers = table_scenario.answers(bundle, told)
    if not (differences := table_scenario_anew.differences(told, answers)):
        return replace(seen, state=Went.AS_WRITTEN)
    return replace(seen, state=Went.OTHERWISE, differences=differences, anew=table_scenario_anew.written_anew(data, told, answers))


def _played(seen: PlayedScenario, setting: Setting, data: bytes, is_over: Callable[[], bool]) -> Playing:
    told = read_scenario(data)
    went = rehearsal.rehearse(setting, told, is_over=is_over)
    is_ours = told.agency in (None, setting.agency)
    state = Went.AS_WRITTEN if not went.differences else Went.OTHERWISE if is_ours else Went.ELSEWHERE
    seen = replace(seen, state=state, differences=went.differences, stopped=went.stopped, waits_for=went.waits_for)
    if state is Went.OTHERWISE and went.seen is not None:
        anew = scenario_anew.written_anew(data, told, went.seen, went.steps)
        seen = replace(seen, anew=anew.data, is_kept_whole=anew.is_kept_whole)
    return Playing(scenario=seen, taken=went.taken)


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
