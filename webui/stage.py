"""A whole product in a temporary folder, on a clock set by hand: what scenarios are played on."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import engine as front_door
import handlers
from engine import ManualClock, ScenarioResult, Stage
from engine.settings import KEY_BYTES, Settings, SettingsRefused
from engine.types import Actor

SETUP_TAKES = timedelta(days=1)  # the SOP is in force from the day before the story begins
STAGE_KEY = bytes(KEY_BYTES)     # protects nothing: the folder is gone when the story ends
STAGE_PASSPHRASE = "layar tancap di alun-alun"  # noqa: S105 - nor does this


def stage_over(engine: front_door.Engine, clock: ManualClock, *, worker_id: str = "stage",
               signing_in: Collection[str] = ()) -> Stage:
    """The stage of an engine that stands: one person per role, and a worker that works when told to.

    Those of the roles `signing_in` have an account, since what they do asks for their passphrase.
    """
    people = {role: _account(engine, role) for role in sorted(signing_in)}
    worker = handlers.Worker(engine.jobs, handlers.functions(handlers.Desk(engine=engine)), worker_id=worker_id)
    agency_id = engine.people.operator().agency_id

    def actor_of(role: str) -> Actor:
        return people.get(role) or Actor(account_id=f"stage-{role}", agency_id=agency_id, name=role, roles=frozenset({role}))

    return Stage(engine=engine, clock=clock, actor_of=actor_of, work=worker.run_until_idle, passphrase=STAGE_PASSPHRASE)


def _account(engine: front_door.Engine, role: str) -> Actor:
    operator = engine.people.operator()
    asked = engine.people.qualifications(operator)
    made = engine.people.create_account(
        operator, sign_in=f"panggung.{role}", name=role, passphrase=STAGE_PASSPHRASE, roles=(role,), demo=True,
        qualifications_confirmed={role: asked[role]} if role in asked else {})
    return Actor(account_id=made.id, agency_id=made.agency_id, name=made.name, roles=frozenset({role}))


@contextmanager
def raised(sop: Path, now: datetime, *, agency: str | None = None, signing_in: Collection[str] = ()) -> Iterator[Stage]:
    """A stage with the SOP of folder `sop` (`<agency>/<sop>`) in force since the day before `now`, at its own agency or another.

    Raises:
        SettingsRefused: there is no agency to play it at.
    """
    sheet = (sop.parent.parent / agency if agency else sop.parent) / "agency.toml"
    if agency is not None and not agency.isidentifier() or not sheet.is_file():
        raise SettingsRefused('scenario: no such agency; for a shared SOP write agency = "<folder>" above [start]')
    with tempfile.TemporaryDirectory(prefix="kawal-") as folder:
        settings = Settings(data_dir=Path(folder), key=STAGE_KEY, demo=True)
        settings.state_dir.mkdir(parents=True)
        front_door.Engine.prepare(settings)
        clock = ManualClock(now - SETUP_TAKES)
        engine = front_door.Engine.open(settings, clock=clock, operations=handlers.operations())
        engine.people.register_agency(sheet.read_bytes())
        engine.sops.deploy(engine.people.operator(), front_door.SopBundle.from_dir(sop))
        yield stage_over(engine, clock, signing_in=signing_in)


def play(file: Path) -> ScenarioResult:
    """Plays one scenario file of the SOP its folder belongs to, or asks the folder's tables what the file asks."""
    sop, data = file.resolve().parent.parent, file.read_bytes()
    bundle = front_door.SopBundle.from_dir(sop)
    if front_door.asks_tables(data):
        return ScenarioResult(file=str(file), problems=front_door.ask_tables(bundle, front_door.read_questions(data)))
    scenario = front_door.read_scenario(data)
    key = bundle.toml.get("key", sop.name)
    with raised(sop, scenario.at, agency=scenario.agency, signing_in=scenario.revisers) as stage:
        return front_door.play_scenario(scenario, stage, file=str(file), key=key)
