"""What people do to tasks and cases, through the front door, on both databases (design.md 3)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import errors
from engine.idempotency import KeyReused
from engine.results import InboxFilters, ReplayVerdict
from engine.types import Actor, InstanceStatus
from storage.schema import history, running
from tests.support import office as offices
from tests.support.office import Office

APPROVED = {"decision": "approved", "assessment_is_relevant": True}
ACCEPTED = {"provider": "RSUD A", "provider_kind": "health", "provider_answer": "accepted"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'kawal.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_cluster").new_database()
    opened = offices.opened(folder, url)
    yield opened
    opened.database.close()


def manager(office: Office, name: str = "bima") -> Actor:
    return office.actor("case_manager", name=name)


def entries(office: Office, instance_id: str) -> list[str]:
    with office.database.reading() as uow:
        return list(uow.execute(select(history.journal.c.kind).where(history.journal.c.chain_id == instance_id)
                                .order_by(history.journal.c.seq)).scalars())


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The answers, or the refusals, of calls made at the same moment."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number: int) -> None:
        gate.wait(30)
        try:
            answers[number] = calls[number]()
        except errors.EngineError as refusal:
            answers[number] = refusal

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


# --- claims, revisions, keys ----------------------------------------------------------------------------------------


def test_of_two_who_claim_at_once_one_gets_the_task(office):
    task = office.task(office.start(), "approve_case_report")
    people = [manager(office, f"m{n}") for n in range(4)]

    answers = at_once(*(lambda who=who: office.engine.tasks.claim(who, task.id) for who in people))

    won = [each for each in answers if not isinstance(each, Exception)]
    assert len(won) == 1
    assert {type(each) for each in answers if isinstance(each, Exception)} == {errors.TaskAlreadyClaimed}
    holder = next(who for who in people if who.account_id == won[0].assignee_id)
    assert office.engine.tasks.claim(holder, task.id).revision == won[0].revision  # taking one's own again changes nothing


def test_of_two_who_complete_at_once_one_does_and_nothing_is_doubled(office):
    started = office.start()
    task = office.task(started, "approve_case_report")
    who = manager(office)
    revision = office.engine.tasks.claim(who, task.id).revision

    answers = at_once(*(lambda: office.engine.tasks.complete(who, task.id, APPROVED, expected_revision=revision) for _ in range(3)))

    assert sorted(type(each).__name__ for each in answers) == ["CompletionResult", "TaskGone", "TaskGone"]
    assert entries(office, started.instance_id).count("complete_task") == 1
    assert office.engine.audit.verify(office.actor("auditor"), started.instance_id).verdict is ReplayVerdict.CONFIRMED


def test_a_stale_revision_is_refused_and_what_was_typed_is_kept(office):
    task = office.task(office.start(), "approve_case_report")
    who = manager(office)
    seen = office.engine.tasks.claim(who, task.id).revision
    office.engine.tasks.unclaim(who, task.id)
    office.engine.tasks.claim(who, task.id)

    with pytest.raises(errors.StaleRevision):
        office.engine.tasks.complete(who, task.id, APPROVED, expected_revision=seen)

    assert office.engine.tasks.get(who, task.id).draft == APPROVED


def test_what_a_team_member_typed_is_kept_though_a_colleague_holds_the_task_by_now(office):
    started = office.follow("a01_rujukan_kesehatan", until="hand_over_referral")
    typist, colleague = office.actor("companion", name="dewi"), office.actor("companion", name="eko")
    task = office.task(started, "hand_over_referral")
    office.engine.tasks.claim(colleague, task.id)
    typed = {"handed_over_to": "loket 3"}

    for send in (office.engine.tasks.save_draft, office.engine.tasks.complete):
        with pytest.raises(errors.TaskAlreadyClaimed):
            send(typist, task.id, typed, expected_revision=0)

    office.engine.tasks.unclaim(colleague, task.id)
    assert office.engine.tasks.get(typist, task.id).draft == typed
    with pytest.raises(errors.NotFound):
        office.engine.tasks.save_draft(office.stranger(), task.id, typed, expected_revision=0)


def test_the_same_key_asks_once_and_another_request_under_it_is_refused(office):
    started = office.start()
    task = office.task(started, "approve_case_report")
    who = manager(office)
    revision = office.engine.tasks.claim(who, task.id).revision

    def complete(**given: Any) -> Any:
        return office.engine.tasks.complete(who, task.id, given, expected_revision=revision, idempotency_key=f"k-{task.id}")

    first, again = complete(**APPROVED), complete(**APPROVED)

    assert (first.instance_id, first.status, first.verdict) == (again.instance_id, again.status, again.verdict)
    assert entries(office, started.instance_id).count("complete_task") == 1
    with pytest.raises(KeyReused):
        complete(decision="returned")


def test_two_starts_under_one_key_open_one_case(office):
    answers = at_once(*(lambda: office.start(idempotency_key="start-once") for _ in range(3)))

    assert len({each.instance_id for each in answers}) == 1, answers


def test_two_starts_for_one_business_key_share_the_case(office):
    answers = at_once(*(lambda: office.start(business_key="KLB-SATU") for _ in range(2)))

    assert len({each.case_id for each in answers}) == 1, answers
    assert len({each.instance_id for each in answers}) == 2


def test_a_start_in_a_case_that_must_stand_opens_none(office):
    with pytest.raises(errors.NotFound):
        office.start(business_key="KLB-BELUM-ADA", must_stand=True)
    first = office.start(business_key="KLB-BERDIRI")
    assert office.start(business_key="KLB-BERDIRI", must_stand=True).case_id == first.case_id


def test_only_who_holds_a_task_completes_it(office):
    task = office.task(office.start(), "approve_case_report")
    with pytest.raises(errors.NotClaimed):
        office.engine.tasks.complete(manager(office), task.id, APPROVED, expected_revision=task.revision)
    claimed = office.engine.tasks.claim(manager(office), task.id)
    with pytest.raises((errors.TaskAlreadyClaimed, errors.NotFound)):
        office.engine.tasks.complete(manager(office, "lain"), task.id, APPROVED, expected_revision=claimed.revision)


def test_a_submission_that_needs_attention_moves_nothing(office):
    started = office.start()
    task = office.task(started, "approve_case_report")
    revision = office.engine.tasks.claim(manager(office), task.id).revision
    before = entries(office, started.instance_id)

    for wrong in ({}, {"decision": "perhaps"}, {**APPROVED, "nobody_declared": 1}):
        with pytest.raises(errors.InvalidSubmission) as refused:
            office.engine.tasks.complete(manager(office), task.id, wrong, expected_revision=revision)
        assert "perhaps" not in str(refused.value)

    assert entries(office, started.instance_id) == before


def test_a_completion_is_one_commit_and_few_statements(office):
    task = office.task(office.start(), "approve_case_report")
    revision = office.engine.tasks.claim(manager(office), task.id).revision
    counted: list[int] = []
    kept = office.executor.run

    def counting(actor, command):
        def counted_command(context):
            result = command(context)
            context.save()
            counted.append(context.uow.statements)
            return result
        return kept(actor, counted_command)

    office.executor.run = counting
    commits = office.database.commits
    try:
        office.engine.tasks.complete(manager(office), task.id, APPROVED, expected_revision=revision)
    finally:
        del office.executor.run

    assert office.database.commits - commits == 1
    assert counted and counted[0] <= 15, counted


# --- time -----------------------------------------------------------------------------------------------------------


def test_an_overdue_task_stays_and_its_verdicts_tell_office_and_person_apart(office):
    started = office.start()
    task = office.task(started, "approve_case_report")
    office.clock.advance(timedelta(minutes=17))  # the standard has 10
    claimed = office.engine.tasks.claim(manager(office), task.id)
    office.clock.advance(timedelta(minutes=3))

    answer = office.engine.tasks.complete(manager(office), task.id, APPROVED, expected_revision=claimed.revision)

    assert answer.verdict == "late"
    done = next(row for row in office.engine.tasks.inbox(manager(office), InboxFilters(box="done")).rows if row.id == task.id)
    assert (done.verdict, done.handling_verdict, done.overrun) == ("late", "on_time", timedelta(minutes=10))
    fired = office.engine.audit.state_at(office.actor("auditor"), started.instance_id, entries(
        office, started.instance_id).index("fire_timer") + 1)
    assert fired.at == task.due_at  # its own due instant, however late the command that fired it
    assert "approve_case_report" in fired.open_elements


def test_a_case_that_pauses_does_not_run_late_and_nobody_completes_meanwhile(office):
    started = office.start()
    task = office.task(started, "approve_case_report")
    claimed = office.engine.tasks.claim(manager(office), task.id)
    head = office.actor("head_of_unit")
    office.engine.cases.suspend(head, started.instance_id, reason="menunggu")
    office.clock.advance(timedelta(minutes=30))

    with pytest.raises(errors.InstanceNotActive):
        office.engine.tasks.complete(manager(office), task.id, APPROVED, expected_revision=claimed.revision)
    with pytest.raises(errors.InstanceNotActive):
        office.engine.cases.suspend(head, started.instance_id, reason="lagi")
    office.engine.cases.resume(head, started.instance_id, reason="lanjut")

    assert office.task(started, "approve_case_report").due_at == task.due_at + timedelta(minutes=30)
    assert office.engine.tasks.get(manager(office), task.id).draft == APPROVED
    assert office.engine.tasks.complete(manager(office), task.id, APPROVED, expected_revision=claimed.revision).verdict == "on_time"


def test_a_cancelled_case_has_no_task_no_job_and_keeps_the_draft(office):
    started = office.start()
    task = office.task(started, "approve_case_report")
    claimed = office.engine.tasks.claim(manager(office), task.id)

    office.engine.cases.cancel(office.actor("head_of_unit"), started.instance_id, reason="ganda")

    with pytest.raises(errors.TaskGone):
        office.engine.tasks.complete(manager(office), task.id, APPROVED, expected_revision=claimed.revision)
    assert office.engine.tasks.get(manager(office), task.id).draft == APPROVED
    with pytest.raises(errors.InstanceNotActive):
        office.engine.cases.cancel(office.actor("head_of_unit"), started.instance_id, reason="lagi")
    detail = office.engine.cases.get(office.actor("head_of_unit"), started.case_id)
    assert (detail.open_tasks, detail.summary.status) == ((), "terminated")
    with office.database.reading() as uow:
        left = uow.execute(select(func.count()).select_from(running.job).where(running.job.c.instance_id == started.instance_id))
        assert left.scalar_one() == 0


def test_a_case_that_the_worker_ends_is_closed(office):
    started = office.follow("persetujuan_ditolak")  # its last step is a letter

    detail = office.engine.cases.get(office.actor("head_of_unit"), started.case_id)

    assert detail.instances[0].status is InstanceStatus.COMPLETED
    assert (detail.summary.status, detail.open_tasks) == ("terminated", ())


# --- who may see what -----------------------------------------------------------------------------------------------


def test_what_another_agency_has_answers_like_what_does_not_exist(office):
    started = office.start()
    task = office.task(started, "approve_case_report")
    engine, stranger = office.engine, office.stranger()

    def answers(task_id: str, instance_id: str, case_id: str) -> list[tuple[type, str, dict[str, object]]]:
        found = []
        for call in (
            lambda: engine.tasks.get(stranger, task_id), lambda: engine.tasks.claim(stranger, task_id),
            lambda: engine.tasks.unclaim(stranger, task_id),
            lambda: engine.tasks.save_draft(stranger, task_id, {}, expected_revision=0),
            lambda: engine.tasks.complete(stranger, task_id, APPROVED, expected_revision=0),
            lambda: engine.cases.get(stranger, case_id), lambda: engine.cases.suspend(stranger, instance_id, reason="x"),
            lambda: engine.cases.resume(stranger, instance_id, reason="x"), lambda: engine.cases.cancel(stranger, instance_id, reason="x"),
            lambda: engine.cases.diagram(stranger, instance_id), lambda: engine.audit.history(stranger, instance_id),
            lambda: engine.audit.replay(stranger, instance_id), lambda: engine.audit.steps(stranger, instance_id),
            lambda: engine.audit.state_at(stranger, instance_id, 1), lambda: engine.audit.diagram(stranger, instance_id),
            lambda: engine.audit.export_pack(stranger, instance_id), lambda: engine.jobs.resolve_incident(stranger, task_id, reason="x"),
        ):
            with pytest.raises(errors.EngineError) as refused:
                call()
            found.append((type(refused.value), str(refused.value)))
        return found

    there, nowhere = answers(task.id, started.instance_id, started.case_id), answers("no", "no", "no")

    assert there == nowhere
    assert {kind for kind, _ in there} == {errors.NotFound}
    assert engine.cases.find(stranger).total == 0
    assert engine.tasks.inbox(stranger, InboxFilters(box="pool")).total == 0
    assert engine.cases.correlate_message(stranger, "anything", keys={}, submission={}) == ()


@pytest.fixture(scope="module")
def sensitive(office: Office) -> Any:
    """A case whose special consent (C4) was recorded and whose police report (C3) waits."""
    return office.follow("a04_anak_dan_kewajiban_hukum", until="coordinate_provider")


def test_limited_steps_are_limited_everywhere_for_an_auditor(office, sensitive):
    auditor, secret = office.actor("auditor"), {"record_hiv_consent", "report_to_police"}
    told = office.engine.audit.history(office.actor("head_of_unit"), sensitive.instance_id)
    assert "report_to_police" in {row.element_id for row in told}

    history = office.engine.audit.history(auditor, sensitive.instance_id)
    steps = office.engine.audit.steps(auditor, sensitive.instance_id)
    detail = office.engine.cases.get(auditor, sensitive.case_id)
    drawn = office.engine.audit.diagram(auditor, sensitive.instance_id) + office.engine.cases.diagram(auditor, sensitive.instance_id)

    assert len(history) == len(told)  # that something happened is told, what is not
    limited = [row for row in history if row.element_name == "langkah terbatas"]
    assert limited and all((row.element_id, row.actor_role, row.verdict, row.due_at) == ("", "", "", None) for row in limited)
    seen = repr((history, steps, detail))
    for word in (*secret, "Melaporkan dugaan TPKS", "'special_consent'", "rujukan khusus"):
        assert word not in seen, word
        assert word.encode() not in drawn, word
    for step in steps:
        assert not {"hiv", "is_tpks"} & set(step.variables), step.seq
        assert not secret & (set(step.open_elements) | set(step.done_elements) | set(step.dues))
    assert [task.name for task in detail.open_tasks].count("langkah terbatas") >= 1


def test_a_limited_step_is_whole_for_who_works_on_it(office, sensitive):
    (task,) = [each for each in office.pool(office.actor("case_manager"), sensitive) if each.element_id == "report_to_police"]

    assert task.name.startswith("Melaporkan dugaan TPKS")
    assert office.engine.tasks.get(office.actor("case_manager"), task.id).form is not None


# --- from journals alone --------------------------------------------------------------------------------------------


def rows(office: Office) -> dict[str, list[dict[str, Any]]]:
    """Every projected row; what is sealed is told by whether it is there, for each sealing has a nonce of its own."""
    found = {}
    with office.database.reading() as uow:
        for table in (running.instance, running.task, running.job, running.subscription, running.case_record, running.case_file,
                      running.draft, history.trace):
            read = [dict(row) for row in uow.execute(select(table)).mappings()]
            for row in read:
                for name, value in row.items():
                    if isinstance(value, bytes) and name != "wrapped_key":
                        row[name] = "sealed"
            found[table.name] = sorted(read, key=repr)
    return found


def read_back(office: Office, case_id: str) -> Any:
    """What people see of a case, opened."""
    head = office.actor("head_of_unit")
    detail = office.engine.cases.get(head, case_id)
    return detail, [office.engine.tasks.get(head, task.id) for task in detail.open_tasks]


def rebuild_all(office: Office, ids: list[str]) -> None:
    for case_id in ids:
        reports = office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case_id)
        assert {report.verdict for report in reports} == {ReplayVerdict.CONFIRMED}


def test_rebuilding_everything_from_journals_changes_nothing(office, sensitive):
    claimed = office.start(business_key="KLB-RAKIT")
    task = office.task(claimed, "approve_case_report")
    revision = office.engine.tasks.claim(manager(office), task.id).revision
    office.engine.tasks.save_draft(manager(office), task.id, {"decision": "approved"}, expected_revision=revision)
    office.clock.advance(timedelta(seconds=1))
    late = office.start(business_key="KLB-RAKIT")
    office.clock.advance(timedelta(minutes=90))
    office.complete(manager(office), next(
        each for each in office.pool(manager(office), late) if each.instance_id == late.instance_id), APPROVED)
    office.engine.cases.suspend(office.actor("head_of_unit"), late.instance_id, reason="jeda")
    with office.database.reading() as uow:
        ids = list(uow.execute(select(running.case_file.c.id)).scalars())
    before, seen = rows(office), [read_back(office, case_id) for case_id in ids]

    rebuild_all(office, ids)

    after = rows(office)
    for table in before:
        assert after[table] == before[table], table
    assert [read_back(office, case_id) for case_id in ids] == seen


def test_projections_that_were_lost_come_back(office):
    started = office.follow("a01_rujukan_kesehatan", until="review_results")
    before, seen = rows(office), read_back(office, started.case_id)
    with office.database.unit_of_work() as uow:
        mine = running.task.c.instance_id == started.instance_id
        for table in (running.job, running.subscription, history.trace):
            uow.execute(table.delete().where(table.c.instance_id == started.instance_id))
        uow.execute(running.draft.delete().where(running.draft.c.task_id.in_(select(running.task.c.id).where(mine))))
        uow.execute(running.task.delete().where(mine))
        uow.execute(running.case_record.delete().where(running.case_record.c.case_id == started.case_id))
        uow.execute(running.instance.update().where(running.instance.c.id == started.instance_id).values(
            state=b"lost", status="completed", risk="high", outcome_kind="error", ended_at=office.clock.now(), calendar_digest=None))
        uow.execute(running.case_file.update().where(running.case_file.c.id == started.case_id).values(status="lost", risk="lost"))

    rebuild_all(office, [started.case_id])

    after = rows(office)
    for table in before:
        def told(row: dict[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in row.items() if name not in ("revision", "warned_at", "fence")}

        assert sorted(map(told, after[table]), key=repr) == sorted(map(told, before[table]), key=repr), table
    assert read_back(office, started.case_id)[0].records == seen[0].records
