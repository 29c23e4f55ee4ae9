"""Two agencies behind their pages: the real engine with the same SOP in both, one person per role, cases whose people bear canary names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from werkzeug.routing import Rule

import engine as front_door
from engine.authorization import KNOWN_ROLES, POLICY
from engine.settings import Settings
from engine.types import Actor
from tests.support import office as offices
from webui import session
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"
CANARY = "Zqkenari"  # in every name and address that is typed: it may stand on pages, never in what leaves or labels them
#: One role of each row of the policy table: those with equal rows see equal pages.
ROLES = tuple({repr(sorted(POLICY[role].items())): role for role in sorted(KNOWN_ROLES) if role in POLICY}.values())


class OpenHouse:
    """The pages of both agencies, and what lies in their tables."""

    def __init__(self, folder: Path) -> None:
        self.office = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
        engine = self.office.engine
        engine.sops.deploy(engine.people.operator("tetangga"), front_door.SopBundle.from_dir(offices.SOP))
        self.office.clock.advance(timedelta(days=1))
        self.accounts = {(agency, role): self._hire(agency, role) for agency in ("kalbar", "tetangga") for role in ROLES}
        self.cases = {agency: [self._case(agency) for _ in range(2)] for agency in ("kalbar", "tetangga")}
        self.app = create_app(engine, settings=Settings(
            data_dir=folder, key=bytes(range(32)), demo=True, database_url=f"sqlite:///{folder / 'kawal.db'}"))

        with self.app.test_request_context():
            self.cookie = session.cookie_name()

    def rows(self, statement: str, **given: Any) -> list[Mapping[str, Any]]:
        """What the tables say."""
        with self.office.database.reading() as uow:
            return [dict(row) for row in uow.execute(text(statement), given).mappings()]

    def rules(self, method: str, given: Mapping[str, Any]) -> list[Rule]:
        """The routes that answer this method and whose every address part is given; the others have tests that make what they show."""
        return [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ()) and rule.arguments <= given.keys()
                and rule.endpoint not in ("static", "status.healthy")]

    def path_of(self, rule: Rule, given: Mapping[str, Any]) -> str:
        """The address of a route with these parts."""
        return self.app.url_map.bind("").build(rule.endpoint, {name: given[name] for name in rule.arguments})

    def sign_in(self, agency: str, role: str) -> str:
        """The session token of the person of a role."""
        token: str = self.office.engine.people.sign_in(f"{agency}.{role.replace('_', '.')}", PASSPHRASE, address="127.0.0.1")
        return token

    def _hire(self, agency: str, role: str) -> str:
        people = self.office.engine.people
        operator = people.operator(agency)
        asked = people.qualifications(operator)
        return people.create_account(
            operator, sign_in=f"{agency}.{role.replace('_', '.')}", name=f"Rekan {agency} {role}", passphrase=PASSPHRASE, roles=[role],
            demo=True, qualifications_confirmed={role: asked[role]} if role in asked else {}).id

    def _case(self, agency: str) -> str:
        """A case of nobody here, past its first decision, with a letter and a task that waits for a companion."""
        engine, agency_id = self.office.engine, self.office.agency_id if agency == "kalbar" else self.office.elsewhere
        told = offices.story("a01_rujukan_kesehatan")
        given = {key: f"{CANARY} {key}" if key in ("full_name", "address") else value for key, value in told.submission.items()}
        desk = Actor(account_id=f"desk-{agency}", agency_id=agency_id, name="desk", roles=frozenset({"intake_operator", "case_manager"}))
        started = engine.cases.start(desk, offices.KEY, submission={
            **given, "full_name": f"{CANARY} Rekaan", "received_at": self.office.clock.now(), "victim_reported_at": self.office.clock.now()})
        self.office.scene.work()
        (task,) = self.rows("SELECT id FROM task WHERE case_id = :c AND state = 'open'", c=started.case_id)
        claimed = engine.tasks.claim(desk, task["id"])
        engine.tasks.complete(desk, task["id"], {"decision": "approved", "assessment_is_relevant": True}, expected_revision=claimed.revision)
        self.office.scene.work()
        assert started.case_id is not None
        return started.case_id

    def arguments(self, case_id: str) -> dict[str, Any]:
        """One address part of each kind, of this case or its agency."""
        (case,) = self.rows("SELECT agency_id, business_key FROM case_file WHERE id = :c", c=case_id)
        (instance,) = self.rows("SELECT id, deployment_id FROM instance WHERE case_id = :c", c=case_id)
        task = self.rows("SELECT id FROM task WHERE case_id = :c AND state = 'open' ORDER BY id", c=case_id)[0]
        (agency,) = self.rows("SELECT code FROM agency WHERE id = :a", a=case["agency_id"])
        return {"case_id": case_id, "instance_id": instance["id"], "task_id": task["id"], "deployment_id": instance["deployment_id"], "seq": 1,
                "key": offices.KEY, "account_id": self.accounts[agency["code"], "external_provider"], "form": "pdf", "suffix": "zip", "verb": "delegasi", "tile": "late", "code": agency["code"], "old": instance["deployment_id"],
                "new": instance["deployment_id"], "digest": "0" * 64}
