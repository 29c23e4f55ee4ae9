"""Every route has a policy, and whoever it is not for sees a page that does not exist."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine import authorization
from tests.support import fake_engine, fake_partner
from webui.app import create_app
from webui.routes_policy import BY_LINK, POLICY, PUBLIC, SIGNED_IN

ARGUMENTS = {"asked": "langkah", "number": 1, "element_id": "approve_case_report", "shape": "jam", "task_id": "task-1", "case_id": "case-1", "instance_id": "i1", "document_id": "doc-1", "action_id": "i1.7", "form": "pdf", "suffix": "zip",
             "key": "pengelolaan-kasus", "deployment_id": "dep-1", "trial_id": "trial-1", "notice_id": "n1", "filter_id": "f1", "absence_id": "a1", "account_id": "acc-lain", "verb": "tunda", "grant_id": "g1", "filename": "app.css", "tile": "late", "shift_id": "s1", "provider_id": "p1", "session_id": "v1", "seq": 3,
             "draft_id": "draft-1", "version_id": "dep-1", "proposal_id": "proposal-1", "withdrawal_id": "withdrawal-1", "change_id": "change-1", "parameter": "unassigned_after", "old": "dep-1", "new": "draft-1", "digest": "0" * 64, "code": "kalbar", "incident_id": "job-1", "feed": "t" * 43, "token": fake_partner.TOKEN}


def addresses(app: Flask, method: str):
    """(endpoint, path) of every rule that answers `method`."""
    bound = app.url_map.bind("")
    return [(rule.endpoint, bound.build(rule.endpoint, {name: ARGUMENTS[name] for name in rule.arguments}))
            for rule in app.url_map.iter_rules() if method in (rule.methods or ())]


def test_every_route_is_in_the_table_and_the_table_names_no_other(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(POLICY)


def test_every_action_of_the_table_is_one_that_some_role_holds():
    known = {action for rights in authorization.POLICY.values() for action in rights}
    assert {action for action in POLICY.values() if action not in (PUBLIC, SIGNED_IN, BY_LINK)} <= known


def test_a_route_without_policy_answers_nobody(engine):
    app = create_app(engine, settings=fake_engine.settings())
    app.add_url_rule("/lupa", "forgotten", lambda: "should not be seen")
    from tests.web.conftest import Browser

    browser = Browser(app)
    browser.sign_in("manajer")
    response = browser.get("/lupa")
    assert response.status_code == 404
    assert "should not be seen" not in response.text


def test_only_public_pages_answer_without_a_session(app, visitor):
    for endpoint, path in addresses(app, "GET"):
        response = visitor.get(path)
        if POLICY[endpoint] == PUBLIC:
            assert response.status_code == 200, endpoint
        elif POLICY[endpoint] == BY_LINK:
            assert response.status_code == 404, endpoint
        else:
            assert response.status_code == 303, endpoint
            assert response.headers["Location"].startswith("/masuk"), endpoint


def test_only_public_actions_answer_without_a_session(app, visitor, engine):
    token = visitor.token()
    before = repr(engine.kept)
    for endpoint, path in addresses(app, "POST"):
        if POLICY[endpoint] == BY_LINK:
            assert visitor.client.post(path, data={"csrf_token": token}).status_code in (200, 404), endpoint
        elif POLICY[endpoint] != PUBLIC:
            response = visitor.client.post(path, data={"csrf_token": token})
            assert (response.status_code, response.headers.get("Location", "")[:6]) == (303, "/masuk"), endpoint
    assert repr(engine.kept) == before


def without_chance(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text)


@pytest.mark.parametrize("who", ["manajer", "pendamping", "auditor", "pemilik"])
def test_what_a_role_may_not_do_answers_like_a_page_that_does_not_exist(app, someone, engine, who):
    browser = someone(who)
    roles = next(a.roles for a in engine.accounts.values() if a.sign_in == who)
    missing = without_chance(browser.get("/tidak-ada").text)
    token = browser.token("/pemberitahuan")
    for method in ("GET", "POST"):
        for endpoint, path in addresses(app, method):
            action = POLICY[endpoint]
            held = action in (PUBLIC, SIGNED_IN, BY_LINK) or any(action in authorization.POLICY[role] for role in roles)
            if held:
                continue
            response = browser.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
            assert response.status_code == 404, (endpoint, who)
            assert without_chance(response.text) == missing, (endpoint, who)


def test_a_row_of_somebody_else_answers_like_one_that_does_not_exist(someone):
    companion = someone("pendamping")
    hidden, missing = companion.get("/tugas/task-1"), companion.get("/tugas/tidak-ada")
    assert hidden.status_code == missing.status_code == 404
    assert without_chance(hidden.text) == without_chance(missing.text)


def test_nothing_changes_by_get(app, manager, engine):
    for _endpoint, path in addresses(app, "POST"):
        if path not in {address for _e, address in addresses(app, "GET")}:
            assert manager.get(path).status_code == 404, path


def test_methods_cannot_be_overridden(manager, engine):
    manager.get("/tugas/task-7/ambil", headers={"X-HTTP-Method-Override": "POST"})
    assert engine.kept["task-7"].detail.summary.assignee_id is None
