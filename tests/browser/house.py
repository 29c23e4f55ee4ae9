"""Several offices on one served product, whose clock the test turns: what the journeys of `test_journeys*.py` are done on.

The pages run in gunicorn, a process of its own, as the product is run; the worker is the product's, and works in the test process
whenever time passes. Everybody of `webui/demo_cast.py` has an account.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

import engine as front_door
import handlers
from engine.scenario import inbox
from engine.settings import Settings
from engine.types import Actor, TaskSummary
from tests.browser.person import Browsing, Person
from tests.browser.product import free_port
from tests.browser.turned import clock_of
from webui import demo_cast, demo_office

ROOT = Path(__file__).resolve().parents[2]
BPMN = ROOT / "bpmn"
PASSPHRASE = "kuda batu hujan pelan sekali"
ANSWERS_WITHIN = 60  # seconds
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Tale:
    """One of an SOP's scenarios, moved by whole weeks so that it is still to come: what is typed, and when."""

    agency: str
    sop: str
    told: front_door.Scenario
    by: timedelta

    @property
    def at(self) -> datetime:
        return self.told.at + self.by

    @property
    def submission(self) -> dict[str, Any]:
        """The form that begins it."""
        given: dict[str, Any] = self._moved(dict(self.told.submission))
        return given

    def step(self, element: str, number: int = 1) -> front_door.Step:
        """The `number`th step on an element."""
        found = [step for step in self.told.steps if element in (step.acts_on, step.act)]
        step = found[number - 1]
        return replace(step, at=None if step.at is None else step.at + self.by, submission=self._moved(dict(step.submission)))

    def steps_before(self, element: str) -> list[front_door.Step]:
        """What people do before the first step on `element`."""
        names = [step.acts_on for step in self.told.steps if step.acts_on or step.act]
        return [self.step(str(name), names[:place + 1].count(name)) for place, name in enumerate(names[:names.index(element)])]

    def _moved(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._moved(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._moved(each) for each in value]
        return value + self.by if isinstance(value, datetime) else value


@dataclass
class House:
    """The offices, their people, and the address of their pages."""

    settings: Settings
    engine: front_door.Engine
    scene: front_door.Stage
    browser: Browser
    address: str = ""
    script: bool = True                       # whether people's browsers run JavaScript from now on
    passphrases: dict[str, str] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _people: dict[tuple[str, bool], Person] = field(default_factory=dict)
    _pages: subprocess.Popen[bytes] | None = None

    @classmethod
    def built(cls, folder: Path, browser: Browser, offices: Mapping[str, tuple[str, ...]], *, now: datetime,
              database_url: str = "") -> House:
        """`offices`: the SOPs in force at each agency, as `<folder>/<sop>`."""
        settings = Settings(data_dir=folder, key=bytes(range(32)), database_url=database_url, demo=True, sign_ins_per_minute=1000)
        settings.state_dir.mkdir(parents=True)
        front_door.Engine.prepare(settings)
        clock = clock_of(settings)
        clock.set(now - timedelta(days=1))
        engine = front_door.Engine.open(settings, clock=clock, operations=handlers.operations())
        for agency, sops in offices.items():
            engine.people.register_agency((BPMN / agency / "agency.toml").read_bytes())
            operator = engine.people.operator(_code(agency))
            for sop in sops:
                engine.sops.deploy(operator, front_door.SopBundle.from_dir(BPMN / sop))
        worker = handlers.Worker(engine.jobs, handlers.functions(handlers.Desk(engine=engine)), worker_id="journeys")
        scene = front_door.Stage(engine=engine, clock=clock, actor_of=_nobody, work=worker.run_until_idle)
        house = cls(settings=settings, engine=engine, scene=scene, browser=browser)
        house.wait_until(now)
        return house

    def serve(self) -> None:
        port = free_port()
        mine = {"KAWAL_DATA_DIR": str(self.settings.data_dir), "KAWAL_DATABASE_URL": self.settings.database_url, "KAWAL_DEMO": "1",
                "KAWAL_KEY": self.settings.key.hex(), "KAWAL_SIGN_INS_PER_MINUTE": str(self.settings.sign_ins_per_minute)}
        others = {name: value for name, value in os.environ.items() if not name.startswith("KAWAL_")}
        self._pages = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "webui" / "gunicorn.conf.py"), "--no-control-socket",
             "--bind", f"127.0.0.1:{port}", "tests.browser.turned:app()"], cwd=ROOT, env=others | mine)
        self.address = f"http://127.0.0.1:{port}"
        patience = time.monotonic() + ANSWERS_WITHIN
        while self._pages.poll() is None and time.monotonic() < patience:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the pages do not answer")

    def stop(self) -> None:
        for person in self._people.values():
            person.context.close()
        if self._pages is not None:
            self._pages.send_signal(signal.SIGTERM)
            self._pages.wait(60)

    # --- time ---------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.scene.clock.now()

    def wait_until(self, instant: datetime) -> None:
        """Time passes; what falls due on the way is done by the worker at its own instant."""
        assert instant >= self.now, f"{instant} is past: it is {self.now}"
        front_door.pass_time(self.scene, instant)

    def tale(self, agency: str, story: str, *, sop: str = "pengelolaan-kasus") -> Tale:
        told = front_door.read_scenario((BPMN / agency / sop / "scenarios" / f"{story}.toml").read_bytes())
        weeks = (self.now - told.at) / WEEK
        return Tale(agency, sop, told, (int(weeks // 1) + 1) * WEEK)

    # --- people -------------------------------------------------------------------------------------------------------

    def actor(self, sign_in: str) -> Actor:
        """Somebody of `demo_cast`, who gets an account when first asked for."""
        if sign_in not in self._actors:
            folder, one = next((folder, one) for folder, its in demo_cast.PEOPLE.items() for one in its if one.sign_in == sign_in)
            operator = self.engine.people.operator(_code(folder))
            asked = self.engine.people.qualifications(operator)
            made = self.engine.people.create_account(
                operator, sign_in=sign_in, name=one.name, passphrase=PASSPHRASE, roles=one.roles, demo=True,
                qualifications_confirmed={role: asked[role] for role in one.roles if role in asked},
                provider_id=demo_office.provider(self.engine, operator.agency_id, one.provider))
            self.passphrases[sign_in] = PASSPHRASE
            self._actors[sign_in] = Actor(account_id=made.id, agency_id=operator.agency_id, name=one.name, roles=frozenset(one.roles))
        return self._actors[sign_in]

    def person(self, sign_in: str) -> Person:
        """The same person at a browser of their own."""
        key = sign_in, self.script
        if key not in self._people:
            self.actor(sign_in)
            self._people[key] = Person(self.browser, self, sign_in, java_script_enabled=self.script)
        return self._people[key]

    def guest(self) -> Browsing:
        """Somebody from outside, at a browser of their own."""
        return Browsing(self.browser, self, java_script_enabled=self.script)

    def whose(self, agency: str, role: str) -> str:
        """The first person of a role, by sign-in name."""
        return next(one.sign_in for one in demo_cast.PEOPLE[agency] if role in one.roles)

    # --- cases --------------------------------------------------------------------------------------------------------

    def tasks_of(self, sign_in: str) -> list[TaskSummary]:
        """What this person has or may take, in the order it came."""
        return inbox(self.scene, [self.actor(sign_in)])

    def open_task(self, sign_in: str, code: str, element: str, item: Mapping[str, Any] | None = None) -> TaskSummary:
        """The task of an element, for a line of the plan if need be, that this person has or may take."""
        found = [task for task in self.tasks_of(sign_in) if (task.business_key, task.element_id) == (code, element)
                 and (not item or item.items() <= dict(task.item).items())]
        assert found, f"{sign_in} has no task {element} in {code}"
        return found[0]

    def row(self, sign_in: str, code: str, element: str) -> str:
        """What the team's list tells this person about a task."""
        task = self.open_task(sign_in, code, element)
        return self.person(sign_in).row(code, task.name).inner_text()

    def begun(self, tale: Tale, *, until: str, **changed: Any) -> str:
        """The code of the tale's case, opened and worked on past the pages, up to its first step on `until`."""
        self.wait_until(tale.at)
        begins = self.actor(self.whose(tale.agency, tale.told.role))
        started = self.engine.cases.start(begins, tale.sop, submission=tale.submission | changed)
        self.scene.work()
        assert started.case_id is not None
        code = self.engine.cases.get(self.actor(self.whose(tale.agency, "head_of_unit")), started.case_id).summary.business_key
        self.past(tale, code, tale.steps_before(until))
        return code

    def past(self, tale: Tale, code: str, steps: Iterable[front_door.Step]) -> None:
        """These steps of the tale are done past the pages, each at its instant or now."""
        for step in steps:
            if step.at is not None and step.at > self.now:
                self.wait_until(step.at)
            sign_in = self.whose(tale.agency, str(step.role))
            task = self.open_task(sign_in, code, str(step.acts_on), step.item)
            claimed = self.engine.tasks.claim(self.actor(sign_in), task.id)
            self.engine.tasks.complete(self.actor(sign_in), task.id, step.submission, expected_revision=claimed.revision)
            self.scene.work()

    def do(self, tale: Tale, code: str, element: str, *, number: int = 1, by: str = "", **changed: Any) -> str:
        """The tale's step on `element`, at its instant or now, by hand on the pages: what the page says afterwards.

        `by`: who does it, when not the first person of its role. `changed`: what is typed otherwise than in the tale.
        """
        step = tale.step(element, number)
        if step.at is not None and step.at > self.now:
            self.wait_until(step.at)
        sign_in = by or self.whose(tale.agency, str(step.role))
        task = self.open_task(sign_in, code, element, step.item)
        said = self.person(sign_in).do(code, task.name, {**step.submission, **changed})
        self.scene.work()
        return said


def _nobody(role: str) -> Actor:
    raise LookupError(f"a house's people are asked for by name, not by role: {role}")


def _code(folder: str) -> str:
    """What the agency of this folder is called."""
    code: str = tomllib.loads((BPMN / folder / "agency.toml").read_text("utf-8"))["code"]
    return code
