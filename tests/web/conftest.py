"""A browser without a browser: Flask's test client over the fake engine, CSRF and headers as in production."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support import fake_engine, fake_world
from tests.support.open_house import OpenHouse
from webui import context, limits
from webui.app import create_app

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """What a person does: open pages, press buttons. Every post carries the page's own CSRF token."""

    def __init__(self, app: Flask, **environ: Any) -> None:
        self.client: FlaskClient = app.test_client()
        self._environ = environ
        self._token: tuple[str, str] = "", ""   # the session it belongs to, as its cookie holds it, and the token

    def get(self, path: str, **given: Any) -> TestResponse:
        return self.client.get(path, **self._environ, **given)

    def token(self, path: str = "/masuk") -> str:
        """The CSRF token of a page."""
        found = CSRF.search(self.get(path, follow_redirects=True).text)
        assert found is not None
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, *, on: str = "", **given: Any) -> TestResponse:
        """Post a form that stands on page `on`; without one, on any page of this session."""
        token = self.token(on) if on else self._any_token()
        return self.client.post(path, data={"csrf_token": token, **(data or {})}, **self._environ, **given)

    def _any_token(self) -> str:
        """The token of a page that was opened before, as long as the session stands as it did."""
        cookie = self.client.get_cookie("kawal-web")
        if cookie is None or cookie.value != self._token[0]:
            token = self.token("/pemberitahuan")
            cookie = self.client.get_cookie("kawal-web")
            self._token = cookie.value if cookie is not None else "", token
        return self._token[1]

    def sign_in(self, name: str, passphrase: str = fake_engine.PASSPHRASE, **more: str) -> TestResponse:
        return self.post("/masuk", {"sign_in": name, "passphrase": passphrase, **more}, on="/masuk")


@pytest.fixture
def engine() -> fake_engine.FakeEngine:
    return fake_world.world()


@pytest.fixture(scope="session")
def _application() -> Flask:
    return create_app(fake_world.world(), settings=fake_engine.settings())


@pytest.fixture
def app(engine: fake_engine.FakeEngine, _application: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application over this test's engine, of which it keeps nothing else: to make one takes longer than most tests."""
    monkeypatch.setitem(_application.extensions, context.EXTENSION, engine)
    limits.limiter.reset()
    return _application


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Somebody who has not signed in."""
    return Browser(app)


@pytest.fixture
def someone(app: Flask) -> Callable[[str], Browser]:
    """A signed-in person by sign-in name."""

    def signed_in(name: str) -> Browser:
        browser = Browser(app)
        assert browser.sign_in(name).status_code == 303
        return browser

    return signed_in


@pytest.fixture
def manager(someone: Callable[[str], Browser]) -> Browser:
    return someone("manajer")


@pytest.fixture
def auditor(someone: Callable[[str], Browser]) -> Browser:
    return someone("auditor")


@pytest.fixture
def owner(someone: Callable[[str], Browser]) -> Browser:
    """The process owner."""
    return someone("pemilik")


@pytest.fixture(scope="session")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHouse]:
    """Two agencies behind the pages of the real engine, to be read and to be refused: nobody changes anything there."""
    opened = OpenHouse(tmp_path_factory.mktemp("open-house"))
    yield opened
    opened.office.database.close()


def boxes(name: str, day: date) -> dict[str, str]:
    """A day as a page's three boxes send it."""
    return {f"{name}.d": str(day.day), f"{name}.m": str(day.month), f"{name}.y": str(day.year)}


def of_role(house: OpenHouse, agency: str, role: str) -> Browser:
    """The browser of the person of a role."""
    limits.limiter.reset()
    browser = Browser(house.app)
    browser.client.set_cookie(house.cookie, house.sign_in(agency, role))
    return browser
