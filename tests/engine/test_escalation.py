"""A late task is told up its chain: each link once, in order, on the clock of its own standard, by code and verb only."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.errors import InvalidSubmission, NotAllowed, NotFound
from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office

ZONE = ZoneInfo("Asia/Pontianak")


@pytest.fixture
def office(tmp_path: Path, sqlite_url: str) -> Office:
    return offices.opened(tmp_path, sqlite_url)


def head(office: Office) -> Actor:
    return office.actor("head_of_unit")


def local(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%a %H:%M")


def pass_minutes(office: Office, minutes: int) -> None:
    """The worker looks every few minutes, as it does; nothing is told twice for that."""
    for _ in range(0, minutes, 10):
        office.clock.advance(timedelta(minutes=10))
        office.engine.jobs.warn()


def codes(office: Office, actor: Actor) -> list[str]:
    return [each.code for each in office.engine.people.notices(actor) if each.code in ("task_overdue", "task_escalated")]


def test_each_link_is_told_once_and_in_order(office):
    dewi, nia = office.hire("Dewi", "companion"), office.hire("Nia", "intake_operator")
    office.hire("Bima", "case_manager")
    office.hire("Citra", "head_of_unit")
    now = office.clock.now()
    office.engine.roster.add_shift(head(office), nia.account_id, starts_at=now, ends_at=now + timedelta(days=2), phone="0812 0000 0000")
    started = office.follow("a01_rujukan_kesehatan", until="hand_over_referral")
    task = next(each for each in office.pool(dewi, started) if each.due_at is not None)
    office.engine.tasks.claim(dewi, task.id)
    office.engine.jobs.warn()
    chain = office.engine.roster.escalation(dewi, task.id)
    assert [link.step for link in chain.links] == ["holder", "supervisor", "duty_officer", "head_of_unit"]
    assert chain.proposed
    assert [local(link.at) for link in chain.links][0] == local(task.due_at)
    assert [link.told for link in chain.links] == [False] * 4
    assert chain.links[2].names == ("Nia",) and chain.links[2].phone == "0812 0000 0000"

    office.clock.advance(chain.links[0].at - office.clock.now() + timedelta(minutes=1))
    office.engine.jobs.warn()
    assert (codes(office, dewi), codes(office, nia)) == (["task_overdue"], [])
    for step, who in ((1, office.actor("case_manager")), (2, nia), (3, head(office))):
        before = codes(office, who).count("task_escalated")
        office.clock.advance(chain.links[step].at - office.clock.now() - timedelta(minutes=1))
        office.engine.jobs.warn()
        assert codes(office, who).count("task_escalated") == before, step
        pass_minutes(office, 20)
        assert codes(office, who).count("task_escalated") == before + 1, step
    pass_minutes(office, 60)
    assert codes(office, dewi) == ["task_overdue"] and codes(office, nia) == ["task_escalated"]
    links = office.engine.roster.escalation(dewi, task.id).links
    assert [link.names for link in links if link.told] == [("Dewi",), ("Bima",), ("Nia",), ("Citra",)]
    office.clock.advance(timedelta(days=3))  # Nia's shift is over: that she was told stays
    assert office.engine.roster.escalation(dewi, task.id).links[2].names == ("Nia",)
    (said,) = [each.text.id for each in office.engine.people.notices(nia) if each.code == "task_escalated"]
    assert said.startswith(f"Kasus {task.business_key}: ") and task.name not in said


def test_what_is_counted_in_working_time_escalates_in_working_time(office):
    office.clock.advance(timedelta(hours=7, minutes=15))  # 15:45, a quarter of an hour before closing
    started = office.start()
    task = office.task(started, "approve_case_report")
    links = office.engine.roster.escalation(office.actor("case_manager"), task.id).links
    assert [local(each.at) for each in links] == ["Tue 15:55", "Wed 09:25", "Wed 11:25"]
    assert [each.step for each in links] == ["holder", "duty_officer", "head_of_unit"]  # who decides holds the task already


def test_with_nobody_on_duty_the_head_is_told_at_once(office):
    task = office.task(office.start(), "approve_case_report")
    office.engine.jobs.warn()
    _holder, duty, last = office.engine.roster.escalation(office.actor("case_manager"), task.id).links
    assert (duty.names, last.step) == ((), "head_of_unit")
    pass_minutes(office, (duty.at - office.clock.now()) // timedelta(minutes=1) + 20)
    office.hire("Citra", "head_of_unit")
    late, missed, told = office.engine.roster.escalation(office.actor("case_manager"), task.id).links
    assert (late.told, late.missed) == (False, True)  # nobody holds the role: the notice waits, unread
    assert (missed.told, missed.missed, missed.names) == (False, True, ()) and (told.told, told.names) == (True, ("Citra",))
    assert codes(office, head(office)).count("task_escalated") == 1 and office.clock.now() < last.at


def test_a_finished_task_tells_nobody(office):
    started = office.start()
    task = office.task(started, "approve_case_report")
    office.clock.advance(timedelta(minutes=9))
    office.engine.jobs.warn()
    office.complete(office.actor("case_manager"), task, {"decision": "approved", "assessment_is_relevant": True})
    pass_minutes(office, 24 * 60)
    assert not [each for each in office.engine.people.notices(head(office)) if each.task_id == task.id]
    assert office.engine.roster.escalation(office.actor("case_manager"), task.id) is None


def test_the_roster_is_kept_by_the_head_and_read_by_the_unit(office):
    sari, auditor, now = office.hire("Sari", "companion"), office.hire("Auditor", "auditor"), office.clock.now()
    shift = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=8), "phone": "+62 812-0000-0000"}

    assert office.engine.roster.on_duty(sari) == ()
    first = office.engine.roster.add_shift(head(office), sari.account_id, **shift)
    assert office.engine.roster.add_shift(head(office), sari.account_id, **shift) == first  # a second click

    (seen,) = office.engine.roster.on_duty(sari)
    assert (seen.name, seen.phone) == ("Sari", "+62 812-0000-0000")
    with pytest.raises(NotAllowed):
        office.engine.roster.add_shift(sari, sari.account_id, **shift)
    with pytest.raises(NotAllowed):
        office.engine.roster.shifts(auditor)
    assert office.engine.roster.shifts(office.stranger()) == ()
    with pytest.raises(NotFound):
        office.engine.roster.remove_shift(office.stranger(), first)
    for wrong, field in (({"phone": "hubungi saya"}, "phone"), ({"ends_at": now - timedelta(hours=2)}, "ends_at"),
                         ({"ends_at": now + timedelta(days=40)}, "ends_at")):
        with pytest.raises(InvalidSubmission) as refused:
            office.engine.roster.add_shift(head(office), sari.account_id, **{**shift, **wrong})
        assert set(refused.value.problems) == {field}
    with pytest.raises(InvalidSubmission):
        office.engine.roster.add_shift(head(office), auditor.account_id, **shift)

    office.clock.advance(timedelta(hours=8))
    assert office.engine.roster.on_duty(sari) == () == office.engine.roster.shifts(sari)
    office.engine.roster.remove_shift(head(office), first)
    with pytest.raises(NotFound):
        office.engine.roster.remove_shift(head(office), first)
