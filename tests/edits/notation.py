"""Edits that break the notation: each plants the one fault that the code of its `defect` names. What cannot run is compared with nothing."""

from __future__ import annotations

from tests.edits.draft import BPMN, XSI, Draft, Stroke, ask, beside, join, node_on, put_node, remove_file, rename, say, set_field, timed, when, write
from tests.edits.edit import Edit, Told
from tests.edits.harmless_steps import DEPOK, KALBAR, KONSULTASI, MEDIASI, PENGADUAN, SAPA, TEBING

DIAGRAM = ".bpmn"


def attribute(element_id: str, name: str, value: str | None) -> Stroke:
    """A plain attribute of BPMN; None takes it away."""
    def stroke(draft: Draft) -> None:
        node = draft.node(element_id)
        node.attrib.pop(name, None)
        if value is not None:
            node.set(name, value)
    return stroke


def twice(step: str, key: str) -> Stroke:
    """A second element of the same id, in no lane's way."""
    return lambda draft: put_node(draft, step, "manualTask", key, name="Kembar", form="document_case")


def lane_twice(step: str, lane: str) -> Stroke:
    def stroke(draft: Draft) -> None:
        found = next(one for one in draft.tree_of(step).iter(f"{BPMN}lane") if one.get("name") == lane)
        entry = found.makeelement(f"{BPMN}flowNodeRef")
        entry.text = step
        found.append(entry)
    return stroke


def second_condition(flow: str, feel: str) -> Stroke:
    def stroke(draft: Draft) -> None:
        line = draft.node(flow)
        line.append(line.makeelement(f"{BPMN}conditionExpression", {f"{XSI}type": "bpmn:tFormalExpression"}))
        line[-1].text = feel
    return stroke


