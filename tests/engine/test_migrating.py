"""Running cases go on by the version in force: nothing of theirs is lost, what was done stays told by the version of its time."""

from __future__ import annotations

import copy
import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from engine import definitions, errors, journal, pack, reasons, sop_refusals
from engine.bundle import SopBundle
from engine.commands import versions
from engine.replay import Recorded, replay, replay_pack
from engine.results import CompletionResult, ReplayVerdict
from engine.sop_results import Migrated, MigrationOutcome
from tests.engine.test_commands_office import rows
from tests.support import office as offices
from tests.support.office import Office

DIAGRAM, FORM = "pengelolaan-kasus.bpmn", "forms/approve_case_report.json"
WHY = "Mutu baku baru berlaku untuk semua kasus berjalan."
TWENTY = ((DIAGRAM, ">PT10M<", ">PT20M<"), (DIAGRAM, 'text="10 menit"', 'text="20 menit"'))
APPROVED = {"decision": "approved"}
#: A step of its own between the approval and what follows it.
STEP = (
    (DIAGRAM, "<bpmn:flowNodeRef>is_report_approved<", "<bpmn:flowNodeRef>weigh_report</bpmn:flowNodeRef><bpmn:flowNodeRef>is_report_approved<"),
    (DIAGRAM, '<bpmn:exclusiveGateway id="is_report_approved"',
     '<bpmn:userTask id="weigh_report" name="Menimbang laporan" sop:form="approve_case_report"/>'
     '<bpmn:sequenceFlow id="weigh_on" sourceRef="weigh_report" targetRef="is_report_approved"/><bpmn:exclusiveGateway id="is_report_approved"'),
    (DIAGRAM, '<bpmn:incoming>approve_case_report__is_report_approved</bpmn:incoming>', ""),
    (DIAGRAM, 'sourceRef="approve_case_report" targetRef="is_report_approved"', 'sourceRef="approve_case_report" targetRef="weigh_report"'))
RENAMED = ((DIAGRAM, "approve_case_report", "approve_report_of_case"),)


def put_in_force(office: Office, *changes: tuple[str, str, str], effective_from: date | None = None) -> str:
    """The newest version with these texts of these files changed, in force; its id."""
    operator = office.engine.people.operator("kalbar")
    newest = next(one for one in office.engine.sops.list(operator) if one.key == offices.KEY)
    files = dict(office.engine.sops.get(operator, newest.deployment_id).files)
    for name, before, after in changes:
        (path,) = [path for path in files if path.endswith(name)]
        text = files[path].decode()
        assert before in text, before
        files[path] = text.replace(before, after).encode()
    bundle = SopBundle.from_files(files)
    return office.executor.run(operator, lambda context: versions.put_in_force(
        context, bundle, definitions.load(bundle), findings=(), effective_from=effective_from)).id


def migrated(office: Office, version: str, *cases: CompletionResult, **more: Any) -> tuple[Migrated, ...]:
    return office.engine.sops.migrate(
        office.actor("process_owner"), version, [case.instance_id for case in cases], reason=WHY, **more)


def outcome(office: Office, version: str, case: CompletionResult, **more: Any) -> Migrated:
    (found,) = migrated(office, version, case, **more)
    return found


def confirmed(office: Office, case: CompletionResult) -> None:
    """The journal proves itself here and on a stranger's machine, and everything made again from it is the same."""
    before = rows(office)
    reports = office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case.case_id or "")
    assert [report.verdict for report in reports] == [ReplayVerdict.CONFIRMED]
    after = rows(office)
    assert [table for table in before if after[table] != before[table]] == []
    admin = office.actor("auditor")
    assert office.engine.audit.verify(admin, case.instance_id).verdict is ReplayVerdict.CONFIRMED
    taken = office.engine.audit.export_pack(admin, case.instance_id)
    assert replay_pack(taken).verdict is ReplayVerdict.CONFIRMED
    assert {entry.definition for entry, _ in pack.read(taken).entries} == set(pack.read(taken).files)


