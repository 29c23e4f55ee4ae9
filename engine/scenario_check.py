"""The scenarios of a draft as a part of its check: played once on its files and the agency's tables, and kept.

What is kept belongs to the bytes: the files but scenarios, calendar and parameters, and each scenario's own. So one that is written
anew is played again, and nothing else is; nor does another process play what one has played.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Final

from engine import canonical, definitions, journal, pack, scenario_board, scenario_names, versions
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.draft_edits import FormAnswer, StepAnswer
from engine.executor import Context, Executor
from engine.rehearsal import Setting
from engine.scenario_board import Playing
from engine.scenario_results import PlayedScenario, Went
from engine.sop_refusals import ScenarioUnaccepted
from engine.types import Actor, LintFinding, Severity, Text
from storage import agencies, drafts, scenario_runs

KEPT: Final = timedelta(days=90)
SHAPE: Final = 3   # of what is kept, and of how stories are played: with another number everything is played again


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a draft's scenarios: how they went, the flows taken, when the last of them was played."""

    scenarios: tuple[PlayedScenario, ...]
    taken: frozenset[str]
    played_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    state: str
    stories: Mapping[str, tuple[str, bytes]]   # name -> digest of its file, its bytes
    setting: Setting


def known(context: Context, row: drafts.DraftRow, answer: StepAnswer | FormAnswer | None = None) -> Known:
    """What was played on the draft's latest revision and today's tables, as it stands or with an answer put in."""
    return _known(context, row, *_stories(context, row, answer))


def _known(context: Context, row: drafts.DraftRow, state: str, stories: Mapping[str, tuple[str, bytes]]) -> Known:
    kept = scenario_runs.of_state(context.uow, row.agency_id, state)
    found = [scenario_board.from_bytes(name, kept[digest].went) if digest in kept else Playing(scenario=scenario_board.read(name, data))
             for name, (digest, data) in stories.items()]
    return Known(scenarios=tuple(one.scenario for one in found), taken=frozenset(flow for one in found for flow in one.taken),
                 played_at=max((row.played_at for row in kept.values()), default=None))


def play(
    executor: Executor, actor: Actor, draft_id: str, *, but: Collection[str] = (), begin_within: timedelta = scenario_board.LONGEST,
    answer: StepAnswer | FormAnswer | None = None,
) -> None:
    """Plays what was not yet played of a draft's scenarios, `but` some, as `scenario_board.play` does, and keeps how it went.

    Raises:
        NotFound: the agency has no such draft.
        BundleRefused: it cannot run.
        InvalidSubmission: as `scenario_board.play`.
    """
    waiting = executor.read(actor, lambda context: _waiting(context, commands.own(context, draft_id), but, answer))
    if waiting is None:
        return
    played = scenario_board.play(waiting.setting, {name: data for name, (_, data) in waiting.stories.items()},
                                 now=executor.clock.now, begin_within=begin_within)
    went = {waiting.stories[name][0]: scenario_board.to_bytes(one) for name, one in played.items()}

    def keep(context: Context) -> None:
        agency_id = actor.agency_id
        there = scenario_runs.of_state(context.uow, agency_id, waiting.state)
        scenario_runs.forget(context.uow, agency_id, before=context.now - KEPT)
        scenario_runs.add(context.uow, [
            scenario_runs.RunRow(agency_id=agency_id, state=waiting.state, story=story, went=data, played_at=context.now)
            for story, data in went.items() if story not in there])

    executor.run(actor, keep)


def of_proposal(executor: Executor, actor: Actor, draft_id: str, reasons: Mapping[str, str]) -> tuple[LintFinding, ...]:
    """What a draft is proposed or approved with in spite of its scenarios; they are played first, where nobody did yet.

    Raises:
        ScenarioUnaccepted: no reason is given for one that does not go as written, or that there was no time to play.
    """
    play(executor, actor, draft_id, but=reasons)
    found = findings(executor.read(actor, lambda context: known(context, commands.own(context, draft_id)).scenarios))
    if names := [name for one in found if (name := scenario_names.name_of(one.file)) not in reasons]:
        raise ScenarioUnaccepted(names)
    return found


def reasons_of(found: Collection[LintFinding], reasons: Mapping[str, str]) -> dict[str, str]:
    """Those of the reasons that are needed."""
    names = (scenario_names.name_of(one.file) for one in found)
    return {name: reasons[name] for name in names}


