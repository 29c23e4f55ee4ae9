"""What people without an account send reaches a person, under a receipt that says nothing and opens nothing but five words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import engine as front_door
from engine import errors, published
from engine.public_results import Door, PublicStage
from engine.results import InboxFilters, ReplayVerdict
from engine.types import Actor, TaskSummary
from storage import outside
from tests.support import office as offices
from tests.support.office import Office

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
SOPS = {"kalbar": ("laporan-masyarakat", "pesan-pelapor"),
        "bandung": ("pengaduan-masyarakat", "pesan-pelapor", "keluhan-layanan", "survei-kepuasan")}
REPORT: Mapping[str, Any] = {
    "danger_now": False, "reporter_kind": "other", "what_happened": ["physical"], "report_district": "Pontianak Kota",
    "account_given": "ZQ-KEJADIAN-0001", "contact_consent": True, "contact_channel": "phone", "contact_detail": "ZQ-TELEPON-0001"}
COMPLAINT: Mapping[str, Any] = {"text": "ZQ-KELUHAN-0001", "wants_anonymity": True}
ANSWER = {f"u{number}": "3" for number in range(1, 10)}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    found = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    found.engine.people.register_agency((BPMN / "bandung" / "agency.toml").read_bytes())
    for code, sops in SOPS.items():
        for sop in sops:
            found.engine.sops.deploy(found.engine.people.operator(code), front_door.SopBundle.from_dir(BPMN / code / sop))
    return found


def person(office: Office, code: str, role: str) -> Actor:
    return Actor(account_id=f"{code}-{role}", agency_id=office.engine.people.operator(code).agency_id, name=role, roles=frozenset({role}))


def waiting(office: Office, actor: Actor, element_id: str) -> list[TaskSummary]:
    """What waits on one element for the actor's role, the latest first."""
    rows = office.engine.tasks.inbox(actor, InboxFilters(box="pool", element_id=element_id)).rows
    return sorted(rows, key=lambda row: row.ready_at, reverse=True)


def told_to(office: Office, actor: Actor, task: TaskSummary) -> set[str]:
    """What the case page shows of the report's own words."""
    (record,) = [each for each in office.engine.cases.get(actor, task.case_id or "").records if each.record == "public_report"]
    return {str(each.value) for each in record.fields} & {"ZQ-KEJADIAN-0001", "ZQ-TELEPON-0001"}


def sent(office: Office, code: str, door: Door, submission: Mapping[str, Any]) -> str:
    office.clock.advance(timedelta(minutes=1))
    return office.engine.public.send(code, door, submission, slip=office.engine.public.slip()).code


def done(office: Office, actor: Actor, task: TaskSummary, submission: Mapping[str, Any]) -> None:
    office.clock.advance(timedelta(minutes=1))
    office.complete(actor, task, submission)
    office.scene.work()


@pytest.mark.parametrize(("code", "element_id"), [("kalbar", "review_public_report"), ("bandung", "intake_receive")])
def test_a_report_reaches_the_intake_operator_with_a_notice(office: Office, code: str, element_id: str) -> None:
    operator = person(office, code, "intake_operator")
    told = len(office.engine.people.notices(operator))
    before = len(waiting(office, operator, element_id))
    sent(office, code, Door.REPORT, REPORT)
    tasks = waiting(office, operator, element_id)
    assert len(tasks) == before + 1
    notices = office.engine.people.notices(operator)
    assert len(notices) == told + 1 and notices[0].code == "public_report" and notices[0].case_id == tasks[0].case_id
    office.engine.tasks.claim(operator, tasks[0].id)
    assert told_to(office, operator, tasks[0]) == {"ZQ-KEJADIAN-0001"}
    office.engine.cases.show_names(operator, tasks[0].case_id or "")  # how to reach whoever reports is shown when asked for
    assert told_to(office, operator, tasks[0]) == {"ZQ-KEJADIAN-0001", "ZQ-TELEPON-0001"}
    manager = person(office, code, "supervisor")
    assert office.engine.audit.replay(person(office, code, "auditor"), tasks[0].instance_id).verdict is ReplayVerdict.CONFIRMED
    history = office.engine.audit.history(manager, tasks[0].instance_id)
    assert any(line.actor_role == "public" for line in history)


def test_what_was_told_survives_a_rebuild_from_the_journal(office: Office) -> None:
    operator = person(office, "kalbar", "intake_operator")
    sent(office, "kalbar", Door.REPORT, REPORT)
    task = waiting(office, operator, "review_public_report")[0]
    office.engine.tasks.claim(operator, task.id)
    case_id = task.case_id or ""
    before = office.engine.cases.get(operator, case_id).records
    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case_id)
    assert office.engine.cases.get(operator, case_id).records == before


def test_danger_now_comes_first_in_the_inbox(office: Office) -> None:
    sent(office, "kalbar", Door.REPORT, {**REPORT, "danger_now": True})
    sent(office, "kalbar", Door.REPORT, REPORT)
    rows = office.engine.tasks.inbox(person(office, "kalbar", "intake_operator"), InboxFilters(box="pool")).rows
    assert rows[0].risk == "high" and {row.risk for row in rows[1:]} >= {""}


