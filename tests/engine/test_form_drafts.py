"""Drafts of forms that are no tasks: their writer's alone, sealed under the case's key, in no journal, gone when the form is sent."""

from __future__ import annotations

from typing import Any

import pytest

from engine import errors
from storage import journal
from tests.support import office as offices
from tests.support.office import Office

CANARY = "Ketikan ZQ-0007"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("office")
    opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield opened
    opened.database.close()


def entries(office: Office, case_id: str) -> int:
    with office.database.reading() as uow:
        return len(journal.places(uow, case_id))


def test_a_notes_draft_is_its_writers_alone_and_gone_when_it_is_sent(office: Office) -> None:
    case, cases = office.start(), office.engine.cases
    assert case.case_id is not None
    manager, other = office.actor("case_manager"), office.actor("case_manager", name="lain")
    before = entries(office, case.case_id)
    typed = {"text": CANARY, "file": {"content": "UERG"}}
    saved_at = cases.save_form_draft(manager, case.case_id, "note", typed)
    assert cases.form_draft(manager, case.case_id, "note") == (typed, saved_at)
    for actor, form in ((other, "note"), (manager, "note:1"), (manager, "correction:x:1")):
        assert cases.form_draft(actor, case.case_id, form) == ({}, None)
    assert entries(office, case.case_id) == before
    assert CANARY.encode() not in b"".join(file.read_bytes() for file in office.engine.settings.data_dir.glob("kawal.db*"))
    cases.save_form_draft(other, case.case_id, "note", typed)
    cases.write_note(manager, case.case_id, kind="visit", sensitivity="C2", text="Sudah ditulis.")
    assert cases.form_draft(manager, case.case_id, "note") == ({}, None)
    assert cases.form_draft(other, case.case_id, "note")[0] == typed
    cases.drop_form_draft(other, case.case_id, "note")
    cases.drop_form_draft(other, case.case_id, "note")
    assert cases.form_draft(other, case.case_id, "note") == ({}, None)


def test_who_may_not_fill_a_form_in_has_no_draft_of_it(office: Office) -> None:
    case, cases = office.start(), office.engine.cases
    assert case.case_id is not None
    for actor, form in ((office.stranger(), "note"), (office.actor("auditor"), "note"), (office.actor("auditor"), "answer:x"),
                        (office.actor("case_manager"), "action:nowhere"), (office.actor("case_manager"), "anything"),
                        (office.actor("case_manager"), "note:" + "9" * 300)):
        with pytest.raises((errors.NotFound, errors.NotAllowed)):
            cases.save_form_draft(actor, case.case_id, form, {"text": CANARY})
        with pytest.raises((errors.NotFound, errors.NotAllowed)):
            cases.form_draft(actor, case.case_id, form)


def test_a_correction_and_a_session_take_their_drafts_away(office: Office) -> None:
    case, cases, head = office.start(), office.engine.cases, office.hire("Kepala", "head_of_unit", "supervisor")
    assert case.case_id is not None
    detail = cases.filing(head, case.case_id, case.instance_id, 1)
    form = cases.correction_form(head, case.case_id, case.instance_id, 1)
    assert [field.key for field in form.fields] == [field.key for field in detail.form.fields]
    assert not any(field.value for field in form.fields)
    name = f"correction:{case.instance_id}:1"
    cases.save_form_draft(head, case.case_id, name, {"needs": CANARY, "correction.seen": 1})
    typed = {field.key: field.value for field in detail.form.fields if field.value is not None} | {"needs": "Kebutuhan lain"}
    cases.correct(head, case.case_id, case.instance_id, 1, typed, reason="Salah tulis saat penerimaan.", seen=detail.last_seq)
    assert cases.form_draft(head, case.case_id, name) == ({}, None)
    notes, sari = office.engine.supervision, office.hire("Sari", "companion")
    notes.save_draft(head, {"advice": CANARY})
    assert notes.draft(head)[0] == {"advice": CANARY} and CANARY not in str(notes.draft(office.hire("Bima", "supervisor")))
    with pytest.raises(errors.NotAllowed):
        notes.save_draft(sari, {"advice": CANARY})
    notes.write(head, sari.account_id, held_on=office.clock.now().date(), advice="Istirahat dulu.")
    assert notes.draft(head) == ({}, None)
