"""Every page that a link leads to, walked by one person of each role, by the public and by a referral partner, on the served product.

axe finds nothing, in Indonesian and light on a phone and in English and dark at a desk; the keyboard begins with the way past the menu,
is seen wherever it stands and is caught nowhere; the page fits its window; no link is a dead end. New pages join by being linked.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page
from werkzeug.routing import MapAdapter

from tests.browser.conftest import BEGINS
from tests.browser.house import House
from tests.browser.person import Browsing, Person
from tests.support import fake_engine, fake_world
from webui.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.soak]

SOPS = {"kalbar": ("kalbar/pengelolaan-kasus", "kalbar/pembukaan-kembali", "kalbar/laporan-masyarakat")}
PEOPLE = ("kepala", "manajer", "pendamping", "operator", "data", "pemilik", "auditor", "pelindungan", "admin", "mitra")
ELSEWHERE = frozenset({"public.quick_exit", "account.sign_in_page"})
OWN_TO_EACH = frozenset({"inbox.show", "cases.index", "cases.show", "task.show"})  # a page of the same name differs by role
STOPS = 400  # of the Tab key; the longest form has half as many
FOCUS = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const style = getComputedStyle(here), box = here.getBoundingClientRect(), been = here.dataset.walked;
    here.dataset.walked = been ?? document.querySelectorAll('[data-walked]').length;
    return {been: been === undefined ? null : Number(been), what: here.outerHTML.slice(0, 120),
            seen: ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none')
                  && box.bottom > 0 && box.top < innerHeight};
}"""


@pytest.fixture(scope="module")
def office(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One unit in the middle of its work: a case whose first steps are done, a late one, a referral that waits for its partner."""
    built = House.built(tmp_path_factory.mktemp("office"), chromium, SOPS, now=BEGINS)
    try:
        for name in PEOPLE:
            built.actor(name)
        built.begun(built.tale("kalbar", "a04_anak_dan_kewajiban_hukum"), until="review_results")
        built.begun(built.tale("kalbar", "a01_rujukan_kesehatan"), until="hand_over_referral")
        built.serve()
        yield built
    finally:
        built.stop()


@pytest.fixture(scope="module")
def routes() -> MapAdapter:
    return create_app(fake_world.world(), settings=fake_engine.settings()).url_map.bind("")


def test_every_page_is_in_order_for_everybody(office: House, routes: MapAdapter):
    walked: set[tuple[str, ...]] = set()
    found: list[str] = []
    for name in ("", *PEOPLE):
        visitor = Person(office.browser, office, name, reduced_motion="reduce") if name else Browsing(office.browser, office, reduced_motion="reduce")
        found += [f"{name} {each}" for each in _walk(visitor, "/" if name else "/publik", routes, walked)]
        visitor.context.close()
    assert not found, "\n".join(found)
    assert len(walked) > 60, "the walk lost its way"


def test_the_pages_of_a_referral_partner_are_in_order(office: House):
    tale = office.tale("kalbar", "a01_rujukan_kesehatan")
    code = office.begun(tale, until="monitor_beneficiary")
    companion, guest = office.person(office.whose("kalbar", "companion")), Browsing(office.browser, office, reduced_motion="reduce")
    link = companion.link_for(code, "RSUD A")
    found = list(_both(guest, urlsplit(link).path))
    guest.enters(link, companion, code)
    found += _both(guest, urlsplit(guest.page.url).path)
    guest.context.close()
    assert not found, "\n".join(found)


def _walk(visitor: Browsing, start: str, routes: MapAdapter, walked: set[tuple[str, ...]]) -> Iterator[str]:
    """What is wrong with the pages this visitor gets to and nobody before them did."""
    known, mine, new = [start], set[tuple[str, ...]](), list[str]()
    for path in known:
        kind = _kind(path, routes)
        if kind is None or kind in mine or kind[0] in ELSEWHERE:
            continue
        mine.add(kind)
        try:
            answer = visitor.page.goto(visitor.address + path)
        except Error as not_shown:
            if "Download is starting" not in not_shown.message:
                raise
            continue
        if answer is None or answer.status != 200:
            yield f"{path}: leads nowhere"
            visitor.complaints.clear()
            continue
        known += [link for link in visitor.page.eval_on_selector_all("a[href^='/']", "links => links.map(each => each.getAttribute('href'))")
                  if link not in known]
        if kind not in walked or kind[0] in OWN_TO_EACH:
            new.append(path)
        walked.add(kind)
    yield from _both(visitor, *new)


def _both(visitor: Browsing, *paths: str) -> Iterator[str]:
    """What is wrong with these pages in English and dark at a desk, then, as accounts are left, in Indonesian and light on a phone."""
    for language, scheme, width in (("en", "dark", 1280), ("id", "light", 360)):
        visitor.page.emulate_media(color_scheme=scheme)
        visitor.page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            visitor.page.goto(visitor.address + path)
            if not visitor.page.locator(f"html[lang={language}]").count():
                visitor.page.click(f"button[name=language][value={language}], .languages a[lang={language}]")
                visitor.page.wait_for_selector(f"html[lang={language}]")
            yield from (f"{path} {language} {scheme} {width}: {each}" for each in _wrong_with(visitor.page))
        yield from (f"said {each}" for each in visitor.complaints)


def _kind(path: str, routes: MapAdapter) -> tuple[str, ...] | None:
    """Which page an address shows, whatever row it shows; None for a file and for a page of the public seen by staff."""
    parts = urlsplit(path)
    endpoint, given = routes.match(parts.path, method="GET")
    words = [value for value in given.values() if isinstance(value, str) and value.isalpha() and len(value) < 20]
    box = [each for each in parts.query.split("&") if each.startswith(("kotak=", "tab="))]
    return None if endpoint == "static" else (endpoint, *words, *box)


def _wrong_with(page: Page) -> Iterator[str]:
    for fault in Axe().run(page)["violations"]:
        yield f"{fault['id']}: {fault['nodes'][0]['html'][:160]} {fault['nodes'][0].get('failureSummary', '')[:200]}"
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide > window:
        yield f"is {wide} px wide"
    if page.locator("h1").count() != 1:
        yield f"has {page.locator('h1').count()} headings of the first rank"
    yield from _walked_by_keyboard(page)


def _walked_by_keyboard(page: Page) -> Iterator[str]:
    """Tab leads from the way past the menu to the end of the page, and the focus is seen at every stop."""
    page.evaluate("() => { scrollTo(0, 0); document.activeElement.blur(); }")
    stops: list[str] = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if here is None or here["been"] == 0:
            break
        if here["been"] is not None:
            if here["what"] in stops[-4:]:
                continue  # the parts of one field: day, month, year
            yield f"catches the keyboard at {here['what']}"
            return
        stops.append(here["what"])
        if len(stops) == 1 and 'class="skip"' not in here["what"]:
            yield f"begins with {here['what']}, not with the way past the menu"
        if not here["seen"]:
            yield f"hides the focus on {here['what']}"
    else:
        yield f"has no end: {stops[-1]}"