def test_the_same_page_sent_twice_is_one_report_and_a_changed_one_is_another(office: Office) -> None:
    public, operator = office.engine.public, person(office, "kalbar", "intake_operator")
    before, slip = len(waiting(office, operator, "review_public_report")), public.slip()
    first = public.send("kalbar", Door.REPORT, REPORT, slip=slip)
    office.clock.advance(timedelta(minutes=1))
    assert public.send("kalbar", Door.REPORT, REPORT, slip=slip) == first
    assert len(waiting(office, operator, "review_public_report")) == before + 1
    assert public.send("kalbar", Door.REPORT, {**REPORT, "report_district": "Pontianak Timur"}, slip=slip).code != first.code
    assert len(waiting(office, operator, "review_public_report")) == before + 2


def test_a_receipt_holds_128_bits_and_is_nowhere_in_the_database(office: Office) -> None:
    code = sent(office, "kalbar", Door.REPORT, REPORT)
    plain = code.replace("-", "")
    assert len(plain) * 5 >= 128 and set(plain) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    stored = b"".join(path.read_bytes() for path in Path(office.engine.settings.database_url.removeprefix("sqlite:///")).parent.glob("kawal.db*"))
    for told in (code, plain, "ZQ-KEJADIAN-0001", "ZQ-TELEPON-0001"):
        assert told.encode() not in stored


def test_a_receipt_is_read_however_it_is_typed_and_a_wrong_one_is_like_another_agencys(office: Office) -> None:
    code = sent(office, "kalbar", Door.REPORT, REPORT)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert office.engine.public.status("kalbar", typed) is PublicStage.RECEIVED
    for agency, wrong in (("kalbar", ""), ("kalbar", "A" * 26), ("kalbar", "x" * 100_000), ("bandung", code)):
        with pytest.raises(errors.NotFound) as refused:
            office.engine.public.status(agency, wrong)
        assert "A" * 26 not in str(refused.value)


def test_five_words_follow_the_case_and_the_reporter_may_add_and_take_back(office: Office) -> None:
    public, operator = office.engine.public, person(office, "kalbar", "intake_operator")
    code = sent(office, "kalbar", Door.REPORT, REPORT)
    task = waiting(office, operator, "review_public_report")[0]
    assert public.status("kalbar", code) is PublicStage.RECEIVED
    office.engine.tasks.claim(operator, task.id)
    assert public.status("kalbar", code) is PublicStage.LOOKED_AT
    office.engine.tasks.unclaim(operator, task.id)
    public.add_message("kalbar", code, "ZQ-TAMBAHAN-0001")
    (message,) = waiting(office, operator, "read_public_message")
    assert message.case_id == task.case_id
    done(office, operator, task, {"report_outcome": "information", "report_review_note": "Diberi informasi"})
    assert public.status("kalbar", code) is PublicStage.LOOKED_AT  # the message still waits
    done(office, operator, message, {"message_done": "Dicatat"})
    assert public.status("kalbar", code) is PublicStage.DONE
    public.withdraw("kalbar", code)
    assert public.status("kalbar", code) is PublicStage.WITHDRAWN
    assert [each.case_id for each in waiting(office, operator, "read_public_message")] == [task.case_id]
    with pytest.raises(errors.NotFound):
        public.withdraw("kalbar", "A" * 26)


def test_a_complaint_starts_its_sop_as_an_electronic_letter_and_its_clock(office: Office) -> None:
    officer = person(office, "bandung", "service_officer")
    code = sent(office, "bandung", Door.COMPLAINT, COMPLAINT)
    task = waiting(office, officer, "complaint_record")[0]
    office.engine.tasks.claim(officer, task.id)
    (record,) = [each for each in office.engine.cases.get(officer, task.case_id or "").records if each.record == "complaint"]
    values = {each.key: each.value for each in record.fields}
    assert (values["text"], values["channel"], values["system_received_at"]) == ("ZQ-KELUHAN-0001", "email", office.clock.now())
    assert office.engine.public.status("bandung", code) is PublicStage.LOOKED_AT
    asked = {field.key for field in office.engine.public.form("bandung", Door.COMPLAINT).fields}
    assert "text" in asked and not asked & {"channel", "submitted_at", "system_received_at", "officer_received_at"}


@pytest.mark.parametrize(("door", "submission"), [
    (Door.COMPLAINT, {"wants_anonymity": True}), (Door.COMPLAINT, {**COMPLAINT, "channel": "in_person"}),
    (Door.REPORT, {**REPORT, "risk": "low"}), (Door.REPORT, {**REPORT, "contact_detail": ""})])
def test_what_lacks_or_adds_an_answer_is_sent_back_whole(office: Office, door: Door, submission: Mapping[str, Any]) -> None:
    with pytest.raises(errors.InvalidSubmission):
        office.engine.public.send("bandung", door, submission, slip=office.engine.public.slip())


