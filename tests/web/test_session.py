"""Sessions live on the server; the cookie holds a token and nothing else."""

from __future__ import annotations

import pytest

from tests.support import fake_engine, fake_world
from tests.web.conftest import Browser
from webui import limits
from webui.app import create_app


def cookies(response) -> dict[str, str]:
    return {line.split("=", 1)[0]: line for line in response.headers.getlist("Set-Cookie")}


def test_signing_in_hands_out_a_new_token_that_scripts_cannot_read(visitor):
    visitor.client.set_cookie("kawal", "chosen-by-an-attacker")
    response = visitor.sign_in("manajer")
    line = cookies(response)["kawal"]
    assert "chosen-by-an-attacker" not in line
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Expires" not in line and "Max-Age" not in line, "gone when the browser closes"


def test_over_tls_cookies_are_bound_to_this_host(engine):
    app = create_app(engine, settings=fake_engine.settings(base_url="https://kawal.example"))
    browser = Browser(app, base_url="https://kawal.example")
    response = browser.sign_in("manajer")
    line = cookies(response)["__Host-kawal"]
    assert "Secure" in line and "Path=/" in line and "Domain" not in line
    assert browser.get("/tugas").headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_signing_out_ends_the_session_on_the_server_and_clears_the_browser(manager, engine):
    token = manager.client.get_cookie("kawal").value
    response = manager.post("/keluar")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert token not in engine.sessions
    manager.client.set_cookie("kawal", token)
    assert manager.get("/tugas").status_code == 303, "an old token opens nothing"


def test_signing_out_by_get_does_nothing(manager, engine):
    manager.get("/keluar")
    assert engine.sessions


def test_a_disabled_account_is_out_at_once(manager, engine):
    del engine.accounts["acc-manajer"]
    assert manager.get("/tugas").headers["Location"].startswith("/masuk")


def test_the_locked_screen_returns_to_the_same_page(manager):
    response = manager.post("/kunci", {"next": "/tugas/task-1"})
    assert response.headers["Location"] == "/masuk?next=/tugas/task-1"
    again = manager.sign_in("manajer", next="/tugas/task-1")
    assert again.headers["Location"] == "/tugas/task-1"


@pytest.mark.parametrize("target", [
    "https://jahat.example/", "//jahat.example", "/\\jahat.example", "/%5cjahat.example\\", "javascript:alert(1)", "tugas", "/tidak-ada",
    "/keluar", "/tugas\r\nSet-Cookie: a=b", "/" + "a" * 600, "http:/tugas", "///jahat.example", "/\t/jahat.example"])
def test_next_never_leads_elsewhere(visitor, target):
    response = visitor.sign_in("manajer", next=target)
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize(("name", "passphrase"), [
    ("manajer", "salah salah salah"), ("siapa-ini", fake_engine.PASSPHRASE), ("", ""), ("manajer", ""), ("manajer", "x" * 5000)])
def test_every_refusal_reads_the_same(visitor, name, passphrase):
    response = visitor.sign_in(name, passphrase)
    assert response.status_code == 422
    assert "tidak cocok" in response.text
    assert "kawal" not in cookies(response)


def test_an_over_long_passphrase_never_reaches_the_engine(visitor, engine, monkeypatch):
    asked = []
    monkeypatch.setattr(engine.people, "sign_in", lambda *given, **more: asked.append(given) or "token")
    visitor.sign_in("manajer", "x" * 5000)
    assert asked == []


def test_the_sixth_try_within_a_minute_waits_but_only_for_that_name_and_place():
    app = create_app(fake_world.world(), settings=fake_engine.settings())
    limits.limiter.reset()
    guesser, elsewhere = Browser(app), Browser(app, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert [guesser.sign_in("manajer", "salah salah salah").status_code for _ in range(6)] == [422] * 5 + [429]
    assert guesser.sign_in("pendamping").status_code == 303, "another name from the same office"
    assert elsewhere.sign_in("manajer").status_code == 303, "the owner from another place"
    limits.limiter.reset()


def test_who_comes_back_after_the_session_ended_is_told_so_and_who_left_is_not(app, someone, engine):
    browser = someone("manajer")
    assert "Sesi Anda sudah berakhir" not in browser.get("/masuk", follow_redirects=True).text
    engine.sessions.clear()
    assert "Sesi Anda sudah berakhir" in browser.get("/tugas", follow_redirects=True).text
    left = someone("manajer")
    left.post("/keluar")
    assert "Sesi Anda sudah berakhir" not in left.get("/masuk").text
