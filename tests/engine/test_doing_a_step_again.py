"""A step that was done begins again when two people say so: what ends is what was said, nothing sent before is touched, replay holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from engine import errors, filings, reasons
from engine.commands import modifications
from engine.replay import replay_pack
from engine.results import ReplayVerdict
from storage import notices as notice_rows
from storage.schema.history import journal
from tests.support import office as offices

WHY = "Risiko dinilai tanpa keterangan tetangga yang datang kemudian."
YES = "Dibaca bersama pendamping; penilaian perlu diulang."


@pytest.fixture
def office(tmp_path, database_url):
    opened = offices.opened(tmp_path, database_url)
    yield opened
    opened.database.close()


@pytest.fixture
def case(office):
    """A01 up to the handing over: the letter of referral is issued."""
    return office.follow("a01_rujukan_kesehatan", until="hand_over_referral")


def head(office):
    return office.actor("head_of_unit", name="Rina")


def manager(office):
    return office.actor("case_manager", name="Sari")


def sent(office, case, element_id):
    """The form that this step of Kalbar's SOP was completed with, as a page shows it."""
    (found,) = office.executor.read(head(office), lambda context: [
        each for each in filings.of_case(context, case.case_id) if each.element_id == element_id])
    return office.engine.cases.filing(head(office), case.case_id, case.instance_id, found.seq)


def waiting(office, case):
    return sorted(each.element_id for each in office.engine.cases.get(head(office), case.case_id).open_tasks)


def ask(office, case, detail, actor=None, **more):
    given = {"steps": [each.id for each in detail.way_back.steps], "reason": WHY, **more}
    office.engine.cases.ask_modification(actor or manager(office), case.case_id, case.instance_id, detail.row.seq, **given)


def answer(office, case, detail, actor=None, *, is_accepted=True, reason=YES):
    asked = office.engine.cases.filing(head(office), case.case_id, case.instance_id, detail.row.seq).modifications[-1]
    office.engine.cases.answer_modification(
        actor or head(office), case.case_id, case.instance_id, asked.seq, is_accepted=is_accepted, reason=reason)


def holds(office, case):
    """The journal is confirmed, also from a pack alone, and everything told again from it is what stands."""
    before = office.engine.cases.get(head(office), case.case_id)
    auditor = office.actor("auditor")
    assert office.engine.audit.verify(auditor, case.instance_id).verdict is ReplayVerdict.CONFIRMED
    assert replay_pack(office.engine.audit.export_pack(auditor, case.instance_id)).verdict is ReplayVerdict.CONFIRMED
    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case.case_id)
    assert office.engine.cases.get(head(office), case.case_id) == before


def test_a_step_begins_again_and_the_case_goes_on_from_there(office, case):
    letters = [(each.code, each.number, each.status) for each in office.engine.cases.get(head(office), case.case_id).documents]
    companion = office.actor("companion", name="Dewi")
    ended = office.engine.tasks.claim(companion, office.task(case, "hand_over_referral").id)
    office.engine.tasks.save_draft(companion, ended.id, {"handed_by": "Dewi"}, expected_revision=ended.revision)
    detail = sent(office, case, "approve_case_report")
    (ends,) = detail.way_back.steps
    assert ends.name == office.task(case, "hand_over_referral").name and detail.way_back.may_ask
    ask(office, case, detail)
    assert waiting(office, case) == ["hand_over_referral"], "asking moves nothing"
    assert [each.seq for each in office.engine.cases.corrections_waiting(head(office))] == [detail.row.seq]
    with pytest.raises(modifications.OwnModification):
        answer(office, case, detail, manager(office))
    with pytest.raises(errors.NotAllowed):
        answer(office, case, detail, companion)
    office.clock.advance(timedelta(minutes=30))
    answer(office, case, detail)
    assert waiting(office, case) == ["approve_case_report"]
    left = office.engine.tasks.get(companion, ended.id)
    assert left.summary.is_over and left.summary.completed_at == office.clock.now() and left.draft == {"handed_by": "Dewi"}
    again = office.task(case, "approve_case_report")
    assert (again.ready_at, again.due_at) == (office.clock.now(), office.clock.now() + timedelta(minutes=10))
    assert office.engine.cases.corrections_waiting(head(office)) == ()
    assert letters == [(each.code, each.number, each.status) for each in office.engine.cases.get(head(office), case.case_id).documents]
    for actor, code in ((companion, "task_taken"), (manager(office), "information")):
        told = office.executor.read(actor, lambda context, who=actor: notice_rows.of_account(
            context.uow, who.agency_id, who.account_id, ()))
        assert [(each.code, each.case_id) for each in told] == [(code, case.case_id)]
    kinds = [each.kind for each in office.engine.audit.history(head(office), case.instance_id) if each.happened.endswith("modify")]
    assert kinds == ["ask_modify", "modify"]
    (row,) = sent_again(office, case, detail).modifications
    assert (row.status, row.reason, row.answer_reason) == ("done", WHY, YES)
    holds(office, case)
    office.complete(manager(office), again, {"decision": "approved", "assessment_is_relevant": True})
    assert waiting(office, case) == ["coordinate_provider"]
    holds(office, case)