def findings(scenarios: Collection[PlayedScenario]) -> tuple[LintFinding, ...]:
    """What the check says of them besides those it cannot read (`scenario-unreadable`). Those still to be played are no hindrance: they are
    played when the draft is proposed."""
    return tuple(_finding(one) for one in scenarios if one.state in _SAID)


def accepted(found: Collection[LintFinding], reasons: Mapping[str, str]) -> tuple[LintFinding, ...]:
    """The same as the version carries them on: each with the reason it was accepted for."""
    why = reasons_of(found, reasons)
    return tuple(replace(one, severity=Severity.ADVICE, instead=Text(f"Diterima: {reason}", f"Accepted: {reason}"))
                 for one in found for reason in (why[scenario_names.name_of(one.file)],))


def _finding(one: PlayedScenario) -> LintFinding:
    code, message, instead = _SAID[one.state]
    return LintFinding(code=code, severity=Severity.ADVICE if one.state is Went.UNKNOWN else Severity.RULE,
                       file=scenario_names.path_of(one.name), line=None, element_id=None, message=message, instead=instead)


_MEND: Final = Text("Perbaiki drafnya, tulis ulang skenarionya, atau sebutkan saat mengajukan mengapa itu diterima.",
                    "Mend the draft, write the scenario anew, or say when you propose it why that is accepted.")
_SAID: Final = {
    Went.OTHERWISE: ("scenario-otherwise", Text("Skenario ini tidak berjalan seperti tertulis.",
                                                "This scenario does not go as it is written."), _MEND),
    Went.TOO_LONG: ("scenario-not-played", Text("Skenario ini tidak selesai dimainkan dalam waktu yang tersedia.",
                                                "This scenario did not end in the time there is."), _MEND),
    Went.UNKNOWN: ("scenario-not-played", Text("Skenario ini belum dimainkan pada revisi ini.",
                                               "This scenario was not yet played on this revision."),
                   Text("Mainkan skenarionya; saat draf diajukan ia dimainkan juga.",
                        "Play the scenarios; it is played when the draft is proposed, too.")),
}


def _stories(context: Context, row: drafts.DraftRow, answer: StepAnswer | FormAnswer | None) -> tuple[str, dict[str, tuple[str, bytes]]]:
    """The digest of what they are played on, and the scenarios by name."""
    digests = drafts.file_digests(context.uow, row.id, row.revision)
    agency = agencies.get(context.uow, row.agency_id)
    assert agency is not None
    others = [[path, digest] for path, digest in digests.items() if not scenario_names.is_scenario(path)]
    put_in = None if answer is None else [getattr(answer, each.name) for each in fields(answer)]
    state = pack.bytes_digest(canonical.dumps([
        SHAPE, journal.SEMANTICS, others, agency.calendar_digest, agency.parameters_digest, put_in]))
    files = scenario_board.files_of(drafts.files(context.uow, row.id, row.revision))
    return state, {name: (digests[scenario_names.path_of(name)], data) for name, data in files.items()}


def _waiting(context: Context, row: drafts.DraftRow, but: Collection[str], answer: StepAnswer | FormAnswer | None) -> _Waiting | None:
    """What is still to be played; None: nothing is."""
    state, stories = _stories(context, row, answer)
    unknown = {one.name for one in _known(context, row, state, stories).scenarios if one.state is Went.UNKNOWN} - set(but)
    if not unknown:
        return None
    calendar, parameters = context.tables_of_agency()
    return _Waiting(state=state, stories={name: story for name, story in stories.items() if name in unknown}, setting=Setting(
        bundle=SopBundle.from_files(versions.of_draft(context, row).definition.files), findings=versions.draft_findings(context, row),
        operations=tuple(context.executor.operations), agency=commands.agency_of(context), calendar=calendar, parameters=parameters,
        answer=answer, before=_names_before(context, row)))


def _names_before(context: Context, row: drafts.DraftRow) -> dict[str, str]:
    """What the version a draft was begun from calls its elements."""
    if row.based_on is None:
        return {}
    processes = context.executor.definition(context.uow, row.based_on).processes.values()
    return {node.id: node.name for process in processes for node in definitions.nodes_of(process)}
