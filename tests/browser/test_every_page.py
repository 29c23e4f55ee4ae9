"""Every page that a link leads to, walked by one person of each role on the served product.

axe finds nothing, light or dark; the keyboard is seen where it stands; the page fits a phone and a desk; no link is a dead end.
New pages join by being linked. Language follows language from person to person; the main pages are read in both by `test_accessibility`.
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
STOPS = 25  # of the Tab key; enough to pass the menu, the heading's buttons and the first rows
FOCUS = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const style = getComputedStyle(here), box = here.getBoundingClientRect(), again = 'walked' in here.dataset;
    here.dataset.walked = '';
    return {again, what: here.outerHTML.slice(0, 120),
            seen: ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none')
                  && box.bottom > 0 && box.top < innerHeight};
}"""


@pytest.fixture(scope="module")
def office(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One unit in the middle of its work: a case whose first steps are done, a late one, a report that just came."""
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
    for number, name in enumerate(("", *PEOPLE)):
        language = ("id", "en")[number % 2]
        visitor = Person(office.browser, office, name, reduced_motion="reduce") if name else Browsing(office.browser, office, reduced_motion="reduce")
        if name:
            visitor.page.click(f"button[name=language][value={language}]")
            visitor.page.wait_for_selector(f"html[lang={language}]")
        found += [f"{name} {each}" for each in _walk(visitor, "/" if name else f"/publik?bahasa={language}", routes, walked)]
        found += [f"{name} said {each}" for each in visitor.complaints]
        visitor.context.close()
    assert found == []
    assert len(walked) > 60, "the walk lost its way"


def _walk(visitor: Browsing, start: str, routes: MapAdapter, walked: set[tuple[str, ...]]) -> Iterator[str]:
    """What is wrong with the pages this visitor gets to, each kind of page once."""
    known, mine = [start], set[tuple[str, ...]]()
    for path in known:
        kind = _kind(path, routes)
        if kind is None or kind in mine or (kind in walked and kind[0] not in OWN_TO_EACH) or kind[0] in ELSEWHERE:
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
        walked.add(kind)
        yield from (f"{path}: {each}" for each in _wrong_with(visitor.page))
        known += [link for link in visitor.page.eval_on_selector_all("a[href^='/']", "links => links.map(each => each.getAttribute('href'))")
                  if link not in known]


def _kind(path: str, routes: MapAdapter) -> tuple[str, ...] | None:
    """Which page an address shows, whatever row it shows; None for a file and for a page of the public seen by staff."""
    parts = urlsplit(path)
    endpoint, given = routes.match(parts.path, method="GET")
    words = [value for value in given.values() if isinstance(value, str) and value.isalpha() and len(value) < 20]
    box = [each for each in parts.query.split("&") if each.startswith(("kotak=", "tab="))]
    return None if endpoint == "static" else (endpoint, *words, *box)


def _wrong_with(page: Page) -> Iterator[str]:
    """On a phone in the light; then in the dark at a desk what light and width decide."""
    for scheme, width, rules in (("light", 360, {}), ("dark", 1280, {"runOnly": {"type": "rule", "values": ["color-contrast"]}})):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        for fault in Axe().run(page, options=rules)["violations"]:
            yield f"{scheme}: {fault['id']}: {fault['nodes'][0]['html'][:160]} {fault['nodes'][0].get('failureSummary', '')[:200]}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"is {wide} px wide in a window of {width}"
    if page.locator("h1").count() != 1:
        yield f"has {page.locator('h1').count()} headings of the first rank"
    for stop in range(STOPS):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if here is None or here["again"]:
            break
        if stop == 0 and 'class="skip"' not in here["what"]:
            yield f"begins with {here['what']}, not with the way past the menu"
        if not here["seen"]:
            yield f"hides the focus on {here['what']}"
