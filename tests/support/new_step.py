"""Kalbar's SOP with one more mandatory step, with a form of its own, behind the decision that the services are done; or without that one."""

from __future__ import annotations

from collections.abc import Mapping

DIAGRAM = "pengelolaan-kasus.bpmn"
STEP, NAME = "ask_opinion", "Menanyakan pendapat penerima manfaat"
BEFORE, AFTER = "decide_intervention_complete", "receive_completion_report"
FORM = b"""{"key": "ask_opinion", "title": {"id": "Pendapat", "en": "Opinion"}, "fields": [
  {"key": "opinion", "type": "text", "label": {"id": "Pendapat", "en": "Opinion"}, "required": true, "sensitivity": "C1"},
  {"key": "asked_again", "type": "rows", "label": {"id": "Ditanya lagi", "en": "Asked again"}, "required": false, "sensitivity": "C1", "fields": [
    {"key": "asked_on", "type": "date", "label": {"id": "Tanggal", "en": "Day"}, "required": true, "sensitivity": "C1"}]}]}"""


def with_new_step(files: Mapping[str, bytes], step: str = STEP, *, behind: str = BEFORE) -> dict[str, bytes]:
    """The files with it. It is drawn `behind` another step and before the report, without a place of its own on the drawing."""
    drawn, coming, going = files[DIAGRAM].decode(), f"{behind}__{AFTER}", f"{step}__{AFTER}"
    flow, lane = f'<bpmn:sequenceFlow id="{coming}" sourceRef="{behind}" targetRef=', f"<bpmn:flowNodeRef>{behind}</bpmn:flowNodeRef>"
    for old, new in (
        (f"<bpmn:incoming>{coming}</bpmn:incoming>", f"<bpmn:incoming>{going}</bpmn:incoming>"),
        (f'{flow}"{AFTER}" />', f'{flow}"{step}" /><bpmn:sequenceFlow id="{going}" sourceRef="{step}" targetRef="{AFTER}" />'
                                f'<bpmn:userTask id="{step}" name="{NAME}" sop:form="{STEP}"><bpmn:incoming>{coming}</bpmn:incoming>'
                                f"<bpmn:outgoing>{going}</bpmn:outgoing></bpmn:userTask>"),
        (lane, lane + lane.replace(behind, step)),
    ):
        assert drawn.count(old) == 1, old
        drawn = drawn.replace(old, new)
    return {**files, DIAGRAM: drawn.encode(), f"forms/{STEP}.json": FORM}


def without_a_step(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files without the decision: what stood behind it follows what stood before."""
    drawn = files[DIAGRAM].decode()
    for tag, name in (("bpmn:userTask", BEFORE), ("bpmndi:BPMNShape", f"{BEFORE}_di"), ("bpmndi:BPMNEdge", f"{BEFORE}__{AFTER}_di")):
        start = drawn.index(f'<{tag} id="{name}"')
        drawn = drawn[:start] + drawn[drawn.index(f"</{tag}>", start) + len(f"</{tag}>"):]
    for old, new in (
        (f'<bpmn:sequenceFlow id="{BEFORE}__{AFTER}" sourceRef="{BEFORE}" targetRef="{AFTER}" />', ""),
        (f"<bpmn:flowNodeRef>{BEFORE}</bpmn:flowNodeRef>", ""), (f'targetRef="{BEFORE}"', f'targetRef="{AFTER}"'),
        (f"<bpmn:incoming>{BEFORE}__{AFTER}</bpmn:incoming>", f"<bpmn:incoming>what_did_review_find__{BEFORE}</bpmn:incoming>"),
    ):
        assert old in drawn, old
        drawn = drawn.replace(old, new)
    return {**files, DIAGRAM: drawn.encode()}
