"""Every page of the product as every role: who gets it is what the policy table says, no name leaves it, and in English all of it is English.

Each person is new here: no case is theirs. So a page of a case answers those whose row of the table says `agency`, of a task also
those whose role it waits for; all others, and everybody of the other agency, meet a page that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import flask_babel
import pytest
from babel.support import NullTranslations
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine import authorization
from engine.types import Text
from tests.support.open_house import CANARY, ROLES, OpenHouse
from tests.web.conftest import Browser, of_role
from webui.routes_policy import BY_LINK, POLICY, PUBLIC, SIGNED_IN

pytestmark = pytest.mark.slow

OF_CASE = frozenset({"case_id", "instance_id", "task_id"})
#: What more a page asks for than its row of the table: then it is absent for who may, too.
ALSO = frozenset({"corrections.of_task", "handling.page", "referrals.proxy_page", "cases.start_page", "papers.verify", "reports.export_page",
                  "runs.show"})
READ_IN_TEST = ("head_of_unit", "shelter_officer")


@pytest.fixture
def missed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What was to be said in English and has none."""
    found: set[str] = set()

    class Missed(NullTranslations):
        def gettext(self, message: str) -> str:
            found.add(message)
            return message

    translations, said = flask_babel.Domain.get_translations, Text.in_language

    def recorded(self: flask_babel.Domain) -> Any:
        catalogue = translations(self)
        if str(flask_babel.get_locale()) == "en" and not isinstance(getattr(catalogue, "_fallback", None), Missed):
            monkeypatch.setattr(catalogue, "_fallback", Missed())
        return catalogue

    def in_language(self: Text, language: str) -> str:
        if language == "en" and self.id and not self.en:
            found.add(self.id)
        return said(self, language)

    monkeypatch.setattr(flask_babel.Domain, "get_translations", recorded)
    monkeypatch.setattr(Text, "in_language", in_language)
    return found


@pytest.mark.parametrize("role", [
    role if role in READ_IN_TEST else pytest.param(role, marks=pytest.mark.soak) for role in ROLES])
def test_a_role_meets_the_pages_of_its_row_without_a_name_and_in_english(open_house: OpenHouse, role: str, missed: set[str]) -> None:
    browser = of_role(open_house, "kalbar", role)
    browser.post("/bahasa", {"language": "en", "next": "/pemberitahuan"})
    missed.clear()
    own, elsewhere = (open_house.arguments(open_house.cases[agency][0]) for agency in ("kalbar", "tetangga"))
    wrong, pages = [], 0
    for rule in open_house.rules("GET", own):
        response = browser.get(open_house.path_of(rule, own))
        expected = wanted(open_house, rule, role, own)
        if is_there(response) != expected and not (expected and rule.endpoint in ALSO):
            wrong.append((rule.endpoint, POLICY[rule.endpoint], "absent" if expected else "there"))
        if rule.arguments & (OF_CASE | {"deployment_id"}) and is_there(browser.get(open_house.path_of(rule, elsewhere))):
            wrong.append((rule.endpoint, POLICY[rule.endpoint], "there for another agency"))
        if response.status_code == 200 and response.mimetype == "text/html":
            pages += 1
            wrong += [(rule.endpoint, *each) for each in named(response)]
            if POLICY[rule.endpoint] != PUBLIC and '<html lang="en"' not in response.text:
                wrong.append((rule.endpoint, "not in English"))
    wrong += [(rule.endpoint, POLICY[rule.endpoint], "there to be pressed") for rule in open_house.rules("POST", own)
              if POLICY[rule.endpoint] not in (PUBLIC, SIGNED_IN, BY_LINK, *authorization.POLICY[role])
              and is_there(pressed(browser, open_house.path_of(rule, own)))]
    assert not wrong, wrong
    assert missed == set()
    assert pages > 10


def test_the_canary_stands_on_a_page(open_house: OpenHouse) -> None:
    """Else nothing is tried by looking for it elsewhere."""
    browser = of_role(open_house, "kalbar", "head_of_unit")
    case = f"/kasus/{open_house.cases['kalbar'][0]}"
    assert CANARY not in browser.get(case).text
    browser.post(f"{case}/nama", on=case)
    shown = browser.get(case)
    assert CANARY in shown.text and not list(named(shown))
    assert not [row for row in open_house.rows("SELECT * FROM notice") if CANARY in str(row)]


def wanted(house: OpenHouse, rule: Rule, role: str, given: dict[str, Any]) -> bool:
    """The table read aloud, for somebody whom nothing connects with the case but what their role is offered."""
    action = POLICY[rule.endpoint]
    if action in (PUBLIC, SIGNED_IN):
        return True
    scope = str(authorization.POLICY[role].get(action, ""))
    if not rule.arguments & OF_CASE:
        return bool(scope)
    if "task_id" in rule.arguments and scope in ("offered", "waiting"):
        (task,) = house.rows("SELECT role FROM task WHERE id = :t", t=given["task_id"])
        return bool(task["role"] == role)
    return scope == "agency"


def is_there(response: TestResponse) -> bool:
    assert response.status_code < 500 and response.status_code not in (400, 405), response.status_code
    return response.status_code != 404


def pressed(browser: Browser, path: str) -> TestResponse:
    """What a button of another's page answers."""
    return browser.client.post(path, data={"csrf_token": browser.token()})


def named(response: TestResponse) -> Iterator[tuple[str, str]]:
    """Where a person's name stands that it should not: the title, an address, a header."""
    titles = re.findall(r"<title>(.*?)</title>", response.text, re.S)
    addresses = re.findall(r'\b(?:href|action|formaction|src|data-[a-z]+)="([^"]*)"', response.text)
    for place, texts in (("title", titles), ("address", addresses), ("header", [str(response.headers)])):
        yield from ((place, text) for text in texts if CANARY.casefold() in text.casefold())