def test_a_migrated_case_keeps_task_claim_draft_and_due_and_comes_to_the_new_step(office: Office) -> None:
    case, manager = office.start(), office.actor("case_manager")
    before = office.engine.tasks.claim(manager, office.task(case, "approve_case_report").id)
    office.engine.tasks.save_draft(manager, before.id, APPROVED, expected_revision=before.revision)
    version = put_in_force(office, *TWENTY, *STEP)
    assert (outcome(office, version, case).outcome, outcome(office, version, case).outcome) == (
        MigrationOutcome.MIGRATED, MigrationOutcome.ALREADY)
    detail = office.engine.tasks.get(manager, before.id)
    assert (detail.summary.due_at, detail.summary.revision, detail.summary.assignee_id) == (
        before.due_at, before.revision, manager.account_id)
    assert detail.draft == APPROVED
    assert detail.summary.standard == before.standard      # the clock that runs keeps the words it runs by
    confirmed(office, case)
    office.engine.tasks.complete(manager, before.id, APPROVED, expected_revision=before.revision)
    assert [task.element_id for task in office.pool(manager, case)] == ["weigh_report"]
    office.complete(manager, office.task(case, "weigh_report"), APPROVED)
    office.scene.work()
    confirmed(office, case)


def test_dues_are_worked_out_anew_where_that_is_asked(office: Office) -> None:
    case, manager = office.start(), office.actor("case_manager")
    before = office.task(case, "approve_case_report")
    assert outcome(office, put_in_force(office, *TWENTY), case, clocks="anew").outcome is MigrationOutcome.MIGRATED
    after = office.task(case, "approve_case_report")
    assert before.due_at is not None and after.due_at == before.due_at + timedelta(minutes=10)
    assert after.standard is not None and after.standard.duration == "PT20M"
    assert office.complete(manager, after, APPROVED).verdict == "on_time"
    confirmed(office, case)


def test_what_a_preview_calls_in_the_way_refuses_and_a_mapping_makes_good(office: Office) -> None:
    case, gone = office.start(), office.start(business_key="KLB-LAIN")
    office.complete(office.actor("case_manager"), office.task(gone, "approve_case_report"), APPROVED)
    version, owner = put_in_force(office, *STEP, *RENAMED), office.actor("process_owner")
    told = {one.instance_id: one for one in office.engine.sops.preview_migration(owner, version).cases}
    for each, verdict in ((case, "mapping"), (gone, "blocked")):
        refused = outcome(office, version, each)
        assert (told[each.instance_id].verdict, refused.outcome) == (verdict, MigrationOutcome.REFUSED)
        assert refused.in_the_way == told[each.instance_id].in_the_way != ()
    counted = office.engine.sops.count_migration(owner, version)
    assert (counted.safe, counted.mapping, counted.blocked, counted.following) == (0, 1, 1, None)
    before = office.task(case, "approve_case_report")
    mapping = {"approve_case_report": "approve_report_of_case"}
    assert [one.outcome for one in migrated(office, version, case, gone, mapping=mapping)] == [
        MigrationOutcome.MIGRATED, MigrationOutcome.REFUSED]
    after = office.task(case, "approve_report_of_case")
    assert (after.id, after.due_at, after.form_key) == (before.id, before.due_at, "approve_report_of_case")
    confirmed(office, case)
    confirmed(office, gone)


def test_what_was_done_before_is_read_by_the_version_of_its_time(office: Office) -> None:
    case, manager, head = office.start(), office.actor("case_manager"), office.actor("head_of_unit")
    done = office.complete(manager, office.task(case, "approve_case_report"), APPROVED)
    assert case.case_id is not None
    version = put_in_force(office, *RENAMED, (FORM, '"key": "decision"', '"key": "verdict"'))
    moved_to = outcome(office, version, case, mapping={"approve_case_report": "approve_report_of_case"})
    assert moved_to.outcome is MigrationOutcome.MIGRATED, moved_to
    (sent,) = [one for one in office.engine.cases.filings(manager, case.case_id) if one.seq > 1]
    detail = office.engine.cases.filing(manager, case.case_id, case.instance_id, sent.seq)
    assert "decision" in {field.key for version in detail.versions for field in version.fields}
    assert sent.element_name.startswith("Menyetujui seluruh Laporan Kasus")
    states = office.engine.audit.steps(office.actor("auditor"), case.instance_id)
    (moved,) = [state for state in states if state.kind == "migrate"]
    assert moved.versions == (1, 2)
    assert len({state.definition for state in states[:moved.seq - 1]}) == 1 != moved.definition == states[-1].definition
    approval = next(state for state in states if state.kind == "complete_task")
    assert approval.element_id == "approve_case_report" and approval.actor_role == "case_manager" and approval.submission
    acts = office.engine.cases.timeline(head, case.case_id).content.acts
    assert [(act.what, act.versions, act.said) for act in acts] == [("migrate", (1, 2), WHY)]
    lines = office.engine.audit.history(head, case.instance_id)
    assert "Menyetujui seluruh Laporan Kasus" in " ".join(line.element_name for line in lines if line.element_id == "approve_case_report")
    assert b"approve_report_of_case" in office.engine.audit.diagram(head, case.instance_id)
    assert b"approve_report_of_case" not in office.engine.audit.diagram(head, case.instance_id, approval.seq)
    finished = office.engine.tasks.get(manager, next(
        row.id for row in office.engine.tasks.inbox(manager, offices.InboxFilters(box="done")).rows))
    assert finished.summary.element_id == "approve_case_report" and done.instance_id == case.instance_id
    confirmed(office, case)


