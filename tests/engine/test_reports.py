"""Figures of an agency: what they count, whose time it was, and what they never tell."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from engine import definitions, used_parameters
from engine.bundle import SopBundle
from engine.errors import NotAllowed, NotFound
from engine.periods import Period
from engine.report_results import SopFigures, StepFigures
from engine.reports import times
from engine.results import InboxFilters
from engine.types import Actor
from storage.schema import running
from storage import agencies
from tests.support import office as offices
from tests.support.office import Office

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
NOVEMBER = Period(2026, 11)
APPROVED = {"decision": "approved", "assessment_is_relevant": True}


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def manager(office: Office) -> Actor:
    return office.actor("case_manager")


def figures(office: Office, actor: Actor, period: Period = NOVEMBER) -> SopFigures:
    (sop,) = office.engine.reports.times(actor, period).sops
    return sop


def step(office: Office, element_id: str, actor: Actor | None = None) -> StepFigures:
    (found,) = [each for each in figures(office, actor or manager(office)).steps if each.times.element_id == element_id]
    return found


def approve(office: Office, after: timedelta) -> None:
    started = office.start()
    office.clock.advance(after)
    office.complete(manager(office), office.task(started, "approve_case_report"), APPROVED)


def test_a_period_is_a_month_or_a_quarter_of_the_office():
    assert [str(each) for each in Period.read("2026-T4").each_month()] == ["2026-10", "2026-11", "2026-12"]
    assert (str(NOVEMBER.quarter), str(NOVEMBER.moved(2)), str(Period.read("2026-T1").moved(-1))) == ("2026-T4", "2027-01", "2025-T4")
    for wrong in ("", "2026", "2026-13", "2026-T5", "2026-1", "2026-11; x"):
        with pytest.raises(NotFound):
            Period.read(wrong)


def test_time_is_told_apart_by_whose_it_was(office):
    approve(office, timedelta(minutes=5))     # a Tuesday at half past eight: working time
    approve(office, timedelta(hours=24))      # one day and one night of it
    whose = step(office, "approve_case_report").spent
    calendar = office.executor.read(manager(office), lambda context: context.tables_of_agency()[0])
    assert whose.whole == timedelta(hours=24, minutes=5)
    day = calendar.working_time(offices.OPENS + timedelta(minutes=5), offices.OPENS + timedelta(hours=24, minutes=5))
    assert timedelta(hours=6) < day < timedelta(hours=9)
    assert (whose.unit, whose.off_hours) == (day + timedelta(minutes=5), timedelta(hours=24) - day)
    assert whose.partner == whose.paused == timedelta(0)


def test_what_a_partner_took_and_what_stood_still_is_not_the_units(office):
    office.follow("a01_rujukan_kesehatan")
    sop = figures(office, manager(office))
    outside = [each for each in sop.steps if each.times.role == "external_provider"]
    assert outside and all(each.spent.unit == each.spent.off_hours == timedelta(0) for each in outside)
    assert sop.spent.partner == sum((each.spent.partner for each in outside), timedelta(0)) > timedelta(0)

    started = office.start()
    before = step(office, "approve_case_report").spent
    detail = office.engine.cases.get(manager(office), started.case_id)
    office.clock.advance(timedelta(minutes=2))
    office.engine.cases.suspend(manager(office), detail.instances[0].id, reason="Menunggu klien.")
    office.clock.advance(timedelta(days=2))
    office.engine.cases.resume(manager(office), detail.instances[0].id, reason="Klien datang.")
    office.clock.advance(timedelta(minutes=1))
    office.complete(manager(office), office.task(started, "approve_case_report"), APPROVED)
    after = step(office, "approve_case_report").spent
    assert after.paused - before.paused == timedelta(days=2)
    assert after.whole - before.whole == timedelta(days=2, minutes=3)


def test_waiting_for_the_clients_own_answer_is_not_the_units_time(office):
    started = office.follow("a03_adaptasi_rencana", until="agree_plan")
    (agreement,) = [each for each in office.pool(office.actor("companion"), started) if each.element_id == "agree_plan"]
    office.clock.advance(timedelta(days=2))
    asked = next(each for each in offices.story("a03_adaptasi_rencana").steps if each.complete == "agree_plan")
    office.complete(office.actor("companion"), agreement, dict(asked.submission))
    hers = step(office, "agree_plan").spent
    assert hers.client == hers.whole == office.clock.now() - agreement.ready_at >= timedelta(days=2)
    sop = figures(office, manager(office))
    assert sop.spent.client == hers.client and step(office, "approve_case_report").spent.client == timedelta(0)


def test_shares_flow_and_load_are_counted_in_the_asked_period_only(office):
    approve(office, timedelta(minutes=5))
    approve(office, timedelta(minutes=40))
    office.start()
    report = office.engine.reports.times(manager(office), NOVEMBER)
    kept = step(office, "approve_case_report").times
    assert (kept.judged, kept.on_time, kept.handled_on_time) == (2, 1, 2)
    assert [(str(each.period), each.opened) for each in report.flow][-2:] == [("2026-10", 0), ("2026-11", 3)]
    assert report.flow[-1].done >= 2 and report.flow[-1].on_time < report.flow[-1].judged
    assert {each.role: each.waiting for each in report.loads}["case_manager"] == 3  # the next step of two, and the third's first
    assert office.engine.reports.times(manager(office), NOVEMBER.moved(-1)).sops == ()
    assert office.engine.reports.times(manager(office), NOVEMBER.quarter).sops[0].key == offices.KEY
    assert office.engine.reports.times(office.stranger(), NOVEMBER).sops == ()


def test_what_is_late_is_what_the_inbox_calls_late(office):
    for _ in range(3):
        office.start()
    office.clock.advance(timedelta(hours=3))
    boss = manager(office)
    report = office.engine.reports.overdue(boss)
    late = office.engine.tasks.inbox(boss, InboxFilters(box="pool", late_only=True))
    assert len(report.tasks) + report.limited == late.total == 3
    assert {each.due_at for each in report.tasks} == {row.due_at for row in late.rows}
    told = repr(report)
    assert not any(row.business_key in told or row.case_id in told for row in late.rows)
    assert office.engine.reports.overdue(office.stranger()).tasks == ()


def test_a_step_of_a_class_one_may_not_know_is_in_no_figure(office):
    approve(office, timedelta(minutes=40))
    office.start()
    office.clock.advance(timedelta(hours=2))
    with office.database.unit_of_work() as uow:
        uow.execute(update(running.task).values(sensitivity="C4", name="ZQ-RAHASIA"))
    for role in ("process_owner", "auditor", "data_staff", "case_manager"):
        who = office.actor(role)
        report = office.engine.reports.times(who, NOVEMBER)
        assert report.sops == () and report.loads == () and report.flow[-1].done == 0
        assert (office.engine.reports.overdue(who).tasks, office.engine.reports.overdue(who).limited) == ((), 2)
        assert "ZQ" not in office.engine.reports.heat_map(who, offices.KEY, NOVEMBER).decode()


def test_the_map_tells_shares_by_number_as_well_as_by_tint(office):
    approve(office, timedelta(minutes=5))
    approve(office, timedelta(minutes=40))
    drawn = office.engine.reports.heat_map(office.actor("process_owner"), offices.KEY, NOVEMBER).decode()
    assert "50 % · n 2" in drawn and "is-heat4" in drawn
    assert "is-heat" not in office.engine.reports.heat_map(manager(office), offices.KEY, NOVEMBER.moved(-1)).decode()
    with pytest.raises(NotFound):
        office.engine.reports.heat_map(manager(office), "tidak-ada", NOVEMBER)


def test_figures_are_not_for_everybody_and_cost_the_same_however_much_was_done(office):
    for role in ("companion", "intake_operator", "external_provider", "system_admin"):
        for ask in (lambda who: office.engine.reports.times(who, NOVEMBER), office.engine.reports.overdue):
            with pytest.raises(NotAllowed):
                ask(office.actor(role))

    def statements() -> int:
        def query(context) -> int:
            times.report(context, NOVEMBER)
            return context.uow.statements

        return office.executor.read(manager(office), query)

    approve(office, timedelta(minutes=5))
    few = statements()
    for _ in range(4):
        approve(office, timedelta(minutes=5))
    assert statements() == few <= 13


def test_a_clock_that_begins_where_the_agency_chose_tells_the_choice(office):
    bandung = BPMN / "bandung"
    office.engine.people.register_agency((bandung / "agency.toml").read_bytes())
    definition = definitions.load(SopBundle.from_dir(bandung / "keluhan-layanan"))
    (chosen,) = office.executor.read(office.engine.people.operator("bandung"),
                                     lambda context: used_parameters.of_clocks(
                                         agencies.get(context.uow, context.actor.agency_id).profile, definition))
    assert (chosen.name, chosen.value, chosen.proposed) == ("complaint_receipt", "system_receipt", True)
    approve(office, timedelta(minutes=5))
    assert figures(office, manager(office)).clocks == ()   # Kalbar's rows count from ready, whatever an agency says
