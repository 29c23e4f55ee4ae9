"""What tables propose stands beside the questions of whoever decides, and in the replay in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import engine as front_door
from engine.results import FormField, InboxFilters, TaskDetail
from webui import stage

SOP = Path(__file__).resolve().parents[2] / "bpmn" / "depok" / "pengelolaan-kasus"


def detail(told: front_door.Stage, role: str) -> TaskDetail:
    """The one task that waits for this role."""
    actor = told.actor_of(role)
    (task,) = told.engine.tasks.inbox(actor, InboxFilters(box="pool")).rows
    read: TaskDetail = told.engine.tasks.get(actor, task.id)
    return read


def shown(read: TaskDetail) -> dict[str, FormField]:
    return {field.key: field for field in read.shown}


@pytest.fixture(scope="module")
def story() -> Iterator[tuple[front_door.Stage, front_door.Story]]:
    """A teenager whose guardian is safe; one line of her plan may be served by the unit itself, the other may not."""
    told = front_door.read_scenario((SOP / "scenarios" / "a06_menyediakan_dan_merujuk.toml").read_bytes())
    told.submission.update(is_child=True, age=Decimal(16), guardian_status="safe")  # type: ignore[attr-defined]
    with stage.raised(SOP, told.at) as raised:
        played = front_door.Story(told, raised, key="pengelolaan-kasus", file="a06")
        assert played.begin(), played.result(ended=False).problems
        yield raised, played


def test_each_step_shows_what_its_tables_said(story: tuple[front_door.Stage, front_door.Story]) -> None:
    raised, played = story
    special = shown(detail(raised, "head_of_unit"))["special_handling"]
    assert [row["flag"] for row in special.value] == ["child"]

    assert played.do(1)
    ways = shown(detail(raised, "head_of_unit"))["proposed_ways"]
    assert ways.value == [{"line_no": Decimal(1), "mode": "provide", "reason": "own_capacity"},
                          {"line_no": Decimal(2), "mode": "refer", "reason": "not_in_authority"}]

    assert played.do(2) and played.do(3)
    (giver,) = shown(detail(raised, "companion"))["consent_giver"].value
    assert (giver["giver"], giver["assent"], giver["extra"]) == ("guardian", "decisive", ["child_assent"])

    assert played.do(4)
    (case,) = raised.engine.cases.find(raised.actor_of("head_of_unit")).rows
    (instance,) = raised.engine.cases.get(raised.actor_of("head_of_unit"), case.id).instances
    seen = raised.engine.audit.state_at(raised.actor_of("auditor"), instance.id, instance.seq)
    assert "proposed_ways" in seen.variables and seen.fields["proposed_ways"].label == ways.label
    assert not {"special_handling", "consent_giver"} & (seen.variables.keys() | seen.fields.keys()), "what they say is C3"


def test_a_task_that_is_done_shows_nothing_any_more(story: tuple[front_door.Stage, front_door.Story]) -> None:
    raised, _ = story
    actor = raised.actor_of("companion")
    done = raised.engine.tasks.inbox(actor, InboxFilters(box="done")).rows
    assert [raised.engine.tasks.get(actor, task.id).shown for task in done] == [()]
