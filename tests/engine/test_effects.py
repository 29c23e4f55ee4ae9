"""What a draft would do to the cases that run: told case by case, named where it cannot, and nothing moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import errors
from tests.support import office as offices
from tests.support.office import Office

DIAGRAM = "pengelolaan-kasus.bpmn"


def drafted(office: Office, *changes: tuple[str, str]) -> str:
    """A draft of Kalbar's SOP with these texts of its diagram changed; its id."""
    owner = office.actor("process_owner")
    (version,) = [one for one in office.engine.sops.list(owner) if one.key == offices.KEY]
    files = dict(office.engine.sops.get(owner, version.deployment_id).files)
    (path,) = [path for path in files if path.endswith(DIAGRAM)]
    text = files[path].decode()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return str(office.engine.sops.save_draft(owner, {**files, path: text.encode()}, based_on=version.deployment_id).summary.id)


def test_each_running_case_is_told_with_its_steps_and_clocks(office: Office) -> None:
    first, second = office.start(), office.start()
    office.engine.tasks.claim(office.actor("case_manager"), office.task(first, "approve_case_report").id)
    draft = drafted(office, (">PT10M<", ">PT20M<"))
    found = office.engine.sops.preview_migration(office.actor("process_owner"), draft)
    assert found.is_draft and found.running == 2 and found.following is None
    assert {case.instance_id for case in found.cases} == {first.instance_id, second.instance_id}
    for case in found.cases:
        assert (case.verdict, case.in_the_way) == ("safe", ())
        (step,) = case.steps
        assert (step.element_id, step.role, step.role_after) == ("approve_case_report", "case_manager", "case_manager")
        assert step.is_held is (case.instance_id == first.instance_id)
        (clock,) = [each for each in case.clocks if each.due_anew != each.due_at]
        assert clock.due_at is not None and clock.due_kept == clock.due_at
        assert clock.due_anew is not None and (clock.due_anew - clock.due_at).total_seconds() == 600
    with pytest.raises(errors.NotAllowed):
        office.engine.sops.preview_migration(office.actor("companion"), draft)
    with pytest.raises(errors.NotFound):
        office.engine.sops.preview_migration(office.stranger(), draft)


def test_a_step_whose_time_has_run_out_says_since_when(office: Office) -> None:
    case = office.start()
    due = office.task(case, "approve_case_report").due_at
    draft = drafted(office, (">PT10M<", ">PT20M<"))
    owner = office.actor("process_owner")
    (told,) = office.engine.sops.preview_migration(owner, draft).cases
    assert [step.ran_out_at for step in told.steps] == [None] and due is not None
    office.clock.advance(timedelta(hours=1))
    for job in office.engine.jobs.acquire("pekerja", limit=10, lock_for=timedelta(minutes=1)):
        office.engine.jobs.fire_timer(job)
    (told,) = office.engine.sops.preview_migration(owner, draft).cases
    assert [step.ran_out_at for step in told.steps] == [due]
    assert due not in {clock.due_at for clock in told.clocks}, "no clock of it runs any more"


def test_a_step_that_is_gone_is_named_and_the_version_it_runs_by_is_no_change(office: Office) -> None:
    case = office.start()
    draft = drafted(office, ("approve_case_report", "approve_report_of_case"))
    owner = office.actor("process_owner")
    (told,) = office.engine.sops.preview_migration(owner, draft).cases
    assert told.verdict == "mapping"
    (obstacle,) = told.in_the_way
    assert (obstacle.element_id, obstacle.reason) == ("approve_case_report", "element-removed")
    assert "approve_report_of_case" in [element for element, _ in obstacle.choices]
    assert obstacle.name and obstacle.name != obstacle.element_id
    (version,) = [one for one in office.engine.sops.list(owner) if one.key == offices.KEY]
    same = office.engine.sops.preview_migration(owner, version.deployment_id)
    assert (same.running, same.cases) == (0, ())
    assert [task.element_id for task in office.pool(office.actor("case_manager"), case)] == ["approve_case_report"]


def test_beside_a_cases_code_a_limited_step_is_only_limited_and_a_barred_case_is_not_there(office: Office) -> None:
    case = office.follow("a04_anak_dan_kewajiban_hukum", until="record_consent")
    draft, head = drafted(office, (">PT10M<", ">PT20M<")), office.hire("Kiki", "head_of_unit")
    (told,) = office.engine.sops.preview_migration(office.actor("process_owner"), draft).cases
    assert "langkah terbatas" in {step.name for step in told.steps}
    said = {*(one.name for one in (*told.steps, *told.clocks, *told.in_the_way)), *(one.element_id for one in (*told.steps, *told.clocks))}
    assert not any("TPKS" in each or "police" in each for each in said)
    assert all(step.role == step.role_after == "" for step in told.steps if not step.element_id)
    (seen,) = office.engine.sops.preview_migration(head, draft).cases
    assert "report_to_police" in {step.element_id for step in seen.steps}
    office.engine.cases.declare_conflict(head, case.case_id or "", head.account_id, reason="Saudara kandung dari terlapor.")
    assert office.engine.sops.preview_migration(head, draft).cases == ()


def test_a_long_list_is_told_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.effects.PAGE", 2)
    started = {office.start().instance_id for _ in range(5)}
    draft, owner = drafted(office, (">PT10M<", ">PT20M<")), office.actor("process_owner")
    seen: list[str] = []
    page = office.engine.sops.preview_migration(owner, draft)
    while True:
        seen += [case.instance_id for case in page.cases]
        if page.following is None:
            break
        page = office.engine.sops.preview_migration(owner, draft, after=page.following)
    assert sorted(seen) == sorted(started) and len(seen) == 5