def test_an_agency_without_such_an_sop_has_no_such_door(office: Office) -> None:
    assert office.engine.public.agency("kalbar").doors == {Door.REPORT}
    with pytest.raises(errors.NotFound):
        office.engine.public.send("kalbar", Door.COMPLAINT, COMPLAINT, slip=office.engine.public.slip())
    with pytest.raises(errors.NotFound):
        office.engine.public.agency("tidak-ada")


def test_one_code_answers_the_open_survey_once_and_is_gone(office: Office) -> None:
    public, holder = office.engine.public, person(office, "bandung", "supervisor")
    with pytest.raises(errors.NotFound):
        public.form("bandung", Door.SURVEY)
    survey = office.engine.cases.start(holder, "survei-kepuasan", submission={
        "period": "2026-11", "service": "Pengaduan", "opened_at": office.clock.now()})
    assert Door.SURVEY in public.agency("bandung").doors
    first, second = public.issue_survey_codes(person(office, "bandung", "companion"), 2)
    with pytest.raises(errors.InvalidSubmission):
        public.answer_survey("bandung", first, {**ANSWER, "u1": "7"})
    public.answer_survey("bandung", first, ANSWER)
    for wrong in (first, "", "0" * 16):
        with pytest.raises(errors.NotFound):
            public.answer_survey("bandung", wrong, ANSWER)
    public.answer_survey("bandung", second, {"u3": "4"})  # the rest was skipped
    office.scene.work()
    close = next(each for each in office.engine.cases.get(holder, survey.case_id or "").open_tasks if each.element_id == "close_survey")
    done(office, person(office, "bandung", close.role), close, {"closed_at": office.clock.now()})
    held = office.engine.audit.steps(person(office, "bandung", "auditor"), survey.instance_id)[-1].variables
    assert [str(each) for each in held["nrr"]] == ["3", "3", "3.5", "3", "3", "3", "3", "3", "3"]


def test_nobody_without_an_account_sees_a_case(office: Office) -> None:
    sent(office, "kalbar", Door.REPORT, REPORT)
    task = waiting(office, person(office, "kalbar", "intake_operator"), "review_public_report")[0]
    stranger = office.engine.public._actor("kalbar")
    for attempt in (lambda: office.engine.cases.get(stranger, task.case_id or ""), lambda: office.engine.tasks.get(stranger, task.id),
                    lambda: office.engine.tasks.inbox(stranger), lambda: office.engine.cases.find(stranger),
                    lambda: office.engine.audit.replay(stranger, task.instance_id)):
        with pytest.raises((errors.NotFound, errors.NotAllowed)):
            attempt()


def test_promises_say_nothing_of_fewer_than_five(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [outside.MeasuredRow(sop_key="keluhan-layanan", element_id="complaint_first_response_indirect", verdict=verdict, count=count)
            for verdict, count in (("late", 1), ("on_time", 3))]
    monkeypatch.setattr(published.outside, "measured", lambda *_, **__: rows)
    few = office.engine.public.promises("bandung")
    assert few.measured and all(each.count is None and each.on_time is None for each in few.measured)
    office.clock.advance(timedelta(days=1))
    rows[1] = outside.MeasuredRow(sop_key="keluhan-layanan", element_id="complaint_first_response_indirect", verdict="on_time", count=5)
    told = [each for each in office.engine.public.promises("bandung").measured if each.count is not None]
    assert [(each.count, each.on_time) for each in told] == [(6, 83)]


def test_a_settled_complaint_is_published_as_its_public_summary_alone(office: Office) -> None:
    officer, head = person(office, "bandung", "service_officer"), person(office, "bandung", "head_of_unit")
    sent(office, "bandung", Door.COMPLAINT, COMPLAINT)
    now = office.clock.now()
    done(office, officer, waiting(office, officer, "complaint_record")[0],
         {"text": "ZQ-KELUHAN-0001", "category": "non_supervisory", "about_head": False})
    done(office, officer, waiting(office, officer, "complaint_clarify")[0],
         {"clarification": "Benar", "within_authority": True, "discloses_violence": False})
    done(office, officer, waiting(office, officer, "complaint_first_response_indirect")[0],
         {"understood": "Waktu tunggu", "response": "Diperbaiki", "first_response_at": now})
    done(office, head, waiting(office, head, "complaint_close")[0],
         {"corrective_action": "ZQ-TINDAKAN-0001", "final_response_at": now, "public_summary": "Loket ditambah"})
    done(office, head, waiting(office, head, "complaint_evaluate")[0], {"evaluation": "Selesai"})
    office.clock.advance(timedelta(days=1))
    assert office.engine.public.promises("bandung").settlements == ("Loket ditambah",)


def test_whoever_begins_what_the_public_sends_is_told_that_its_questions_are_not_theirs(office: Office) -> None:
    told = {sop.key: sop.is_told for sop in office.engine.sops.startable(person(office, "kalbar", "intake_operator"))}
    assert told["laporan-masyarakat"] and told["pesan-pelapor"] and not told[offices.KEY]
