"""A referral partner without an account: a link and a one-time code lead to one referral, its packet, its answer, and to nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import engine as front_door
from engine import case_standing, errors
from engine.commands.partner import NotShareable, WrongCode
from engine.executor import Context
from engine.office_results import CaseStanding
from engine.partner import Partner
from engine.partner_results import CaseReferrals, PartnerLink, ReferralOut
from engine.results import CaseDetail, InboxFilters, ReplayVerdict
from engine.scenario import pass_time
from engine.types import Actor, TaskSummary
from storage import inbox, journal
from webui import stage

DEPOK = Path(__file__).resolve().parents[2] / "bpmn" / "depok" / "pengelolaan-kasus"
STORY = front_door.read_scenario((DEPOK / "scenarios" / "jawaban_ditunggu.toml").read_bytes())
ASKED, CALLED = 5, 8                     # steps after which RSUD A was asked; after which it was called once
CANARY = "ZQ-NAMA-0001"
CONTACT = "Ani, kantor 021-000"
REPORT = {"services_given": "Perawatan luka", "result": "Membaik", "recommendation": "complete"}


@dataclass
class Scene:
    """Depok with a case whose line 2 was asked of RSUD A."""

    on: front_door.Stage
    case_id: str

    @property
    def partner(self) -> Partner:
        found: Partner = self.on.engine.partner
        return found

    @property
    def companion(self) -> Actor:
        return self.on.actor_of("companion")

    def detail(self) -> CaseDetail:
        found: CaseDetail = self.on.engine.cases.get(self.on.actor_of("head_of_unit"), self.case_id)
        return found

    def referrals(self) -> CaseReferrals:
        return self.partner.referrals(self.companion, self.case_id)

    def only(self) -> ReferralOut:
        (row,) = self.referrals().rows
        return row

    def link(self) -> PartnerLink:
        (standing,) = [each for each in self.only().links if each.revoked_at is None]
        return standing

    def issue(self) -> str:
        return self.partner.issue_link(self.companion, self.case_id, self.only().task_id or "", contact=CONTACT).token

    def enter(self, token: str) -> str:
        self.partner.ask_code(token)
        return self.partner.enter(token, self.link().code)

    def do(self, element_id: str, role: str, submission: Mapping[str, Any]) -> None:
        actor = self.on.actor_of(role)
        task = next(each for each in self.detail().open_tasks if each.element_id == element_id)
        claimed: TaskSummary = self.on.engine.tasks.claim(actor, task.id)
        self.on.engine.tasks.complete(actor, task.id, submission, expected_revision=claimed.revision)
        self.on.work()

    def answer(self, session: str, submission: Mapping[str, Any]) -> None:
        task = self.partner.referral(session).task
        assert task is not None
        self.partner.answer(session, task.id, submission)
        self.on.work()

    def hand_over(self) -> None:
        self.do("hand_over_referral", "companion", {
            "handed_at": self.on.clock.now(), "handed_by": "Ani Contoh", "received_by": "Petugas", "next_contact_at":
            self.on.clock.now() + timedelta(days=5)})

    def withdraw(self) -> None:
        (action,) = [each for each in self.on.engine.cases.get(self.companion, self.case_id).actions if each.element_id == "withdraw_consent"]
        self.on.engine.cases.act(self.on.actor_of("companion"), self.case_id, action.id, {
            "withdrawal_scope": "all", "withdrawn_at": self.on.clock.now(), "data_was_sent": True, "giver": "beneficiary"})

    def open(self) -> list[str]:
        return sorted(each.element_id for each in self.detail().open_tasks)


def played(on: front_door.Stage, steps: int) -> Scene:
    told = replace(STORY, submission={**STORY.submission, "full_name": CANARY})
    known = {each for each in told.submission if each in _asked_at_the_start(on)}
    result = front_door.play_scenario(
        replace(told, submission={key: value for key, value in told.submission.items() if key in known}), on,
        key="pengelolaan-kasus", only_steps=steps)
    assert not result.problems and result.case_id is not None
    return Scene(on, result.case_id)


def _asked_at_the_start(on: front_door.Stage) -> set[str]:
    return {field.key for field in on.engine.sops.start_form(on.actor_of("intake_operator"), "pengelolaan-kasus").fields}


@pytest.fixture
def scene() -> Iterator[Scene]:
    with stage.raised(DEPOK, STORY.at) as raised:
        yield played(raised, ASKED)


def gone(act: Callable[[], object]) -> None:
    with pytest.raises(errors.NotFound):
        act()


def test_link_and_code_lead_to_the_packet_and_the_answer(scene: Scene) -> None:
    token = scene.issue()
    face = scene.partner.face(token)
    assert face.service.id and face.risk == "medium" and face.reply_due is not None and not face.is_reply_late
    assert CANARY not in repr(face) and scene.detail().summary.business_key not in repr(face)
    session = scene.enter(token)
    before = scene.partner.referral(session)
    assert before.documents == () and before.contact == CONTACT and before.provider == "RSUD A" and CANARY not in repr(before)
    assert before.task is not None
    assert not {field.key for field in before.task.form.fields} & {"next_provider", "on_behalf_of", "told_at"}
    assert scene.link().opened_at is not None

    scene.answer(session, {"provider_answer": "accepted", "contact_person": "Bagian sosial"})
    scene.hand_over()
    after = scene.partner.referral(session)
    assert {row.code for row in after.documents} == {"F10", "F12"}
    row, content = scene.partner.document(session, after.documents[0].id)
    assert content.startswith(b"%PDF") and row.code in ("F10", "F12")
    for _ in range(2):   # a reload of the page that answered
        scene.partner.add_progress(session, "Sudah kontrol pertama", idempotency_key="once")
    assert [each.text for each in scene.only().progress] == ["Sudah kontrol pertama"]
    scene.answer(session, REPORT)
    assert scene.partner.referral(session).task is None
    assert "deliver_intervention" not in scene.open()
    log = scene.on.engine.audit.access_log(scene.on.actor_of("head_of_unit"), scene.case_id)
    assert ("partner", ("partner",)) in {(each.who, each.roles) for each in log.page.rows} and not log.outsiders
    instance = scene.detail().instances[0].id
    entries = scene.partner._executor.read(scene.companion, lambda context: journal.entries(context.uow, instance))
    assert [each.kind for each in entries if each.actor_id == f"partner:{scene.link().id}"] == ["complete_task", "complete_task"]
    assert scene.on.engine.audit.replay(scene.on.actor_of("auditor"), instance).verdict is ReplayVerdict.CONFIRMED

    told, links = scene.detail(), scene.referrals()
    reports = scene.on.engine.audit.rebuild(scene.on.engine.people.operator(), scene.case_id)
    assert all(each.verdict is ReplayVerdict.CONFIRMED for each in reports)
    assert (scene.detail().records, scene.detail().history, scene.referrals()) == (told.records, told.history, links)

    scene.on.clock.advance(timedelta(days=31))
    gone(lambda: scene.partner.face(token))


def test_reading_a_link_changes_nothing_and_a_code_is_made_only_when_asked_for(scene: Scene) -> None:
    token = scene.issue()
    for _ in range(3):
        scene.partner.face(token)
    link = scene.link()
    assert link.opened_at is None and link.code == ""


def test_a_code_lasts_ten_minutes_and_five_guesses_and_opens_once(scene: Scene) -> None:
    token = scene.issue()
    with pytest.raises(WrongCode):
        scene.partner.enter(token, "000000")
    scene.partner.ask_code(token)
    code = scene.link().code
    wrong = "111111" if code != "111111" else "222222"
    for _ in range(5):
        with pytest.raises(WrongCode):
            scene.partner.enter(token, wrong)
    with pytest.raises(WrongCode):
        scene.partner.enter(token, code)          # the right one, too late
    scene.partner.ask_code(token)
    assert scene.link().code == code, "asking again gives no new guesses before its time"
    with pytest.raises(WrongCode):
        scene.partner.enter(token, code)

    scene.on.clock.advance(timedelta(minutes=10))
    assert scene.link().code == ""
    scene.partner.ask_code(token)
    fresh = scene.link().code
    session = scene.partner.enter(token, f" {fresh[:3]} {fresh[3:]} ")
    assert scene.partner.referral(session).provider == "RSUD A"
    with pytest.raises(WrongCode):
        scene.partner.enter(token, fresh)         # forwarded with its code: used up
    scene.on.clock.advance(timedelta(minutes=30))
    gone(lambda: scene.partner.referral(session))


def test_unknown_revoked_and_replaced_links_answer_alike(scene: Scene) -> None:
    first = scene.issue()
    session = scene.enter(first)
    second = scene.issue()
    gone(lambda: scene.partner.face(first))
    gone(lambda: scene.partner.referral(session))
    gone(lambda: scene.partner.face("0000-0000-0000-0000-0000-0000-00"))
    inside = scene.enter(second)
    scene.partner.revoke_link(scene.companion, scene.case_id, scene.link().id)
    gone(lambda: scene.partner.face(second))
    gone(lambda: scene.partner.referral(inside))
    gone(lambda: scene.partner.ask_code(second))


def test_consent_withdrawn_between_sending_and_reading_closes_it_at_once(scene: Scene) -> None:
    token = scene.issue()
    session = scene.enter(token)
    scene.answer(session, {"provider_answer": "accepted"})
    scene.hand_over()
    document = scene.partner.referral(session).documents[0].id
    scene.withdraw()
    gone(lambda: scene.partner.document(session, document))
    gone(lambda: scene.partner.referral(session))
    gone(lambda: scene.partner.face(token))


def test_a_silent_partner_is_followed_up_and_the_second_closes_the_first_out(scene: Scene) -> None:
    token = scene.issue()
    session = scene.enter(token)
    pass_time(scene.on, STORY.at + timedelta(days=1, hours=2))
    assert scene.partner.face(token).is_reply_late and scene.only().is_reply_late
    assert scene.open() == ["answer_referral", "call_next_provider"]
    scene.do("call_next_provider", "companion", {"provider_answer": "no_answer", "next_provider": "in_consent"})
    scene.do("coordinate_provider", "companion", {"provider": "RSUD B", "provider_kind": "health", "provider_answer": "awaited"})
    gone(lambda: scene.partner.referral(session))
    gone(lambda: scene.partner.face(token))
    gone(lambda: scene.partner.answer(session, "", {"provider_answer": "accepted"}))
    (row,) = [each for each in scene.referrals().rows if each.task_id is not None]
    assert row.provider == "RSUD B"
    other = scene.partner.issue_link(scene.companion, scene.case_id, row.task_id or "", contact=CONTACT).token
    assert scene.partner.face(other).service.id


def test_a_refusal_names_its_reason_and_the_coordinator_chooses_who_is_asked_next(scene: Scene) -> None:
    token = scene.issue()
    session = scene.enter(token)
    with pytest.raises(errors.InvalidSubmission):
        scene.answer(session, {"provider_answer": "rejected"})
    with pytest.raises(errors.InvalidSubmission):
        scene.answer(session, {"provider_answer": "accepted", "next_provider": "none"})
    scene.answer(session, {"provider_answer": "rejected", "reject_reason": "capacity", "forward_to": "Klinik B"})
    assert scene.open() == ["choose_next_provider"]
    gone(lambda: scene.partner.referral(session))
    scene.do("choose_next_provider", "companion", {"next_provider": "outside_consent"})
    assert scene.open() == ["give_consent"]


def test_returned_for_missing_documents_the_link_stands_until_it_is_asked_again(scene: Scene) -> None:
    token = scene.issue()
    session = scene.enter(token)
    scene.answer(session, {"provider_answer": "rejected", "reject_reason": "incomplete_documents", "missing_documents": "Visum"})
    assert scene.open() == ["complete_documents_for_provider"]
    assert scene.partner.referral(session).task is None
    scene.do("complete_documents_for_provider", "companion", {"documents_completed": True})
    scene.do("coordinate_provider", "companion", {"provider": "RSUD A", "provider_kind": "health", "provider_answer": "awaited"})
    scene.answer(session, {"provider_answer": "accepted"})
    assert scene.open() == ["hand_over_referral"]


def test_a_paused_case_takes_no_answer_and_leaves_the_task_free(scene: Scene) -> None:
    token = scene.issue()
    session = scene.enter(token)
    head, instance = scene.on.actor_of("head_of_unit"), scene.detail().instances[0].id
    scene.on.engine.cases.suspend(head, instance, reason="Menunggu kepastian")
    with pytest.raises(errors.InstanceNotActive):
        scene.answer(session, {"provider_answer": "accepted"})
    (task,) = scene.detail().open_tasks
    assert task.assignee_id is None
    scene.on.engine.cases.resume(head, instance, reason="Sudah pasti")
    scene.answer(session, {"provider_answer": "accepted"})
    assert scene.open() == ["hand_over_referral"]


def test_the_companion_answers_in_its_place_only_with_evidence(scene: Scene) -> None:
    task_id = scene.only().task_id or ""
    for missing in ({}, {"on_behalf_of": "Bagian sosial RSUD A"}):
        with pytest.raises(errors.InvalidSubmission):
            scene.partner.answer_for(scene.companion, scene.case_id, task_id, {"provider_answer": "accepted", **missing})
    scene.partner.answer_for(scene.companion, scene.case_id, task_id, {
        "provider_answer": "accepted", "on_behalf_of": "Bagian sosial RSUD A", "told_at": scene.on.clock.now()})
    scene.on.work()
    assert scene.open() == ["hand_over_referral"]
    (done,) = [each for each in scene.detail().history if each.element_id == "answer_referral" and each.happened == "completed"]
    assert done.actor_name or done.actor_role


def test_a_draft_is_the_links_or_the_companions_and_gone_once_either_answers(scene: Scene) -> None:
    session = scene.enter(scene.issue())
    task, zone = scene.partner.asked(session)
    assert task is not None and (task.draft, task.draft_saved_at, zone) == ({}, None, "Asia/Jakarta")
    saved_at = scene.partner.save_draft(session, task.id, {"provider_answer": "accepted", "coordination_note": CANARY})
    cases, name = scene.on.engine.cases, f"answer:{task.id}"
    cases.save_form_draft(scene.companion, scene.case_id, name, {"provider_answer": "rejected"})
    again = scene.partner.referral(session).task
    assert again is not None and (again.draft["coordination_note"], again.draft_saved_at) == (CANARY, saved_at)
    with pytest.raises(errors.TaskGone):
        scene.partner.save_draft(session, "another", {})
    scene.partner.drop_draft(session, task.id)
    assert scene.partner.asked(session)[0] == task
    scene.partner.save_draft(session, task.id, {"provider_answer": "accepted"})
    scene.answer(session, {"provider_answer": "accepted"})
    assert cases.form_draft(scene.companion, scene.case_id, name) == ({}, None)
    token = scene.issue() if scene.only().task_id else ""
    report = scene.partner.asked(scene.enter(token) if token else session)[0]
    assert report is None or report.draft == {}


def test_who_may_refer_and_only_what_waits_in_that_case(scene: Scene) -> None:
    task_id = scene.only().task_id or ""
    other = played(scene.on, 0)
    for actor, case_id in ((scene.companion, other.case_id), (scene.on.actor_of("head_of_unit"), other.case_id)):
        gone(lambda actor=actor, case_id=case_id: scene.partner.issue_link(actor, case_id, task_id, contact=CONTACT))  # type: ignore[misc]
    with pytest.raises((errors.NotFound, errors.NotAllowed)):
        scene.partner.referrals(scene.on.actor_of("auditor"), scene.case_id)
    token = scene.issue()
    gone(lambda: scene.partner.revoke_link(scene.on.actor_of("head_of_unit"), other.case_id, scene.link().id))
    assert scene.partner.face(token).service.id
    scene.withdraw()
    with pytest.raises((NotShareable, errors.NotFound)):
        scene.partner.issue_link(scene.companion, scene.case_id, task_id, contact=CONTACT)


def test_whoever_decides_reads_since_when_a_partner_has_not_answered(scene: Scene) -> None:
    (answer,) = scene.detail().open_tasks
    (decided, *_) = scene.on.engine.tasks.inbox(scene.on.actor_of("head_of_unit"), InboxFilters(box="done")).rows

    def query(context: Context) -> CaseStanding:
        row = inbox.get(context.uow, decided.id, context.actor.account_id)
        known = case_standing.known_to(context, [row]).get(row.task.id) if row is not None else None
        assert row is not None and known is not None
        return case_standing.beside(known, row, context.executor.definition(context.uow, row.deployment_id))

    found = scene.on.engine.audit._executor.read(scene.on.actor_of("head_of_unit"), query)
    assert found.unanswered == (answer.ready_at,) and found.open_steps == (answer.name,)
