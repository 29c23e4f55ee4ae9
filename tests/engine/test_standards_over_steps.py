"""A time standard over several steps sits on what holds them (design.md 5a); every task inside shows it and is judged by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine import SopBundle, Trial

_HEAD = ('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:sop="urn:sop:bpmn:1" id="d" targetNamespace="urn:sop:test">'
         '<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="plan"/>')
_TIMER = ('<boundaryEvent id="late" attachedToRef="{on}" cancelActivity="false"><extensionElements>'
          '<sop:standard clock="elapsed" text="{text}" from="received_at"/></extensionElements>'
          '<outgoing>f_{on}</outgoing><timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition></boundaryEvent>'
          '<endEvent id="told"/><sequenceFlow id="f_{on}" sourceRef="late" targetRef="told"/>')
_TAIL = '<userTask id="afterwards"/><endEvent id="e"/>' \
        '<sequenceFlow id="f2" sourceRef="plan" targetRef="afterwards"/><sequenceFlow id="f3" sourceRef="afterwards" targetRef="e"/></process>'
_STEPS = ('<startEvent id="s2"/><userTask id="review"/><userTask id="decide"/><endEvent id="e2"/>'
          '<sequenceFlow id="g1" sourceRef="s2" targetRef="review"/><sequenceFlow id="g2" sourceRef="review" targetRef="decide"/>'
          '<sequenceFlow id="g3" sourceRef="decide" targetRef="e2"/>')
NOW = datetime(2026, 11, 12, 3, 0, tzinfo=UTC)


def _trial(diagram: str) -> Trial:
    trial = Trial.open(SopBundle.from_files({"p.bpmn": diagram.encode()}), now=NOW)
    trial.start("p", {"received_at": NOW - timedelta(hours=1)})
    return trial


def _dues(trial: Trial) -> dict[str, datetime | None]:
    return {task.element_id: task.due_at for task in trial.open_tasks()}


def test_every_task_of_a_sub_process_falls_due_with_it() -> None:
    trial = _trial(f'{_HEAD}<subProcess id="plan">{_STEPS}</subProcess>{_TIMER.format(on="plan", duration="PT24H", text="24 Jam")}{_TAIL}'
                   "</definitions>")
    due = NOW + timedelta(hours=23)
    assert _dues(trial) == {"review": due}
    trial.complete(trial.open_tasks()[0].id)
    assert _dues(trial) == {"decide": due}
    trial.complete(trial.open_tasks()[0].id)
    assert _dues(trial) == {"afterwards": None}


def test_a_called_process_stands_under_the_standard_of_its_call() -> None:
    trial = _trial(f'{_HEAD}<callActivity id="plan" calledElement="q"/>{_TIMER.format(on="plan", duration="PT24H", text="24 Jam")}{_TAIL}'
                   f'<process id="q" isExecutable="true">{_STEPS}</process></definitions>')
    assert _dues(trial) == {"review": NOW + timedelta(hours=23)}


def test_the_standard_that_is_due_first_counts() -> None:
    inner = _TIMER.format(on="review", duration="PT2H", text="2 Jam").replace('"late"', '"sooner"').replace('"told"', '"told_sooner"')
    trial = _trial(f'{_HEAD}<subProcess id="plan">{_STEPS}{inner}</subProcess>'
                   f'{_TIMER.format(on="plan", duration="PT24H", text="24 Jam")}{_TAIL}</definitions>')
    assert _dues(trial) == {"review": NOW + timedelta(hours=1)}
    trial.complete(trial.open_tasks()[0].id)
    assert _dues(trial) == {"decide": NOW + timedelta(hours=23)}
