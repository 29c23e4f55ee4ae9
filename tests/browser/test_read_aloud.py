"""What a screen reader is told on the four pages staff live in: names, ranks and order, not the words around them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INBOX = """
- link "Langsung ke isi"
- banner:
  - navigation "Menu utama"
- main:
  - heading "Antrean tim 3" [level=1]
  - navigation "Kotak tugas"
  - table "Tugas, yang paling mendesak di atas":
    - rowgroup:
      - row:
        - columnheader "Pilih"
        - columnheader "Tenggat"
        - columnheader "Kegiatan"
        - columnheader "Kode kasus"
        - columnheader "Risiko"
        - columnheader "Pelaksana"
        - columnheader "Tindakan"
    - rowgroup:
      - row /KLB-2026-000049/:
        - cell:
          - checkbox /^Pilih.* Mereview hasil layanan KLB-2026-000049$/
        - cell "Tanpa standar"
        - rowheader /^Mereview hasil layanan/
        - cell "KLB-2026-000049"
        - cell "Sedang"
        - cell "Manajer Kasus"
        - cell:
          - button /^Ambil.* Mereview hasil layanan KLB-2026-000049$/
- contentinfo
"""
FORM = """
- main:
  - heading /^Menyetujui seluruh Laporan Kasus/ [level=1]
  - list:
    - listitem:
      - link "Kasus KLB-2026-000041"
    - listitem: "Risiko: Tinggi"
  - heading "Menyetujui laporan kasus" [level=2]
  - group "Keputusan wajib":
    - radio "Disetujui"
    - radio "Dikembalikan"
  - group "Tanggal kejadian":
    - textbox "Tanggal"
    - textbox "Bulan"
    - textbox "Tahun"
  - paragraph:
    - 'combobox "Bila tidak dijawab: Tanggal kejadian"'
  - group "Butir layanan":
    - group "Baris 1":
      - textbox "Kebutuhan wajib bila baris diisi"
    - button "Tambah baris"
  - button "Selesaikan tugas"
  - button "Simpan draf"
  - complementary "Tentang tugas ini"
"""
CASE = """
- main:
  - heading "Kasus KLB-2026-000041" [level=1]
  - list:
    - listitem: "Risiko: Tinggi"
  - term: Tenggat berikutnya
  - term: Penanggung jawab
  - navigation "Bagian kasus"
  - region "Tugas yang menunggu 2":
    - heading "Tugas yang menunggu 2" [level=2]
    - list
  - region "Catatan kasus":
    - group:
      - term: Nama
      - definition: disamarkan
"""
REPLAY = """
- main:
  - heading "Putar ulang KLB-2026-000041" [level=1]
  - button "Verifikasi"
  - navigation "Langkah":
    - link "Awal"
    - link "Mundur"
    - slider "Langkah"
    - link "Maju"
    - link "Akhir"
  - paragraph:
    - strong: 3 / 6
  - region "Diagram pada langkah ini"
  - heading "Sedang terbuka" [level=2]
  - heading "Data pada saat itu" [level=2]
  - heading "Yang diisi pada langkah ini" [level=2]
  - list "Semua langkah":
    - listitem:
      - link /^3 .* selesai terlambat$/
"""


@pytest.mark.parametrize(("who", "path", "heard"), [
    ("manajer", "/tugas?kotak=pool", INBOX), ("manajer", "/tugas/task-1", FORM), ("manajer", "/kasus/case-1", CASE),
    ("auditor", "/kasus/case-1/putar-ulang/i1?langkah=3", REPLAY)], ids=["inbox", "form", "case", "replay"])
def test_the_page_reads_sensibly(visit, who, path, heard):
    expect(visit(who).open(path).locator("body")).to_match_aria_snapshot(heard)
