"""Whatever people answer, in whatever order: an SOP ends, or waits for somebody, an instant or a partner, and keeps its promises."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import definitions, sop_toml
from engine.definitions import Definition
from engine.directory.agencies import parameters_of
from engine.model import EventKind
from engine.results import ReplayVerdict
from engine.trial import Trial
from engine.trial_desk import TrialDesk
from engine.types import Happening, InstanceStatus
from tests.scenarios import runner
from tests.scenarios.shipped import ROOT, SOPS, definition_of, named
from tests.support.walker import Walk, random_answers

START = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
MOST_STEPS = 90


def walk(sop: Path, rng: Random) -> Walk:
    """One walk from the start form to the end, or for as long as a walker's patience lasts."""
    definition = definition_of(sop)
    agency = sop.parent / "agency.toml"
    parameters = parameters_of(sop_toml.read_agency(agency.read_bytes()))
    trial = Trial.open(runner.bundle_of(sop), now=START, operations=TrialDesk(parameters).operations(),
                       calendar=runner.agency_calendar(agency), parameters=parameters)
    start = definition.forms.get(definition.sheet.start_form or "")
    typed = random_answers(start, {}, START, rng) if start else {}
    main = definition.processes[definition.main_process or ""]
    begins = [node.events for node in main.nodes.values() if node.type == "startEvent"]
    message = next((events[0].name for events in begins if events and events[0].kind is EventKind.MESSAGE), None)
    if () in begins or message is None:
        instance_id = trial.start(variables=typed, business_key="UJI-JALAN")
    else:
        (instance_id,) = trial.send_message(message, typed)
    one = Walk(trial, instance_id, definition, rng)
    one.answers.update(typed)
    one.go(MOST_STEPS)
    return one


def holds(one: Walk) -> None:
    """What is true after any walk."""
    outcome = one.trial.outcome(one.instance_id)
    assert outcome.status in (InstanceStatus.ACTIVE, InstanceStatus.COMPLETED), (outcome, one.view().incidents, one.steps)
    if outcome.status is InstanceStatus.ACTIVE:
        view = one.view()
        assert view.tasks or view.timers or view.subscriptions, one.steps
        assert all(task.role for task in one.trial.open_tasks(one.instance_id)), one.steps
    assert one.trial.replay(one.instance_id).verdict is ReplayVerdict.CONFIRMED
    _emergency_comes_first(one)
    _no_mediation_in_sexual_violence(one)


def _emergency_comes_first(one: Walk) -> None:
    """Where an SOP has an emergency response, no assessment of a case of high risk is finished before it."""
    records = _records(one.definition)
    if "emergency" not in records.values() or one.answers.get("risk") != "high":
        return
    done = [records.get(entry.element_id) for entry in one.trial.trace(one.instance_id) if entry.happened is Happening.COMPLETED]
    if "assessment" in done:
        assert "emergency" in done[:done.index("assessment")], one.steps


def _no_mediation_in_sexual_violence(one: Walk) -> None:
    """UU TPKS Article 23 (domain.md 3.3)."""
    if one.answers.get("is_tpks") is True:
        records = _records(one.definition)
        done = {records.get(entry.element_id) for entry in one.trial.trace(one.instance_id) if entry.happened is Happening.COMPLETED}
        assert "mediation" not in done, one.steps


def _records(definition: Definition) -> dict[str, str | None]:
    return {node.id: definition.forms[node.form].record for process in definition.processes.values()
            for node in definitions.nodes_of(process) if node.form in definition.forms}


SHIPPED = [sop for sop in SOPS if sop.parent != ROOT / "common"]
#: Each drawing once: a folder that adopts another's adds no way to go.
DRAWN = [sop for sop in SHIPPED if any(sop.glob("*.bpmn"))]


@pytest.mark.parametrize("sop", DRAWN, ids=named)
@settings(max_examples=2)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_every_walk_ends_or_waits_for_somebody(sop: Path, seed: int) -> None:
    holds(walk(sop, Random(seed)))


@pytest.mark.soak
@pytest.mark.parametrize("sop", SHIPPED, ids=named)
@settings(max_examples=1_000)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_thousand_walks_of_every_sop(sop: Path, seed: int) -> None:
    holds(walk(sop, Random(seed)))
