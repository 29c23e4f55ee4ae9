"""What the records of a case file are called, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _


def record_word(record: str) -> str:
    """The title of a projected record of the case file; an unknown one as it stands, without underscores."""
    words: dict[str, str] = {
        "identification": _("Identifikasi kasus"), "assessment": _("Asesmen"), "plan": _("Rencana intervensi"),
        "consent": _("Persetujuan"), "service_consent": _("Persetujuan layanan"), "referral": _("Rujukan"),
        "handover": _("Berita acara penyerahan"), "follow_up": _("Tindak lanjut"), "monitoring": _("Pemantauan"),
        "provider_report": _("Laporan penyelenggara layanan"), "review": _("Reviu"), "case_review": _("Reviu kasus"),
        "case_decision": _("Keputusan pengelolaan kasus"), "assignment": _("Penugasan"), "supervision": _("Supervisi"),
        "coordination": _("Koordinasi"), "family_coordination": _("Koordinasi keluarga"), "networking": _("Jejaring"),
        "networking_request": _("Permintaan jejaring"), "networking_result": _("Hasil jejaring"),
        "plan_agreement": _("Kesepakatan rencana"), "plan_approval": _("Persetujuan rencana"), "risk_review": _("Peninjauan risiko"),
        "case_conference": _("Konferensi kasus"), "police_report": _("Pelaporan ke kepolisian"),
        "authority_review": _("Kewenangan"), "responsibility": _("Tanggung jawab atas kasus"),
        "report_check": _("Pemeriksaan laporan"), "acknowledgement": _("Mengetahui"), "delay": _("Alasan keterlambatan"),
        "hiv_consent": _("Persetujuan"),  # a neutral name: the record's own would say what it is about
        "termination": _("Terminasi"), "case_report": _("Laporan kasus"), "documentation": _("Dokumentasi"), "closing": _("Pengakhiran"),
        "emergency": _("Tanggap darurat"), "outreach": _("Penjangkauan"), "intake_papers": _("Kelengkapan berkas"),
        "late_papers": _("Berkas yang menyusul"), "information": _("Informasi yang diberikan"), "options": _("Pilihan yang dijelaskan"),
        "offered_help": _("Bantuan yang ditawarkan"), "options_offered": _("Bantuan yang ditawarkan"),
        "withdrawal": _("Penarikan persetujuan"), "withdrawal_notice": _("Pemberitahuan penarikan"),
        "withdrawal_confirmation": _("Penegasan penerima data"), "withdrawal_options": _("Pilihan setelah penarikan"),
        "unreachable": _("Penerima manfaat tidak terjangkau"), "unreachable_proposal": _("Usul penutupan karena tidak terjangkau"),
        "contact_try": _("Upaya kontak aman"), "transfer": _("Pelimpahan"), "transfer_handover": _("Penyerahan pelimpahan"),
        "reopening": _("Pembukaan kembali"), "reopening_report": _("Laporan baru"), "reopening_refused": _("Pembukaan kembali ditolak"),
        "accompaniment": _("Pendampingan"), "mediation": _("Mediasi"), "shelter": _("Penampungan"), "complaint": _("Keluhan layanan"),
        "counselling": _("Konseling"), "counselling_intake": _("Penerimaan konseling"), "counselling_report": _("Laporan konseling"),
        "problem_identification": _("Identifikasi masalah"), "client_reception": _("Penerimaan klien"), "client_status": _("Status klien"),
        "client_visit": _("Kunjungan klien"), "guest_book": _("Buku tamu"), "followup_decision": _("Penetapan tindak lanjut"),
        "socialisation": _("Sosialisasi"), "guidance": _("Bimbingan masyarakat"), "advocacy": _("Advokasi"), "analysis": _("Analisis data"),
        "simfoni": _("SIMFONI PPA"), "skm_period": _("Survei kepuasan"), "skm_response": _("Jawaban survei kepuasan"),
        "survey_invitation": _("Undangan survei kepuasan"), "data_request": _("Permintaan data pribadi"), "break_glass": _("Akses darurat"),
        "public_report": _("Laporan masyarakat"), "public_report_review": _("Telaah laporan masyarakat"),
        "public_message": _("Pesan pelapor"), "public_message_read": _("Tindak lanjut pesan pelapor"),
    }
    return words.get(record, record.replace("_", " ").capitalize())


def receiver_word(kind: str) -> str:
    """A kind of receiver of what leaves the agency."""
    return {
        "health": _("layanan kesehatan"), "police": _("kepolisian"), "legal_aid": _("bantuan hukum"), "shelter": _("rumah aman"),
        "social": _("layanan sosial"), "school_village": _("sekolah atau desa"), "conference": _("peserta konferensi kasus"),
        "agency": _("unit lain"), "beneficiary": _("penerima manfaat"), "complainant": _("penyampai keluhan"),
    }.get(kind, _("pihak lain"))


def line_word(status: str) -> str:
    """Where one line of a plan stands."""
    return {
        "planned": _("direncanakan"), "awaiting_consent": _("menunggu persetujuan"), "refused": _("tidak dikehendaki"),
        "in_referral": _("diterima penyelenggara"), "in_delivery": _("berjalan"), "reported": _("dilaporkan"),
        "fulfilled": _("terpenuhi"), "not_fulfilled": _("belum terpenuhi"), "cancelled": _("dibatalkan"),
    }.get(status, status)
