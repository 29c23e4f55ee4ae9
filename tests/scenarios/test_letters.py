"""Documents F01-F27 as people hold them: set from their samples, read back from the PDF, and read aloud by a screen reader.

That a letter keeps what is none of its receiver's business is the engine's work (tests/unit/test_release.py); here, that what a
document must say (domain.md 5.2) is really on the paper, and that nothing breaks where a question was not answered.
"""

from __future__ import annotations

import copy
import io
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest

from engine.casefile.release import OUTWARD
from engine.render import typst

FOLDER = Path(__file__).parents[2] / "bpmn" / "common" / "dokumen"
SHEET = tomllib.loads((FOLDER / "sop.toml").read_text("utf-8"))
BY_CODE = {one["code"]: one for one in SHEET["document"]}
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="2" height="2"/></svg>'

#: What each document must say (domain.md 5.2), in words of its sample.
MUST_SAY = {
    "F01": ["Pelapor", "Budi Contoh", "Ani Contoh", "NIK", "Suami/istri", "Kejadian berulang", "Harapan", "Datang langsung", "Dewi Contoh"],
    "F02": ["Kekerasan terhadap perempuan", "Kriteria yang terpenuhi", "Sedang", "Kewenangan sendiri", "Disetujui"],
    "F03": ["Fisik", "Psikologis", "Sosial", "Kebutuhan", "Kekuatan", "Rina Contoh", "10 November 2026"],
    "F04": ["Pulih dan aman", "Layanan kesehatan", "RSUD Contoh", "Rujuk", "Disepakati", "Versi rencana"],
    "F05": ["Batas kerahasiaan", "ditarik kapan saja", "RSUD Contoh", "Keluarga suami", "cap jempol", "Orang tua atau wali"],
    "F06": ["Klinik VCT RSUD Contoh", "Hasil pemeriksaan awal", "Konseling dan pengobatan", "sukarela", "pindaian bertanda tangan"],
    "F07": ["Kakak perempuan", "10 November 2026 pukul 10.30", "Bersedia menampung"],
    "F08": ["Rina Contoh", "CTH-K-01", "Mendampingi", "Lestari Contoh", "Kepala UPTD PPA"],
    "F09": ["Sri Contoh", "menjaga kerahasiaan", "Jadwal kontrol", "RSUD Contoh", "16 November 2026"],
    "F09U": ["12 November 2026", "CTH-2026-000123", "kerahasiaan"],
    "F10": ["001/F10", "RSUD Contoh", "CTH-K-01", "Pemulihan luka", "Difabel", "SIM-CONTOH-1", "Dokumen penyerta", "LEMBAR BALASAN", "Tembusan"],
    "F11": ["Di luar kewenangan", "Belum terpenuhi", "Sedang", "Dokumen penyerta", "beralih setelah", "sampai penyerahan"],
    "F12": ["Rina Contoh", "Sri Contoh", "Ruang rujukan", "10 November 2026 pukul 09.43", "Surat rujukan", "Hasil asesmen yang relevan"],
    "F13": ["Kejadian berulang", "Perawatan luka", "Luka sembuh", "Tujuan tercapai", "Rekomendasi profesional"],
    "F14": ["17 November 2026", "Kunjungan", "Stabil", "Membaik", "Kontrol luka terakhir"],
    "F15": ["RSUD Contoh", "Layanan kesehatan", "24 November 2026", "Luka sembuh", "dr. Wati Contoh", "Selesai"],
    "F16": ["Terpenuhi", "Belum terpenuhi", "bantuan hukum", "2"],
    "F17": ["Diterima", "12 November 2026", "Rina Contoh", "045/UPTD/2026"],
    "F18": ["Tujuan tercapai", "Selesai", "Tidak ada.", "Rina Contoh", "Lestari Contoh", "24 November 2026 pukul 11.15"],
    "F19": ["Menjaga kerahasiaan tempat", "Bersedia", "24 November 2026", "tidak dicantumkan"],
    "F20": ["Joko Contoh", "Hadi Contoh", "Kesiapan telah dinilai", "Nafkah anak", "Pengawasan", "Pihak kedua"],
    "F21": ["KEL-2026-0007", "Menunggu lebih dari satu jam", "Papan perkiraan", "Datang langsung"],
    "F21P": ["Keluhan tentang waktu tunggu"],
    "F22": ["U1", "U9", "Persyaratan", "Sarana dan prasarana", "Semester II 2026"],
    "F22L": ["81,94", "B (baik)", "U9", "Rekomendasi"],
    "F23": ["10 November 2026 pukul 08.30", "Ani Contoh", "Seksual", "Kejadian berulang", "Belum memutuskan", "TANDA TERIMA"],
    "F24": ["Penerima tertentu", "Hentikan", "Kembalikan atau musnahkan", "14 November 2026 pukul 13.10"],
    "F25": ["Satu lembar jadwal", "12 November 2026 pukul 07.30", "Terbawa", "Dokumen diambil kembali"],
    "F26": ["RSUD Contoh", "LBH Contoh", "alamat dirahasiakan", "0800-0000-0005"],
    "F27": ["PSG-K-07", "Maya Contoh", "Menggali kebiasaan", "1 Desember 2026"],
    "F27A": ["Eka Contoh", "Konsultasi pengasuhan", "Diproses"],
    "F27B": ["Pengasuhan", "enggan berangkat", "wali kelas"],
    "F27C": ["Tiga pertemuan", "Maya Contoh"],
    "F27E": ["berakhir", "Tujuan tercapai", "15 Desember 2026"],
    "F27F": ["Pengasuhan tanpa kekerasan", "42", "Balai kelurahan"],
}
#: Documents that go by the code name alone.
WITHOUT_NAMES = ("F08", "F09", "F09U", "F10", "F11", "F12", "F17", "F19", "F21P", "F24")


