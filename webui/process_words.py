"""What the diagrams' own variables are called: those that no form asks for, and the answers of the decision tables."""

from __future__ import annotations

from engine.types import Text
from webui import context

NAMES = {
    "case_number": Text("Nomor kasus", "Case number"),
    "risk": Text("Tingkat risiko", "Risk level"),
    "eligibility": Text("Kelayakan", "Eligibility"),
    "authority": Text("Kewenangan", "Competence"),
    "authority_found": Text("Kewenangan menurut aturan", "Competence according to the rules"),
    "authority_level": Text("Tingkat kewenangan", "Level of competence"),
    "result": Text("Hasil", "Result"),
    "receivers": Text("Penerima", "Receivers"),
    "monitor": Text("Tetap dipantau", "Still monitored"),
    "lines": Text("Butir layanan", "Services"),
    "entry": Text("Dimulai dari", "Begins with"),
    "lines_to_serve": Text("Butir yang dijalankan", "Services to carry out"),
    "planned_lines": Text("Butir yang direncanakan", "Planned services"),
    "line_results": Text("Hasil tiap butir", "Result of each service"),
    "mode": Text("Cara", "Way"),
    "line_modes": Text("Cara tiap butir", "Way for each service"),
    "next_step": Text("Langkah berikutnya", "Next step"),
    "referral_result": Text("Hasil rujukan", "Result of the referral"),
    "transfer_result": Text("Hasil pelimpahan", "Result of the transfer"),
    "transfer_outcome": Text("Akhir pelimpahan", "Outcome of the transfer"),
    "mediation_gate": Text("Boleh dimediasi", "Whether mediation is allowed"),
    "outreach_try_no": Text("Upaya verifikasi ke", "Number of this verification attempt"),
    "skm_answers": Text("Jawaban survei", "Survey answers"),
    "respondents": Text("Jumlah responden", "Number of respondents"),
    "ikm": Text("Indeks Kepuasan Masyarakat", "Satisfaction index"),
    "nrr": Text("Nilai rata-rata tiap unsur", "Mean of each element"),
    "band": Text("Mutu pelayanan", "Quality band"),
    "mutu": Text("Mutu pelayanan", "Quality band"),
    "quality": Text("Kinerja unit pelayanan", "Performance of the unit"),
    "lowest_element": Text("Unsur terendah", "Lowest element"),
}

ANSWERS = {
    "high": Text("Tinggi", "High"), "medium": Text("Sedang", "Medium"), "low": Text("Rendah", "Low"),
    "accept": Text("Diterima", "Accepted"), "emergency": Text("Kedaruratan lebih dahulu", "Emergency first"),
    "information": Text("Diberi informasi", "Information given"), "other_service": Text("Layanan lain", "Another service"),
    "refer_outside": Text("Dirujuk ke luar", "Referred elsewhere"), "to_verify": Text("Perlu diverifikasi", "To be verified"),
    "own": Text("Unit ini sendiri", "This unit"), "transfer": Text("Dilimpahkan", "Transferred"),
    "center": Text("Pusat", "National"), "province": Text("Provinsi", "Province"),
    "regency_city": Text("Kabupaten/kota", "Regency or city"),
    "provide": Text("Menyediakan", "Provided"), "refer": Text("Merujuk", "Referred"),
    "allowed": Text("Boleh", "Allowed"), "forbidden": Text("Tidak boleh", "Forbidden"), "deferred": Text("Ditunda", "Deferred"),
    "case_conference": Text("Konferensi kasus", "Case conference"),
    "coordinate": Text("Koordinasi dengan penyelenggara", "Coordination with the provider"),
    "deliver": Text("Intervensi layanan", "The service itself"),
    "hand_over": Text("Menyerahkan rujukan", "Hand over the referral"), "conference": Text("Konferensi kasus", "Case conference"),
    "new_consent": Text("Persetujuan baru", "New consent"), "next_provider": Text("Penyelenggara berikut", "Next provider"),
    "resend": Text("Melengkapi dokumen", "Complete the documents"), "escalate": Text("Dieskalasi", "Escalated"),
}


def name_word(name: str) -> str:
    """The variable in the reader's language; an unknown one as the diagram calls it."""
    return context.say(NAMES[name]) if name in NAMES else name


def answer_word(name: str, value: str) -> str:
    """A table's answer in the reader's language, only where the variable is one of the diagrams' own."""
    return context.say(ANSWERS[value]) if name in NAMES and value in ANSWERS else value
