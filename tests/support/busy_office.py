"""Two agencies at random work: cases that began at all hours, people of every role who claim, give on, ask, stand in, break glass.

What may be known of it is read from the tables in plain SQL (`rows`), so that whoever compares does not ask the code under test.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

import engine as front_door
from engine import errors
from engine.authorization import KNOWN_ROLES
from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office

PASSPHRASE = "kuda batu hujan pelan sekali"
ZONE = ZoneInfo("Asia/Pontianak")
WHY = "Penelepon menyebut kode kasus ini dan terancam malam ini juga"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = Mapping[str, Any]


def instant(micros: int | None) -> datetime | None:
    """An instant as the tables keep it."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


@dataclass
class Busy:
    """The office, who works there, and when which instance stood still."""

    office: Office
    chance: random.Random
    people: dict[str, Actor] = field(default_factory=dict)
    pauses: dict[str, list[tuple[datetime, datetime | None]]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.office.clock.now()

    def rows(self, statement: str, **given: Any) -> list[Row]:
        """What the tables say."""
        with self.office.database.reading() as uow:
            return [dict(row) for row in uow.execute(text(statement), given).mappings()]

    def write(self, statement: str, **given: Any) -> None:
        """Makes the tables say something else."""
        with self.office.database.unit_of_work() as uow:
            uow.execute(text(statement), given)

    def standard(self, task: Row) -> dict[str, str] | None:
        """The time standard of a task, as its row keeps it."""
        kept: dict[str, str] | str | None = task["standard"]
        return json.loads(kept) if isinstance(kept, str) else kept  # PostgreSQL's driver has read it already

    def risk(self, task: Row) -> str:
        """Of the instance the task belongs to."""
        return str(self.rows("SELECT risk FROM instance WHERE id = :id", id=task["instance_id"])[0]["risk"])

    def refresh(self) -> None:
        """Everybody's roles and stand-ins as they are today, in the session they have: it lasts as long as the test."""
        self.write("UPDATE session SET seen_at = :now, ends_at = :late", now=(self.now - _EPOCH) // timedelta(microseconds=1), late=2**52)
        for name, token in self.tokens.items():
            found = self.office.engine.people.actor_of(token)
            assert found is not None
            self.people[name] = found[0]

    def hire(self, agency: str, names: list[str]) -> None:
        """People of one agency, each with one to three roles, the last of them with one that ended yesterday."""
        engine = self.office.engine
        operator = engine.people.operator(agency)
        asked = engine.people.qualifications(operator)
        for name in names:
            roles = self.chance.sample(sorted(KNOWN_ROLES - {"system_admin"}), self.chance.randint(1, 3))
            account = engine.people.create_account(
                operator, sign_in=name, name=name.title(), passphrase=PASSPHRASE, roles=roles, demo=True,
                qualifications_confirmed={role: asked[role] for role in roles if role in asked})
            self.tokens[name] = engine.people.sign_in(name, PASSPHRASE, address="here")
        yesterday = (self.now.astimezone(ZONE).date() - timedelta(days=1)).isoformat()
        self.write("UPDATE role_holding SET from_date = '2026-01-01', until_date = :day WHERE account_id = :id AND role = :role",
                   day=yesterday, id=account.id, role=roles[0])

    def start(self) -> None:
        """A case begins at some minute of the next two days, in one agency or the other."""
        self.office.clock.advance(timedelta(minutes=self.chance.randrange(2 * 24 * 60)))
        agency_id = self.chance.choice((self.office.agency_id, self.office.agency_id, self.office.elsewhere))
        told = offices.story("a01_rujukan_kesehatan").submission
        risk = self.chance.choice(("high", "medium", "low"))
        starters = [one for one in self.people.values() if one.agency_id == agency_id and one.holds("intake_operator", "case_manager")]
        actor = self.chance.choice(starters) if starters else Actor(
            account_id="desk", agency_id=agency_id, name="desk", roles=frozenset({"intake_operator"}))
        self.office.engine.cases.start(actor, offices.KEY, submission={
            **told, "received_at": self.now, "victim_reported_at": self.now, "risk": risk})

    def scramble(self) -> None:
        """Tasks wait for any role, in any class, held by anybody: more than one SOP's drawing would give."""
        people = [one.account_id for one in self.people.values()]
        held = sorted({role for one in self.people.values() for role in one.roles})
        for task in self.rows("SELECT id FROM task WHERE state = 'open' ORDER BY id"):
            self.write("UPDATE task SET role = :role, sensitivity = :grade, assignee_id = :holder, given_by = :giver WHERE id = :id",
                       id=task["id"], role=self.chance.choice((self.chance.choice(sorted(KNOWN_ROLES)), self.chance.choice(held))), grade=f"C{self.chance.randrange(5)}",
                       holder=self.chance.choice((None, None, *people)), giver=self.chance.choice((None, *people)))

    def finish(self) -> None:
        """Somebody takes the first decision of a case, now and then saying that it was done earlier; somebody else may accept that."""
        waiting = self.rows("SELECT id, agency_id, ready_at FROM task WHERE state = 'open' AND element_id = 'approve_case_report' "
                            "AND role = 'case_manager' AND assignee_id IS NULL ORDER BY id")
        if not waiting:
            return
        task = self.chance.choice(waiting)
        manager, head = (Actor(account_id=name, agency_id=task["agency_id"], name=name, roles=frozenset({"case_manager"}))
                         for name in ("manajer", "penanggung-jawab"))
        stated = self.chance.choice((None, instant(task["ready_at"]) + (self.now - instant(task["ready_at"])) * self.chance.random()))
        tasks = self.office.engine.tasks
        with suppress(errors.EngineError):  # a case that stands still
            claimed = tasks.claim(manager, task["id"])
            tasks.complete(manager, task["id"], {"decision": "approved", "assessment_is_relevant": True},
                           expected_revision=claimed.revision, stated_at=stated)
            if stated is not None and self.chance.random() < 0.5:
                tasks.accept_stated(head, task["id"], reason="berita acara kertas sudah diperiksa")

    def act(self) -> None:
        """Somebody does, or tries, something."""
        engine, who = self.office.engine, self.chance.choice(list(self.people.values()))
        task = self.chance.choice(self.rows("SELECT id, case_id, instance_id FROM task WHERE state = 'open' ORDER BY id"))
        other = self.chance.choice(list(self.people.values())).account_id
        today = self.now.astimezone(ZONE).date()
        code = self.rows("SELECT business_key FROM case_file WHERE id = :id", id=task["case_id"])[0]["business_key"]
        tries: list[Callable[[], object]] = [
            lambda: engine.tasks.claim(who, task["id"]),
            lambda: engine.tasks.delegate(who, task["id"], to=other),
            lambda: engine.tasks.assign(who, task["id"], to=other, note="beban kerja"),
            lambda: engine.tasks.ask_help(self._holder_of(task["id"]) or who, task["id"], of=other, note="mohon pendapat"),
            lambda: engine.tasks.take_back(who, task["id"], note="kembali"),
            lambda: engine.cases.assign_owner(who, task["case_id"], other, note="serah terima"),
            lambda: engine.cases.declare_conflict(who, task["case_id"], other, reason="saudara kandung terlapor"),
            lambda: engine.cases.break_glass(who, code, reason=WHY, passphrase=PASSPHRASE, address="here"),
            lambda: self._away(who, other, today),
            lambda: self._pause(who, task["instance_id"]),
        ]
        with suppress(errors.EngineError):
            self.chance.choice(tries)()

    def _holder_of(self, task_id: str) -> Actor | None:
        holder = self.rows("SELECT assignee_id FROM task WHERE id = :id", id=task_id)[0]["assignee_id"]
        return next((one for one in self.people.values() if one.account_id == holder), None)

    def _away(self, who: Actor, other: str, today: date) -> None:
        own = sorted(who.roles - who.deputy_roles)
        if not own:
            return
        self.office.engine.people.record_absence(
            who, account_id=who.account_id, substitute_id=other, roles=self.chance.sample(own, self.chance.randint(1, len(own))),
            from_date=today, until_date=today + timedelta(days=self.chance.randrange(5)), decree="ST 094/12/2026")

    def _pause(self, who: Actor, instance_id: str) -> None:
        spans = self.pauses.setdefault(instance_id, [])
        if spans and spans[-1][1] is None:
            self.office.engine.cases.resume(who, instance_id, reason="klien kembali")
            spans[-1] = (spans[-1][0], self.now)
        else:
            self.office.engine.cases.suspend(who, instance_id, reason="klien meminta jeda")
            spans.append((self.now, None))


def opened(folder: Path, database_url: str, *, seed: int, cases: int) -> Busy:
    """Kalbar and its neighbour with the same SOP in force, nine and three people, and so many cases."""
    office = offices.opened(folder, database_url)
    office.engine.sops.deploy(office.engine.people.operator("tetangga"), front_door.SopBundle.from_dir(offices.SOP))
    office.clock.advance(timedelta(days=1))
    busy = Busy(office, random.Random(seed))
    busy.hire("kalbar", [f"orang{number}" for number in range(9)])
    busy.hire("tetangga", [f"tamu{number}" for number in range(3)])
    busy.refresh()
    for _ in range(cases):
        busy.start()
    busy.refresh()
    return busy
