"""kill -9 of a server or worker between any two writes: what is there is before or after, and nothing is lost or doubled."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
import sqlalchemy

import engine as front_door
import handlers
from engine import pack
from engine.clock import ManualClock
from engine.executor import Context
from engine.settings import Settings
from storage import deployments, settings
from tests.crash.drill import Drill, Points, World, content, in_child, verified
from tests.support import bpmn, postgres

ROOT = Path(__file__).resolve().parents[2]
AGENCY = ROOT / "bpmn" / "kalbar"
JAKARTA = ZoneInfo("Asia/Jakarta")
STORY = front_door.read_scenario((AGENCY / "pengelolaan-kasus" / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
EVERY = int(os.environ.get("KAWAL_CRASH_EVERY", "6"))  # every how many points, from another first one in each drill, beside all that follow a commit; soak: 1


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def start(world: World) -> None:
    world.engine.cases.start(world.person(STORY.role), "pengelolaan-kasus", submission=STORY.submission, idempotency_key="first")


def started(world: World) -> None:
    start(world)
    world.work()


def step(number: int) -> Callable[[World], None]:
    """What the story's `number`-th step does, as its person does it."""
    one = STORY.steps[number - 1]
    return lambda world: world.complete(str(one.role), str(one.complete), one.submission)


def after(*steps: int) -> Callable[[World], None]:
    """The story up to there, all work done, each step at its own instant."""

    def play(world: World) -> None:
        started(world)
        for number in steps:
            world.clock.advance(max(timedelta(0), (STORY.steps[number - 1].at or world.clock.now()) - world.clock.now()))
            world.work()
            step(number)(world)
            world.work()

    return play


def then_wait(before: Callable[[World], None], until: str) -> Callable[[World], None]:
    """Nobody works meanwhile: what falls due is still waiting."""

    def play(world: World) -> None:
        before(world)
        world.clock.advance(at(until) - world.clock.now())

    return play


def claim(world: World) -> None:
    task = world.task("case_manager", "approve_case_report")
    world.engine.tasks.claim(world.person("case_manager"), task.id)


def draft(world: World) -> None:
    task = world.task("case_manager", "approve_case_report")
    claimed = world.engine.tasks.claim(world.person("case_manager"), task.id)
    world.engine.tasks.save_draft(world.person("case_manager"), task.id, {"decision": "approved"}, expected_revision=claimed.revision)


def step_without_work(*steps: int, last: int) -> Callable[[World], None]:
    def play(world: World) -> None:
        after(*steps)(world)
        world.clock.advance(max(timedelta(0), (STORY.steps[last - 1].at or world.clock.now()) - world.clock.now()))
        world.work()
        step(last)(world)

    return play


#: Two processes that write to each other: one message starts the other process, its answer is waited for.
POST = bpmn.document(
    bpmn.process("sender", bpmn.start(), bpmn.throw("write", bpmn.event("message", "letter")),
                 bpmn.catch("wait", bpmn.event("message", "answer")), bpmn.end(), bpmn.flows("s", "write", "wait", "e")),
    bpmn.process("receiver", bpmn.start("got", bpmn.event("message", "letter")), bpmn.throw("reply", bpmn.event("message", "answer")),
                 bpmn.end("done"), bpmn.flows("got", "reply", "done")),
    roots=bpmn.message("letter") + bpmn.message("answer"))


def post_office(engine: front_door.Engine) -> None:
    """Puts `POST` in force beside the agency's SOP, past the checks that ask an SOP for lanes and a sheet."""
    bundle = front_door.SopBundle.from_files({"post.bpmn": POST})
    executor, operator = engine.sops._executor, engine.people.operator()

    def command(context: Context) -> None:
        deployments.add(context.uow, deployments.DeploymentRow(
            id="post", agency_id=operator.agency_id, key="post", version=1, digest=bundle.digest, title={"id": "Surat", "en": "Post"},
            process_id="sender", effective_from=context.local_day(), deployed_at=context.now, deployed_by=operator.account_id, findings=[]),
            {path: (pack.bytes_digest(data), data) for path, data in bundle.files.items()})

    executor.run(operator, command)


