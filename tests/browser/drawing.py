"""The drawing page as somebody without a mouse uses it."""

from __future__ import annotations

from playwright.sync_api import Page


def pick(page: Page, words: str) -> None:
    """Choose an element: the list's box, then its first entry."""
    page.locator("#cari-elemen").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(words)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def type_into(page: Page, selector: str, text: str) -> None:
    page.locator(selector).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def add_task_after(page: Page, element: str) -> None:
    """A task that a person does is put behind this element, and chosen."""
    pick(page, element)
    page.locator(".djs-container svg").first.focus()
    page.keyboard.press("a")
    page.keyboard.type("tugas orang")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    pick(page, "Activity_")
