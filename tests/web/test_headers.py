"""What every answer carries, and what no page may contain."""

from __future__ import annotations

import re

import pytest

from tests.web.test_pages import PAGES

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in PAGES.items() for path in paths])
def test_a_page_needs_nothing_that_a_strict_policy_forbids(someone, who, path):
    response = someone(who).get(path)
    assert INLINE.findall(response.text) == []
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', response.text) == [], "nothing from another host"


@pytest.mark.parametrize("path", ["/masuk", "/tugas", "/kasus/case-1", "/tidak-ada", "/keluar", "/sehat", "/static/app.css",
                                  "/static/tidak-ada.css", "/kasus/case-1/dokumen/doc-1"])
def test_every_answer_carries_the_headers(manager, path):
    headers = manager.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == ("public, max-age=3600" if path == "/static/app.css" else "no-store")


def test_plain_http_promises_no_tls(manager):
    assert "Strict-Transport-Security" not in manager.get("/tugas").headers


def test_the_health_page_says_one_word(visitor):
    response = visitor.get("/sehat")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_no_title_names_a_person(manager, engine):
    for path in PAGES["manajer"]:
        title = re.search(r"<title>(.*?)</title>", manager.get(path).text, re.DOTALL)
        assert title is not None
        assert not any(name in title[1] for name in ("Melati", "Dayang", "Lestari")), path
