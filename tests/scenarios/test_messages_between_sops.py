"""SOPs of one agency that begin each other by message: a reopened case is the same case, violence in a complaint a case of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import engine as front_door
from engine import errors
from engine.scenario import inbox
from tests.scenarios.shipped import ROOT
from webui import stage

HERE = ROOT / "tebing_tinggi"
TOLD = datetime.fromisoformat("2026-11-12T08:00:00+07:00")


@contextmanager
def scene_of(*sops: Path) -> Iterator[front_door.Stage]:
    """A stage with these SOPs in force; stories are told on it with `play` or step by step."""
    with stage.raised(sops[0], TOLD) as scene:
        for sop in sops[1:]:
            scene.engine.sops.deploy(scene.engine.people.operator(), front_door.SopBundle.from_dir(sop))
        yield scene


def do(scene: front_door.Stage, role: str, element_id: str, submission: Mapping[str, Any]) -> None:
    (task,) = [one for one in inbox(scene, [scene.actor_of(role)]) if one.element_id == element_id]
    claimed = scene.engine.tasks.claim(scene.actor_of(role), task.id)
    scene.engine.tasks.complete(scene.actor_of(role), task.id, submission, expected_revision=claimed.revision)
    scene.work()


def test_a_reopened_case_goes_on_as_the_same_case_by_the_sop_in_force() -> None:
    story = front_door.read_scenario((HERE / "pengelolaan-kasus/scenarios/24_jam_terlampaui.toml").read_bytes())
    with scene_of(HERE / "pembukaan-kembali", HERE / "pengelolaan-kasus") as scene:
        closed = front_door.play_scenario(story, scene, key="pengelolaan-kasus")
        number = scene.engine.cases.get(scene.actor_of("supervisor"), closed.case_id or "").summary.business_key
        when = scene.clock.now()
        report = {"received_at": when, "victim_reported_at": when, "emergency_now": False}
        with pytest.raises(errors.InvalidSubmission) as asked:  # it reopens a case: which one
            scene.engine.cases.start(scene.actor_of("intake_operator"), "pembukaan-kembali", submission=report)
        assert set(asked.value.problems) == {"case_code"}
        scene.engine.cases.start(scene.actor_of("intake_operator"), "pembukaan-kembali", business_key=number, submission=report)
        scene.work()
        do(scene, "companion", "request_reopen", {"reopen_trigger": "new_incident", "reopen_reason": "Kekerasan baru"})
        assert "review_case" not in {task.element_id for task in inbox(scene, [scene.actor_of("supervisor")])}   # not before the approval
        do(scene, "supervisor", "decide_reopen", {"reopen_decision": "approved", "proposed_companion": "same"})

        (task,) = [one for one in inbox(scene, [scene.actor_of("supervisor")]) if one.element_id == "review_case"]
        assert task.case_id == closed.case_id
        assert len(scene.engine.cases.get(scene.actor_of("supervisor"), closed.case_id or "").instances) == 3


def test_who_needs_help_now_comes_first_before_anybody_assessed_the_risk() -> None:
    with scene_of(HERE / "pembukaan-kembali") as scene:
        scene.engine.cases.start(scene.actor_of("intake_operator"), "pembukaan-kembali", business_key="KASUS-LAMA-1", submission={
            "received_at": TOLD, "victim_reported_at": TOLD, "emergency_now": True})
        scene.work()
        waiting = inbox(scene, [scene.actor_of("companion")])
        assert {task.element_id: task.risk for task in waiting} == {"emergency_response": "high", "request_reopen": "high"}


def test_violence_that_a_complaint_discloses_is_a_case_of_its_own() -> None:
    story = front_door.read_scenario((HERE / "pengaduan-layanan/scenarios/mengungkap_kekerasan.toml").read_bytes())
    with scene_of(HERE / "pengaduan-layanan", HERE / "pengelolaan-kasus") as scene:
        complaint = front_door.play_scenario(story, scene, key="pengaduan-layanan")

        assert complaint.problems == ()
        (task,) = [one for one in inbox(scene, [scene.actor_of("companion")]) if one.element_id == "emergency_response"]
        assert task.case_id != complaint.case_id
