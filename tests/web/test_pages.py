"""Every page draws, in both languages, for the people it is for."""

from __future__ import annotations

import re

import pytest

PAGES = {
    "manajer": ("/tugas", "/tugas?kotak=pool", "/tugas?kotak=done", "/tugas?lewat=1&risiko=high", "/tugas/task-1", "/tugas/task-7",
                "/tugas/task-10", "/kasus", "/kasus?status=closed", "/kasus/case-1", "/kasus/case-3", "/kasus/baru",
                "/kasus/baru/pengelolaan-kasus", "/sop", "/sop/dep-1", "/pemberitahuan"),
    "auditor": ("/kasus", "/kasus/case-1", "/kasus/case-1/putar-ulang/i1", "/kasus/case-1/putar-ulang/i1?langkah=2", "/sop/dep-1"),
    "pemilik": ("/sop", "/sop/dep-1", "/sop/periksa", "/sop/impor"),
}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in PAGES.items() for path in paths])
def test_a_page_draws_for_the_people_it_is_for(someone, who, path, language):
    browser = someone(who)
    browser.post("/bahasa", {"language": language, "next": "/pemberitahuan"})
    response = browser.get(path)
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.text
    assert response.text.count("<h1") == 1


@pytest.mark.parametrize(("who", "first", "behind"), [
    ("manajer", ["Meja", "Tugas", "Kasus"], "SOP"), ("auditor", ["Kasus", "SOP", "Laporan"], "Rangkap peran")])
def test_three_daily_entries_and_the_notices_stand_in_the_menu_the_rest_behind_them(someone, who, first, behind):
    page = someone(who).get("/sop").text
    bar, more = page.split('<nav class="main"')[1].split("</nav>")[0].split('<li class="more">')
    assert re.findall(r"<li><a href=[^>]*>([^<]+)</a>", bar) == first
    assert "Pemberitahuan" in bar and f">{behind}</a>" in more
    assert "aria-current" in (bar if "SOP" in first else more), "the entry of this page is marked, or the one it is behind"
