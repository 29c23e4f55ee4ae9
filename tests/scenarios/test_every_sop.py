"""Every SOP that ships does what its scenarios say: live, with everything forgotten between steps, and replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import bpmn_xml, definitions, flow_coverage
from engine.bundle import SopBundle
from engine.lint import lint
from engine.results import ReplayVerdict
from engine.scenario import read_scenario
from tests.scenarios import runner
from tests.scenarios.shipped import DIAGRAMS, OPERATIONS, SCENARIOS, SOPS, definition_of, named, played


@pytest.mark.parametrize("sop", SOPS, ids=named)
def test_lint_finds_nothing(sop: Path) -> None:
    findings = lint(SopBundle.from_dir(sop), operations=OPERATIONS)
    assert [(one.code, one.file, one.element_id) for one in findings] == []


@pytest.mark.parametrize("sop", SOPS, ids=named)
def test_every_human_task_has_a_form_and_a_role(sop: Path) -> None:
    definition = definition_of(sop)
    for process in definition.processes.values():
        for node in definitions.nodes_of(process):
            if node.type in ("userTask", "manualTask", "task"):
                assert node.form in definition.forms, node.id
                assert node.lane, node.id


@pytest.mark.parametrize("scenario", SCENARIOS, ids=named)
def test_a_scenario_runs_as_written_and_its_replay_confirms(scenario: Path) -> None:
    live = played(scenario)
    assert live.replay.verdict is ReplayVerdict.CONFIRMED
    assert _steps(live.replay.trace) == _steps(live.trace)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=named)
def test_forgetting_everything_between_steps_changes_nothing(scenario: Path) -> None:
    live, reloaded = played(scenario), runner.play(scenario, reload_between_steps=True)
    assert _steps(reloaded.trace) == _steps(live.trace)
    assert (reloaded.documents, reloaded.notices, reloaded.verdicts) == (live.documents, live.notices, live.verdicts)
    assert reloaded.replay.verdict is ReplayVerdict.CONFIRMED


@pytest.mark.parametrize("scenario", SCENARIOS, ids=named)
def test_a_scenario_types_only_what_the_forms_ask(scenario: Path) -> None:
    definition = definition_of(scenario.parent.parent)
    script = read_scenario(scenario.read_bytes())
    begun_by_a_person = script.message is None and script.timer is None
    typed = [(definition.sheet.start_form, script.submission)] if begun_by_a_person else []
    typed += [(definition.element(step.complete).form, step.submission) for step in script.steps if step.complete and not step.refuse]
    for key, submission in typed:
        if key is not None:
            form = definition.forms[key]
            assert submission.keys() <= {field.key for field in form.fields}, key
            assert {field.key for field in form.fields if field.required and not field.show_if} <= submission.keys(), key


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=named)
def test_scenarios_together_take_every_sequence_flow(diagram: Path) -> None:
    """Those of the SOP itself, and for a shared process those of every SOP that calls it."""
    for process in bpmn_xml.read_model(diagram.read_bytes(), file=diagram.name).processes.values():
        callers = [sop for sop in SOPS if process.id in definition_of(sop).processes]
        taken = {flow for scenario in SCENARIOS if scenario.parent.parent in callers
                 for flow in flow_coverage.flows_taken(process, played(scenario).trace)}
        assert flow_coverage.flow_ids(process) - taken == set(), process.id


def _steps(trace: object) -> list[tuple[object, ...]]:
    return [(entry.seq, entry.at, entry.element_id, entry.happened) for entry in trace]  # type: ignore[attr-defined]