def test_a_finished_task_is_read_by_the_version_it_was_finished_by(office: Office) -> None:
    case, manager = office.start(), office.actor("case_manager")
    task = office.task(case, "approve_case_report")
    before = office.engine.tasks.get(manager, task.id).form
    office.complete(manager, task, APPROVED)
    other = office.start(business_key="KLB-LAIN")
    version = put_in_force(office, (FORM, '"key": "decision"', '"key": "verdict"'))
    for each in (case, other):
        assert outcome(office, version, each).outcome is MigrationOutcome.MIGRATED
    read, asked = (office.engine.tasks.get(manager, each.id).form for each in (task, office.task(other, "approve_case_report")))
    assert before is not None and read is not None and asked is not None
    assert [field.key for field in read.fields] == [field.key for field in before.fields] != [field.key for field in asked.fields]


def test_only_who_decides_on_versions_may_and_only_to_the_one_in_force(office: Office) -> None:
    case, owner = office.start(), office.hire("Olo", "process_owner")
    first = put_in_force(office, *TWENTY)
    later = put_in_force(office, *STEP, effective_from=date(2027, 1, 1))
    ids = [case.instance_id]
    for actor in (office.actor("head_of_unit"), office.actor("case_manager")):
        with pytest.raises(errors.NotAllowed):
            office.engine.sops.migrate(actor, first, ids, reason=WHY)
    with pytest.raises(errors.NotFound):
        office.engine.sops.migrate(office.stranger(), first, ids, reason=WHY)
    with pytest.raises(sop_refusals.NotInForce):
        office.engine.sops.migrate(owner, later, ids, reason=WHY)
    with pytest.raises(reasons.ReasonWanted):
        office.engine.sops.migrate(owner, first, ids, reason="ya")
    with pytest.raises(errors.InvalidValue):
        office.engine.sops.migrate(owner, first, ids, reason=WHY, clocks="later")
    office.engine.cases.declare_conflict(office.hire("Kiki", "head_of_unit"), case.case_id or "", owner.account_id, reason="Saudara kandung dari terlapor.")
    found = office.engine.sops.migrate(owner, first, [*ids, "nowhere"], reason=WHY)
    assert [(one.outcome, one.business_key) for one in found] == [(MigrationOutcome.NOT_FOUND, "")] * 2
    assert office.engine.sops.preview_migration(owner, first).may_migrate
    assert not office.engine.sops.preview_migration(owner, later).may_migrate
    assert not office.engine.sops.preview_migration(office.actor("head_of_unit"), first).may_migrate


def test_a_task_that_is_another_roles_now_waits_for_that_roles_people(office: Office) -> None:
    case, manager = office.start(), office.actor("case_manager")
    claimed = office.engine.tasks.claim(manager, office.task(case, "approve_case_report").id)
    lane = '<bpmn:flowNodeRef>approve_case_report</bpmn:flowNodeRef>'
    version = put_in_force(office, (DIAGRAM, lane, ""), (DIAGRAM, '<bpmn:flowNodeRef>prepare_referral</bpmn:flowNodeRef>',
                                                         f'<bpmn:flowNodeRef>prepare_referral</bpmn:flowNodeRef>{lane}'))
    (told,) = office.engine.sops.preview_migration(office.actor("process_owner"), version).cases
    assert [(step.role, step.role_after, step.is_held) for step in told.steps] == [("case_manager", "companion", True)]
    assert outcome(office, version, case).outcome is MigrationOutcome.MIGRATED
    (waiting,) = office.pool(office.actor("companion"), case)
    assert (waiting.id, waiting.assignee_id) == (claimed.id, None)
    assert [notice.code for notice in office.engine.people.notices(manager) if notice.task_id == claimed.id] == ["task_taken"]
    with pytest.raises(errors.EngineError):
        office.engine.tasks.complete(manager, claimed.id, APPROVED, expected_revision=claimed.revision)
    confirmed(office, case)


