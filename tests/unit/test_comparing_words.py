"""What a change of an event, a gateway or a step's behaviour is told as: what it does to the work, and how much that weighs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from lxml import etree

from engine import comparing, definitions
from engine.changes import Change, Weight
from tests.edits.draft import BPMN, Draft, Stroke, join, lead, node_on, put_node, say, set_field, shipped, turn_into, when, write
from tests.edits.notation import attribute

KALBAR = "kalbar/pengelolaan-kasus"
APPROVAL = "Menyetujui seluruh Laporan Kasus Untuk menetapkan layanan yang sesuai (Lanjutan SOP Pengaduan)"
BANDUNG, LONG_STAY = "bandung/pengelolaan-kasus", "bandung/penampungan-sementara"


@functools.cache
def before(sop: str) -> definitions.Definition:
    return definitions.load(shipped(sop))


def changes(sop: str, *strokes: Stroke) -> tuple[Change, ...]:
    draft = Draft(sop)
    for stroke in strokes:
        stroke(draft)
    return comparing.compare(before(sop), definitions.load(draft.bundle()))


def told(sop: str, *strokes: Stroke) -> Mapping[str, str]:
    """Kind -> the last sentence of it."""
    return {change.kind: change.text.id for change in changes(sop, *strokes)}


def inside(element_id: str, change: Callable[[Any], object]) -> Stroke:
    return lambda draft: change(draft.node(element_id)) and None


def edge(host: str, key: str, name: str, target: str, *, cuts: bool, length: str = "P3D") -> tuple[Stroke, Stroke]:
    """A timer on the edge of a step."""
    def stroke(draft: Draft) -> None:
        scope = draft.node(host).getparent()
        event = etree.SubElement(scope, f"{BPMN}boundaryEvent", id=key, name=name, attachedToRef=host, cancelActivity=str(cuts).lower())
        timer = etree.SubElement(event, f"{BPMN}timerEventDefinition")
        etree.SubElement(timer, f"{BPMN}timeDuration").text = length
    return stroke, join(key, target)


def test_an_event_that_cuts_an_approval_off_says_when_what_and_where_to_and_stands_first():
    first = changes(KALBAR, *edge("approve_case_report", "unsigned", "Tidak disahkan", "start_management", cuts=True))[0]
    assert first.weight is Weight.SAFEGUARD
    assert first.text.id == (
        f"Peristiwa baru: “Tidak disahkan” pada “{APPROVAL}”; setelah 3 hari langkah itu dihentikan walau belum selesai, lalu ke "
        "“Kewajiban khusus”, “Menyiapkan penerima manfaat untuk dihubungkan dengan layanan”. "
        "Padanya ada pengesahan atau persetujuan, yang kini dapat terlewati tanpa jawaban.")
    assert "after 3 days that step is stopped although it is not done" in first.text.en


def test_an_event_beside_a_step_lets_it_go_on():
    (found,) = changes(KALBAR, *edge("approve_case_report", "unsigned", "Tidak disahkan", "start_management", cuts=False))
    assert found.weight is Weight.DUTY
    assert "setelah 3 hari langkah itu tetap berjalan, dan di sampingnya ada jalan lain, lalu ke “Kewajiban khusus”" in found.text.id


def test_a_time_standard_that_now_cuts_its_step_off_is_told_beside_the_time_that_went():
    words = told(KALBAR, inside("approve_case_report_overdue", lambda event: (
        event.set("cancelActivity", "true"), event.remove(event.find(f"{BPMN}extensionElements")))))
    assert "setelah 10 menit langkah itu dihentikan walau belum selesai" in words["node_added"] and "time_removed" in words


def set_length(event: Any, length: str) -> None:
    next(event.iter(f"{BPMN}timeDuration")).text = length


@pytest.mark.parametrize(("sop", "stroke", "kind", "sentence"), [
    # an event on the edge of a step: interrupting, elsewhere, another trigger, another target
    (LONG_STAY, attribute("stay_is_long", "cancelActivity", "true"), "behaviour_changed",
     "dahulu langkah itu tetap berjalan, dan di sampingnya ada jalan lain, kini langkah itu dihentikan walau belum selesai, lalu ke “"),
    (KALBAR, attribute("referral_not_wanted", "attachedToRef", "serve_line"), "behaviour_changed",
     "dahulu pada “Menyiapkan penerima manfaat untuk dihubungkan dengan layanan”, kini pada “Menjalankan setiap butir layanan”"),
    (KALBAR, inside("referral_not_wanted_definition", lambda event: event.attrib.pop("errorRef")), "behaviour_changed",
     "dahulu bila terjadi galat “CONSENT_REFUSED”, kini bila terjadi galat apa pun"),
    (KALBAR, lead("referral_not_wanted__explain_options", "set_lines"), "order_changed",
     "Sesudah “Persetujuan ditolak” pada “Menyiapkan penerima manfaat untuk dihubungkan dengan layanan” kini “Menetapkan butir layanan yang "
     "dijalankan”, tidak lagi “Menjelaskan pilihan, rencana keselamatan, dan cara menghubungi kembali”."),
    (LONG_STAY, inside("stay_is_long", lambda event: set_length(event, "P1M")), "behaviour_changed", "kini setelah 1 bulan"),
    # ends
    (KALBAR, inside("case_documented", lambda end: etree.SubElement(end, f"{BPMN}terminateEventDefinition") is not None),
     "behaviour_changed", "dahulu hanya mengakhiri jalannya sendiri, kini mengakhiri seluruh proses, juga langkah lain di dalamnya yang masih berjalan"),
    # gateways
    (KALBAR, turn_into("family_settled", "parallelGateway"), "behaviour_changed",
     "Gerbang tanpa nama sebelum “Persetujuan tambahan” berubah: dahulu setiap jalan yang tiba langsung diteruskan, "
     "kini menunggu sampai semua jalan tiba."),
    (KALBAR, turn_into("which_duties", "exclusiveGateway"), "behaviour_changed",
     "dahulu setiap jalan yang syaratnya terpenuhi ditempuh, kini hanya satu jalan ditempuh, yang syaratnya terpenuhi"),
    (KALBAR, attribute("is_risk_high", "default", "is_risk_high__respond_to_emergency"), "behaviour_changed",
     "kini ke “Tanggap darurat” bila tak satu pun syarat terpenuhi"),
    (KALBAR, when("is_risk_high__respond_to_emergency", 'risk = "high" or risk != "low"'), "condition_changed",
     "Syarat “Ya” pada “Risiko tinggi?” berubah: dahulu “Tingkat risiko” adalah “Tinggi”, kini “Tingkat risiko” adalah “Tinggi” atau "
     "“Tingkat risiko” bukan “Rendah”."),
    (KALBAR, when("is_risk_high__respond_to_emergency", 'count(lines) > 2'), "condition_changed", "kini count(lines) > 2."),
    (KALBAR, join("is_risk_high", "document_case", 'risk = "low"'), "order_changed",
     "Sesudah “Risiko tinggi?” kini juga “Melakukan pendokumentasian” (bila “Tingkat risiko” adalah “Rendah”)."),
    (KALBAR, inside("is_report_approved__start_management", lambda flow: flow.set("name", "Tidak")), "answer_reworded",
     "Tulisan pada jalan dari “Laporan kasus disetujui?” ke gerbang tanpa nama sebelum “Kewajiban khusus” berubah: "),
    # what a step does
    (KALBAR, inside("serve_line", lambda step: step.find(f"{BPMN}multiInstanceLoopCharacteristics").set("isSequential", "true")),
     "behaviour_changed", "bersamaan, kini dikerjakan untuk tiap butir “lines_to_serve”, bergiliran"),
    (KALBAR, write("pengelolaan-kasus.bpmn", "value='\"F13\"'", "value='\"F12\"'"), "behaviour_changed",
     "“Menerbitkan resume kasus” berubah: keterangan “code” dahulu F13 (Resume Kasus), kini F12 (Berita Acara Penyerahan)."),
    (KALBAR, say("assign_case_number", "operation", "notice.send"), "behaviour_changed",
     "yang dikerjakan sistem dahulu “case.number”, kini “notice.send”"),
    (BANDUNG, attribute("fulfil_police_duty", "calledElement", "common_merujuk"), "behaviour_changed", "SOP yang dijalankan dahulu “"),
    (BANDUNG, write("pengelolaan-kasus.bpmn", ">is_tpks</bpmn:transformation>", ">is_child</bpmn:transformation>"), "behaviour_changed",
     "data “Dugaan tindak pidana kekerasan seksual (TPKS)” yang dibawa masuk dahulu dari “Dugaan tindak pidana kekerasan seksual (TPKS)”, "
     "kini dari “is_child”"),
    (BANDUNG, write("pengelolaan-kasus.bpmn", ">line.line_no</bpmn:dataPath>", ">line.provider</bpmn:dataPath>"), "correlation_changed",
     "dahulu line_no = line.line_no, kini line_no = line.provider"),
    (BANDUNG, write("pengelolaan-kasus.bpmn", ">line_no</bpmn:messagePath>", ">line</bpmn:messagePath>"), "correlation_changed",
     "(pengelolaan-kasus.bpmn, line_no): dahulu consent_withdrawn = line_no, kini consent_withdrawn = line."),
    (KALBAR, say("document_case", "form", "explain_options"), "form_changed", "memakai formulir lain: “Mendokumentasikan kasus” menjadi “"),
    (KALBAR, write("pengelolaan-kasus.bpmn", '<bpmn:errorEventDefinition id="consent_refused_definition" errorRef="consent_refused_error" />',
                   "<bpmn:terminateEventDefinition />"), "behaviour_changed",
     "kini mengakhiri “Menyiapkan penerima manfaat untuk dihubungkan dengan layanan”, juga langkah lain di dalamnya"),
])
def test_a_change_says_what_is_otherwise(sop: str, stroke: Stroke, kind: str, sentence: str) -> None:
    assert sentence in told(sop, stroke)[kind]


def test_only_what_somebody_does_or_answers_for_is_red():
    def weights(*strokes: Stroke) -> set[Weight]:
        return {change.weight for change in changes(KALBAR, *strokes)}

    assert weights(set_field("approve_case_report", "note", help={"id": "Tulis jelas", "en": "Write clearly"})) == {Weight.REST}
    assert weights(write("forms/approve_plan.json", '"id": "Menyetujui perubahan rencana"', '"id": "Perubahan rencana"')) == {Weight.REST}
    assert weights(write("forms/approve_plan.json", '"id": "Disetujui"', '"id": "Ditolak"')) == {Weight.SAFEGUARD}
    assert weights(set_field("document_case", "summary", required=True)) == {Weight.REST}
    assert weights(node_on("document_case__issue_case_summary", "exclusiveGateway", "is_it_so", "Benar?")) == {Weight.DUTY}


def test_a_step_that_comes_to_stand_in_a_part_done_for_each_of_many_is_told():
    def standing(beside: str) -> definitions.Definition:
        draft = Draft(KALBAR)
        put_node(draft, beside, "userTask", "tell_family", name="Memberi tahu keluarga", form="document_case")
        return definitions.load(draft.bundle())

    (moved,) = [change for change in comparing.compare(standing("document_case"), standing("coordinate_provider"))
                if change.kind == "step_moved"]
    assert moved.text.id == "“Memberi tahu keluarga” berpindah: dahulu di luar bagian mana pun, kini di dalam “Menjalankan setiap butir layanan”."
    assert moved.weight is Weight.DUTY


def test_another_id_is_no_other_step():
    def other_id(draft: Draft) -> None:
        path = draft.path("pengelolaan-kasus.bpmn")
        drawn = draft.files[path].replace(b"explain_options", b"explain_choices")
        draft.files[path] = drawn.replace(b'sop:form="explain_choices"', b'sop:form="explain_options"')

    (found,) = changes(KALBAR, other_id)
    assert (found.kind, found.element_id, found.weight) == ("id_changed", "explain_choices", Weight.REST)


def test_a_way_drawn_anew_is_the_same_way_and_its_condition_is_told():
    def redrawn(draft: Draft) -> None:
        path = draft.path("pengelolaan-kasus.bpmn")
        draft.files[path] = draft.files[path].replace(b"is_risk_high__respond_to_emergency", b"drawn_anew").replace(
            b'>risk = "high"<', b'>risk = "low"<')

    kinds = {change.kind for change in changes(KALBAR, redrawn)}
    assert "condition_changed" in kinds and "order_changed" not in kinds
