"""The page a letter's QR code leads to: for anybody, and silent about the case."""

from __future__ import annotations

import pytest


def test_a_paper_that_was_issued_is_confirmed_with_code_agency_and_day_only(visitor):
    page = visitor.get("/verifikasi/" + "0" * 64)
    assert page.status_code == 200
    for word in ("F10", "UPTD PPA Kota Contoh", "2026"):
        assert word in page.text
    assert "KLB-" not in page.text and "Nomor" not in page.text


@pytest.mark.parametrize("digest", ["1" * 64, "0" * 63, "%00", "xyz"])
def test_a_paper_nobody_issued_is_denied(visitor, digest):
    page = visitor.get(f"/verifikasi/{digest}")
    assert page.status_code == 404
    assert "Tidak ada dokumen" in page.text


def test_the_page_speaks_english_too(visitor):
    visitor.client.post("/bahasa", data={"csrf_token": visitor.token(), "language": "en"})
    assert "issued by the agency below" in visitor.get("/verifikasi/" + "0" * 64).text