# sop, what, strokes, code
BROKEN: list[tuple[str, str, tuple[Stroke, ...], str]] = [
    (KALBAR, "an id twice", (twice("document_case", "revise_plan"),), "duplicate-id"),
    (TEBING, "a flow to nowhere", (attribute("issue_handling_document__case_documented", "targetRef", "nowhere"),), "dangling-flow"),
    (DEPOK, "back to the start", (join("invite_survey", "case_received"),), "start-with-incoming"),
    (KONSULTASI, "on after the end", (join("consultation_reported", "fill_guest_book"),), "end-with-outgoing"),
    (KALBAR, "a time nobody can read", (timed("document_case", "30 menit"),), "timer-unusable"),
    (KALBAR, "minutes written as months", (timed("document_case", "P30M"),), "standard-length"),
    (SAPA, "working minutes on the days' clock", (timed("decide_and_hand_over", "PT40M"),), "standard-length"),
    (TEBING, "a clock there is not", (timed("identify_and_plan", clock="office_hours"),), "standard-clock"),
    (KALBAR, "the standard ends the step", (attribute("document_case_overdue", "cancelActivity", "true"),), "standard-interrupting"),
    (DEPOK, "a condition that is no FEEL", (when("is_risk_high__respond_to_emergency", 'risk = "high'),), "expression-unreadable"),
    (SAPA, "a condition of another tool", (when("is_risk_high__respond_to_emergency", "${risk == 'high'}"),), "foreign-expression"),
    (MEDIASI, "a service that does nothing", (say("mediation_minutes", "operation", None),), "service-without-operation"),
    (KONSULTASI, "a service nobody offers", (say("issue_client_referral", "operation", "surat.buat"),), "unknown-operation"),
    (DEPOK, "a table there is not", (say("find_authority", "decision", "wewenang"),), "decision-missing"),
    (PENGADUAN, "a call of nobody", (attribute("intake_emergency", "calledElement", "common_darurat"),), "called-process-missing"),
    (KALBAR, "a word of ours misspelt", (say("document_case", "sensitivty", "C3"),), "unknown-sop-word"),
    (SAPA, "a class there is not", (say("explain_delay", "sensitivity", "C9"),), "sensitivity"),
    (TEBING, "an edge on nothing", (attribute("identify_and_plan_overdue", "attachedToRef", "case_received"),), "boundary-attachment"),
    (KALBAR, "a default that leaves elsewhere", (attribute("is_risk_high", "default", "open_case__is_risk_high"),), "default-flow"),
    (DEPOK, "a condition on a parallel gateway", (second_condition("open_case__is_risk_high", 'risk = "high"'),), "condition-not-allowed"),
    (KALBAR, "a step with code", (beside("document_case", "scriptTask", "reckon", name="Menghitung"), join("reckon", "document_case")), "script-task"),
    (SAPA, "a main process there is not", (write("sop.toml", 'process = "', 'process = "x_'),), "sheet-process"),
    (PENGADUAN, "a folder there is not", (write("sop.toml", '"common/keputusan"', '"common/keputusannya"'),), "uses-missing"),
    (KONSULTASI, "a field with the name of a function",
     (ask("check_file", "count", "integer", "Jumlah", steering=True),), "steering-name"),
]
# sop, what, strokes, code, what compare names
HINDERED: list[tuple[str, str, tuple[Stroke, ...], str, tuple[Told, ...]]] = [
    (KONSULTASI, "a person's step without a form", (say("tell_options", "form", None),), "task-without-form",
     (Told("form_changed", "tell_options", "tell_options", ""),)),
    (MEDIASI, "a form there is not", (say("mediation_supervise", "form", "supervise"),), "form-missing",
     (Told("form_changed", "mediation_supervise", "mediation_supervise", "supervise"),)),
    (SAPA, "the form's file is gone", (remove_file("forms/explain_delay.json"),), "form-missing", (Told("form_removed"),)),
    (DEPOK, "a gateway for nothing", (node_on("document_case__issue_case_summary", "exclusiveGateway", "is_it_so", "Benar?"),), "gateway-alone",
     (Told("node_added", "is_it_so"),)),
    (KALBAR, "two lanes at once", (lane_twice("document_case", "Manajer Kasus"),), "in-two-lanes", ()),
    (TEBING, "a lane of nobody", (write(DIAGRAM, "<bpmn:flowNodeRef>document_case</bpmn:flowNodeRef>",
                                        "<bpmn:flowNodeRef>document_case</bpmn:flowNodeRef><bpmn:flowNodeRef>nobody</bpmn:flowNodeRef>"),),
     "lane-of-nobody", (Told("file_changed"),)),
    (SAPA, "a step without a name", (rename("supervise_companions", ""),), "name-missing", (Told("step_renamed", "supervise_companions"),)),
    (KALBAR, "a clause there is not", (say("document_case", "clause", "kalbar.r99"),), "clause-unknown", (Told("file_changed"),)),
    (KALBAR, "letters that hide", (rename("document_case", "Melakukan pendok\u202eumentasian"),), "hidden-characters",
     (Told("step_renamed", "document_case"),)),
    (DEPOK, "an identity paper is demanded", (set_field("receive_case", "nik", required=True, allowUnknown=False),), "identity-paper-required",
     (Told("field_changed"),)),
    (KALBAR, "a letter without a template", (remove_file("documents/resume-kasus.typ"),), "document-template", (Told("document_changed"),)),
    (TEBING, "a quotation that is not printed so", (write("sop.toml", 'text = "Penyelia', 'text = "Para Penyelia'),), "clause-quote",
     (Told("file_changed"),)),
    (MEDIASI, "a start form there is not", (write("sop.toml", 'start_form = "', 'start_form = "x_'),), "start-form-missing", ()),
    (KONSULTASI, "an id that says nothing", (beside("tell_options", "userTask", "Activity_0x1a2b", name="Menelepon", form="tell_options"),
                                             join("tell_options", "Activity_0x1a2b"), join("Activity_0x1a2b", "client_informed")),
     "meaningless-id", (Told("step_added", "Activity_0x1a2b", "", "Menelepon"),)),
]
EDITS: list[Edit] = [
    *(Edit(sop=sop, what=what, strokes=strokes, defect=code) for sop, what, strokes, code in BROKEN),
    *(Edit(sop=sop, what=what, strokes=strokes, defect=code, told=told) for sop, what, strokes, code, told in HINDERED),
]
