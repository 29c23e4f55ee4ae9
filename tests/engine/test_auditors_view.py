"""What an auditor reads of a case: how the process stood, without the classes their role does not see."""

from __future__ import annotations

from pathlib import Path

import engine as front_door
from engine.results import StateAt
from webui import stage

SOP = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus"


def state_for(role: str) -> StateAt:
    """The last state of a case whose service lines were decided, as this role sees it."""
    told = front_door.read_scenario((SOP / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
    with stage.raised(SOP, told.at) as raised:
        story = front_door.Story(told, raised, key="pengelolaan-kasus", file="a01")
        assert story.begin() and story.do(1), story.result(ended=False).problems
        (case,) = raised.engine.cases.find(raised.actor_of("case_manager")).rows
        (instance,) = raised.engine.cases.get(raised.actor_of("case_manager"), case.id).instances
        reader = raised.actor_of(role)
        return raised.engine.audit.state_at(reader, instance.id, instance.seq)


def test_what_a_decision_made_of_a_sensitive_answer_is_as_hidden_as_the_answer() -> None:
    state = state_for("auditor")

    assert "plan_lines" not in state.variables
    (line,) = state.variables["lines_to_serve"]
    assert line["line_no"] == 1, "or nothing was decided"
    assert "service_type" not in line, "the kind of service is of the class of the plan it comes from"


def test_the_forms_words_come_with_the_variables_but_not_those_of_a_hidden_class() -> None:
    state = state_for("auditor")

    assert state.fields["decision"].label.en
    assert "plan_lines" not in state.fields and "service_type" not in state.fields
    assert all(field.value is None for field in state.fields.values())
