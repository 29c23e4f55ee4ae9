"""Search before create: what is found and what is not said; the index follows the records and dies with the case key."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from engine import case_chain, errors, reasons
from engine.results import Anew
from storage import cases
from storage.schema.search import case_search
from tests.support import office as offices
from tests.support.office import KEY, Office

WHY = "Bukan orang yang sama: tanggal lahir dan alamatnya berbeda."


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def rows(office: Office) -> int:
    return office.executor.read(office.actor("head_of_unit"), lambda context: context.uow.execute(
        select(func.count()).select_from(case_search)).scalar_one())


def test_a_case_is_found_by_how_its_name_sounds_and_says_none(office):
    case_id = office.start({"full_name": "Siti Aisyah Rekaan"}).case_id or ""
    office.start({"full_name": "Budi Umpama"})
    operator = office.actor("intake_operator", name="lain")
    (found,) = office.engine.cases.likely(operator, name="Sitti Aisya")
    assert (found.case_id, found.why, found.may_read, found.score) == (case_id, ("name",), False, 60)
    assert "Aisyah" not in repr(found)
    assert office.engine.cases.likely(operator, name="Orang Lain") == ()
    assert office.engine.cases.likely(office.stranger(), name="Siti Aisyah") == (), "another agency's index is another's"
    log = office.engine.audit.access_log(office.actor("head_of_unit"), case_id, 1).page.rows
    assert [each.about for each in log] == ["part.search"]


def test_whom_a_conflict_shuts_out_finds_nothing(office):
    case_id, tono = office.start({"full_name": "Siti Aisyah"}).case_id or "", office.hire("Tono", "intake_operator")
    assert office.engine.cases.likely(tono, name="Siti Aisyah")
    office.engine.cases.declare_conflict(office.actor("head_of_unit"), case_id, tono.account_id, reason="Saudara kandung dari terlapor.")
    assert office.engine.cases.likely(tono, name="Siti Aisyah") == ()
    with pytest.raises(errors.NotFound):
        office.engine.cases.ask_access(tono, case_id, reason=WHY)


def test_nothing_that_tells_one_person_from_others_is_no_question(office):
    for asked in ({}, {"birth_year": "1995"}, {"name": "Hj."}, {"nik": "123"}):
        with pytest.raises(errors.InvalidSubmission):
            office.engine.cases.likely(office.actor("intake_operator"), **asked)
    with pytest.raises(errors.NotAllowed):
        office.engine.cases.likely(office.actor("auditor"), name="Siti Aisyah")


def test_cases_from_before_there_was_an_index_are_put_into_it_once(office):
    case_id = office.start({"full_name": "Siti Aisyah"}).case_id or ""
    office.start({"full_name": "Budi Umpama"})
    before, operator = rows(office), office.engine.people.operator("kalbar")
    office.executor.run(operator, lambda context: context.uow.execute(delete(case_search)))
    assert office.engine.cases.likely(office.actor("intake_operator"), name="Siti Aisyah") == ()
    assert office.engine.cases.index_older(operator) == 2 and rows(office) == before
    assert office.engine.cases.index_older(operator) == 0
    assert [each.case_id for each in office.engine.cases.likely(office.actor("intake_operator"), name="Siti Aisyah")] == [case_id]
    with pytest.raises(errors.NotAllowed):
        office.engine.cases.index_older(office.actor("head_of_unit"))


def test_the_index_is_made_again_with_the_records_and_dies_with_the_key(office):
    case_id = office.start({"full_name": "Siti Aisyah"}).case_id or ""
    before = rows(office)
    assert before >= 2
    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case_id)
    assert rows(office) == before and office.engine.cases.likely(office.actor("intake_operator"), name="Siti Aisyah")
    office.executor.run(office.actor("head_of_unit"), lambda context: cases.destroy_key(context.uow, case_id))
    assert rows(office) == 0


def test_who_answers_for_the_case_is_asked_by_code_and_the_reason_is_logged(office):
    case_id, sari = office.start().case_id or "", office.hire("Sari", "companion")
    head, operator = office.actor("head_of_unit"), office.actor("intake_operator", name="lain")
    office.engine.cases.assign_owner(head, case_id, sari.account_id)
    with pytest.raises(reasons.ReasonWanted):
        office.engine.cases.ask_access(operator, case_id, reason="ya")
    office.engine.cases.ask_access(operator, case_id, reason=WHY)
    assert "access_asked" in {each.code for each in office.engine.people.notices(sari)}
    assert WHY in {each.why for each in office.engine.audit.access_log(head, case_id, 1).page.rows}


def test_why_a_new_case_was_made_is_kept_with_it(office):
    like = office.start().case_id or ""
    given = {**offices.story("a01_rujukan_kesehatan").submission, "received_at": office.clock.now(), "victim_reported_at": office.clock.now()}
    operator = office.actor("intake_operator")
    with pytest.raises(reasons.ReasonWanted):
        office.engine.cases.start(operator, KEY, submission=given, anew=Anew(reason="", alike=(like,)))
    made = office.engine.cases.start(operator, KEY, submission=given, anew=Anew(reason=WHY, alike=(like,))).case_id or ""
    (entry,) = office.executor.read(operator, lambda context: case_chain.read(context, cases.get(context.uow, made)))
    assert (entry.kind, entry.content["reason"], entry.content["alike"]) == ("made_anew", WHY, [like])
    assert office.engine.audit.rebuild(office.engine.people.operator("kalbar"), made)
