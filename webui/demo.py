"""The demo: invented people of every role and a dozen cases in different states, some of them late.

Nothing is written past the engine: the stories of the SOP's own scenario files are played through the front door, moved in
time so that they end today, and left where each one is interesting.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import engine as front_door
import handlers
from engine.results import InboxFilters
from engine.settings import Settings
from engine.types import Actor
from webui import stage

# Invented: any likeness to a person in office is chance.
PEOPLE = (
    ("operator", "Ayu Lestari", ("intake_operator",)),
    ("manajer", "Bima Pratama", ("case_manager",)),
    ("kepala", "Citra Anggraini", ("head_of_unit",)),
    ("pendamping", "Dewi Kartika", ("companion",)),
    ("pendamping2", "Eko Saputra", ("companion",)),
    ("mitra", "Fajar Nugroho (RSUD A)", ("external_provider",)),
    ("data", "Gita Maharani", ("data_staff",)),
    ("pemilik", "Hadi Wijaya", ("process_owner",)),
    ("auditor", "Indah Permata", ("auditor",)),
    ("pelindungan", "Joko Susilo", ("data_protection_officer",)),
    ("admin", "Kirana Putri", ("system_admin",)),
)
WORDS = ("angin", "bakau", "cempaka", "delima", "embun", "fajar", "gamelan", "hujan", "intan", "jambu", "kelapa", "laut", "melati",
         "nusa", "ombak", "pelita", "rimba", "sawah", "teratai", "ulin", "wayang", "senja", "lentera", "kapuas")


@dataclass(frozen=True)
class Part:
    """One case of the demo: which story, the element before whose task it stops, and how long ago its last step was."""

    story: str
    before: str | None
    weeks: int = 0
    minutes: int = 0    # instead of weeks: the last step was just now


CAST = (
    Part("a01_rujukan_kesehatan", None, weeks=2),                           # done, straight
    Part("a02_belum_terpenuhi", None, weeks=1),                             # done, after a "belum terpenuhi" round
    Part("dikembalikan_ke_pengaduan", None, weeks=1),                       # handed back to intake
    Part("a03_adaptasi_rencana", "agree_plan"),                             # the plan is being adapted
    Part("a03_adaptasi_rencana", None, weeks=3),                            # done, with an adapted plan
    Part("a04_anak_dan_kewajiban_hukum", "report_to_police"),               # a legal duty runs, day and night
    Part("a27_penyelenggara_menolak", "hand_over_referral"),                # a provider refused, another accepted; late
    Part("a01_rujukan_kesehatan", "review_results"),                        # results wait for review
    Part("a01_rujukan_kesehatan", "document_case"),                         # everything done but the file; late
    Part("semua_waktu_baku_terlampaui", "monitor_beneficiary", weeks=1),    # late at every step so far
    Part("a31_menit_melewati_natal", "coordinate_provider", minutes=25),    # the minutes are running now
    Part("a01_rujukan_kesehatan", "coordinate_provider", minutes=8),
    Part("perdagangan_orang", "approve_case_report", minutes=3),            # just reported
)


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """An account of the demo with its passphrase, which is shown once and kept nowhere."""

    sign_in: str
    name: str
    roles: tuple[str, ...]
    passphrase: str


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
    clock = front_door.ManualClock(now - timedelta(weeks=60))
    engine = front_door.Engine.open(settings, clock=clock, operations=handlers.operations())
    for sheet in sorted(settings.bpmn_dir.glob("*/agency.toml")):
        engine.people.register_agency(sheet.read_bytes())
        for sop in sorted(one.parent for one in sheet.parent.glob("*/sop.toml")):
            engine.sops.deploy(engine.people.operator(sheet.parent.name), front_door.SopBundle.from_dir(sop))
    accounts, actors = _accounts(engine)
    _play(engine, clock, actors, settings.bpmn_dir / "kalbar" / "pengelolaan-kasus", now)
    _claim(engine, actors)
    _mark(settings).touch(mode=0o600)
    return accounts


def show(accounts: list[SignIn], settings: Settings) -> int:
    """Print sign-in names and passphrases, once."""
    if not accounts:
        print("The demo stands already; its passphrases were shown when it was made.")
        print(f"For new ones remove the folder {settings.state_dir} and start again.")
        return 0
    print("\nDemo accounts (shown once; people and cases are invented):\n")
    for account in accounts:
        print(f"  {account.sign_in:<13} {account.passphrase:<34} {account.name}: {', '.join(account.roles)}")
    print(flush=True)
    return 0


def _database(settings: Settings) -> Path:
    return settings.state_dir / "kawal.db"


def _mark(settings: Settings) -> Path:
    return settings.state_dir / "demo-stands"


def _accounts(engine: front_door.Engine) -> tuple[list[SignIn], Mapping[str, Actor]]:
    operator = engine.people.operator("kalbar")
    shown: list[SignIn] = []
    actors: dict[str, Actor] = {}
    for sign_in, name, roles in PEOPLE:
        passphrase = "-".join([*secrets.SystemRandom().sample(WORDS, 4), str(secrets.randbelow(90) + 10)])
        account = engine.people.create_account(operator, sign_in=sign_in, name=name, passphrase=passphrase, roles=roles, demo=True)
        shown.append(SignIn(sign_in=sign_in, name=name, roles=roles, passphrase=passphrase))
        for role in roles:
            actors.setdefault(role, Actor(account_id=account.id, agency_id=operator.agency_id, name=name, roles=frozenset(roles)))
    return shown, actors


def _play(engine: front_door.Engine, clock: front_door.ManualClock, actors: Mapping[str, Actor], sop: Path, now: datetime) -> None:
    """All parts at once, step by step in the order of their instants, as an office lives them."""
    scene = replace(stage.stage_over(engine, clock, worker_id="demo"), actor_of=actors.__getitem__)
    key = front_door.SopBundle.from_dir(sop).toml["key"]
    turns: list[tuple[datetime, int, int]] = []
    stories: list[front_door.Story] = []
    for part in CAST:
        told = _moved(_until(front_door.read_scenario((sop / "scenarios" / f"{part.story}.toml").read_bytes()), part.before), part, now)
        turns.append((told.at, len(stories), 0))
        turns += [(step.at or told.at, len(stories), number) for number, step in enumerate(told.steps, 1)]
        stories.append(front_door.Story(told, scene, key=key, file=part.story))
    for _, which, number in sorted(turns):
        if not (stories[which].begin() if number == 0 else stories[which].do(number)):
            raise RuntimeError(f"the demo cannot be told: {stories[which].result(ended=False).problems}")
    front_door.pass_time(scene, now)


def _until(scenario: front_door.Scenario, before: str | None) -> front_door.Scenario:
    """The story without its expectations, up to the first step on `before`."""
    steps: list[Any] = []
    for step in scenario.steps:
        if before is not None and step.acts_on == before:
            break
        if step.refuse is None and step.acts_on is not None:
            steps.append(replace(step, expected=None, verdict=None, handling_verdict=None, overrun=None))
    return replace(scenario, steps=tuple(steps), business_key=None)


def _moved(scenario: front_door.Scenario, part: Part, now: datetime) -> front_door.Scenario:
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
