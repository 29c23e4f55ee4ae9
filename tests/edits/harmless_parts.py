"""Edits that are no fault: forms, tables, letters, roles and the identity sheet, over all five agencies."""

from __future__ import annotations

from typing import Any

from tests.edits.draft import ask, ask_no_more, drop_option, remove_file, set_field, write
from tests.edits.edit import Edit, Told
from tests.edits.harmless_steps import DEPOK, KALBAR, KONSULTASI, MEDIASI, PENGADUAN, SAPA, TEBING

D04, D08, D11 = "d04-risiko.dmn", "d08-mediasi.dmn", "d11-jawaban-penyelenggara.dmn"
KONSELING, SOSIALISASI = "bandung/konseling", "bandung/sosialisasi"

# sop, form, key, type, label, whether the form approves
NEW_FIELDS = [
    (KALBAR, "document_case", "box_number", "text", "Nomor boks arsip", False),
    (KALBAR, "monitor_beneficiary", "contact_place", "text", "Tempat bertemu", False),
    (KALBAR, "approve_plan", "advice", "longtext", "Saran", True),
    (TEBING, "assign_companion", "phone_reachable", "boolean", "Dapat dihubungi", False),
    (DEPOK, "decide_mode", "meeting_date", "date", "Tanggal rapat", False),
    (DEPOK, "offer_information", "leaflet_given", "boolean", "Brosur diberikan", False),
    (SAPA, "explain_delay", "told_whom", "text", "Siapa yang diberi tahu", False),
    (KONSULTASI, "visit_client", "visit_place", "text", "Tempat kunjungan", False),
    (MEDIASI, "mediation_prepare", "room", "text", "Ruang", False),
    (PENGADUAN, "intake_inform", "informed_by", "text", "Petugas", False),
]
LOST_FIELDS = [
    (KALBAR, "document_case", "archive_place", False), (KALBAR, "hand_over_referral", "witness", False),
    (TEBING, "document_case", "archive_place", False), (DEPOK, "assign_companion", "companion_position", False),
    (DEPOK, "receive_recommendation", "professional", False), (SAPA, "supervise_companions", "supervision_note", False),
    (KONSULTASI, "refer_client", "contact_person", False), (MEDIASI, "mediation_supervise", "supervision_note", False),
]
# sop, form, key, what changes, whether it is of an approval or a consent
FACTS: list[tuple[str, str, str, dict[str, Any], bool]] = [
    (KALBAR, "document_case", "summary", {"required": True}, False),
    (KALBAR, "hand_over_referral", "received_by", {"required": False}, False),
    (KALBAR, "approve_case_report", "note", {"required": True}, True),
    (TEBING, "assign_companion", "companion_duties", {"required": True}, False),
    (DEPOK, "document_case", "summary", {"required": True}, False),
    (DEPOK, "receive_recommendation", "recommendation", {"required": False}, False),
    (SAPA, "explain_delay", "expected_at", {"required": True}, False),
    (KONSULTASI, "visit_client", "visit_result", {"required": True}, False),
    (KALBAR, "monitor_beneficiary", "with_whom", {"sensitivity": "C4"}, False),
    (TEBING, "receive_case", "alias_code", {"sensitivity": "C2"}, False),
    (DEPOK, "offer_information", "safety_plan", {"sensitivity": "C4"}, False),
    (SAPA, "supervise_companions", "supervision_note", {"sensitivity": "C4"}, False),
    (KONSULTASI, "present_assessment", "proposed_followup", {"sensitivity": "C4"}, False),
    (MEDIASI, "mediation_prepare", "parties", {"sensitivity": "C4"}, False),
    (KALBAR, "document_case", "archive_place", {"label": {"id": "Rak arsip", "en": "Shelf"}}, False),
    (DEPOK, "assign_companion", "duties", {"label": {"id": "Uraian tugas", "en": "Duties"}}, False),
    (SAPA, "explain_delay", "delay_reason", {"type": "text"}, False),
]
# sop, form, field, option that goes
OPTIONS = [
    (DEPOK, "invite_survey", "survey_invited", "declined"), (SAPA, "invite_survey", "invited", "declined"),
    (KALBAR, "monitor_beneficiary", "contact_mode", "visit"),
]
# sop, file, before, after
ROWS = [
    (DEPOK, D11, '"incomplete_documents"', '"incomplete_documents", "other"'),
    (MEDIASI, D08, '"civil_family", "labour"', '"civil_family"'),
    (TEBING, D11, '<outputEntry><text>"resend"</text></outputEntry>', '<outputEntry><text>"next_provider"</text></outputEntry>'),
]
# sop, template, what its first line begins with
LETTERS = [
    (KALBAR, "documents/resume-kasus.typ"), (KALBAR, "documents/surat-rujukan.typ"), (DEPOK, "documents/surat-tugas-pendamping.typ"),
    (TEBING, "documents/terminasi.typ"), (SAPA, "documents/kuesioner-skm.typ"), (KONSULTASI, "documents/pengakhiran-konsultasi.typ"),
    (MEDIASI, "documents/berita-acara-mediasi.typ"),
]
# sop, words of the sheet, words instead, part of the sheet
SHEETS = [
    (KALBAR, 'number = "065/ /UPT PPA"', 'number = "066/12/UPT PPA"', "number"),
    (KALBAR, "effective = 2023-03-06", "effective = 2026-12-01", "effective"),
    (KALBAR, '"Komputer", "ATK"', '"Komputer", "Telepon", "ATK"', "equipment"),
    (KALBAR, 'id = "Pengelolaan Kasus"', 'id = "Pengelolaan Kasus Terpadu"', "title"),
    (TEBING, 'number = "301 TAHUN 2022"', 'number = "12 TAHUN 2026"', "number"),
    (DEPOK, 'approver = "belum ditetapkan dalam SOP"', 'approver = "Kepala Dinas"', "approver"),
    (SAPA, 'effective = "belum ditetapkan dalam SOP"', 'effective = "2026-12-01"', "effective"),
    (KONSULTASI, 'number = "belum ditetapkan dalam SOP"', 'number = "7/2026"', "number"),
    (MEDIASI, 'id = "Layanan Mediasi"', 'id = "Mediasi"', "title"),
]
# sop, lane, role before, after, whether the lane approves or asks for consent
ROLES = [
    (KALBAR, "Manajer Kasus", "case_manager", "head_of_unit", True),
    (KALBAR, "Operator/Penerima Pengaduan", "intake_operator", "data_staff", False),
    (TEBING, "Operator/Penerima Pengaduan", "intake_operator", "supervisor", False),
    (DEPOK, "Staf pengelola data dan informasi", "data_staff", "intake_operator", False),
    (SAPA, "Pendamping PPA", "companion", "supervisor", True),
    (KONSULTASI, "Ketua Puspaga", "puspaga_head", "counsellor", False),
    (MEDIASI, "Mediator", "mediator", "psychologist", False),
]
# sop, who starts before, after
STARTERS = [
    (KALBAR, "intake_operator case_manager", "case_manager"), (TEBING, "intake_operator supervisor", "intake_operator"),
    (DEPOK, "intake_operator companion head_of_unit", "intake_operator head_of_unit"), (SAPA, "intake_operator supervisor", "supervisor"),
]


