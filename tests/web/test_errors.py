"""Whatever fails, the page says what to do and neither page nor log says anything of a case."""

from __future__ import annotations

import logging
import re

import pytest

from engine import errors

SECRET = "ZQ-NAMA-0001"


class Stumble(errors.EngineError):
    """Something of the engine's own."""

    code = "stumble"


def break_with(monkeypatch, engine, error: Exception) -> None:
    def broken(*_given, **_more):
        raise error

    monkeypatch.setattr(engine.tasks, "inbox", broken)


def test_a_failure_shows_a_number_that_also_stands_in_the_log_and_no_word_of_the_cause(manager, engine, monkeypatch, caplog):
    break_with(monkeypatch, engine, ValueError(f"invalid literal: {SECRET}"))
    with caplog.at_level(logging.DEBUG):
        response = manager.get("/tugas")
    assert response.status_code == 500
    number = re.search(r"<code>([0-9A-F]{4}-[0-9A-F]{4})</code>", response.text)
    assert number is not None
    assert number[1] in caplog.text and "ValueError" in caplog.text and "fake" not in response.text
    assert SECRET not in response.text and SECRET not in caplog.text


def test_an_english_reader_gets_an_english_page(manager, engine, monkeypatch):
    manager.post("/bahasa", {"language": "en", "next": "/tugas"})
    break_with(monkeypatch, engine, RuntimeError(SECRET))
    response = manager.get("/tugas")
    assert "Something went wrong" in response.text and '<html lang="en">' in response.text


@pytest.mark.parametrize(("error", "status"), [
    (errors.NotFound(), 404), (errors.NotAllowed(), 404), (errors.LostRace(), 409), (Stumble(), 409), (errors.KeyDestroyed(), 409)])
def test_what_the_engine_refuses_has_its_page(manager, engine, monkeypatch, error, status):
    break_with(monkeypatch, engine, error)
    assert manager.get("/tugas").status_code == status


def test_not_found_and_not_allowed_are_the_same_page(manager, engine, monkeypatch):
    break_with(monkeypatch, engine, errors.NotFound())
    first = manager.get("/tugas").text
    break_with(monkeypatch, engine, errors.NotAllowed())
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", manager.get("/tugas").text) == strip.sub("", first)


def test_an_unknown_page_needs_no_session(visitor):
    response = visitor.get("/tidak-ada")
    assert response.status_code == 404 and "Tidak ditemukan" in response.text


def test_a_failure_before_anybody_is_known_still_has_a_page(visitor, engine, monkeypatch, caplog):
    visitor.client.set_cookie("kawal", "x")

    def broken(token):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(engine.people, "actor_of", broken)
    response = visitor.get("/tugas")
    assert response.status_code == 500 and SECRET not in response.text + caplog.text
