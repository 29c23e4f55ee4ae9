"""No form is accepted that did not come from our own page."""

from __future__ import annotations

import pytest

from engine import authorization
from tests.web.test_routes import addresses
from webui.routes_policy import POLICY, PUBLIC, SIGNED_IN


def test_every_post_without_a_token_is_refused_and_changes_nothing(app, manager, engine):
    before = (repr(engine.kept), dict(engine.sessions), list(engine.notice_rows))
    for endpoint, path in addresses(app, "POST"):
        action = POLICY[endpoint]
        if action not in (PUBLIC, SIGNED_IN) and action not in authorization.POLICY["case_manager"]:
            continue  # not the manager's: refused before
        assert manager.client.post(path, data={"next": "/tugas"}).status_code == 400, endpoint
    assert (repr(engine.kept), dict(engine.sessions), list(engine.notice_rows)) == before


@pytest.mark.parametrize("token", ["", "x", "IjAi.aaaa.bbbb"])
def test_a_made_up_token_is_refused(manager, engine, token):
    response = manager.client.post("/tugas/task-7/ambil", data={"csrf_token": token})
    assert response.status_code == 400
    assert engine.kept["task-7"].detail.summary.assignee_id is None
    assert "kedaluwarsa" in response.text


def test_a_token_of_before_sign_in_does_not_count_after_it(visitor, engine):
    early = visitor.token()
    visitor.sign_in("manajer")
    assert visitor.client.post("/tugas/task-7/ambil", data={"csrf_token": early}).status_code == 400


def test_signing_in_itself_needs_a_token(visitor, engine):
    visitor.get("/masuk")
    response = visitor.client.post("/masuk", data={"sign_in": "manajer", "passphrase": "kuda batu hujan pelan"})
    assert response.status_code == 400
    assert engine.sessions == {}


def test_json_posing_as_text_is_refused(manager, engine):
    response = manager.client.post("/tugas/task-7/ambil", data='{"a":1}', content_type="text/plain")
    assert response.status_code == 400
