"""axe finds nothing on the pages people live in: both languages, light and dark, phone and desk."""

from __future__ import annotations

import pytest
from axe_core_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REPLAY = "/kasus/case-1/putar-ulang/i1?langkah=3"
PAGES = {
    "": ("/masuk", "/publik", "/publik/kalbar", "/publik/kalbar/lapor", "/publik/kalbar/status", "/publik/kalbar/keluhan",
         "/publik/kalbar/survei?bahasa=en", "/publik/kalbar/sop/pengelolaan-kasus", "/publik/kalbar/janji"),
    "manajer": ("/tugas", "/tugas?kotak=pool", "/tugas/task-1", "/tugas/task-10", "/kasus", "/kasus/case-1",
                "/kasus/baru/pengelolaan-kasus", "/pemberitahuan", "/tidak-ada", "/meja", "/meja/daftar/unassigned", "/meja/penugasan", "/meja/waktu", "/piket",
                "/supervisi/baru", "/kasus/case-1/petugas"),
    "auditor": (REPLAY, "/sop/dep-1", "/rangkap-peran"),
    "pemilik": ("/sop", "/sop/periksa"),
}


@pytest.mark.parametrize(("language", "scheme"), [("id", "light"), ("en", "dark")])  # words and colours vary apart
@pytest.mark.parametrize("who", list(PAGES))
def test_axe_finds_nothing(visit, who, language, scheme):
    visit = visit(who, language, color_scheme=scheme)
    found = []
    for path in PAGES[who]:
        page = visit.open(path)
        result = Axe().run(page)
        found += [f"{path}: {v['id']}: {v['nodes'][0]['html'][:160]} {v['nodes'][0].get('failureSummary', '')[:200]}"
                  for v in result["violations"]]
    assert found == []
    assert visit.complaints == []


@pytest.mark.parametrize("width", [360, 640, 1280])
def test_no_page_is_wider_than_its_window(visit, width):
    for who, paths in PAGES.items():
        one = visit(who, viewport={"width": width, "height": 800})
        for path in paths:
            page = one.open(path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (path, wide)


def test_everything_to_press_is_large_enough_for_a_thumb(visit):
    one = visit("manajer", viewport={"width": 360, "height": 800})
    small = []
    for path in ("/tugas", "/tugas/task-1", "/kasus/case-1"):
        page = one.open(path)
        for button in page.locator("button:visible, a.button:visible, select:visible, .tabs a:visible, .main a:visible").all():
            box = button.bounding_box()
            if box is not None and box["height"] < 43.5:
                small.append((path, button.inner_text(), box["height"]))
    assert small == []


def test_the_skip_link_comes_first_and_leads_to_the_content(visit):
    page = visit("manajer").open("/tugas")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "isi"
