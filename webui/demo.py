"""The demo: invented people of every role and a dozen cases in different states, some of them late.

Nothing is written past the engine: the stories of the SOP's own scenario files are played through the front door, moved in
time so that they end today, and left where each one is interesting.
"""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import engine as front_door
import handlers
from engine.results import InboxFilters
from engine.settings import Settings
from engine.types import Actor
from webui import demo_cast, demo_office, stage

WORDS = ("angin", "bakau", "cempaka", "delima", "embun", "fajar", "gamelan", "hujan", "intan", "jambu", "kelapa", "laut", "melati",
         "nusa", "ombak", "pelita", "rimba", "sawah", "teratai", "ulin", "wayang", "senja", "lentera", "kapuas")


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """An account of the demo with its passphrase, which is shown once and kept nowhere."""

    sign_in: str
    name: str
    roles: tuple[str, ...]
    passphrase: str
    agency: str


def stands(settings: Settings) -> bool:
    """Whether a demo was made here completely."""
    return _mark(settings).exists()


def clear(settings: Settings) -> None:
    """Remove what an interrupted `seed` left, so that the next one starts afresh; a demo that stands is kept."""
    if stands(settings) or settings.database_url != f"sqlite:///{_database(settings)}":
        return
    for left in settings.state_dir.glob(f"{_database(settings).name}*"):
        left.unlink()


def seed(settings: Settings) -> list[SignIn]:
    """Fill a prepared demo database; a second call only says who may sign in, without passphrases."""
    if stands(settings):
        return []
    now = front_door.SystemClock().now()
    sheets = sorted(settings.bpmn_dir.glob("*/agency.toml"))
    first = min((_told(sheet.parent, part, now).at for sheet in sheets for part in demo_cast.CAST.get(sheet.parent.name, ())), default=now)
    clock = front_door.ManualClock(first - timedelta(days=1))  # no earlier: an SOP that a timer starts would have begun many times
    engine = front_door.Engine.open(settings, clock=clock, operations=handlers.operations())
    troupes = []
    for sheet in sheets:
        engine.people.register_agency(sheet.read_bytes())
        code = tomllib.loads(sheet.read_text("utf-8"))["code"]
        for sop in sorted(one.parent for one in sheet.parent.glob("*/sop.toml")):
            engine.sops.deploy(engine.people.operator(code), front_door.SopBundle.from_dir(sop))
        troupes.append(_troupe(engine, code, sheet.parent))
    _play(engine, clock, troupes, now)
    for troupe in troupes:
        _claim(engine, troupe.actors)
        demo_office.lead(engine, troupe.actors, now)
    _mark(settings).touch(mode=0o600)
    return [account for troupe in troupes for account in troupe.accounts]


def show(accounts: list[SignIn], settings: Settings) -> int:
    """Print sign-in names and passphrases, once."""
    if not accounts:
        print("The demo stands already; its passphrases were shown when it was made.")
        print(f"For new ones remove the folder {settings.state_dir} and start again.")
        return 0
    print("\nDemo accounts (shown once; people and cases are invented):")
    for agency, its in groupby(accounts, key=lambda account: account.agency):
        print(f"\n{agency}")
        for account in its:
            print(f"  {account.sign_in:<20} {account.passphrase:<34} {account.name}: {', '.join(account.roles)}")
    print(flush=True)
    return 0


def _database(settings: Settings) -> Path:
    return settings.state_dir / "kawal.db"


def _mark(settings: Settings) -> Path:
    return settings.state_dir / "demo-stands"


@dataclass(frozen=True, kw_only=True)
class _Troupe:
    """The people of one agency and the folder their SOPs stand in."""

    folder: Path
    accounts: list[SignIn]
    actors: Mapping[str, Actor]


