"""Names shown for a minute, one field unmasked for half an hour, the access log and its proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from engine import errors, reasons
from engine.results import CompletionResult, FormField
from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office

NAME, SECRET = "Siti Rekaan Rahma", "ZQ-KRONOLOGI-1"
WHY = "Pemeriksaan inspektorat atas pengaduan nomor tujuh"


@pytest.fixture
def case(office: Office) -> CompletionResult:
    return office.start({"full_name": NAME, "sex": "female", "hiv": True, "is_child": True})


def fields(office: Office, actor: Actor, case_id: str, record: str = "identification") -> dict[str, FormField]:
    (found,) = [each for each in office.engine.cases.get(actor, case_id).records if each.record == record]
    return {field.key: field for field in found.fields}


def at(actor: Actor, session: str) -> Actor:
    return replace(actor, session=session)


def log(office: Office, case_id: str) -> list[tuple[str, str, str]]:
    """What, of what, why: newest first, as the head reads it."""
    return [(row.what, row.about, row.why) for row in office.engine.audit.access_log(office.actor("head_of_unit"), case_id).page.rows]


def test_a_name_is_masked_until_asked_for_and_again_after_a_minute(office: Office, case: CompletionResult) -> None:
    manager, cases = at(office.actor("case_manager"), "one"), office.engine.cases
    assert fields(office, manager, case.case_id)["full_name"].masked
    assert NAME not in repr(cases.get(manager, case.case_id))

    until = cases.show_names(manager, case.case_id)
    assert until == office.clock.now() + timedelta(seconds=60)
    assert fields(office, manager, case.case_id)["full_name"].value == NAME
    assert cases.get(manager, case.case_id).names_until == until
    assert fields(office, at(manager, "another"), case.case_id)["full_name"].masked, "it was asked for in another session"
    other = office.start({"full_name": NAME})
    assert fields(office, manager, other.case_id)["full_name"].masked, "and of another case"

    office.clock.advance(timedelta(seconds=60))
    assert fields(office, manager, case.case_id)["full_name"].masked
    assert log(office, case.case_id).count(("names", "names", "")) == 1


def test_names_are_for_who_works_on_the_case_or_answers_for_it(office: Office, case: CompletionResult) -> None:
    with pytest.raises(errors.NotAllowed):
        office.engine.cases.show_names(office.actor("auditor"), case.case_id)
    with pytest.raises(errors.NotFound):
        office.engine.cases.show_names(office.actor("companion"), case.case_id)
    with pytest.raises(errors.NotFound):
        office.engine.cases.show_names(office.stranger(), case.case_id)
    office.engine.cases.show_names(office.actor("intake_operator"), case.case_id)  # who took the report in


def test_starting_an_sop_in_a_standing_case_does_not_open_its_file(office: Office, case: CompletionResult) -> None:
    cases, other = office.engine.cases, office.actor("intake_operator", name="kartika")
    code = cases.get(office.actor("head_of_unit"), case.case_id).summary.business_key
    given = {**offices.story("a01_rujukan_kesehatan").submission, "received_at": office.clock.now()}
    assert cases.start(other, offices.KEY, submission=given, business_key=code).case_id == case.case_id

    with pytest.raises(errors.NotFound):
        cases.get(other, case.case_id)
    assert cases.get(office.actor("intake_operator"), case.case_id).summary.id == case.case_id  # who took the report in


def test_who_took_a_report_in_finds_it_in_the_list_and_nobody_else_of_that_role_does(office: Office, case: CompletionResult) -> None:
    cases, other = office.engine.cases, office.actor("intake_operator", name="kartika")
    (row,) = cases.find(office.actor("intake_operator")).rows
    assert (row.id, bool(row.business_key), bool(row.stage)) == (case.case_id, True, True)
    given = {**offices.story("a01_rujukan_kesehatan").submission, "received_at": office.clock.now()}
    cases.start(other, offices.KEY, submission=given, business_key=row.business_key)
    assert cases.find(other).rows == () and cases.find(other).total == 0, "what began in a standing case is not hers"


def test_the_list_says_initials_to_who_may_know_them(office: Office, case: CompletionResult) -> None:
    (row,) = office.engine.cases.find(office.actor("head_of_unit")).rows
    assert row.person is not None and (row.person.initials, row.person.sex) == ("S*** R*** R***", "female")
    (row,) = office.engine.cases.find(office.actor("auditor")).rows
    assert row.person is None


def replayed(office: Office, actor: Actor, case: CompletionResult) -> dict[str, Any]:
    state = office.engine.audit.state_at(actor, case.instance_id, 1)
    return {field.key: field.value for field in state.submission if not field.masked}


def test_an_auditor_unmasks_one_field_for_half_an_hour_and_a_second_person_is_told(office: Office, case: CompletionResult) -> None:
    auditor, cases = at(office.actor("auditor"), "one"), office.engine.cases
    assert "full_name" not in fields(office, auditor, case.case_id) and "full_name" not in replayed(office, auditor, case)
    choices = {(each.record, each.key) for each in cases.maskable_fields(auditor, case.case_id)}
    assert ("identification", "full_name") in choices
    assert ("identification", "hiv") not in choices, "what is C4 no audit may ask for"

    until = cases.unmask(auditor, case.case_id, "identification", "full_name", purpose="audit", reason=WHY)
    assert until == office.clock.now() + timedelta(minutes=30)
    assert fields(office, auditor, case.case_id)["full_name"].value == NAME
    assert replayed(office, auditor, case)["full_name"] == NAME
    assert not {"sex", "nik"} & replayed(office, auditor, case).keys(), "one field, not its class"
    for role in ("case_manager", "data_protection_officer"):
        told = [(each.code, each.case_id) for each in office.engine.people.notices(office.actor(role))]
        assert ("field_unmasked", case.case_id) in told, role
    assert ("unmask", "identification.full_name", f"audit: {WHY}") in log(office, case.case_id)
    assert NAME not in repr(log(office, case.case_id))
    (act,) = office.engine.audit.acts(auditor, case.case_id)
    assert (act.what, act.label and act.label.id) == ("unmask", "Nama")

    office.clock.advance(timedelta(minutes=30))
    assert "full_name" not in fields(office, auditor, case.case_id) and "full_name" not in replayed(office, auditor, case)


@pytest.mark.parametrize(("record", "key", "purpose", "reason", "refused"), [
    ("identification", "full_name", "audit", ".", reasons.ReasonWanted),
    ("identification", "full_name", "audit", "aaaa aaaa aaaa", reasons.ReasonWanted),
    ("identification", "full_name", "because", WHY, reasons.ReasonWanted),
    ("identification", "hiv", "audit", WHY, errors.NotFound),
    ("identification", "no_such_field", "audit", WHY, errors.NotFound),
    ("hiv_consent", "special_receiver", "audit", WHY, errors.NotFound),
])
def test_nothing_is_unmasked_without_purpose_and_reason_or_beyond_what_may_be_asked_for(
        office: Office, case: CompletionResult, record: str, key: str, purpose: str, reason: str, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        office.engine.cases.unmask(office.actor("auditor"), case.case_id, record, key, purpose=purpose, reason=reason)
    assert not office.engine.audit.acts(office.actor("auditor"), case.case_id)


def test_who_answers_for_cases_and_unmasks_tells_somebody_else(office: Office, case: CompletionResult) -> None:
    manager = office.actor("case_manager")
    office.engine.cases.unmask(manager, case.case_id, "identification", "hiv", purpose="safety", reason=WHY)
    assert fields(office, manager, case.case_id)["hiv"].value is True
    assert "field_unmasked" in {each.code for each in office.engine.people.notices(office.actor("head_of_unit"))}


ALTERED = ("purpose = 'lain'", "account_id = 'orang lain'", "field_group = 'assessment'", "at = at + 1", "what = 'read'", "seq = 99",
           "hash = 'zz'", "prev_hash = 'zz'")


@pytest.mark.parametrize("change", ALTERED)
def test_an_altered_row_of_the_access_log_is_found(office: Office, case: CompletionResult, change: str) -> None:
    head, auditor = office.actor("head_of_unit"), office.actor("auditor")
    office.engine.cases.unmask(auditor, case.case_id, "identification", "full_name", purpose="audit", reason=WHY)
    office.engine.cases.get(head, case.case_id)
    assert office.engine.audit.access_log(head, case.case_id).first_bad is None
    with office.database.unit_of_work() as uow:
        uow.execute(text(f"UPDATE access_log SET {change} WHERE what = 'unmask'"))  # noqa: S608
    assert office.engine.audit.access_log(head, case.case_id).first_bad is not None


def test_a_row_taken_out_of_the_middle_is_missed(office: Office, case: CompletionResult) -> None:
    head = office.actor("head_of_unit")
    for _ in range(3):
        office.engine.cases.get(head, case.case_id)
    with office.database.unit_of_work() as uow:
        uow.execute(text("DELETE FROM access_log WHERE seq = 2"))
    assert office.engine.audit.access_log(head, case.case_id).first_bad == 2


@pytest.mark.parametrize("cut", ["DELETE FROM access_log WHERE seq > 3", "DELETE FROM access_log", "DELETE FROM access_head"])
def test_an_end_that_was_cut_off_is_missed_and_stays_missed(office: Office, case: CompletionResult, cut: str) -> None:
    head = office.actor("head_of_unit")
    for _ in range(5):
        office.engine.cases.get(head, case.case_id)
    whole = office.engine.audit.access_log(head, case.case_id)
    assert whole.first_bad is None and whole.head
    left = {"DELETE FROM access_log WHERE seq > 3": 3, "DELETE FROM access_log": 0, "DELETE FROM access_head": 6}[cut]
    with office.database.unit_of_work() as uow:
        uow.execute(text(cut))
    assert office.engine.audit.access_log(head, case.case_id).first_bad == left + 1
    found = office.engine.audit.access_log(head, case.case_id)   # who reads the log is in it: what comes after does not heal it
    assert found.first_bad is not None and found.page.rows[0].about == "access_log"


def test_the_log_says_who_stands_out_and_names_people_only_to_who_may_know_them(office: Office, case: CompletionResult) -> None:
    curious = office.actor("supervisor", name="kepo")
    for _ in range(200):
        office.engine.cases.get(curious, case.case_id)
        office.clock.advance(timedelta(seconds=17))
    read = office.engine.audit.access_log(office.actor("head_of_unit"), case.case_id)
    assert [(each.who, each.views) for each in read.busy] == [("kepo", 200)]
    assert [(each.who, each.views) for each in read.outsiders] == [("kepo", 200)]
    assert read.page.total == 200 and len(read.page.rows) == 50, "the reading itself is logged after it"
    audited = office.engine.audit.access_log(office.actor("auditor"), case.case_id)
    assert "kepo" not in repr(audited)
    assert [each.views for each in audited.busy] == [200]

    office.clock.advance(timedelta(days=8))
    assert not office.engine.audit.access_log(office.actor("head_of_unit"), case.case_id).busy, "long ago"


def test_the_log_is_for_who_answers_for_cases_audits_or_protects_data(office: Office, case: CompletionResult) -> None:
    office.engine.audit.access_log(office.actor("data_protection_officer"), case.case_id)
    with pytest.raises(errors.NotAllowed):
        office.engine.audit.access_log(office.actor("intake_operator"), case.case_id)
    with pytest.raises(errors.NotFound):
        office.engine.audit.access_log(office.stranger(), case.case_id)
