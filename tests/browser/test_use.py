"""What people do with the pages, with and without JavaScript."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_task_is_claimed_filled_and_completed_without_javascript(visit, engine):
    one = visit("manajer", java_script_enabled=False)
    page = one.open("/tugas?kotak=pool")
    page.locator("tr", has_text="KLB-2026-000047").get_by_role("button").click()
    page.get_by_label("Disetujui").check()
    page.get_by_label("Ya", exact=True).check()
    page.get_by_role("button", name="Tambah baris").click()
    page.locator("#f-lines-1-need").fill("Konseling")
    assert page.get_by_label("Disetujui").is_checked(), "a new row keeps what was answered"
    page.get_by_role("button", name="Selesaikan tugas").click()
    page.get_by_role("heading", name="Selesai").wait_for()
    assert engine.kept["task-7"].detail.summary.completed_at is not None


def test_a_refused_form_puts_the_reader_on_the_summary_and_its_links_lead_to_the_fields(visit):
    page = visit("manajer").open("/tugas/task-1")
    page.get_by_role("button", name="Selesaikan tugas").click()
    page.wait_for_selector(".summary")
    assert page.evaluate("document.activeElement.className") == "summary"
    page.locator(".summary a").first.click()
    assert page.url.endswith("#f-decision")


def test_what_is_typed_is_saved_while_typing(visit, engine):
    one = visit("manajer")
    page = one.open("/tugas/task-1")
    page.get_by_label("Dikembalikan").check()
    page.locator("#f-reason").fill("belum selesai diketik")
    page.keyboard.press("Alt+l")  # locking keeps the draft first
    page.wait_for_url(lambda address: "/masuk" in address)
    assert engine.kept["task-1"].drafts["acc-manajer"][0]["reason"] == "belum selesai diketik"
    assert "next=/tugas/task-1" in page.url
    assert one.complaints == []


def test_a_form_stays_while_the_network_is_gone_and_is_sent_once_when_it_is_back(visit, engine):
    one = visit("manajer")
    page = one.open("/tugas/task-1")
    page.get_by_label("Disetujui").check()
    page.get_by_label("Ya", exact=True).check()
    page.get_by_label("Bantuan hukum").check()
    one.context.set_offline(True)
    page.get_by_role("button", name="Selesaikan tugas").click()
    page.wait_for_selector("[data-status]:text('Jaringan terputus')")
    page.get_by_role("button", name="Selesaikan tugas").click()  # an impatient second click sends no second time
    assert page.url.endswith("/tugas/task-1") and page.get_by_label("Disetujui").is_checked()
    assert engine.once == {}
    one.context.set_offline(False)
    page.wait_for_selector("h1:text('Selesai')")
    assert len(engine.once) == 1
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert [said for said in one.complaints if "ERR_INTERNET_DISCONNECTED" not in said] == []


def test_a_field_that_does_not_apply_is_hidden_until_it_does(visit):
    page = visit("manajer").open("/tugas/task-1")
    assert not page.locator("#f-reason").is_visible()
    page.get_by_label("Dikembalikan").check()
    assert page.locator("#f-reason").is_visible()


def test_a_form_that_is_only_read_shows_every_question_and_the_script_goes_on(visit):
    """As on the pages on which an approver reads a draft's forms: the questions stand there, in no form that could be sent."""
    one = visit("manajer")
    one.page.route("**/tugas/task-1", lambda route: route.fulfill(body=route.fetch().text().replace("<form", "<div").replace(
        "</form>", "</div>"), content_type="text/html; charset=utf-8"))
    page = one.open("/tugas/task-1")
    assert page.locator("#f-reason").is_visible() and one.complaints == []


def test_the_replay_turns_by_slider_arrows_and_links_without_leaving_the_page(visit):
    one = visit("auditor")
    page = one.open("/kasus/case-1/putar-ulang/i1?langkah=3")
    page.evaluate("window.stayed = true")
    page.locator("#langkah").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".moment strong:text('4 / 6')")
    page.locator("main").press("ArrowLeft")
    page.wait_for_selector(".moment strong:text('3 / 6')")
    page.get_by_role("link", name="Akhir").click()
    page.wait_for_selector(".moment strong:text('6 / 6')")
    assert page.url.endswith("langkah=6") and page.evaluate("window.stayed")
    assert one.complaints == []


def test_the_replay_works_without_javascript(visit):
    page = visit("auditor", java_script_enabled=False).open("/kasus/case-1/putar-ulang/i1?langkah=3")
    page.get_by_role("link", name="Mundur").click()
    assert page.locator(".moment strong").inner_text() == "2 / 6"
    page.get_by_role("button", name="Verifikasi").click()
    page.get_by_text("Terbukti utuh").wait_for()


def test_the_back_button_shows_nothing_after_signing_out(visit):
    page = visit("manajer").open("/kasus/case-1")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url(lambda address: "/masuk" in address)
    page.go_back()
    assert "/masuk" in page.url and "KLB-2026" not in page.content()


def test_markup_typed_by_people_never_becomes_a_page(visit, engine):
    one = visit("manajer")
    bad = '<img src=x onerror="alert(1)"><svg onload=alert(2)>'
    engine.tasks._change(engine.kept["task-1"], name=bad, sop_title=bad, business_key=bad)
    for path in ("/tugas", "/tugas/task-1"):
        one.open(path)
    assert one.complaints == []


def test_enter_in_a_field_saves_the_draft_and_never_takes_a_row_away(visit, engine):
    page = visit("manajer").open("/tugas/task-1")
    page.locator("#f-lines-0-need").fill("Visum")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Draf tersimpan")
    assert engine.kept["task-1"].drafts["acc-manajer"][0]["lines"] == [{"need": "Visum"}]


def test_single_keys_walk_the_rows_and_only_write_inside_a_field(visit):
    one = visit("manajer")
    page = one.open("/tugas?kotak=pool")
    names = page.locator(".tasks tbody th a")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert names.nth(1).evaluate("link => link === document.activeElement")
    page.keyboard.press("ArrowUp")
    assert names.nth(0).evaluate("link => link === document.activeElement")
    page.keyboard.press("x")
    assert page.locator("input[name=tugas]").first.is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/tugas/task-" in address)
    page.keyboard.press("c")  # claims the task of the page
    page.wait_for_selector("#isian")
    page = one.open("/tugas?saring=1")
    page.locator("#kode").focus()
    page.keyboard.type("gp?c")
    assert page.locator("#kode").input_value() == "gp?c"
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url(lambda address: address.endswith("/pemberitahuan"))
    page.keyboard.press("?")
    page.wait_for_url(lambda address: address.endswith("/tombol"))
    assert one.complaints == []
