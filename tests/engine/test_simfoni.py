"""A case as it is entered into Simfoni PPA: what the sheet says to whom, who marks it, how a mark is corrected, what proves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine import errors, reasons
from engine.results import CompletionResult, FormField, SimfoniSheet
from engine.types import Actor
from tests.support.office import Office

NAME, STORY = "Siti Rekaan Rahma", "ZQ-KRONOLOGI-2"


@pytest.fixture
def case(office: Office) -> CompletionResult:
    return office.start({"full_name": NAME, "sex": "female", "hiv": True, "chronology": STORY, "reporter_name": "Pelapor Rekaan",
                         "violence_forms": ["physical", "sexual"]})


def sheet(office: Office, actor: Actor, case: CompletionResult) -> SimfoniSheet:
    return office.engine.cases.simfoni(actor, case.case_id or "").content


def fields(shown: SimfoniSheet) -> dict[str, FormField]:
    return {field.key: field for part in shown.parts for field in part.fields}


def test_the_sheet_holds_what_the_forms_asked_and_says_what_they_did_not(office: Office, case: CompletionResult) -> None:
    data = replace(office.actor("data_staff"), session="one")
    shown = sheet(office, data, case)
    assert [part.key for part in shown.parts] == ["victim", "perpetrator", "place", "case", "reporter"]
    told = fields(shown)
    assert told["chronology"].value == STORY and told["violence_forms"].value == ["physical", "sexual"]
    assert told["address_domicile"].value is None and not told["address_domicile"].masked, "not asked yet, and said so"
    assert {each.id for each in shown.parts[0].unasked} == {"pendidikan", "pekerjaan", "status perkawinan"}
    assert "hiv" not in told and not any(key.startswith(("assessment", "safe_contact")) for key in told)
    assert "Pelapor Rekaan" not in repr(shown), "of a class that who enters it does not see"
    assert [line.line.number for line in shown.services] and {field.key for line in shown.services for field in line.line.fields} == {
        "service_type"}, "no provider: its name may tell too much"


def test_names_are_masked_until_asked_for_and_on_no_other_page_of_the_case(office: Office, case: CompletionResult) -> None:
    data = replace(office.actor("data_staff"), session="one")
    assert fields(sheet(office, data, case))["full_name"].masked
    with pytest.raises(errors.NotFound):
        office.engine.cases.show_names(data, case.case_id)   # nobody's but whoever works on it
    office.engine.cases.show_simfoni_names(data, case.case_id)
    assert fields(sheet(office, data, case))["full_name"].value == NAME
    assert NAME not in repr(office.engine.cases.get(data, case.case_id)) and STORY not in repr(office.engine.cases.get(data, case.case_id))
    log = office.engine.audit.access_log(office.actor("head_of_unit"), case.case_id).page.rows
    assert [(each.what, each.about) for each in log if each.what == "names" or each.about == "part.simfoni"] == [
        ("read", "part.simfoni"), ("names", "names"), ("read", "part.simfoni")]
    office.clock.advance(timedelta(seconds=61))
    assert fields(sheet(office, data, case))["full_name"].masked
    for other in (office.actor("case_manager"), office.actor("auditor")):
        with pytest.raises((errors.NotAllowed, errors.NotFound)):
            office.engine.cases.show_simfoni_names(other, case.case_id)


def test_a_mark_says_who_when_and_which_number_and_is_corrected_with_a_reason(office: Office, case: CompletionResult) -> None:
    ani, cases, at = office.hire("Ani", "data_staff"), office.engine.cases, office.clock.now()
    for wrong in ({"entered_at": None}, {"entered_at": at + timedelta(minutes=1)}, {"entered_at": at, "reference": "9" * 101},
                  {"is_entered": False}):
        with pytest.raises(errors.InvalidSubmission):
            cases.mark_simfoni(ani, case.case_id, **wrong)
    for _ in range(2):
        cases.mark_simfoni(ani, case.case_id, entered_at=at, reference=" SMF  17 ")  # two clicks are one wish
    with pytest.raises(reasons.ReasonWanted):
        cases.mark_simfoni(ani, case.case_id, entered_at=at, reference="SMF 18")
    office.clock.advance(timedelta(minutes=5))
    cases.mark_simfoni(ani, case.case_id, entered_at=at, reference="SMF 18", reason="Nomornya salah ketik satu angka.")

    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case.case_id)
    last, first = sheet(office, ani, case).marks
    assert (last.by, last.reference, last.entered_at, last.reason) == ("Ani", "SMF 18", at, "Nomornya salah ketik satu angka.")
    assert (first.reference, first.reason) == ("SMF 17", "")
    office.clock.advance(timedelta(minutes=5))
    cases.mark_simfoni(ani, case.case_id, is_entered=False, reason="Yang dimasukkan ternyata kasus lain.")
    acts = cases.timeline(ani, case.case_id).content.acts
    assert [(each.what, each.actor_name, each.said) for each in acts] == [
        ("simfoni_entry", "Ani", "SMF 17"), ("simfoni_entry", "Ani", "SMF 18 · Nomornya salah ketik satu angka."),
        ("simfoni_taken_back", "Ani", "Yang dimasukkan ternyata kasus lain.")]


@pytest.mark.parametrize(("role", "name", "refusal"), [
    ("case_manager", "", errors.NotAllowed), ("companion", "asing", errors.NotAllowed), ("auditor", "", errors.NotAllowed),
    ("intake_operator", "asing", errors.NotFound)])
def test_nobody_else_marks(office: Office, case: CompletionResult, role: str, name: str, refusal: type[errors.EngineError]) -> None:
    with pytest.raises(refusal):
        office.engine.cases.mark_simfoni(office.actor(role, name=name), case.case_id, entered_at=office.clock.now())
    with pytest.raises(errors.NotFound):
        office.engine.cases.mark_simfoni(office.stranger(), case.case_id, entered_at=office.clock.now())


def test_who_took_the_case_in_may_mark_it(office: Office, case: CompletionResult) -> None:
    office.engine.cases.mark_simfoni(office.actor("intake_operator"), case.case_id, entered_at=office.clock.now(), reference="SMF 1")
    assert sheet(office, office.actor("case_manager"), case).marks[0].reference == "SMF 1"
    assert not sheet(office, office.actor("case_manager"), case).may_enter


def test_who_entered_a_case_is_no_outsider_of_it(office: Office, case: CompletionResult) -> None:
    head, data = office.actor("head_of_unit"), office.actor("data_staff")
    sheet(office, data, case)
    assert ("data_staff",) in {each.roles or (each.who,) for each in office.engine.audit.access_log(head, case.case_id).outsiders}
    office.engine.cases.mark_simfoni(data, case.case_id, entered_at=office.clock.now())
    assert office.engine.audit.access_log(head, case.case_id).outsiders == ()
