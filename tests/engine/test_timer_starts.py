"""Timer start events: the SOP in force begins an instance at each turn, one after a downtime, none for what is replaced."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import engine as front_door
from engine import SopBundle, Trial, projection
from engine.lint import lint
from engine.results import JobOutcome
from storage import jobs
from tests.support import bpmn, neighbours
from tests.support.neighbours import HOME, OPENS, Neighbours

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def begins(text: str, kind: str = "timeCycle", *, task: str = "review", process_id: str = "review_cases") -> bytes:
    """A process that a timer starts."""
    return bpmn.document(bpmn.process(process_id, bpmn.start("s", bpmn.timer(text, kind)), bpmn.user(task), bpmn.end(),
                                      bpmn.flows("s", task, "e")))


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Neighbours:
    return neighbours.opened(tmp_path, database_url)


def waiting(office: Neighbours) -> list[jobs.JobRow]:
    """The jobs of timer start events."""
    agency_id = office.ids[HOME]
    return office.executor.read(office.actor(HOME), lambda context: [
        row for row in jobs.due(context.uow, datetime(2100, 1, 1, tzinfo=UTC), kind="start", agency_id=agency_id)])


def trial_of(text: str, kind: str = "timeCycle") -> Trial:
    return Trial.open(SopBundle.from_files({"a.bpmn": begins(text, kind)}), now=OPENS)


def started(trial: Trial) -> list[datetime]:
    return [entry.at for entry in trial.trace() if entry.element_id == "review" and entry.happened == "entered"]


def test_a_cycle_begins_one_instance_at_each_turn() -> None:
    trial = trial_of("R/PT1H")

    trial.advance(59 * timedelta(minutes=1))
    assert started(trial) == []
    trial.advance(3 * HOUR)

    assert started(trial) == [OPENS + n * HOUR for n in (1, 2, 3)]
    first = trial.open_tasks()[0].instance_id
    assert trial.replay(first).verdict == "confirmed"
    assert [(entry.element_id, entry.happened.value) for entry in trial.trace(first)][:2] == [("s", "entered"), ("s", "caught")]


@pytest.mark.parametrize(("text", "kind", "after"), [
    ("R2/PT1H", "timeCycle", [HOUR, 2 * HOUR]),
    ("R/2026-11-10T03:00:00Z/P1D", "timeCycle", [1.5 * HOUR, 25.5 * HOUR, 49.5 * HOUR]),
    ("R/2026-01-01T00:00:00Z/P1M", "timeCycle", []),
    ("PT90M", "timeDuration", [1.5 * HOUR]),
    ("2026-11-11T01:30:00Z", "timeDate", [DAY]),
    ("2026-11-10T01:30:00Z", "timeDate", []),     # past when it was deployed
    ('=now() + duration("PT5H")', "timeDate", [5 * HOUR]),
    ('=date(today() + duration("P1D"))', "timeCycle", [22.5 * HOUR, 46.5 * HOUR]),
    ("=working_days[item > today()][1]", "timeCycle", [22.5 * HOUR, 46.5 * HOUR]),
])
def test_when_an_instance_begins(text: str, kind: str, after: list[timedelta]) -> None:
    trial = trial_of(text, kind)

    trial.advance(2 * DAY + 2 * HOUR)

    assert started(trial) == [OPENS + each for each in after]


def test_a_monthly_cycle_keeps_its_day() -> None:
    trial = trial_of("R/2026-08-31T02:00:00Z/P1M")

    trial.advance(timedelta(days=120))

    assert [at.date() for at in started(trial)] == [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]


def test_only_a_condition_is_refused() -> None:
    assert "start-trigger-not-run" not in {finding.code for finding in lint(SopBundle.from_files({"a.bpmn": begins("R/P1M")}))}


def test_there_is_one_job_and_after_a_downtime_one_instance(office: Neighbours) -> None:
    office.deploy(HOME, "monitoring", begins("R/P1D"))
    (job,) = waiting(office)
    assert (job.instance_id, job.element_id, job.due_at) == (None, "s", OPENS + DAY)
    assert office.engine.jobs.next_due() == OPENS + DAY

    office.clock.advance(timedelta(days=10, hours=3))
    office.work()

    (case,) = office.cases(HOME)
    assert case.instances[0].started_at == OPENS + timedelta(days=10, hours=3)
    assert case.summary.business_key == "KLB-2026-000001" and [task.element_id for task in case.open_tasks] == ["review"]
    assert [row.due_at for row in waiting(office)] == [OPENS + 11 * DAY]
    office.clock.advance(DAY)
    office.work()
    assert len(office.cases(HOME)) == 2  # each in a case of its own
    report = office.engine.audit.rebuild(office.engine.people.operator(HOME), case.summary.id)
    assert [each.verdict for each in report] == ["confirmed"]


def test_working_days_are_those_of_the_agency(office: Neighbours) -> None:
    first = '=working_days[item > today() and item.day <= 2][1]'
    office.deploy(HOME, "monitoring", begins(first, "timeCycle"))

    assert [row.due_at for row in waiting(office)] == [datetime(2026, 11, 30, 17, tzinfo=UTC)]  # 1 December, a Tuesday, in Pontianak
    office.clock.advance(timedelta(days=21))
    office.work()

    assert len(office.cases(HOME)) == 1
    assert [row.due_at for row in waiting(office)] == [datetime(2026, 12, 1, 17, tzinfo=UTC)]


def test_a_newer_version_takes_the_place_of_the_old(office: Neighbours) -> None:
    office.deploy(HOME, "monitoring", begins("R/P1D"))
    office.clock.advance(12 * HOUR)
    office.deploy(HOME, "monitoring", begins("R/P1D", task="look_again"))
    assert [row.due_at for row in waiting(office)] == [OPENS + 1.5 * DAY]

    office.clock.advance(1.5 * DAY)
    office.work()

    (case,) = office.cases(HOME)
    assert [task.element_id for task in case.open_tasks] == ["look_again"]


def test_a_version_without_a_timer_ends_it(office: Neighbours) -> None:
    office.deploy(HOME, "monitoring", begins("R/P1D"))
    office.deploy(HOME, "monitoring", bpmn.document(bpmn.process("review_cases", bpmn.start(), bpmn.user("review"), bpmn.flows("s", "review"))))

    assert waiting(office) == []


def test_a_version_of_a_later_day_takes_over_on_that_day(office: Neighbours) -> None:
    office.deploy(HOME, "monitoring", begins("R/P1D"))
    office.deploy(HOME, "monitoring", begins("R/P1D", task="look_again"), effective_from=date(2026, 11, 12))
    assert len(waiting(office)) == 2

    for _ in range(4):
        office.clock.advance(DAY)
        office.work()

    # The old one on the 11th; on the 12th it is gone, and the new one counts from 00:00 of the 12th in Pontianak.
    found = [(task.element_id, case.summary.opened_at) for case in office.cases(HOME) for task in case.open_tasks]
    assert found == [("review", OPENS + DAY), ("look_again", OPENS + 3 * DAY), ("look_again", OPENS + 4 * DAY)]
    assert len(waiting(office)) == 1


def test_a_killed_worker_loses_nothing_and_begins_nothing_twice(office: Neighbours) -> None:
    office.deploy(HOME, "monitoring", begins("R/P1D"))
    office.clock.advance(DAY)
    (job,) = office.engine.jobs.acquire("killed", limit=5, lock_for=timedelta(minutes=1))
    office.work()
    assert office.cases(HOME) == []  # it is held
    office.clock.advance(timedelta(minutes=2))
    office.work()

    assert len(office.cases(HOME)) == 1
    assert office.engine.jobs.fire_timer(job) is JobOutcome.GONE
    assert len(office.cases(HOME)) == 1 and len(waiting(office)) == 1


def test_a_start_that_breaks_in_the_middle_leaves_its_turn(office: Neighbours, monkeypatch: pytest.MonkeyPatch) -> None:
    office.deploy(HOME, "monitoring", begins("R/P1D"))
    office.clock.advance(DAY)
    (job,) = office.engine.jobs.acquire("killed", limit=5, lock_for=timedelta(minutes=1))

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(projection, "save", killed)  # the job is put off and the case opened by then
        with pytest.raises(SystemExit):
            office.engine.jobs.fire_timer(job)
    assert office.cases(HOME) == []

    office.clock.advance(timedelta(minutes=2))
    office.work()

    assert len(office.cases(HOME)) == 1 and len(waiting(office)) == 1


STORY = """
start = { at = 2026-11-16T09:00:00+07:00, as = "case_manager", timer = "s" }
[[step]]
wait_until = 2026-11-16T10:00:00+07:00
[end]
completed = false
"""


def test_a_story_goes_on_with_what_a_timer_began(office: Neighbours) -> None:
    office.deploy(HOME, "monitoring", begins("R/2026-11-02T08:00:00+07:00/P7D"))
    scene = front_door.Stage(engine=office.engine, clock=office.clock, work=office.work,
                             actor_of=lambda role: office.actor(HOME, role, name=role))

    result = front_door.play_scenario(front_door.read_scenario(STORY.encode()), scene, key="monitoring")

    assert result.problems == ()
    assert [entry.at for entry in result.trace][0] == datetime(2026, 11, 16, 1, tzinfo=UTC)
    broken = front_door.play_scenario(front_door.read_scenario(STORY.encode()), scene, key="nothing")
    assert broken.problems == ("start: refused with not-found",)


def test_an_expression_without_a_date_waits_for_a_person(office: Neighbours) -> None:
    office.deploy(HOME, "monitoring", begins("=parameters.review_on", "timeDate"))
    (incident,) = office.engine.jobs.incidents(office.actor(HOME))
    assert (incident.instance_id, incident.case_id, incident.element_id, incident.code) == ("", None, "s", "timer-unusable")
    sheet = (neighbours.KALBAR / "agency.toml").read_bytes()
    assert b"[parameters]" in sheet
    office.engine.people.register_agency(sheet.replace(b"[parameters]", b'[parameters]\nreview_on = { value = "2026-11-11", proposed = true }'))
    office.engine.jobs.resolve_incident(office.actor(HOME), incident.id, reason="tanggal diisi")
    office.work()
    assert office.cases(HOME) == []  # only asked again

    office.clock.advance(DAY)
    office.work()

    assert len(office.cases(HOME)) == 1 and waiting(office) == [] and office.engine.jobs.incidents(office.actor(HOME)) == ()


def test_what_an_sop_only_uses_does_not_begin_by_itself(office: Neighbours) -> None:
    main = bpmn.document(bpmn.process("main", bpmn.start(), bpmn.user("t"), bpmn.flows("s", "t")))
    used = begins("R/P1D", process_id="common_review")
    trial = Trial.open(SopBundle.from_files({"a.bpmn": main, "uses/common/review/a.bpmn": used,
                                             "uses/common/review/sop.toml": b'key = "review"\n', "sop.toml": b'key = "x"\n'}), now=OPENS)
    trial.advance(3 * DAY)

    assert trial.open_tasks() == []
