"""Kalimantan Barat's SOP does what its scenarios say: live, with everything forgotten between steps, and replayed."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from pathlib import Path

import pytest

from engine import definitions
from engine.bundle import SopBundle
from engine.results import ReplayVerdict
from tests.scenarios import coverage, runner

AGENCY = Path(__file__).parents[2] / "bpmn" / "kalbar"
SOP = AGENCY / "pengelolaan-kasus"
SCENARIOS = sorted((SOP / "scenarios").glob("*.toml"))
PROCESS = "kalbar_pengelolaan_kasus"


@functools.cache
def played(scenario: Path) -> runner.Played:
    return runner.play(scenario)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_runs_as_written_and_its_replay_confirms(scenario: Path) -> None:
    live = played(scenario)
    assert live.replay.verdict is ReplayVerdict.CONFIRMED
    assert _steps(live.replay.trace) == _steps(live.trace)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_forgetting_everything_between_steps_changes_nothing(scenario: Path) -> None:
    live, reloaded = played(scenario), runner.play(scenario, reload_between_steps=True)
    assert _steps(reloaded.trace) == _steps(live.trace)
    assert (reloaded.documents, reloaded.notices, reloaded.verdicts) == (live.documents, live.notices, live.verdicts)
    assert reloaded.replay.verdict is ReplayVerdict.CONFIRMED


def test_together_they_take_every_sequence_flow() -> None:
    process = definitions.load(SopBundle.from_dir(SOP)).processes[PROCESS]
    taken = {flow for scenario in SCENARIOS for flow in coverage.flows_taken(process, played(scenario).trace)}
    assert coverage.flow_ids(process) - taken == set()


def test_a_straight_referral_is_judged_as_the_domain_says() -> None:
    verdicts = [verdict for _, verdict in played(SOP / "scenarios" / "a01_rujukan_kesehatan.toml").verdicts]
    assert (verdicts.count("on_time"), verdicts.count("no_standard"), len(verdicts)) == (6, 5, 11)


def test_every_clause_is_quoted_from_the_source_and_names_elements_that_exist() -> None:
    source = (AGENCY / "source.txt").read_text("utf-8")
    definition = definitions.load(SopBundle.from_dir(SOP))
    elements = {node.id: node for node in definitions.nodes_of(definition.processes[PROCESS])}
    clauses = {clause.id: clause for clause in definition.sheet.clauses}
    for clause in clauses.values():
        assert clause.text in source, clause.id
        assert hashlib.sha256(clause.text.encode()).hexdigest() == clause.sha256, clause.id
        assert set(clause.elements) <= elements.keys(), clause.id
    assert {f"kalbar.r{row}" for row in range(1, 11)} <= clauses.keys()
    for node in elements.values():
        assert set(node.clause) <= clauses.keys(), node.id
        if node.standard:
            assert node.id in clauses[node.standard.clause].elements or node.attached_to in clauses[node.standard.clause].elements


def test_the_source_names_no_official() -> None:
    source = (AGENCY / "source.txt").read_text("utf-8")
    assert source.count("[nama pejabat]") == source.count("[NIP]") == 1


def test_only_rows_with_a_printed_number_have_a_time_standard() -> None:
    process = definitions.load(SopBundle.from_dir(SOP)).processes[PROCESS]
    printed = {node.attached_to: node.events[0].timer_text for node in definitions.nodes_of(process) if node.standard}
    assert printed == {
        "approve_case_report": "PT10M", "coordinate_provider": "PT40M", "hand_over_referral": "PT30M", "monitor_beneficiary": "PT60M",
        "receive_completion_report": "PT60M", "document_case": "PT30M", "report_to_police": "PT72H",
    }
    assert all(not node.cancel_activity for node in definitions.nodes_of(process) if node.standard)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_types_only_what_the_forms_ask(scenario: Path) -> None:
    definition = definitions.load(SopBundle.from_dir(SOP))
    script = tomllib.loads(scenario.read_text("utf-8"))
    typed = [("receive_case", script["start"]["with"])]
    typed += [(step["complete"], step.get("with", {})) for step in script["step"] if "complete" in step and "refuse" not in step]
    for key, submission in typed:
        form = definition.forms[key]
        assert submission.keys() <= {field.key for field in form.fields}, key
        assert {field.key for field in form.fields if field.required and not field.show_if} <= submission.keys(), key


def _steps(trace: object) -> list[tuple[object, ...]]:
    return [(entry.seq, entry.at, entry.element_id, entry.happened) for entry in trace]  # type: ignore[attr-defined]
