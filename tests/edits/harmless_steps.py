"""Edits that are no fault: times, names, places, order and conditions of steps, over all five agencies."""

from __future__ import annotations

from typing import Final

from tests.edits.draft import enter, give_time, hand_to, lead, leave, rename, say, timed, when, write
from tests.edits.edit import Edit, Told

KALBAR, TEBING, DEPOK, SAPA = (f"{agency}/pengelolaan-kasus" for agency in ("kalbar", "tebing_tinggi", "depok", "sapa129"))
KONSULTASI, MEDIASI, PENGADUAN = (f"bandung/{sop}" for sop in ("konsultasi", "mediasi", "pengaduan-masyarakat"))
OFFICE, DAYS, ROUND = "jam kerja", "hari kerja", "siang malam"
CLOCK: Final = {OFFICE: "working_minutes", DAYS: "working_days", ROUND: "elapsed"}

# sop, step, before, clock in words, ISO length after, after
TIMES = [
    (KALBAR, "approve_case_report", "10 menit", OFFICE, "PT15M", "15 menit"),
    (KALBAR, "approve_case_report", "10 menit", OFFICE, "PT5M", "5 menit"),
    (KALBAR, "coordinate_provider", "40 menit", OFFICE, "PT30M", "30 menit"),
    (KALBAR, "coordinate_provider", "40 menit", OFFICE, "PT1H", "1 jam"),
    (KALBAR, "hand_over_referral", "30 Menit", OFFICE, "PT45M", "45 menit"),
    (KALBAR, "monitor_beneficiary", "60 menit", OFFICE, "PT90M", "90 menit"),
    (KALBAR, "receive_completion_report", "60 Menit", OFFICE, "PT20M", "20 menit"),
    (KALBAR, "document_case", "30 menit", OFFICE, "PT2H", "2 jam"),
    (KALBAR, "report_to_police", "3 x 24 jam", ROUND, "PT48H", "2 x 24 jam"),
    (SAPA, "decide_and_hand_over", "5 Hari kerja", DAYS, "P3D", "3 hari kerja"),
    (SAPA, "decide_and_hand_over", "5 Hari kerja", DAYS, "P7D", "7 hari kerja"),
    (TEBING, "identify_and_plan", "24 Jam", ROUND, "PT12H", "12 jam"),
    (TEBING, "identify_and_plan", "24 Jam", ROUND, "PT48H", "48 jam"),
]
NEW_TIMES = [
    (KALBAR, "check_and_forward", "PT30M", "30 menit", OFFICE),
    (TEBING, "assign_companion", "P1D", "1 hari kerja", DAYS),
    (DEPOK, "decide_mode", "P2D", "2 hari kerja", DAYS),
    (DEPOK, "document_case", "PT24H", "24 jam", ROUND),
    (SAPA, "document_case", "PT60M", "60 menit", OFFICE),
    (KONSULTASI, "assess_client", "PT90M", "90 menit", OFFICE),
    (MEDIASI, "mediation_prepare", "P5D", "5 hari kerja", DAYS),
]
NAMES = [
    (KALBAR, "document_case", "Melakukan pendokumentasian", "Mendokumentasikan kasus"),
    (KALBAR, "assign_case_number", "Memberi nomor registrasi kasus", "Memberi nomor kasus"),
    (TEBING, "document_case", "Mendokumentasikan kasus", "Mendokumentasikan dan mengarsipkan"),
    (TEBING, "complete_documents", "Melengkapi berkas yang menyusul", "Melengkapi berkas"),
    (TEBING, "transfer_consent", "Meminta persetujuan atas pelimpahan", "Menanyakan persetujuan pelimpahan"),
    (DEPOK, "assign_companion", "Menugaskan Pendamping PPA", "Menunjuk Pendamping PPA"),
    (DEPOK, "terminate_services", "Memutuskan terminasi layanan", "Mengakhiri layanan"),
    (SAPA, "explain_delay", "Mencatat alasan keterlambatan", "Menjelaskan keterlambatan"),
    (SAPA, "decide_and_hand_over", "Keputusan sampai surat diserahkan", "Keputusan dan penyerahan surat"),
    (KONSULTASI, "refer_client", "Merujuk klien", "Merujuk klien ke layanan lain"),
    (KONSULTASI, "tell_options", "Menyampaikan pilihan lain", "Menjelaskan pilihan lain"),
    (MEDIASI, "mediation_prepare", "Tahap Persiapan", "Persiapan mediasi"),
    (PENGADUAN, "intake_receive", "Penerimaan Pengaduan", "Menerima pengaduan"),
]
# sop, flow, id, name, form
NEW_STEPS = [
    (KALBAR, "check_and_forward__is_report_in_order", "tell_family", "Memberi tahu keluarga", "document_case"),
    (KALBAR, "explain_options__case_may_close", "hand_leaflet", "Memberikan brosur", "explain_options"),
    (KALBAR, "coordinate_center__center_informed", "log_center", "Mencatat koordinasi", "coordinate_center"),
    (TEBING, "issue_assignment_letter__is_case_transferred", "brief_companion", "Mengarahkan pendamping", "assign_companion"),
    (TEBING, "warn_missing_papers__end_considered", "ask_for_papers", "Menanyakan berkas", "assign_companion"),
    (DEPOK, "issue_case_summary__invite_survey", "send_summary", "Mengirim laporan kasus", "invite_survey"),
    (DEPOK, "decide_mode__assign_companion", "check_workload", "Memeriksa beban pendamping", "invite_survey"),
    (SAPA, "explain_delay__delay_explained", "tell_delay", "Memberitahukan keterlambatan", "explain_delay"),
    (SAPA, "invite_survey__document_case", "thank_family", "Berterima kasih", "invite_survey"),
    (KONSULTASI, "assess_client__present_assessment", "discuss_result", "Membahas hasil", "present_assessment"),
    (KONSULTASI, "tell_options__client_informed", "give_contacts", "Memberi kontak layanan", "tell_options"),
    (MEDIASI, "mediation_supervise__mediation_kept", "file_agreement", "Mengarsipkan kesepakatan", "mediation_supervise"),
    (PENGADUAN, "intake_inform__intake_informed", "note_information", "Mencatat informasi", "intake_inform"),
]
# sop, step, name, whether it approves or asks for consent
GONE = [
    (KALBAR, "decide_intervention_complete", False), (KALBAR, "acknowledge_completion", False), (KALBAR, "coordinate_center", False),
    (TEBING, "assign_companion", False), (TEBING, "warn_missing_papers", False),
    (DEPOK, "invite_survey", False), (DEPOK, "issue_contact_list", False),
    (SAPA, "invite_survey", False), (SAPA, "supervise_companions", False),
    (KONSULTASI, "visit_client", False), (KONSULTASI, "tell_options", False), (KONSULTASI, "present_assessment", False),
    (MEDIASI, "mediation_pre_court", False),
]
# sop, step, lane before, lane after, whether it approves or asks for consent
LANES = [
    (KALBAR, "explain_options", "Pendamping PPA", "Manajer Kasus", False),
    (KALBAR, "document_case", "Operator/Penerima Pengaduan", "Manajer Kasus", False),
    (KALBAR, "receive_completion_report", "Pendamping PPA", "Operator/Penerima Pengaduan", False),
    (KALBAR, "approve_case_report", "Manajer Kasus", "Kepala UPTD PPA", True),
    (KALBAR, "approve_plan", "Manajer Kasus", "Kepala UPTD PPA", True),
    (TEBING, "complete_documents", "Operator/Penerima Pengaduan", "Pendamping PPA", False),
    (TEBING, "document_case", "Staf pengelola data dan informasi", "Operator/Penerima Pengaduan", False),
    (DEPOK, "offer_information", "Pendamping PPA", "Kepala UPTD PPA", False),
    (DEPOK, "invite_survey", "Staf pengelola data dan informasi", "Pendamping PPA", False),
    (DEPOK, "confirm_plan_and_consent", "Pendamping PPA", "Kepala UPTD PPA", True),
    (SAPA, "invite_survey", "Pendamping PPA", "Staf pengelola data dan informasi", False),
    (SAPA, "record_service_consent", "Pendamping PPA", "Penyelia", True),
    (KONSULTASI, "close_consultation", "Psikolog/Konselor", "Ketua Puspaga", False),
    (KONSULTASI, "check_file", "Petugas Puspaga", "Psikolog/Konselor", False),
    (KONSULTASI, "agree_referral", "Petugas Puspaga", "Psikolog/Konselor", True),
    (MEDIASI, "mediation_supervise", "Pendamping PPA", "Mediator", False),
    (MEDIASI, "mediation_consent", "Pendamping PPA", "Psikolog", True),
    (PENGADUAN, "intake_assess", "Pendamping PPA", "Operator/Penerima Pengaduan", False),
]
# sop, source of the flow, flow, condition before, after, whether it decides what an approval or a consent leads to
CONDITIONS = [
    (KALBAR, "is_risk_high", "respond_to_emergency", 'risk = "high"', 'risk = "high" or risk = "medium"', False),
    (KALBAR, "which_duties", "coordinate_center", "trafficking = true or foreign = true", "trafficking = true", False),
    (KALBAR, "is_family_needed", "coordinate_family", "is_child = true or disability = true", "is_child = true", False),
    (KALBAR, "is_report_approved", "start_management", 'decision = "approved"', 'decision != "rejected"', True),
    (KALBAR, "is_plan_approved", "set_lines", 'plan_decision = "approved"', 'plan_decision != "returned"', True),
    (TEBING, "is_conference_needed", "hold_case_conference", "conference_needed = true", 'conference_needed = true or risk = "high"', False),
    (TEBING, "do_papers_follow", "complete_documents", "papers_later = true", 'papers_later = true and risk != "high"', False),
    (TEBING, "is_end_approved", "document_case", 'termination_decision = "approved"', 'termination_decision != "returned"', True),
    (DEPOK, "is_conference_wanted", "hold_case_conference", "conference_needed = true",
     "conference_needed = true or conflict_of_interest = true", False),
    (DEPOK, "is_risk_high", "respond_to_emergency", 'risk = "high"', 'risk != "low"', False),
    (SAPA, "is_risk_high", "respond_to_emergency", 'risk = "high"', 'risk != "low"', False),
    (SAPA, "is_end_approved", "invite_survey", 'termination_decision = "approved"', 'termination_decision != "returned"', True),
    (KONSULTASI, "is_visit_needed", "visit_client", "visit_needed = true", 'visit_needed = true or client_status = "processed"', False),
    (MEDIASI, "is_agreement_reached", "mediation_not_held", 'mediation_outcome = "not_agreed" or mediation_outcome = "stopped"',
     'mediation_outcome != "agreed"', False),
    (PENGADUAN, "is_shelter_needed", "intake_shelter", "shelter_needed = true", 'shelter_needed = true or risk = "high"', False),
]
# sop, flow, where it leads now, what is followed by something else
OTHER_WAYS = [
    (KALBAR, "is_report_in_order__receive_completion_report", "check_and_forward", ("check_and_forward", "is_report_in_order")),
    (KALBAR, "is_plan_approved__revise_plan", "agree_plan", ("approve_plan", "is_plan_approved")),
    (KONSULTASI, "visit_client__close_consultation", "decide_followup", ("visit_client",)),
    (DEPOK, "revise_plan__ready_to_confirm", "ready_to_decide", ("revise_plan",)),
    (SAPA, "is_end_approved__is_case_transferred", "end_considered", ("decide_end", "is_end_approved")),
]
# sop, step, attribute, kind of the change, before, after
PAPERS = [
    (KALBAR, "hand_over_referral", "inputs", "F03 F04 F10 F12", "F03 F04 F10"),
    (KALBAR, "review_results", "inputs", "F14 F15", "F14 F15 F16"),
    (KALBAR, "document_case", "outputs", "F13", "F13 F18"),
    (TEBING, "review_case", "outputs", "F02", "F02 F03"),
    (DEPOK, "review_case", "inputs", "F01 F02 F03 F04", "F01 F02"),
    (SAPA, "decide_services", "inputs", "F03 F05", "F03 F04 F05"),
    (KONSULTASI, "decide_followup", "inputs", "F03", "F03 F10"),
    (MEDIASI, "mediation_supervise", "inputs", "F20", "F05 F20"),
    (PENGADUAN, "intake_plan", "inputs", "F03", "F02 F03"),
]
# sop, step, form before, after
FORMS = [
    (KALBAR, "acknowledge_completion", "acknowledge_completion", "check_and_forward"),
    (DEPOK, "receive_recommendation", "receive_recommendation", "document_case"),
    (SAPA, "explain_delay", "explain_delay", "supervise_companions"),
    (KONSULTASI, "write_consult_report", "write_consult_report", "close_consultation"),
]
CLASSES = [
    (KALBAR, "coordinate_family", "C3", "C4", False), (KALBAR, "explain_options", None, "C3", False),
    (PENGADUAN, "intake_identify", "C3", "C4", False), (KONSULTASI, "assess_client", None, "C3", False),
    (MEDIASI, "mediation_supervise", None, "C3", False),
]