def write(world: World) -> None:
    world.engine.cases.start(world.person("intake_operator"), "post", submission={}, idempotency_key="letter")


MORNING = at("2026-11-10T08:30:00")
DRILLS = [
    Drill(name="a case is started", now=MORNING, before=lambda world: None, act=start),
    Drill(name="the first operations", now=MORNING, before=start, act=World.work),
    Drill(name="a task is claimed", now=MORNING, before=started, act=claim),
    Drill(name="a draft is kept", now=MORNING, before=started, act=draft),
    Drill(name="a task is completed", now=MORNING, before=started, act=step(1)),
    Drill(name="a completion gives documents", now=MORNING, before=step_without_work(1, last=2), act=World.work),
    Drill(name="the handing over", now=MORNING, before=after(1, 2), act=step(3)),
    Drill(name="a time standard runs out", now=MORNING, before=then_wait(started, "2026-11-10T09:00:00"), act=World.work,
          downtime=timedelta(days=2)),
    Drill(name="a timer and two standards in one downtime", now=MORNING,
          before=then_wait(after(1, 2, 3), "2026-11-17T11:00:00"), act=World.work, downtime=timedelta(days=3)),
    Drill(name="a message is written", now=MORNING, before=lambda world: None, act=write),
    Drill(name="messages are delivered", now=MORNING, before=write, act=World.work),
    Drill(name="a late completion lets its timers go first", now=MORNING, before=then_wait(started, "2026-11-10T09:00:00"), act=step(1)),
]


class Store:
    """A database that can be set back to how it was: a file, or a PostgreSQL database and its template."""

    def __init__(self, folder: Path, cluster: postgres.Cluster | None) -> None:
        self._folder, self._cluster = folder, cluster
        self.settings = Settings(data_dir=folder, key=bytes(range(32)), demo=True, bpmn_dir=ROOT / "bpmn",
                                 **({"database_url": cluster.new_database()} if cluster else {}))
        self.settings.state_dir.mkdir(parents=True, exist_ok=True)
        self._name = str(sqlalchemy.make_url(self.settings.database_url).database)
        self._file = Path(self.settings.database_url.removeprefix("sqlite:///"))

    def keep(self) -> None:
        """The next `again` leads back here. Nobody may be connected."""
        if self._cluster is not None:
            self._made_from("kept", self._name)
            return
        self._copy(self._file, self._folder / "kept")

    def again(self) -> None:
        if self._cluster is not None:
            self._made_from(self._name, "kept")
            return
        self._copy(self._folder / "kept", self._file)

    def _made_from(self, target: str, source: str) -> None:
        url = sqlalchemy.make_url(self.settings.database_url)
        with psycopg.connect(host=str(url.query["host"]), user=url.username, dbname="postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"'.encode())

    def _copy(self, source: Path, target: Path) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
            if Path(f"{source}{suffix}").exists():
                shutil.copy(f"{source}{suffix}", f"{target}{suffix}")


def set_up(store: Store, drill: Drill) -> str:
    """The agency, its SOP and the moment before the act; the clock's time then."""
    front_door.Engine.prepare(store.settings)
    clock = ManualClock(drill.now - timedelta(days=1))
    engine = front_door.Engine.open(store.settings, clock=clock, operations=handlers.operations())
    engine.people.register_agency((AGENCY / "agency.toml").read_bytes())
    engine.sops.deploy(engine.people.operator(), front_door.SopBundle.from_dir(AGENCY / "pengelolaan-kasus"))
    post_office(engine)
    world = World(store.settings, drill.now)
    drill.before(world)
    return world.clock.now().isoformat()


def undisturbed(store: Store, drill: Drill, now: datetime) -> dict[str, Any]:
    """The act as it should go: the points it passes, what may be found after each commit, and what is there in the end."""
    world, points = World(store.settings, now), Points()
    url = store.settings.database_url
    allowed = [content(url, tries=True)]
    points.on_commit = lambda: allowed.append(content(url, tries=True))
    points.plant(world)
    drill.act(world)
    passed = list(points.passed)
    points.on_commit = lambda: None
    return {"passed": passed, "allowed": allowed, "end": come_back(world, drill)}


def come_back(world: World, drill: Drill) -> str:
    """The downtime is over, and all that waits is done."""
    world.clock.advance(drill.downtime)
    world.work()
    assert verified(world) <= {"confirmed"}
    return content(world.engine.settings.database_url, tries=False)


def struck(store: Store, drill: Drill, now: datetime, point: int) -> None:
    world, points = World(store.settings, now), Points(die_at=point)
    points.plant(world)
    drill.act(world)


def recovered(store: Store, drill: Drill, now: datetime) -> dict[str, str]:
    found = content(store.settings.database_url, tries=True)
    world = World(store.settings, now)
    world.clock.advance(drill.downtime)
    drill.act(world)
    world.work()
    assert verified(world) <= {"confirmed"}
    return {"found": found, "end": content(store.settings.database_url, tries=False)}


def run(drill: Drill, store: Store, every: int) -> None:
    now = datetime.fromisoformat(in_child(lambda: set_up(store, drill)))
    store.keep()
    expected = in_child(lambda: undisturbed(store, drill, now))
    assert len(expected["passed"]) > 2
    commits = 0
    for point, name in enumerate(expected["passed"], 1):
        commits += name == "after a commit"
        if (point + len(drill.name)) % every and name != "after a commit":
            continue
        store.again()
        assert in_child(lambda point=point: struck(store, drill, now, point)) is None, name
        after_crash = in_child(lambda: recovered(store, drill, now))
        assert after_crash["found"] == expected["allowed"][commits], f"{name}: neither before nor after"
        assert after_crash["end"] == expected["end"], f"{name}: something was lost or doubled"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest, warm: None, tmp_path_factory: pytest.TempPathFactory) -> postgres.Cluster | None:
    if request.param == "sqlite":
        return None
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    warmed(Store(tmp_path_factory.mktemp("warm"), cluster))
    return cluster


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    warmed(Store(tmp_path_factory.mktemp("warm"), None))