def test_a_draft_of_a_form_that_changed_is_kept_and_says_what_is_not_asked_any_more(office: Office) -> None:
    case, manager = office.start(), office.actor("case_manager")
    claimed = office.engine.tasks.claim(manager, office.task(case, "approve_case_report").id)
    typed = {"decision": "approved", "note": "Catatan rekaan."}
    office.engine.tasks.save_draft(manager, claimed.id, typed, expected_revision=claimed.revision)
    version = put_in_force(office, (FORM, '"key": "note"', '"key": "remark"'), (FORM, '"assessment_is_relevant",\n   "type": "boolean"',
                                                                              '"assessment_is_relevant",\n   "type": "text"'))
    assert outcome(office, version, case).outcome is MigrationOutcome.MIGRATED
    detail = office.engine.tasks.get(manager, claimed.id)
    assert detail.draft == typed
    assert [(field.key, field.label.id, field.value) for field in detail.left_over] == [("note", "Catatan", "Catatan rekaan.")]
    assert detail.form is not None and "remark" in {field.key for field in detail.form.fields}
    office.engine.tasks.complete(manager, claimed.id, APPROVED, expected_revision=claimed.revision)
    assert office.engine.tasks.get(manager, claimed.id).left_over == ()
    confirmed(office, case)


def test_two_who_move_a_case_at_once_move_it_once(office: Office) -> None:
    case = office.start()
    version = put_in_force(office, *TWENTY)
    with ThreadPoolExecutor(2) as both:
        found = [each.result() for each in [both.submit(outcome, office, version, case) for _ in range(2)]]
    assert {one.outcome for one in found} in ({MigrationOutcome.MIGRATED, MigrationOutcome.ALREADY},
                                              {MigrationOutcome.MIGRATED, MigrationOutcome.OVERTAKEN})
    confirmed(office, case)


def test_an_entry_that_names_another_version_without_a_migration_is_found(office: Office) -> None:
    case = office.start()
    office.complete(office.actor("case_manager"), office.task(case, "approve_case_report"), APPROVED)
    opened = pack.read(office.engine.audit.export_pack(office.actor("auditor"), case.instance_id))
    program, head, told = opened.definition(opened.entries[0][0].definition).program, journal.GENESIS, []
    for entry, sealed in opened.entries:   # by somebody who holds the key and knows how chains are made
        known = {field.name: getattr(entry, field.name) for field in dataclasses.fields(entry) if field.name not in ("prev_hash", "hash")}
        made = journal.next_entry(head, **known | {"definition": "f" * 64 if entry.seq == len(opened.entries) else entry.definition})
        head = made.hash
        told.append(Recorded(entry=made, ciphertext=sealed))
    report = replay(case.instance_id, told, key=opened.key, tables=opened.tables, head=head, length=len(told),
                    program_for=lambda digest: copy.copy(program) if digest == "f" * 64 else program)
    assert (report.verdict, report.first_bad_seq, report.reason) == (ReplayVerdict.BROKEN, len(told), "definition-changed")


@pytest.mark.soak
def test_ten_thousand_running_cases_are_told_within_two_minutes(office: Office) -> None:
    for number in range(10_000):
        started = office.start()
        if number % 3 == 0:
            office.complete(office.actor("case_manager"), office.task(started, "approve_case_report"), APPROVED)
    version, owner = put_in_force(office, *TWENTY, *STEP), office.actor("process_owner")
    began, after, counted = time.perf_counter(), "", 0
    while after is not None:
        some = office.engine.sops.count_migration(owner, version, after=after)
        counted, after = counted + some.safe + some.mapping + some.blocked, some.following
    assert counted == 10_000 and time.perf_counter() - began < 120
