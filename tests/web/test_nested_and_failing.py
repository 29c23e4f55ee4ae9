"""A child under another's address is not there, to read or to change; and whatever fails says so in Indonesian, in no library's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import files

import pytest
from babel.messages import pofile
from flask import Flask, abort
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.open_house import OpenHouse
from tests.web.conftest import Browser
from webui import limits

pytestmark = pytest.mark.slow

#: Address parts of things that no case here has: a draft, a trial, a letter, an act that waits. Their own tests make them.
NOT_HERE = frozenset({"document_id", "action_id", "trial_id", "notice_id", "filter_id", "absence_id", "grant_id", "shift_id",
                      "session_id", "draft_id", "proposal_id", "incident_id", "feed", "token", "note_id", "old", "number"})
@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHouse]:
    opened = OpenHouse(tmp_path_factory.mktemp("house"))
    yield opened
    opened.office.database.close()


def person(house: OpenHouse, agency: str, role: str) -> Browser:
    limits.limiter.reset()
    browser = Browser(house.app)
    browser.client.set_cookie(house.cookie, house.sign_in(agency, role))
    return browser


def rules(app: Flask, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and not rule.arguments & NOT_HERE
            and rule.endpoint not in ("static", "status.healthy")]


def path_of(app: Flask, rule: Rule, given: dict[str, object]) -> str:
    return app.url_map.bind("").build(rule.endpoint, {name: given[name] for name in rule.arguments})


def test_a_child_is_looked_up_through_its_own_parent(house: OpenHouse) -> None:
    """Both cases are theirs to see; each child of the one under the other's address is not there, to read or to change."""
    one, other = (house.arguments(case) for case in house.cases["kalbar"])
    browsers = {role: person(house, "kalbar", role) for role in ("head_of_unit", "auditor", "supervisor")}
    tried = 0
    for method in ("GET", "POST"):
        for rule in rules(house.app, method):
            if "case_id" not in rule.arguments or not rule.arguments & {"instance_id", "task_id"}:
                continue
            swapped = path_of(house.app, rule, {**one, "instance_id": other["instance_id"], "task_id": other["task_id"]})
            for role, browser in browsers.items():
                data = {"csrf_token": browser.token()} if method == "POST" else None
                response = browser.client.open(swapped, method=method, data=data)
                assert response.status_code == 404, (rule.endpoint, role, response.status_code)
                tried += 1
    assert tried > 10


def library_texts() -> set[str]:
    """What the libraries below would say to people by themselves, in English."""
    found = {str(kind.description) for kind in default_exceptions.values() if kind.description}
    (template,) = [each for each in files("wtforms") or () if each.name == "wtforms.pot"]
    with template.locate().open("rb") as file:
        found |= {text for message in pofile.read_po(file) for text in ([message.id] if isinstance(message.id, str) else message.id)}
    found |= {"The CSRF token is missing.", "The CSRF tokens do not match.", "The CSRF token has expired.", "per 1 minute", "Too Many Requests",
              "Bad Request", "Not Found", "Method Not Allowed", "Request Entity Too Large", "Internal Server Error", "Traceback"}
    return {re.split(r"%[(s]|\{", text)[0].strip() for text in found} - {""}


def assert_indonesian(response: TestResponse, corpus: set[str], where: object) -> None:
    text = re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", response.text))
    said = [each for each in corpus if len(each) > 8 and re.search(rf"\b{re.escape(each)}", text)]
    assert '<html lang="id"' in response.text and said == [], (where, said)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 429, 500, 503])
def test_whatever_fails_says_so_in_indonesian(house: OpenHouse, status: int) -> None:
    app = house.app
    with app.test_request_context("/tugas"):
        try:
            abort(status)
        except HTTPException as error:
            answer = app.make_response(app.handle_user_exception(error))
    response = TestResponse(answer.response, str(answer.status), answer.headers, None)  # type: ignore[arg-type]
    assert_indonesian(response, library_texts(), status)
