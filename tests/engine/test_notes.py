"""Notes of a case: who may write and read which, what stays of what was written, what a rebuild and a stranger make of it."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import errors
from engine.results import ReplayVerdict
from tests.support import office as offices
from tests.support.office import Office

PDF = {"content": b64encode(b"%PDF-1.7 rekaan").decode()}


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def write(office: Office, actor, case_id: str, **more: Any) -> int:
    given = {"kind": "contact", "sensitivity": "C3", "text": "Bertemu di tempat aman.", **more}
    return office.engine.cases.write_note(actor, case_id, **given)


def test_a_note_is_written_anew_and_the_old_one_stays(office):
    case_id, manager = office.start().case_id or "", office.actor("case_manager")
    number = write(office, manager, case_id, idempotency_key="sekali")
    assert write(office, manager, case_id, idempotency_key="sekali") == number, "a double click is one note"
    office.clock.advance(timedelta(minutes=5))
    write(office, manager, case_id, text="Bertemu; minta dihubungi malam.", of=number)

    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case_id)
    (note,) = office.engine.cases.notes(manager, case_id).content
    assert [each.text for each in note.versions] == ["Bertemu; minta dihubungi malam.", "Bertemu di tempat aman."]
    assert note.may_revise
    other = office.actor("head_of_unit")
    assert not office.engine.cases.notes(other, case_id).content[0].may_revise
    for wrong in (number, 99):
        with pytest.raises(errors.NotFound):
            write(office, other, case_id, of=wrong)


def test_a_note_and_its_file_are_for_who_sees_their_class(office):
    case_id, sari = office.start().case_id or "", office.hire("Sari", "companion")
    office.engine.cases.assign_owner(office.actor("head_of_unit"), case_id, sari.account_id)
    write(office, sari, case_id, sensitivity="C4", file=PDF)
    (note,) = office.engine.cases.notes(sari, case_id).content
    document = note.versions[0].document_id
    assert office.engine.cases.get_document(sari, document)[1] == b"%PDF-1.7 rekaan"
    auditor = office.actor("auditor")
    assert office.engine.cases.notes(auditor, case_id).content == ()
    assert document not in {each.id for each in office.engine.cases.documents(auditor, case_id).content}
    other = office.actor("supervisor", name="lain")  # sees C3 of cases of others, not C4
    assert office.engine.cases.notes(other, case_id).content == ()
    with pytest.raises(errors.NotFound):
        office.engine.cases.get_document(other, document)


def test_a_file_is_what_its_first_bytes_say(office):
    case_id, manager = office.start().case_id or "", office.actor("case_manager")
    for wrong in ({"file": {"content": b64encode(b"<script>").decode()}}, {"text": " "}, {"kind": "rumor"}, {"sensitivity": "C1"}):
        with pytest.raises(errors.InvalidSubmission) as refused:
            write(office, manager, case_id, **wrong)
        assert set(refused.value.problems) == set(wrong)
    assert office.engine.cases.notes(manager, case_id).content == ()


def test_nobody_writes_about_a_case_that_is_not_theirs(office):
    started = office.start()
    for actor in (office.actor("companion", name="asing"), office.stranger()):
        with pytest.raises(errors.NotFound):
            write(office, actor, started.case_id or "")
    with pytest.raises(errors.NotAllowed):
        write(office, office.actor("auditor"), started.case_id or "")
    assert office.engine.audit.replay(office.actor("auditor"), started.instance_id).verdict is ReplayVerdict.CONFIRMED
