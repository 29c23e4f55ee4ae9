"""A real browser (Debian's Chromium through Playwright) before the pages, served from a thread of this process."""

from __future__ import annotations

import ctypes.util
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.browser.house import House
from tests.support import fake_engine, fake_world
from tests.support.not_run import not_run
from webui import limits
from webui.app import create_app

#: As root in a machine without a network; the flags keep Chromium from asking its maker's hosts.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        not_run("chromium", "pages in a real browser")
    if ctypes.util.find_library("atomic") is None:
        not_run("libatomic1", "pages in a real browser; Playwright's driver needs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def engine() -> fake_engine.FakeEngine:
    return fake_world.world()


@pytest.fixture
def site(engine: fake_engine.FakeEngine) -> Iterator[str]:
    """The address of the pages."""
    app = create_app(engine, settings=fake_engine.settings())
    limits.limiter.reset()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=5)


class Visit:
    """One person's browser: its page, and everything that went wrong in it."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context, self.site = context, site
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "about:")):
            self.complaints.append(f"foreign: {request.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page

    def sign_in(self, name: str, language: str = "id") -> None:
        self.open("/masuk")
        self.page.fill("#sign_in", name)
        self.page.fill("#passphrase", fake_engine.PASSPHRASE)
        self.page.click("main button")
        self.page.wait_for_url(lambda address: "/masuk" not in address)
        self.page.click(f"button[name=language][value={language}]")
        self.page.wait_for_selector(f"html[lang={language}]")


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Callable[..., Visit]]:
    """Opens a browser for one person; the options are Playwright's (viewport, color_scheme, java_script_enabled)."""
    contexts: list[BrowserContext] = []

    def opened(name: str = "", language: str = "id", **options: Any) -> Visit:
        contexts.append(chromium.new_context(**options))
        contexts[-1].set_default_timeout(10_000)
        visit = Visit(contexts[-1], site)
        if name:
            visit.sign_in(name, language)
        return visit

    yield opened
    for context in contexts:
        context.close()


# --- journeys ---------------------------------------------------------------------------------------------------------

BEGINS = datetime(2026, 8, 24, 8, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
#: The SOPs in force where journeys lead.
OFFICES = {
    "tebing_tinggi": ("tebing_tinggi/pengelolaan-kasus", "common/survei-kepuasan"),
    "kalbar": ("kalbar/pengelolaan-kasus",),
    "depok": ("depok/pengelolaan-kasus",),
    "bandung": ("bandung/pengaduan-masyarakat", "bandung/pengelolaan-kasus"),
}


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def _house(request: pytest.FixtureRequest, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    url = request.getfixturevalue("postgres_cluster").new_database() if request.param == "postgresql" else ""
    built = House.built(tmp_path_factory.mktemp("house") / "data", chromium, OFFICES, now=BEGINS, database_url=url)
    try:
        built.serve()
        yield built
    finally:
        built.stop()


@pytest.fixture(params=[pytest.param(True, marks=pytest.mark.soak), False], ids=["script", "no-script"])
def house(request: pytest.FixtureRequest, _house: House) -> House:
    """Four offices on one served product, in which journey follows journey; everybody's browser runs JavaScript, or nobody's."""
    _house.script = request.param
    return _house
