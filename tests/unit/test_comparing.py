"""What a new version changes is named, kind by kind, and what touches an approval or a consent is grave."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine import comparing, consent_gates, definitions
from engine.bundle import SopBundle
from engine.comparing import Change
from engine.definitions import Definition
from engine.types import Text

DIAGRAM = "pengelolaan-kasus.bpmn"
D11 = "uses/common/keputusan/d11-jawaban-penyelenggara.dmn"
Edits = Sequence[tuple[str, str, str]]   # file, words that stand in it, words instead


@functools.cache
def bundle() -> SopBundle:
    return SopBundle.from_dir(Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus")


def edited(edits: Edits) -> Definition:
    files = dict(bundle().files)
    for file, old, new in edits:
        text = files[file].decode()
        assert old in text, old
        files[file] = text.replace(old, new).encode()
    return definitions.load(SopBundle.from_files(files))


def changes(*edits: tuple[str, str, str]) -> tuple[Change, ...]:
    return comparing.compare(definitions.load(bundle()), edited(edits))


def told(*edits: tuple[str, str, str]) -> list[tuple[str, str, bool]]:
    return [(change.kind, change.element_id, change.grave) for change in changes(*edits)]


NEW_STEP = [
    (DIAGRAM, '<bpmn:sequenceFlow id="check_and_forward__is_report_in_order" sourceRef="check_and_forward" targetRef="is_report_in_order" />',
     '<bpmn:sequenceFlow id="check_and_forward__tell_family" sourceRef="check_and_forward" targetRef="tell_family" />'
     '<bpmn:userTask id="tell_family" name="Memberi tahu keluarga" sop:form="document_case"/>'
     '<bpmn:sequenceFlow id="tell_family__is_report_in_order" sourceRef="tell_family" targetRef="is_report_in_order" />'),
    (DIAGRAM, "<bpmn:outgoing>check_and_forward__is_report_in_order</bpmn:outgoing>", ""),
    (DIAGRAM, "<bpmn:incoming>check_and_forward__is_report_in_order</bpmn:incoming>", ""),
]


@pytest.mark.parametrize(("edits", "expected"), [
    ([(DIAGRAM, ">PT40M<", ">PT30M<"), (DIAGRAM, 'text="40 menit"', 'text="30 menit"')], ("time_changed", "coordinate_provider", False)),
    ([(DIAGRAM, ">PT40M<", ">PT30M<")], ("time_changed", "coordinate_provider", False)),   # also where the wording hides it
    ([(DIAGRAM, 'name="Melakukan pendokumentasian"', 'name="Mendokumentasikan"')], ("step_renamed", "document_case", False)),
    (NEW_STEP, ("step_added", "tell_family", False)),
    ([(DIAGRAM, "<bpmn:flowNodeRef>document_case</bpmn:flowNodeRef>", ""),
      (DIAGRAM, "<bpmn:flowNodeRef>explain_options</bpmn:flowNodeRef>",
       "<bpmn:flowNodeRef>explain_options</bpmn:flowNodeRef><bpmn:flowNodeRef>document_case</bpmn:flowNodeRef>")],
     ("lane_changed", "document_case", False)),
    ([(DIAGRAM, "<bpmn:flowNodeRef>approve_plan</bpmn:flowNodeRef>", ""),
      (DIAGRAM, "<bpmn:flowNodeRef>explain_options</bpmn:flowNodeRef>",
       "<bpmn:flowNodeRef>explain_options</bpmn:flowNodeRef><bpmn:flowNodeRef>approve_plan</bpmn:flowNodeRef>")],
     ("lane_changed", "approve_plan", True)),
    ([(DIAGRAM, 'sop:form="document_case"', 'sop:form="agree_plan"')], ("form_changed", "document_case", False)),
    ([(DIAGRAM, 'sop:form="record_hiv_consent" sop:outputs="F06"', 'sop:form="record_hiv_consent"')],
     ("outputs_changed", "record_hiv_consent", False)),
    ([("sop.toml", '"Pendamping PPA" = "companion"', '"Pendamping PPA" = "supervisor"')], ("role_changed", "", True)),
    ([("sop.toml", 'start_roles = ["intake_operator", "case_manager"]', 'start_roles = ["case_manager"]')], ("start_roles_changed", "", False)),
    ([("sop.toml", 'number = "065/ /UPT PPA"', 'number = "066/UPT PPA"')], ("identity_changed", "", False)),
    ([(D11, '"outside_consent"', '"elsewhere"')], ("decision_row_changed", "", False)),
    ([("documents/resume-kasus.typ", "#", "# ")], ("document_changed", "", False)),
    ([("forms/document_case.json", '"key": "simfoni_updated"', '"key": "simfoni_is_updated"')], ("field_added", "", False)),
    ([("forms/document_case.json", '"key": "simfoni_updated"', '"key": "simfoni_is_updated"')], ("field_removed", "", False)),
    ([("forms/approve_plan.json", '"value": "returned"', '"value": "sent_back"')], ("field_changed", "", True)),
    ([(DIAGRAM, ">is_tpks = true<", ">is_tpks = false<")], ("condition_changed", "which_duties", False)),
    ([(DIAGRAM, ">PT72H<", ">PT24H<")], ("time_changed", "report_to_police", False)),
    ([(DIAGRAM, 'sop:operation="case.number"', 'sop:operation="notice.send"')], ("behaviour_changed", "assign_case_number", False)),
    ([(DIAGRAM, 'sop:outputs="F06" sop:clause="kalbar.r1.output" sop:sensitivity="C4"', 'sop:outputs="F06" sop:clause="kalbar.r1.output"')],
     ("sensitivity_changed", "record_hiv_consent", True)),
    ([(DIAGRAM, '</bpmn:definitions>', '<!-- catatan --></bpmn:definitions>')], ("file_changed", "", False)),
])
def test_each_change_is_named(edits: Edits, expected: tuple[str, str, bool]) -> None:
    assert expected in told(*edits)
    named = next(change for change in changes(*edits) if (change.kind, change.element_id, change.grave) == expected)
    assert named.text.id and named.text.en and named.text.id != named.text.en


def test_scenarios_are_told_of_by_name_in_one_row_for_each_kind_of_change() -> None:
    files = dict(bundle().files)
    (first, second, *_) = sorted(path for path in files if path.startswith("scenarios/"))
    kept, name = files.pop(first), {path: path.removeprefix("scenarios/").removesuffix(".toml") for path in (first, second)}
    new = definitions.load(SopBundle.from_files({**files, second: files[second] + b"# ditulis ulang\n", "scenarios/baru.toml": kept,
                                                "scenarios/lain.toml": kept}))
    rows = {change.kind: change.text.id for change in comparing.compare(definitions.load(bundle()), new)}
    assert rows == {"scenario_removed": f"Skenario dihapus, tidak lagi diperiksa (1): {name[first]}.",
                    "scenario_added": "Skenario baru (2): baru, lain.", "scenario_changed": f"Skenario ditulis ulang (1): {name[second]}."}


def test_the_same_bytes_change_nothing() -> None:
    assert changes() == ()


def test_a_step_between_two_others_is_new_and_does_not_change_their_order() -> None:
    assert "order_changed" not in {kind for kind, *_ in told(*NEW_STEP)}


def test_two_steps_that_change_places_change_the_order() -> None:
    swapped = [(DIAGRAM, 'sourceRef="agree_plan" targetRef="is_plan_agreed"', 'sourceRef="agree_plan" targetRef="revise_plan"')]
    assert ("order_changed", "agree_plan", False) in told(*swapped)


def test_a_way_that_leads_elsewhere_is_told_where_it_begins() -> None:
    led = [(DIAGRAM, 'sourceRef="is_report_in_order" targetRef="receive_completion_report"',
            'sourceRef="is_report_in_order" targetRef="check_and_forward"')]
    assert ("order_changed", "is_report_in_order", False) in told(*led)


def test_lines_that_move_in_the_file_change_nothing_else() -> None:
    assert {kind for kind, *_ in told((DIAGRAM, "<bpmn:process ", "\n\n<bpmn:process "))} == {"file_changed"}


def test_a_lane_without_a_role_is_told() -> None:
    (found,) = changes(("sop.toml", '"Operator/Penerima Pengaduan" = "intake_operator"\n', ""))
    assert (found.kind, found.before, found.after) == ("role_changed", "intake_operator", "")


def test_a_time_is_told_as_printed_with_its_clock() -> None:
    (found,) = changes((DIAGRAM, ">PT40M<", ">PT30M<"), (DIAGRAM, 'text="40 menit"', 'text="30 menit"'))
    assert (found.before, found.after) == ("40 menit (jam kerja)", "30 menit (jam kerja)")
    (found,) = changes((DIAGRAM, ">PT40M<", ">PT30M<"))
    assert found.after == "40 menit (jam kerja, dihitung 30 menit)"   # the wording alone would say that nothing changed


def test_rows_of_a_table_have_the_numbers_people_see_and_how_it_picks_is_no_row() -> None:
    second = ("<text>\"outside_consent\"</text>", "<text>\"elsewhere\"</text>")
    table = '<decisionTable id="next_provider_step_table" hitPolicy='
    picks = (D11, f'{table}"UNIQUE"', f'{table}"FIRST"')
    told = [change.text.id for change in changes(picks, (D11, *second)) if change.kind.startswith("decision_")]
    assert told[0] == "Cara memilih baris pada next_provider_step berubah: UNIQUE menjadi FIRST."
    assert [text[:35] for text in told[1:]] == ["Baris 2 pada next_provider_step ber"]


def test_roles_are_told_as_the_agency_calls_them() -> None:
    new = edited([("sop.toml", '"Pendamping PPA" = "companion"', '"Pendamping PPA" = "supervisor"')])
    found = next(change for change in comparing.compare(definitions.load(bundle()), new, role_name=lambda role: Text(role.upper(), role))
                 if change.kind == "role_changed")
    assert "SUPERVISOR" in found.text.id and found.before == "companion"


@pytest.mark.parametrize("edits", [
    [(DIAGRAM, ">hiv = true<", '>hiv = true and risk = "high"<')],                                  # asked of fewer
    [(DIAGRAM, 'sop:form="record_consent"', 'sop:form="agree_plan"')],                                # asks something else
    [(DIAGRAM, 'sop:form="record_consent"', 'sop:form="record_hiv_consent"')],
    [(DIAGRAM, 'sourceRef="family_settled" targetRef="is_consent_there"', 'sourceRef="family_settled" targetRef="special_consents"')],  # gone round
    [(DIAGRAM, 'sourceRef="record_consent" targetRef="is_consent_given"', 'sourceRef="record_consent" targetRef="special_consents"')],
    [("forms/record_consent.json", '"required": true', '"required": false')],
    [("forms/record_consent.json", '"record": "consent"', '"record": "note"')],
    [(D11, '"outside_consent"', '"elsewhere"')],
    [(DIAGRAM, '<bpmn:errorEventDefinition id="consent_refused_definition" errorRef="consent_refused_error" />', "")],   # refused, and on
    [(DIAGRAM, '<bpmn:errorEventDefinition id="consent_refused_definition" errorRef="consent_refused_error" />',
      "<bpmn:terminateEventDefinition />")],
], ids=range(10))
def test_a_weakened_consent_gate_is_seen_and_grave(edits: Edits) -> None:
    old, new = definitions.load(bundle()), edited(edits)
    assert consent_gates.weakened(old, new)
    first = comparing.compare(old, new)[0]
    assert (first.kind, first.grave) == ("consent_weakened", True)


@pytest.mark.parametrize("edits", [
    NEW_STEP,
    [(DIAGRAM, ">PT40M<", ">PT30M<")],
    [(DIAGRAM, 'name="Mencatat persetujuan layanan (informed consent)"', 'name="Mencatat persetujuan"')],
    [("forms/record_consent.json", '"id": "Persetujuan"', '"id": "Persetujuan layanan"')],
    [(DIAGRAM, ">is_tpks = true<", ">is_tpks = false<")],
], ids=range(5))
def test_what_leaves_every_gate_as_it_was_needs_no_officer(edits: Edits) -> None:
    assert consent_gates.weakened(definitions.load(bundle()), edited(edits)) == ()
