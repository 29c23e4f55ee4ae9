"""What the engine says of its own accord: 80 % warnings, once, and tasks that wait for nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import Engine, ManualClock, Settings, SopBundle
from engine.errors import NotFound
from engine.types import Actor

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ("case.number", "notice.send", "document.issue")
SOP = """<?xml version="1.0"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:sop="urn:sop:bpmn:1" targetNamespace="t">
 <bpmn:process id="p" name="Contoh" isExecutable="true"><bpmn:laneSet id="l"><bpmn:lane id="mk" name="Manajer Kasus">
  <bpmn:flowNodeRef>s</bpmn:flowNodeRef><bpmn:flowNodeRef>menelaah</bpmn:flowNodeRef><bpmn:flowNodeRef>late</bpmn:flowNodeRef>
  <bpmn:flowNodeRef>e</bpmn:flowNodeRef><bpmn:flowNodeRef>e2</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
 <bpmn:startEvent id="s" name="Mulai"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="menelaah"/>
 <bpmn:userTask id="menelaah" name="Menelaah" sop:form="menelaah"/>
 <bpmn:boundaryEvent id="late" name="40 menit" attachedToRef="menelaah" cancelActivity="false"><bpmn:extensionElements>
  <sop:standard clock="working_minutes" text="40 menit"/></bpmn:extensionElements>
  <bpmn:timerEventDefinition id="td"><bpmn:timeDuration>PT40M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
 <bpmn:sequenceFlow id="f2" sourceRef="menelaah" targetRef="e"/><bpmn:sequenceFlow id="f3" sourceRef="late" targetRef="e2"/>
 <bpmn:endEvent id="e" name="Selesai"/><bpmn:endEvent id="e2" name="Lewat waktu"/></bpmn:process>
 <di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" id="d"><di:BPMNPlane id="pl" bpmnElement="p">{shapes}{edges}</di:BPMNPlane>
 </di:BPMNDiagram></bpmn:definitions>"""
SHAPES = {"mk": (0, 0, 600, 200), "s": (40, 60, 36, 36), "menelaah": (120, 40, 100, 80), "late": (160, 102, 36, 36),
          "e": (300, 60, 36, 36), "e2": (160, 150, 36, 36)}
EDGES = {"f1": ((76, 78), (120, 78)), "f2": ((220, 78), (300, 78)), "f3": ((178, 138), (178, 150))}


def drawn() -> str:
    shapes = "".join(f'<di:BPMNShape id="{i}_d" bpmnElement="{i}"><dc:Bounds x="{x}" y="{y}" width="{w}" height="{h}"/></di:BPMNShape>'
                     for i, (x, y, w, h) in SHAPES.items())
    edges = "".join(f'<di:BPMNEdge id="{i}_d" bpmnElement="{i}">'
                    + "".join(f'<dd:waypoint x="{x}" y="{y}"/>' for x, y in points) + "</di:BPMNEdge>" for i, points in EDGES.items())
    return SOP.replace("{shapes}", shapes).replace("{edges}", edges)


def test_a_task_warns_once_when_four_fifths_of_its_standard_are_used(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, key=b"k" * 32)
    Engine.prepare(settings)
    clock = ManualClock(datetime(2026, 11, 10, 1, 30, tzinfo=UTC))  # Tuesday 08:30 in Pontianak
    engine = Engine.open(settings, clock=clock)
    agency_id = engine.people.register_agency((ROOT / "bpmn/kalbar/agency.toml").read_bytes())
    manager = Actor(account_id="manager", agency_id=agency_id, name="Bima", roles=frozenset({"case_manager"}))
    trial_free = _deployed(engine)
    engine.cases.start(manager, trial_free, submission={})

    clock.advance(timedelta(minutes=31))
    engine.jobs.warn()
    assert engine.people.notices(manager) == ()

    clock.advance(timedelta(minutes=1))
    assert engine.jobs.warn() == 1
    assert engine.jobs.warn() == 0
    (notice,) = engine.people.notices(manager)
    assert "80 %" in notice.text.id and "Kasus KLB-2026-000001" in notice.text.id
    assert notice.task_id is not None
    assert engine.people.unread_count(manager) == 1

    task = engine.tasks.claim(manager, notice.task_id)
    engine.tasks.complete(manager, task.id, {}, expected_revision=task.revision)
    assert engine.people.notices(manager) == (), "a task that is done needs no warning"
    assert engine.people.unread_count(manager) == 0


def _deployed(engine: Engine) -> str:
    sheet = """key = "contoh"
agency = "kalbar"
process = "p"
title = { id = "Contoh", en = "Example" }
start_roles = ["case_manager"]
[identity]
number = "1"
effective = "2026-01-01"
approver = "Kepala UPT"
legal_basis = [{ text = "Permen PPPA 2/2022" }]
[lanes]
"Manajer Kasus" = "case_manager"
"""
    form = '{"key": "menelaah", "title": {"id": "Menelaah", "en": "Review"}, "fields": []}'
    files = {"sop.toml": sheet.encode(), "contoh.bpmn": drawn().encode(), "forms/menelaah.json": form.encode()}
    bundle = SopBundle.from_files(files)
    operator = engine.people.operator("kalbar")
    findings = engine.sops.check(operator, files)
    needed = {finding.code for finding in findings if finding.severity != "advice"}
    assert not needed, needed
    return engine.sops.deploy(operator, bundle).key


def test_a_task_whose_role_nobody_holds_raises_an_alarm_until_somebody_does(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, key=b"k" * 32)
    Engine.prepare(settings)
    clock = ManualClock(datetime(2026, 11, 10, 1, 30, tzinfo=UTC))
    engine = Engine.open(settings, clock=clock)
    agency_id = engine.people.register_agency((ROOT / "bpmn/kalbar/agency.toml").read_bytes())
    head = Actor(account_id="head", agency_id=agency_id, name="Citra", roles=frozenset({"case_manager", "head_of_unit"}))
    engine.cases.start(head, _deployed(engine), submission={})
    assert engine.tasks.orphans(head) == {"case_manager": 1}

    engine.people.create_account(engine.people.operator("kalbar"), sign_in="bima", name="Bima", passphrase="cempaka-rimba-laut-71-x",
                                 roles=("case_manager",))
    assert engine.tasks.orphans(head) == {}


def test_whoever_took_a_report_in_may_read_that_case_and_no_other(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, key=b"k" * 32)
    Engine.prepare(settings)
    engine = Engine.open(settings, clock=ManualClock(datetime(2026, 11, 10, 1, 30, tzinfo=UTC)))
    agency_id = engine.people.register_agency((ROOT / "bpmn/kalbar/agency.toml").read_bytes())
    both = frozenset({"intake_operator", "case_manager"})
    ayu, eka = (Actor(account_id=name, agency_id=agency_id, name=name, roles=both) for name in ("ayu", "eka"))
    case_id = engine.cases.start(ayu, _deployed(engine), submission={}).case_id
    assert case_id is not None
    operators = [Actor(account_id=actor.account_id, agency_id=agency_id, name="", roles=frozenset({"intake_operator"})) for actor in (ayu, eka)]
    assert engine.cases.get(operators[0], case_id).summary.id == case_id
    with pytest.raises(NotFound):
        engine.cases.get(operators[1], case_id)