def listed(roles: str) -> str:
    return "start_roles = [" + ", ".join(f'"{role}"' for role in roles.split()) + "]"


EDITS: list[Edit] = [
    *(Edit(sop=sop, what=f"{form} asks {key}", strokes=(ask(form, key, kind, words),), told=(Told("field_added", "", None, key, grave),))
      for sop, form, key, kind, words, grave in NEW_FIELDS),
    *(Edit(sop=sop, what=f"{form} no longer asks {key}", strokes=(ask_no_more(form, key),),
           told=(Told("field_removed", "", key, None, grave),)) for sop, form, key, grave in LOST_FIELDS),
    *(Edit(sop=sop, what=f"{form}.{key}: {facts}", strokes=(set_field(form, key, **facts),),
           told=(Told("field_changed", "", None, None, grave),)) for sop, form, key, facts, grave in FACTS),
    *(Edit(sop=sop, what=f"{form}.{key} no longer offers {option}", strokes=(drop_option(form, key, option),),
           told=(Told("field_changed"),)) for sop, form, key, option in OPTIONS),
    *(Edit(sop=sop, what=f"{file}: {was} -> {now}", strokes=(write(file, was, now),), told=(Told("decision_row_changed"),))
      for sop, file, was, now in ROWS),
    Edit(sop=KALBAR, what="a decision reckons otherwise", strokes=(write("butir-layanan.dmn", 'r.line_status = "cancelled"', "false"),),
         told=(Told("decision_expression_changed"),)),
    *(Edit(sop=sop, what=f"{path} says more", strokes=(write(path, "//", "// diperbarui;"),), told=(Told("document_changed"),))
      for sop, path in LETTERS),
    *(Edit(sop=sop, what=f"sheet: {now}", strokes=(write("sop.toml", was, now),), told=(Told("identity_changed", "", part, part),))
      for sop, was, now, part in SHEETS),
    *(Edit(sop=sop, what=f"{lane} is {now}", strokes=(write("sop.toml", f'"{lane}" = "{was}"', f'"{lane}" = "{now}"'),),
           told=(Told("role_changed", "", was, now, grave),)) for sop, lane, was, now, grave in ROLES),
    *(Edit(sop=sop, what=f"begun by {now}", strokes=(write("sop.toml", listed(was), listed(now)),),
           told=(Told("start_roles_changed", "", was, now),)) for sop, was, now in STARTERS),
    *(Edit(sop=sop, what="a remark in the diagram", strokes=(write(".bpmn", "</bpmn:definitions>", "<!-- catatan --></bpmn:definitions>"),),
           told=(Told("file_changed"),)) for sop in (KALBAR, TEBING, SAPA)),
    Edit(sop=DEPOK, what="a remark in the sheet", strokes=(write("sop.toml", "# SOP", "# Versi 2026: SOP"),),
         told=(Told("file_changed", "", "sop.toml", "sop.toml"),)),
    Edit(sop=KONSELING, what="a form goes", strokes=(remove_file("forms/explain_counselling.json"),),
         told=(Told("form_removed", grave=True), Told("consent_weakened", "*", grave=True)), defect="form-missing"),
    *(Edit(sop=sop, what=f"{form} asks {key}", strokes=(ask(form, key, "text", words),), told=(Told("field_added", "", None, key),))
      for sop, form, key, words in [(KONSELING, "record_counselling", "session_place", "Tempat sesi"),
                                    (SOSIALISASI, "write_talk_report", "photo_count", "Jumlah foto")]),
]
