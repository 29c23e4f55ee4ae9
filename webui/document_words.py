"""The documents of case work by their codes, F01 to F28, as the field names them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.types import Text
from webui import context

NAMES = {
    "F01": Text("Formulir penerimaan pengaduan", "Complaint intake form"),
    "F02": Text("Formulir identifikasi", "Identification form"),
    "F03": Text("Hasil asesmen", "Assessment result"),
    "F04": Text("Rencana intervensi layanan", "Intervention plan"),
    "F05": Text("Persetujuan layanan", "Informed consent"),
    "F06": Text("Persetujuan rujukan khusus", "Consent to a special referral"),
    "F07": Text("Catatan koordinasi keluarga", "Family coordination note"),
    "F08": Text("Surat tugas pendamping", "Companion's letter of assignment"),
    "F09": Text("Notula konferensi kasus", "Case conference minutes"),
    "F09U": Text("Undangan konferensi kasus", "Case conference invitation"),
    "F10": Text("Surat pengantar rujukan", "Referral letter"),
    "F11": Text("Surat pelimpahan", "Transfer letter"),
    "F12": Text("Berita acara penyerahan", "Handover minutes"),
    "F13": Text("Resume kasus", "Case summary"),
    "F14": Text("Formulir tindak lanjut", "Follow-up form"),
    "F15": Text("Laporan hasil layanan", "Service report"),
    "F16": Text("Lembar reviu rencana", "Plan review sheet"),
    "F17": Text("Surat balasan rujukan", "Reply to a referral"),
    "F18": Text("Usul dan persetujuan terminasi", "Termination proposal and approval"),
    "F19": Text("Surat penerimaan atau penghentian penampungan", "Shelter admission or discharge letter"),
    "F20": Text("Berita acara mediasi dan kesepakatan", "Mediation minutes and agreement"),
    "F21": Text("Tanggapan keluhan", "Answer to a complaint about the service"),
    "F21P": Text("Ringkasan publik keluhan", "Public summary of a complaint"),
    "F22": Text("Kuesioner kepuasan masyarakat", "Satisfaction survey"),
    "F22L": Text("Laporan survei kepuasan masyarakat", "Satisfaction survey report"),
    "F23": Text("Surat penerusan laporan ke kepolisian", "Report passed on to the police"),
    "F24": Text("Pemberitahuan penarikan persetujuan", "Notice that consent was withdrawn"),
    "F25": Text("Pemberitahuan kegagalan pelindungan data", "Notice of a data breach"),
    "F26": Text("Daftar kontak penyelenggara", "Directory of providers"),
    "F27": Text("Formulir pencatatan konseling", "Counselling record"),
    "F27A": Text("Buku tamu PUSPAGA", "PUSPAGA guest book"),
    "F27B": Text("Form identifikasi masalah", "Problem identification form"),
    "F27C": Text("Form rencana layanan PUSPAGA", "PUSPAGA service plan"),
    "F27E": Text("Surat pengakhiran konsultasi", "Letter closing a consultation"),
    "F27F": Text("Laporan penyuluhan", "Report of an information session"),
    "F28": Text("Matriks SOP-AP", "SOP-AP matrix"),
}


#: The part of a case's page where what is no letter can be read; "" where the page itself or the form has it.
_READ_AT = {"F01": "", "F02": "", "F03": "asesmen", "F04": "", "F05": "persetujuan", "F06": "persetujuan", "F07": "", "F09": "konferensi",
            "F14": "", "F15": "layanan", "F16": "", "F17": "layanan", "F18": ""}


def where_to_read(codes: Iterable[str]) -> list[str]:
    """The parts of a case's page that hold these documents, once each: letters lie under its documents."""
    return [part for part in dict.fromkeys(_READ_AT.get(code, "dokumen") for code in codes) if part]


def document_word(code: str) -> str:
    """The code with its name in the reader's language; an unknown one as it stands."""
    return f"{code} {context.say(NAMES[code])}" if code in NAMES else code
