"""The pages of an office at random work, read by its people without a browser."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from flask.testing import FlaskClient

from engine.settings import Settings
from engine.types import Actor
from tests.support.busy_office import PASSPHRASE, ZONE, Busy
from webui import session, times
from webui.app import create_app

READER = "penyelia.angka"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Pages:
    """Each person signed in as they are in the office, and one more who reads its figures."""

    def __init__(self, busy: Busy, folder: Path) -> None:
        self._busy = busy
        people = busy.office.engine.people
        operator = people.operator("kalbar")
        asked = people.qualifications(operator)
        people.create_account(operator, sign_in=READER, name="Pembaca Angka", passphrase=PASSPHRASE, roles=["head_of_unit"], demo=True,
                              qualifications_confirmed={role: asked[role] for role in ("head_of_unit",) if role in asked})
        self._app = create_app(busy.office.engine, settings=Settings(data_dir=folder, key=bytes(range(32)), demo=True))
        self._app.config["RATELIMIT_ENABLED"] = False
        with self._app.test_request_context():
            self._cookie = session.cookie_name()

    def late_tags(self, who: Actor, path: str) -> int:
        """How many rows of a page say that they are late."""
        name = next(name for name, each in self._busy.people.items() if each.account_id == who.account_id)
        found = self._client(self._busy.tokens[name]).get(path)
        assert found.status_code == 200, found.status
        return found.text.count('class="tag tag-late"')

    def export(self, media: str) -> bytes:
        """What is late now, taken out of the house."""
        client = self._client(self._busy.office.engine.people.sign_in(READER, PASSPHRASE, address="here"))
        token = _TOKEN.search(client.get("/laporan/ekspor?laporan=lewat").text)
        assert token is not None
        answer = client.post("/laporan/ekspor", data={"csrf_token": token[1], "laporan": "lewat", "masa": "", "f.media": media,
                                                      "f.reason": "rapat unit"})
        assert answer.status_code == 200, answer.text
        return answer.data

    def due(self, at: datetime) -> str:
        """A due instant as the pages say it."""
        return times.due(at, ZONE, language="id", now=self._busy.now)

    def _client(self, token: str) -> FlaskClient:
        client = self._app.test_client()
        client.set_cookie(self._cookie, token)
        return client