def _troupe(engine: front_door.Engine, code: str, folder: Path) -> _Troupe:
    operator = engine.people.operator(code)
    shown: list[SignIn] = []
    actors: dict[str, Actor] = {}
    asked = engine.people.qualifications(operator)
    for person in demo_cast.PEOPLE.get(folder.name, ()):
        passphrase = "-".join([*secrets.SystemRandom().sample(WORDS, 4), str(secrets.randbelow(90) + 10)])
        account = engine.people.create_account(
            operator, sign_in=person.sign_in, name=person.name, passphrase=passphrase, roles=person.roles, demo=True,
            qualifications_confirmed={role: asked[role] for role in person.roles if role in asked},
            provider_id=demo_office.provider(engine, operator.agency_id, person.provider))
        shown.append(SignIn(sign_in=person.sign_in, name=person.name, roles=person.roles, passphrase=passphrase, agency=folder.name))
        for role in person.roles:
            actors.setdefault(role, Actor(account_id=account.id, agency_id=operator.agency_id, name=person.name,
                                          roles=frozenset(person.roles)))
    return _Troupe(folder=folder, accounts=shown, actors=actors)


def _play(engine: front_door.Engine, clock: front_door.ManualClock, troupes: Sequence[_Troupe], now: datetime) -> None:
    """All parts of all agencies at once, step by step in the order of their instants, as offices live them."""
    scene = stage.stage_over(engine, clock, worker_id="demo")
    turns: list[tuple[datetime, int, int]] = []
    stories: list[front_door.Story] = []
    for troupe in troupes:
        for part in demo_cast.CAST.get(troupe.folder.name, ()):
            told = _told(troupe.folder, part, now)
            turns.append((told.at, len(stories), 0))
            turns += [(step.at or told.at, len(stories), number) for number, step in enumerate(told.steps, 1)]
            stories.append(front_door.Story(told, replace(scene, actor_of=troupe.actors.__getitem__), file=part.story,
                                            key=front_door.SopBundle.from_dir(troupe.folder / part.sop).toml["key"]))
    for _, which, number in sorted(turns):
        if not (stories[which].begin() if number == 0 else stories[which].do(number)):
            raise RuntimeError(f"the demo cannot be told: {stories[which].result(ended=False).problems}")
    front_door.pass_time(scene, now)


def _told(folder: Path, part: demo_cast.Part, now: datetime) -> front_door.Scenario:
    """The part of its story that is told, at the instants it is told at."""
    scenario = front_door.read_scenario((folder / part.sop / "scenarios" / f"{part.story}.toml").read_bytes())
    return _moved(_until(scenario, part.before), part, now)


def _until(scenario: front_door.Scenario, before: str | None) -> front_door.Scenario:
    """The story without its expectations, up to the first step on `before`."""
    steps: list[Any] = []
    for step in scenario.steps:
        element = step.acts_on or step.act
        if before is not None and element == before:
            break
        if step.refuse is None and element is not None:
            steps.append(replace(step, expected=None, verdict=None, handling_verdict=None, overrun=None))
    return replace(scenario, steps=tuple(steps), business_key=None, audits=())


def _moved(scenario: front_door.Scenario, part: demo_cast.Part, now: datetime) -> front_door.Scenario:
    """The story moved in time. By whole weeks its office hours stay office hours; by minutes its last step is just now."""
    last = max([scenario.at, *(step.at for step in scenario.steps if step.at)])
    by = now - last - timedelta(minutes=part.minutes)
    if not part.minutes:
        by = timedelta(weeks=by // timedelta(weeks=1) - part.weeks)

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: moved(one) for key, one in value.items()}
        if isinstance(value, list):
            return [moved(one) for one in value]
        return value + by if isinstance(value, (datetime, date)) else value

    steps = tuple(replace(step, at=moved(step.at), submission=moved(dict(step.submission))) for step in scenario.steps)
    return replace(scenario, at=scenario.at + by, submission=moved(dict(scenario.submission)), steps=steps)


def _claim(engine: front_door.Engine, actors: Mapping[str, Actor]) -> None:
    """Everybody has taken the first task of their queue."""
    for actor in actors.values():
        if not engine.allows(actor, "task.list"):
            continue
        waiting = engine.tasks.inbox(actor, InboxFilters(box="pool")).rows
        if len(waiting) > 1:
            engine.tasks.claim(actor, waiting[0].id)