EDITS: list[Edit] = [
    *(Edit(sop=sop, what=f"{step}: {was} -> {now}", strokes=(timed(step, length, now),),
           told=(Told("time_changed", step, f"{was} ({clock}", f"{now} ({clock}"),))
      for sop, step, was, clock, length, now in TIMES),
    *(Edit(sop=sop, what=f"{step} gets {words}", strokes=(give_time(step, length, words, CLOCK[clock]),),
           told=(Told("time_added", step, None, f"{words} ({clock}"),)) for sop, step, length, words, clock in NEW_TIMES),
    *(Edit(sop=sop, what=f"{step} counts by another clock", strokes=(timed(step, length, words, CLOCK[clock]),),
           told=(Told("time_changed", step, was, f"{words} ({clock}"),))
      for sop, step, was, length, words, clock in [
          (KALBAR, "document_case", "30 menit (jam kerja", "PT30M", "30 menit", ROUND),
          (SAPA, "decide_and_hand_over", "5 Hari kerja (hari kerja", "P5D", "5 hari", ROUND),
          (TEBING, "identify_and_plan", "24 Jam (siang malam", "P3D", "3 hari kerja", DAYS)]),
    *(Edit(sop=sop, what=f"{step} is renamed", strokes=(rename(step, now),), told=(Told("step_renamed", step, was, now),))
      for sop, step, was, now in NAMES),
    *(Edit(sop=sop, what=f"{key} is new", strokes=(enter(flow, key, name, form),), told=(Told("step_added", key, "", name),))
      for sop, flow, key, name, form in NEW_STEPS),
    *(Edit(sop=sop, what=f"{step} is gone", strokes=(leave(step),), told=(Told("step_removed", step, None, "", grave),))
      for sop, step, grave in GONE),
    *(Edit(sop=sop, what=f"{step} is now {now}'s", strokes=(hand_to(step, now),), told=(Told("lane_changed", step, was, now, grave),))
      for sop, step, was, now, grave in LANES),
    *(Edit(sop=sop, what=f"{source} asks {now}", strokes=(when(f"{source}__{target}", now),),
           told=(Told("condition_changed", source, was, now, grave),)) for sop, source, target, was, now, grave in CONDITIONS),
    *(Edit(sop=sop, what=f"{flow} leads to {target}", strokes=(lead(flow, target),), told=tuple(Told("order_changed", one) for one in ones)) for sop, flow, target, ones in OTHER_WAYS),
    *(Edit(sop=sop, what=f"{step}: {word} {now}", strokes=(say(step, word, now),), told=(Told(f"{word}_changed", step, was.replace(" ", ", "), now.replace(" ", ", ")),))
      for sop, step, word, was, now in PAPERS),
    *(Edit(sop=sop, what=f"{step} has the form {now}", strokes=(say(step, "form", now),), told=(Told("form_changed", step, was, now),))
      for sop, step, was, now in FORMS),
    *(Edit(sop=sop, what=f"{step} is {now}", strokes=(say(step, "sensitivity", now),),
           told=(Told("sensitivity_changed", step, was or "", now, grave),)) for sop, step, was, now, grave in CLASSES),
    Edit(sop=KALBAR, what="a summary becomes another letter",
         strokes=(write("pengelolaan-kasus.bpmn", "value='\"F13\"'", "value='\"F12\"'"),),
         told=(Told("behaviour_changed", "issue_case_summary"),)),
    Edit(sop=TEBING, what="the number is given by another operation", strokes=(say("assign_case_number", "operation", "notice.send"),),
         told=(Told("behaviour_changed", "assign_case_number"),)),
    Edit(sop=SAPA, what="a table is asked another question", strokes=(say("set_lines", "decision", "lines_after_letters"),),
         told=(Told("behaviour_changed", "set_lines"),)),
]