def warmed(store: Store) -> None:
    """What every child would otherwise make anew: modules, parsed SOPs by their digest, compiled statements."""
    (drill,) = (each for each in DRILLS if each.name == "a completion gives documents")
    world = World(store.settings, datetime.fromisoformat(set_up(store, drill)))
    drill.act(world)
    come_back(world, drill)


@pytest.fixture
def store(kind: postgres.Cluster | None, tmp_path: Path) -> tuple[Store, int]:
    return Store(tmp_path, kind), EVERY if kind is None else 2 * EVERY


@pytest.mark.slow
@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.name)
def test_a_crash_loses_and_doubles_nothing(drill: Drill, store: tuple[Store, int]) -> None:
    run(drill, *store)


@pytest.mark.soak
@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.name)
def test_a_crash_at_any_point_loses_and_doubles_nothing(drill: Drill, store: tuple[Store, int]) -> None:
    run(drill, store[0], 1)


def test_a_drill_finds_what_is_doubled(tmp_path: Path, warm: None) -> None:
    """A start that does not say it is the same one again is a second case; the drill must see that."""

    def careless(world: World) -> None:
        world.engine.cases.start(world.person("intake_operator"), "post", submission={})

    with pytest.raises(AssertionError, match="lost or doubled"):
        run(Drill(name="careless", now=MORNING, before=lambda world: None, act=careless), Store(tmp_path, None), 1)


def test_a_drill_finds_what_is_half_done(tmp_path: Path, warm: None) -> None:
    """Writes that are committed one by one, though they belong together, leave something that is neither before nor after."""

    def piecemeal(world: World) -> None:
        with world.engine.sops._executor.database.unit_of_work() as uow:
            settings.put(uow, "one half", 1)
            uow._connection.commit()  # past the unit of work: nobody notes what stands there now
            uow._connection.begin()
            settings.put(uow, "other half", 2)

    with pytest.raises(AssertionError, match="neither before nor after"):
        run(Drill(name="piecemeal", now=MORNING, before=lambda world: None, act=piecemeal), Store(tmp_path, None), 1)
