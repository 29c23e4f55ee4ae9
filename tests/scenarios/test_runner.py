"""The runner itself: a story that a message or a timer begins, and steps that act on what waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.runner import Mismatch, play
from tests.support import bpmn
from tests.support.office import KALBAR

DIAGRAM = bpmn.document(
    bpmn.process(
        "intake",
        '<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="Operator"><bpmn:flowNodeRef>receive</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>answered</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>",
        bpmn.start("reported", bpmn.event("message", "violence_reported")), bpmn.start("week", bpmn.timer(
            "R/2026-11-02T08:00:00+07:00/P7D", "timeCycle")), bpmn.user("receive"),
        bpmn.element("intermediateCatchEvent", "answered", bpmn.event("message", "answer"), sop_form="answer"), bpmn.end(),
        bpmn.flows("reported", "receive", "answered", "e"), bpmn.flow("week", "receive")),
    roots=bpmn.message("violence_reported") + bpmn.message("answer"))
STEPS = """
[[step]]
open = [{ task = "receive", role = "intake_operator" }]
complete = "receive"
as = "intake_operator"
[[step]]
act = "answered"
as = "companion"
refuse = "not-found"
[[step]]
act = "answered"
as = "intake_operator"
with = { answer = "yes" }
[[step]]
act = "answered"
as = "intake_operator"
refuse = "not-found"
[end]
completed = true
documents = []
"""


def story(folder: Path, start: str, steps: str = STEPS) -> Path:
    sop = folder / "kalbar" / "intake"
    (sop / "scenarios").mkdir(parents=True, exist_ok=True)
    (sop.parent / "agency.toml").write_bytes((KALBAR / "agency.toml").read_bytes())
    (sop / "intake.bpmn").write_bytes(DIAGRAM)
    (sop / "sop.toml").write_text('key = "intake"\nagency = "kalbar"\n[lanes]\n"Operator" = "intake_operator"\n')
    path = sop / "scenarios" / "one.toml"
    path.write_text(f"start = {start}\n{steps}")
    return path


def test_a_message_begins_a_story_and_a_step_acts(tmp_path: Path) -> None:
    played = play(story(tmp_path, '{ at = 2026-11-10T09:00:00+07:00, as = "companion", message = "violence_reported" }'),
                  reload_between_steps=True)
    assert [entry.element_id for entry in played.trace if entry.happened == "caught"] == ["reported", "answered"]
    assert played.replay.verdict == "confirmed"


def test_a_timer_begins_a_story(tmp_path: Path) -> None:
    played = play(story(tmp_path, '{ at = 2026-11-10T09:00:00+07:00, as = "companion", timer = "week" }'))
    assert played.trace[0].at.isoformat() == "2026-11-09T01:00:00+00:00"  # the last turn before the story


def test_a_timer_that_began_nothing_is_a_mismatch(tmp_path: Path) -> None:
    with pytest.raises(Mismatch, match="week began an instance"):
        play(story(tmp_path, '{ at = 2026-10-10T09:00:00+07:00, as = "companion", timer = "week" }'))


def test_an_action_that_was_to_be_refused_and_was_not_is_a_mismatch(tmp_path: Path) -> None:
    steps = STEPS.replace('as = "companion"\nrefuse', 'as = "intake_operator"\nrefuse', 1)
    with pytest.raises(Mismatch, match="refusal"):
        play(story(tmp_path, '{ at = 2026-11-10T09:00:00+07:00, as = "companion", message = "violence_reported" }', steps))
