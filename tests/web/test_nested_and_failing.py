"""A child under another's address is not there, to read or to change; and whatever fails says so in Indonesian, in no library's words."""

from __future__ import annotations

import re
from importlib.metadata import files

import pytest
from babel.messages import pofile
from flask import abort
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.test import TestResponse

from tests.support.open_house import OpenHouse
from tests.web.conftest import of_role

pytestmark = pytest.mark.slow

ENDS = frozenset({"account.sign_out", "account.lock", "account.set_language"})  # what would end the session, or change what is read


def test_a_child_is_looked_up_through_its_own_parent(open_house: OpenHouse) -> None:
    """Both cases are theirs to see; each child of the one under the other's address is not there, to read or to change."""
    one, other = (open_house.arguments(case) for case in open_house.cases["kalbar"])
    browsers = {role: of_role(open_house, "kalbar", role) for role in ("head_of_unit", "auditor", "supervisor")}
    tried = 0
    for method in ("GET", "POST"):
        for rule in open_house.rules(method, one):
            if "case_id" not in rule.arguments or not rule.arguments & {"instance_id", "task_id"}:
                continue
            swapped = open_house.path_of(rule, {**one, "instance_id": other["instance_id"], "task_id": other["task_id"]})
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
def test_whatever_fails_says_so_in_indonesian(open_house: OpenHouse, status: int) -> None:
    app = open_house.app
    with app.test_request_context("/tugas"):
        try:
            abort(status)
        except HTTPException as error:
            answer = app.make_response(app.handle_user_exception(error))
    response = TestResponse(answer.response, str(answer.status), answer.headers, None)  # type: ignore[arg-type]
    assert_indonesian(response, library_texts(), status)


def test_no_library_speaks_to_people_in_indonesian_pages(open_house: OpenHouse) -> None:
    """Neither where a page is read, nor where a form comes without its token, empty, or with nonsense."""
    browser, corpus = of_role(open_house, "kalbar", "head_of_unit"), library_texts()
    browser.post("/bahasa", {"language": "id", "next": "/pemberitahuan"})
    token, given = browser.token(), open_house.arguments(open_house.cases["kalbar"][0])
    for rule in open_house.rules("GET", given):
        response = browser.get(open_house.path_of(rule, given))
        if response.mimetype == "text/html" and response.status_code != 303:
            assert_indonesian(response, corpus, rule.endpoint)
    for rule in open_house.rules("POST", given):
        if rule.endpoint in ENDS:
            continue
        for data in ({}, {"csrf_token": token, "revision": "x", "jumlah": "x", "sampai": "x", "tanggal": "x"}):
            response = browser.client.post(open_house.path_of(rule, given), data=data)
            assert response.status_code < 500, (rule.endpoint, data)
            if response.mimetype == "text/html" and response.status_code not in (302, 303):
                assert_indonesian(response, corpus, (rule.endpoint, data))
