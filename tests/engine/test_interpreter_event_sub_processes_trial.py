"""Event sub-processes through the front door: clocks, calendars, subscriptions and jobs in a database, messages, replay."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine import SopBundle, Trial, lint
from engine.calendars import WorkCalendar
from engine.replay import replay_pack
from engine.results import ReplayVerdict
from storage.schema import running
from tests.engine.test_interpreter_event_sub_processes import ROOTS, beside, inside, on, waits_for
from tests.support import bpmn
from tests.support.journals import pack_of, told
from tests.support.play import NOON, Play

HOUR = timedelta(hours=1)
MESSAGE = bpmn.event("message", "M")
JAKARTA = ZoneInfo("Asia/Jakarta")
WEEK = dict.fromkeys(range(5), ((time(8), time(16)),))
TABLES = {"office": WorkCalendar(JAKARTA, WEEK, frozenset()), "holiday": WorkCalendar(JAKARTA, WEEK, frozenset({date(2026, 11, 11)}))}


def opened(data: bytes, url: str = "sqlite://") -> Trial:
    return Trial.open(SopBundle.from_files({"p.bpmn": data}), now=NOON, database_url=url)


def open_ids(trial: Trial, instance_id: str | None = None) -> list[str]:
    return sorted(task.element_id for task in trial.open_tasks(instance_id))


def complete(trial: Trial, instance_id: str, element: str, **variables: object) -> None:
    trial.complete(next(t.id for t in trial.open_tasks(instance_id) if t.element_id == element), variables)


def kept(trial: Trial) -> list[str]:
    """The start events that wait as rows of the database: subscriptions and timer jobs."""
    def query(context):
        found = context.uow.execute(select(running.subscription.c.element_id)).scalars().all()
        jobs = context.uow.execute(select(running.job.c.element_id).where(running.job.c.kind == "timer")).scalars().all()
        return sorted([*found, *jobs])

    return trial._read(query)


# --- time standards on the start timer ------------------------------------------------------------------------------


def timed(clock: str, duration: str, start: dict | None = None, **attributes: str) -> Play:
    return Play(beside(on("x", bpmn.standard(clock, **attributes) + bpmn.timer(duration), interrupting=False),
                       loop=bpmn.standard_loop("true")), tables=TABLES, start={"calendar": "office", **(start or {})}, known_at=None)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=JAKARTA).astimezone(UTC)


def test_a_standard_on_its_start_counts_as_the_office_counts():
    play = timed("working_minutes", "PT6H", text="6 jam kerja")      # from 12:00; the office closes at 16:00

    assert play.due("x_s") == at(11, 10)
    assert (play.view.timers[0].standard.text, play.view.timers[0].attached_to) == ("6 jam kerja", None)
    assert play.wait(days=1).open == ["a", "x_u"]
    assert timed("working_minutes", "PT6H", {"risk": "high"}).due("x_s") == at(10, 18)


def test_a_standard_on_its_start_begins_where_the_case_says():
    play = timed("elapsed", "PT24H", from_="known_at")
    assert play.view.timers == ()
    play.complete("a", known_at=NOON - timedelta(hours=4))

    assert play.due("x_s") == NOON + timedelta(hours=20)


def test_a_suspension_pauses_its_working_clock_and_a_decree_moves_it():
    play = timed("working_minutes", "PT40M")
    play.suspend()
    assert waits_for(play) == []
    play.now = at(11, 9)
    play.resume()
    assert play.due("x_s") == at(11, 9, 40)
    play.change(calendar="holiday")

    assert play.due("x_s") == at(12, 8, 40)


# --- what the check before deployment says ------------------------------------------------------------------------------


def said(data: bytes) -> set[tuple[str, str | None]]:
    return {(f.code, f.element_id) for f in lint(SopBundle.from_files({"p.bpmn": data}))}


def test_what_an_event_leads_to_counts_as_reached_and_its_error_as_caught():
    edge = bpmn.boundary("b", "x", bpmn.timer("PT2H"), interrupting=False) + bpmn.user("h") + bpmn.end("eh") + bpmn.flows("b", "h", "eh")
    failing = bpmn.end("err", bpmn.event("error", "E")) + bpmn.flow("a", "err")
    found = said(beside(on("x", bpmn.event("error", "E")), edge, failing))

    assert not {code for code, _ in found} & {"unreachable", "uncaught-error", "no-end-event", "several-start-events"}
    assert ("uncaught-error", "err") in said(beside(on("x", MESSAGE), failing))


@pytest.mark.parametrize(("data", "code", "element"), [
    (beside(on("x", bpmn.event("error", "E"), interrupting=False)), "non-interrupting-error", "x_s"),
    (beside(on("x", bpmn.standard("elapsed") + bpmn.timer("PT2H"))), "standard-interrupting", "x_s"),
    (beside(on("x", bpmn.standard("elapsed") + bpmn.timer("R/PT2H", "timeCycle"), interrupting=False)), "standard-not-on-timer", "x_s"),
    (beside(bpmn.start("t", bpmn.standard("elapsed") + bpmn.timer("PT2H"))), "standard-not-on-timer", "t"),
    (beside(on("x", "<bpmn:compensateEventDefinition/>")), "compensation", "x_s"),
    (beside(on("x", bpmn.event("cancel"))), "event-not-allowed", "x_s"),
    (beside(on("x", MESSAGE + bpmn.timer("PT1H"))), "several-triggers", "x_s"),
    (beside(bpmn.start("c", bpmn.conditional("v = 1"))), "start-trigger-not-run", "c"),
])
def test_what_makes_no_sense_is_refused_by_name(data, code, element):
    assert (code, element) in said(data)


# --- a trial, its rows, its journal ----------------------------------------------------------------------------------


def test_subscriptions_and_jobs_stand_exactly_while_their_scope_is_alive(database_url):
    trial = opened(inside(on("x", MESSAGE, interrupting=False), on("y", bpmn.timer("R/PT1H", "timeCycle"), interrupting=False)), database_url)
    case = trial.start(business_key="k")
    assert kept(trial) == ["x_s", "y_s"]
    trial.send_message("M", keys={"business_key": "k"})
    trial.advance(HOUR)
    trial.reload()
    assert (open_ids(trial), kept(trial)) == (["w", "x_u", "y_u"], ["x_s", "y_s"])
    for element in ("w", "x_u", "y_u"):
        complete(trial, case, element)

    assert (open_ids(trial), kept(trial)) == (["n"], [])
    complete(trial, case, "n")
    assert trial.outcome(case).status == "completed"
    assert trial.replay(case).verdict is ReplayVerdict.CONFIRMED


def test_an_interrupting_one_takes_the_rows_of_its_scope_with_it(database_url):
    edge = bpmn.boundary("b", "w", bpmn.timer("PT3H"), interrupting=False) + bpmn.user("late") + bpmn.flow("b", "late")
    trial = opened(inside(on("x", MESSAGE), on("y", bpmn.timer("PT9H"), interrupting=False), edge), database_url)
    case = trial.start()
    assert kept(trial) == ["b", "x_s", "y_s"]
    trial.send_message("M")

    assert (open_ids(trial), kept(trial)) == (["x_u"], [])
    trial.advance(12 * HOUR)
    assert open_ids(trial) == ["x_u"]
    assert trial.replay(case).verdict is ReplayVerdict.CONFIRMED


def test_a_message_that_came_too_early_waits_for_the_scope_to_open():
    before = bpmn.user("first") + bpmn.flow("first", "sub")
    data = inside(on("x", MESSAGE, interrupting=False), before=before).replace(b'id="s__sub" sourceRef="s" targetRef="sub"',
                                                                               b'id="s__first" sourceRef="s" targetRef="first"')
    trial = opened(data)
    case = trial.start(business_key="k")
    assert trial.send_message("M", {"v": 1}, keys={"business_key": "k"}) == []
    complete(trial, case, "first")

    assert open_ids(trial) == ["w", "x_u"]


@pytest.mark.parametrize(("edge_on", "wins"), [("sub", ["n2"]), ("w", ["x_u"])])
def test_of_two_that_wait_for_one_message_the_first_to_wait_gets_it(edge_on, wins):
    """The edge of the scope waits before its inside begins; the edge of a step inside only once that step has begun."""
    edge = bpmn.boundary("b", edge_on, MESSAGE) + bpmn.user("n2") + bpmn.flow("b", "n2")
    trial = opened(inside(on("x", MESSAGE), edge) if edge_on == "w" else inside(on("x", MESSAGE), edges=edge))
    trial.start()
    trial.send_message("M")

    assert open_ids(trial) == wins


def test_a_message_thrown_inside_starts_it_in_the_same_instance():
    trial = opened(inside(on("x", MESSAGE, interrupting=False), bpmn.throw("t", MESSAGE), bpmn.user("w2"), bpmn.flows("w", "t", "w2")))
    case = trial.start()
    complete(trial, case, "w")

    assert open_ids(trial) == ["w2", "x_u"]


def test_a_case_that_a_message_began_waits_for_the_next_one_of_that_name():
    trial = opened(bpmn.document(bpmn.process("p", bpmn.start("s", MESSAGE), bpmn.user("a"), bpmn.end(), bpmn.flows("s", "a", "e"),
                                              on("x", MESSAGE, interrupting=False)), roots=ROOTS))
    first = trial.send_message("M")

    assert (trial.send_message("M"), open_ids(trial)) == (first, ["a", "x_u"])


def test_a_signal_and_a_condition_start_it_in_every_case_they_concern():
    trial = opened(bpmn.document(bpmn.process(
        "p", bpmn.start(), bpmn.user("a", bpmn.standard_loop("true")), bpmn.flow("s", "a"), on("x", bpmn.event("signal", "S"), interrupting=False),
        on("y", bpmn.conditional('risk_level = "high"'))), roots=ROOTS))
    one, two = trial.start(), trial.start()
    trial.send_signal("S")
    complete(trial, two, "a", risk_level="high")

    assert (open_ids(trial, one), open_ids(trial, two)) == (["a", "x_u"], ["y_u"])
    assert all(trial.replay(each).verdict is ReplayVerdict.CONFIRMED for each in (one, two))


def test_what_happened_is_in_the_event_log():
    trial = opened(beside(on("x", MESSAGE)))
    case = trial.start()
    trial.send_message("M")
    complete(trial, case, "x_u")
    log = trial.event_log(case).decode()

    assert trial.outcome(case).status == "completed"
    assert [e.happened for e in trial.trace(case) if e.element_id == "x"] == ["entered", "completed"]
    assert all(f'value="{element}"' in log for element in ("a", "x", "x_u"))


@pytest.mark.parametrize("seed", range(12))
def test_random_journals_with_event_sub_processes_replay(seed):
    trial, instance_id = told(seed, family="reactions")

    assert replay_pack(pack_of(trial, instance_id)).verdict is ReplayVerdict.CONFIRMED