def sent_again(office, case, detail):
    return office.engine.cases.filing(head(office), case.case_id, case.instance_id, detail.row.seq)


def test_a_refusal_stays_readable_and_moves_nothing(office, case):
    detail = sent(office, case, "approve_case_report")
    ask(office, case, detail)
    answer(office, case, detail, is_accepted=False, reason="Penilaian sudah memuat keterangan itu.")
    assert waiting(office, case) == ["hand_over_referral"]
    assert sent_again(office, case, detail).modifications[-1].status == "refused"
    with pytest.raises(modifications.ModifiedMeanwhile):
        answer(office, case, detail)
    ask(office, case, detail)
    assert [each.status for each in sent_again(office, case, detail).modifications] == ["refused", "waits"]
    holds(office, case)


def test_a_case_that_moved_on_is_not_taken_back_by_what_was_asked_before(office, case):
    detail = sent(office, case, "approve_case_report")
    ask(office, case, detail)
    office.complete(office.actor("companion"), office.task(case, "hand_over_referral"), {
        "handed_at": office.clock.now(), "handed_by": "Pendamping PPA", "received_by": "Petugas penerima, RSUD A",
        "next_contact_at": office.clock.now() + timedelta(days=7)})
    now = sent_again(office, case, detail)
    assert now.modifications[-1].status == "lapsed" and now.way_back is not None and now.way_back.may_ask
    stood = waiting(office, case)
    with pytest.raises(modifications.ModifiedMeanwhile):
        answer(office, case, detail)
    assert waiting(office, case) == stood
    ask(office, case, now)
    assert [each.status for each in sent_again(office, case, detail).modifications] == ["lapsed", "waits"]
    answer(office, case, detail)
    assert waiting(office, case) == ["approve_case_report"]
    holds(office, case)


def test_what_is_refused(office, case):
    detail = sent(office, case, "approve_case_report")
    with pytest.raises(reasons.ReasonWanted):
        ask(office, case, detail, reason="x")
    with pytest.raises(modifications.ModifiedMeanwhile):
        ask(office, case, detail, steps=("somewhere.1",))
    with pytest.raises(errors.NotFound):
        ask(office, case, detail, office.stranger())
    with pytest.raises(errors.NotAllowed):
        ask(office, case, detail, office.actor("auditor"))
    office.engine.cases.decide_run(head(office), case.case_id, case.instance_id, "suspend", reason="Menunggu keluarga pulang.")
    assert not sent_again(office, case, detail).way_back.may_ask
    with pytest.raises(errors.InstanceNotActive):
        ask(office, case, detail)
    office.engine.cases.decide_run(head(office), case.case_id, case.instance_id, "resume", reason="Keluarga sudah pulang.")
    ask(office, case, detail)
    with pytest.raises(modifications.ModifiedMeanwhile):
        ask(office, case, detail)
    office.engine.cases.decide_run(head(office), case.case_id, case.instance_id, "cancel", reason="Penerima manfaat meninggal dunia.")
    assert sent_again(office, case, detail).way_back is None
    with pytest.raises(modifications.ModifiedMeanwhile):
        answer(office, case, detail)
    answer(office, case, detail, is_accepted=False)
    assert office.engine.cases.corrections_waiting(head(office)) == ()
    holds(office, case)


def test_a_step_of_one_line_of_the_plan_begins_again_in_its_line(office, case):
    found = office.executor.read(head(office), lambda context: filings.of_case(context, case.case_id))
    assert [(each.element_id, each.over is not None) for each in found] == [
        ("case_received", False), ("approve_case_report", True), ("coordinate_provider", True)]
    detail = sent(office, case, "coordinate_provider")
    ask(office, case, detail)
    answer(office, case, detail)
    assert waiting(office, case) == ["coordinate_provider"] and office.task(case, "coordinate_provider").item["line_no"] == 1
    detail = sent(office, case, "coordinate_provider")
    assert detail.way_back is None, "it waits already"
    holds(office, case)


def test_a_case_whose_journal_is_broken_hides_no_other_case_s_decision(office, case):
    other = office.follow("a01_rujukan_kesehatan", until="hand_over_referral")
    for each in (case, other):
        ask(office, each, sent(office, each, "approve_case_report"))
    assert len(office.engine.cases.corrections_waiting(head(office))) == 2
    with office.database.unit_of_work() as uow:
        uow.execute(update(journal).where(journal.c.chain_id == other.instance_id, journal.c.seq == 2).values(actor_id="somebody"))
    assert [each.case_id for each in office.engine.cases.corrections_waiting(head(office))] == [case.case_id]