def sample(code: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / "documents" / f"{BY_CODE[code]['template']}.sample.json").read_text("utf-8"))
    return read


def paper(code: str, data: dict[str, Any], *, images: dict[str, bytes] | None = None) -> pypdf.PdfReader:
    files = {"kop.typ": (FOLDER / "documents" / "kop.typ").read_bytes(), "qr.svg": SQUARE, **(images or {})}
    data["images"] = sorted(name for name in files if not name.endswith(".typ"))
    template = (FOLDER / "documents" / f"{BY_CODE[code]['template']}.typ").read_bytes()
    return pypdf.PdfReader(io.BytesIO(typst.pdf(template, data, files=files, accessible=True)))


def words(of: pypdf.PdfReader) -> str:
    """All its text, however its lines are broken."""
    return " ".join(" ".join(page.extract_text() for page in of.pages).split())


@cache
def from_sample(code: str) -> pypdf.PdfReader:
    return paper(code, sample(code))


def test_every_document_of_the_field_has_a_template() -> None:
    assert {f"F{number:02d}" for number in range(1, 28)} <= BY_CODE.keys() == MUST_SAY.keys()
    assert {code for code, one in BY_CODE.items() if one.get("leaves")} == OUTWARD.keys()


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_document_says_what_it_must(code: str) -> None:
    said = words(from_sample(code))
    flat = said.replace(" ", "")
    assert [each for each in MUST_SAY[code] if each.replace(" ", "") not in flat] == []
    assert sample(code)["number"].replace(" ", "") in flat and "none" not in said.lower().split()


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_document_can_be_read_aloud(code: str) -> None:
    """PDF/UA-1: tagged, with a title that is shown, a language, and a text for every image."""
    root = from_sample(code).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/Lang"].lower().startswith("id") and root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = from_sample(code).metadata
    assert metadata is not None and metadata.title and BY_CODE[code]["title"]["id"] in metadata.title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_document_is_set_from_an_empty_file_without_inventing_anything(code: str) -> None:
    data = {**sample(code), "records": {}, "words": {}, "line": None, "signatures": [], "release": None}
    data["agency"] = {**data["agency"], "letterhead": {}}
    said = words(paper(code, data))
    assert "Contoh" not in said.replace("UPTD PPA Kota Contoh", "").replace("UPTD PPA KOTA CONTOH", "")


@pytest.mark.parametrize("code", WITHOUT_NAMES)
@pytest.mark.parametrize("field", ["full_name", "nik", "address_domicile", "phone", "safe_contact", "shelter_address", "hiv"])
def test_an_alias_stands_for_her_where_it_must(code: str, field: str) -> None:
    data = copy.deepcopy(sample(code))
    for side in ("records", "words"):
        for record in ("identification", "shelter", "referral"):
            data[side].setdefault(record, {})[field] = "RAHASIA"
    assert "RAHASIA" not in words(paper(code, data))


@pytest.mark.parametrize("answer", ["not_asked", "declined", "unknown"])
def test_an_answer_that_is_none_is_said_as_such_or_left_out(answer: str) -> None:
    data = sample("F01")
    for side in ("records", "words"):
        data[side]["identification"]["education"] = answer
    assert answer not in words(paper("F01", data))


def test_who_signed_stands_under_the_document_with_position_way_and_digest() -> None:
    said = words(from_sample("F12")).replace(" ", "")
    for each in ("RinaContoh", "PendampingPPA", "tandatangandilayar", "SriContoh", "pindaianbertandatangan", "4f4f4f4f4f4f4f4f", "7c7c7c7c7c7c7c7c"):
        assert each in said


def test_a_drawn_signature_is_shown() -> None:
    data = sample("F12")
    data["signatures"][0]["image"] = "signature-1.svg"
    shown = paper("F12", data, images={"signature-1.svg": SQUARE})
    assert len(shown.pages) >= 1 and words(shown) != ""
    with pytest.raises(typst.DocumentFailed):   # and it is really asked for: without a file of that name the paper cannot be set
        files = {"kop.typ": (FOLDER / "documents" / "kop.typ").read_bytes()}
        typst.pdf((FOLDER / "documents" / "berita-acara-penyerahan.typ").read_bytes(),
                  {**data, "images": ["signature-1.svg"]}, files=files)


def test_a_letter_about_one_line_says_nothing_of_the_others() -> None:
    data = sample("F10")
    for side in ("records", "words"):
        data[side]["identification"]["plan_lines"].append({"line_no": 2, "service_type": "RAHASIA", "goal": "RAHASIA", "provider": "RAHASIA"})
    assert "RAHASIA" not in words(paper("F10", data))
