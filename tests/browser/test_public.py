"""Leaving the public pages quickly: by key, by button, without script; and what stays behind."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

AWAY = "https://www.bmkg.go.id/"


@pytest.fixture
def page_of(chromium, site):
    """A fresh browser window before the public pages; the neutral site answers from here."""
    opened = []

    def made(**given):
        context = chromium.new_context(**given)
        opened.append(context)
        context.route(f"{AWAY}**", lambda route: route.fulfill(body="<title>Cuaca</title>Cerah", content_type="text/html"))
        page = context.new_page()
        page.goto(f"{site}/publik/kalbar")
        page.goto(f"{site}/publik/kalbar/status")
        return page

    yield made
    for context in opened:
        context.close()


def test_three_times_shift_leaves_and_back_does_not_lead_to_where_one_was(page_of, site):
    page = page_of()
    page.fill("#kode", "7KQ4 rahasia")
    page.keyboard.press("Shift")
    assert page.locator(".dots .on").count() == 1
    assert "dua kali lagi" in page.locator("[data-leave-news]").inner_text()
    page.keyboard.press("a")  # capital letters are not a wish to leave
    assert page.locator(".dots").is_hidden()
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(AWAY)
    page.go_back()
    assert page.url == f"{site}/publik/kalbar"


@pytest.mark.parametrize("script", [True, False])
def test_the_red_button_leaves_with_and_without_script(page_of, script):
    page = page_of(java_script_enabled=script)
    assert page.locator(".leave .button").bounding_box()["y"] < 200
    page.click(".leave .button")
    page.wait_for_url(AWAY)


def test_who_hears_the_page_meets_the_way_out_second(page_of):
    page = page_of()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Keluar cepat dari situs ini"
    page.keyboard.press("Enter")
    page.wait_for_url(AWAY)
