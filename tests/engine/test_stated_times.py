"""Work written down afterwards: two instants, two verdicts, and a supervisor's word that overwrites neither."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import errors, reasons, summaries
from engine.commands import stated_times
from engine.replay import replay_pack
from engine.results import ReplayVerdict
from storage import instances as instance_rows
from storage import tasks as task_rows
from tests.support import office as offices
from tests.support.office import story

APPROVE = "approve_case_report"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield opened
    opened.database.close()


@pytest.fixture
def late(office):
    """Row 1 of the SOP, ten minutes, written down an hour after it was ready; done five minutes after, as its performer says."""
    started = office.start()
    task = office.task(started, APPROVE)
    office.clock.advance(timedelta(hours=1))
    said = next(step.submission for step in story("a01_rujukan_kesehatan").steps if step.acts_on == APPROVE)
    ready = task.ready_at

    def complete(stated=timedelta(minutes=5), **more):
        at = None if stated is None else ready + stated
        return office.complete(office.actor("case_manager"), task, said, stated_at=at, **more)

    return started, task, complete


def row_of(office, task_id):
    return office.executor.read(office.actor("head_of_unit"), lambda context: task_rows.get(context.uow, task_id))


def test_the_official_verdict_is_of_the_recorded_instant_and_handling_is_not_measured_of_what_was_done_before_the_claim(office, late):
    started, task, complete = late
    result = complete()
    assert (result.verdict, result.stated_verdict, result.handling_verdict) == ("late", "on_time", "not_measured")
    assert result.overrun == timedelta(minutes=50)
    assert summaries.completion_from_json(summaries.completion_to_json(result)).overrun == result.overrun
    assert result.stated_at == task.ready_at + timedelta(minutes=5)
    assert result.completed_at == office.clock.now()
    row = row_of(office, task.id)
    assert (row.verdict, row.handling_verdict, row.stated_verdict, row.handling_seconds) == ("late", "not_measured", "on_time", None)
    (line,) = [each for each in office.engine.audit.history(office.actor("head_of_unit"), result.instance_id)
               if each.element_id == APPROVE and each.happened == "completed"]
    assert (line.at, line.stated_at, line.verdict, line.stated_verdict) == (office.clock.now(), result.stated_at, "late", "on_time")


def test_handling_is_measured_from_the_claim_to_the_stated_instant(office):
    task = office.task(office.start(), APPROVE)
    office.clock.advance(timedelta(minutes=2))
    claimed = office.engine.tasks.claim(office.actor("case_manager"), task.id)
    office.clock.advance(timedelta(hours=2))
    said = next(step.submission for step in story("a01_rujukan_kesehatan").steps if step.acts_on == APPROVE)
    result = office.engine.tasks.complete(office.actor("case_manager"), task.id, said, expected_revision=claimed.revision,
                                          stated_at=claimed.claimed_at + timedelta(minutes=7))
    assert (result.verdict, result.handling_verdict, row_of(office, task.id).handling_seconds) == ("late", "on_time", 7 * 60)


def test_what_was_answered_once_is_answered_again_with_both_instants(office, late):
    _started, task, complete = late
    first = complete(idempotency_key="again")
    said = next(step.submission for step in story("a01_rujukan_kesehatan").steps if step.acts_on == APPROVE)
    again = office.engine.tasks.complete(office.actor("case_manager"), task.id, said, expected_revision=99, idempotency_key="again",
                                         stated_at=first.stated_at)
    assert (again.stated_at, again.completed_at, again.stated_verdict) == (first.stated_at, first.completed_at, "on_time")


@pytest.mark.parametrize("stated", [timedelta(minutes=-2), timedelta(hours=1, minutes=1)])
def test_an_instant_before_the_task_was_ready_or_still_to_come_is_refused(office, late, stated):
    _started, _task, complete = late
    with pytest.raises(errors.InvalidSubmission) as refused:
        complete(stated)
    assert set(refused.value.problems) == {"stated_at"}


def test_the_minute_in_which_it_became_ready_counts_as_that_instant(office):
    office.clock.advance(timedelta(seconds=40))
    task = office.task(office.start(), APPROVE)
    assert stated_times.checked(task.ready_at.replace(second=0), ready_at=task.ready_at, now=office.clock.now()) == task.ready_at


def test_nothing_stated_leaves_no_word_in_the_journal(office, late):
    _started, task, complete = late
    result = complete(None)
    assert (result.stated_at, result.stated_verdict, row_of(office, task.id).stated_at) == (None, "", None)
    with pytest.raises(stated_times.NothingStated):
        office.engine.tasks.accept_stated(office.actor("head_of_unit"), task.id, reason="kunjungan malam sudah diperiksa")


def test_acceptance_is_a_second_verdict_in_the_journal_that_survives_rebuild_and_pack(office, late):
    _started, task, complete = late
    result = complete()
    head = office.actor("head_of_unit")
    assert task.id in {each.id for each in office.engine.tasks.stated_waiting(head).rows}
    office.engine.tasks.accept_stated(head, task.id, reason="Listrik padam; berita acara kertas diperiksa.")
    row = row_of(office, task.id)
    assert (row.verdict, row.stated_verdict, row.accepted_by, row.accepted_at) == ("late", "on_time", head.account_id, office.clock.now())
    assert task.id not in {each.id for each in office.engine.tasks.stated_waiting(head).rows}
    report = office.engine.audit.replay(office.actor("auditor"), result.instance_id)
    assert report.verdict is ReplayVerdict.CONFIRMED
    assert replay_pack(office.engine.audit.export_pack(office.actor("auditor"), result.instance_id)).verdict is ReplayVerdict.CONFIRMED
    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), result.case_id)
    assert row_of(office, task.id) == row
    with pytest.raises(stated_times.NothingStated):
        office.engine.tasks.accept_stated(head, task.id, reason="diterima untuk kedua kalinya")


def test_who_may_accept(office, late):
    _started, task, complete = late
    complete()
    accept = office.engine.tasks.accept_stated
    with pytest.raises(stated_times.OwnStatement):
        accept(office.actor("case_manager"), task.id, reason="saya sendiri yang mengerjakan")
    with pytest.raises(errors.NotAllowed):
        accept(office.actor("companion"), task.id, reason="ini bukan wewenangnya sama sekali")
    with pytest.raises(errors.NotFound):
        accept(office.stranger(), task.id, reason="dari instansi yang lain sekali")
    with pytest.raises(reasons.ReasonWanted):
        accept(office.actor("head_of_unit"), task.id, reason=" . ")


def test_it_is_accepted_after_the_end_too_and_the_end_stays_where_it_was(office, late):
    _started, task, complete = late
    result = complete()
    head = office.actor("head_of_unit")
    office.engine.cases.cancel(head, result.instance_id, reason="uji")
    ended = instance_of(office, result.instance_id)
    office.clock.advance(timedelta(days=1))
    office.engine.tasks.accept_stated(head, task.id, reason="diperiksa pada hari berikutnya")
    after = instance_of(office, result.instance_id)
    assert (after.ended_at, after.status, after.state) == (ended.ended_at, ended.status, None)
    assert after.seq == ended.seq + 1
    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), result.case_id)
    assert instance_of(office, result.instance_id) == after and row_of(office, task.id).accepted_by == head.account_id


def instance_of(office, instance_id):
    return office.executor.read(office.actor("head_of_unit"), lambda context: instance_rows.get(context.uow, instance_id))
