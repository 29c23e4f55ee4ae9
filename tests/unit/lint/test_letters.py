"""Links of letters: only to pages, mails and telephones."""

from __future__ import annotations

import pytest

from engine.bundle import SopBundle
from engine.lint.run import lint
from tests.support.bpmn import user
from tests.unit.lint.cases import line


def lines(template: str) -> list[int | None]:
    files = {**line(user("t")), "documents/surat.typ": template.encode()}
    return [one.line for one in lint(SopBundle.from_files(files)) if one.code == "letter-link"]


@pytest.mark.parametrize("template", [
    '#link("javascript:app.alert(1)")[x]', '#link( "file:///etc/passwd" )', '#link("//server/share")[x]', '#link("\\u{6a}avascript:x")[x]',
    '#link("JavaScript:x")[x]', '#link(" https://a.id")[x]', '#let there = "file:///x"', '#link("data:text/html,x")', '#link("laman.id")[x]',
])
def test_a_link_that_runs_or_reads_is_named_with_its_line(template: str) -> None:
    assert lines(f"= Surat\n{template}\n") == [2]


@pytest.mark.parametrize("template", [
    '#link("https://a.id/x")[x] #link("HTTP://a.id")', '#link("mailto:a@b.id")[x]', '#link("tel:+6281")', "#link(<bab>)[x]", "https://a.id",
    '#data.words.at("referral", default: (:))', '"Nomor: 12"', "#link(alamat)[x]", '#text("link to file: x")',
])
def test_what_a_letter_may_link_to_or_say_is_not(template: str) -> None:
    assert lines(template) == []
