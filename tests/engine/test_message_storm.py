"""Two processes that write to each other without end: stopped after so many messages, in front of a person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import SopBundle, Trial
from engine.commands import messages
from storage import jobs
from storage.database import Database
from tests.support import bpmn

STORM = bpmn.document(
    bpmn.process("a", bpmn.start("sa", bpmn.event("message", "m")), bpmn.throw("ta", bpmn.event("message", "n")), bpmn.end("ea"),
                 bpmn.flows("sa", "ta", "ea")),
    bpmn.process("b", bpmn.start("sb", bpmn.event("message", "n")), bpmn.throw("tb", bpmn.event("message", "m")), bpmn.end("eb"),
                 bpmn.flows("sb", "tb", "eb")),
    roots=bpmn.message("m") + bpmn.message("n"))


def test_messages_that_lead_to_messages_without_end_wait_for_a_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(messages, "MAX_HOPS", 25)
    url = f"sqlite:///{tmp_path / 'storm.db'}"
    data = STORM if isinstance(STORM, bytes) else STORM.encode()
    trial = Trial.open(SopBundle.from_files({"storm.bpmn": data}), now=datetime(2026, 11, 10, 1, 30, tzinfo=UTC), database_url=url)

    trial.send_message("m", {})

    started = {entry.instance_id for entry in trial.trace()}
    assert len(started) == 26  # the first, and one for each message that was delivered
    with Database.open(url).reading() as uow:
        (waiting,) = jobs.incidents(uow, trial._actor.agency_id)
    assert waiting.error_code == "message-storm"


