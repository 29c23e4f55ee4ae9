"""Corrections: old and new stay readable, steering waits for a second person and is never rewritten, letters are void, replay holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import errors, reasons
from engine.casefile import kept
from engine.commands import corrections, reissue
from engine.replay import replay_pack
from engine.results import ReplayVerdict
from storage import cases as case_rows
from storage import instances as instance_rows
from tests.support import office as offices

WHY = "Tertulis salah saat penerimaan malam hari."


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def case(office):
    """A01 up to the handing over: the letter of referral is issued."""
    return office.follow("a01_rujukan_kesehatan", until="hand_over_referral")


def head(office):
    return office.actor("head_of_unit")


def intake(office, case, actor=None):
    """The start form as it stands: its detail and its answers as the page would send them back."""
    actor = actor or head(office)
    (row,) = [each for each in office.engine.cases.filings(actor, case.case_id) if each.seq == 1]
    detail = office.engine.cases.filing(actor, case.case_id, row.instance_id, row.seq)
    return detail, {field.key: field.value for field in detail.form.fields if field.value is not None}


def correct(office, case, actor, changes, *, reason=WHY, seen=None, **more):
    detail, typed = intake(office, case, actor)
    return office.engine.cases.correct(actor, case.case_id, detail.row.instance_id, 1, {**typed, **changes}, reason=reason,
                                       seen=detail.last_seq if seen is None else seen, **more)


def records(office, case, name):
    def query(context):
        row = case_rows.get(context.uow, case.case_id)
        key = context.case_key(row.id, row.wrapped_key)
        return [(each.version, each.seq, kept.opened(key, each)) for each in case_rows.records(context.uow, row.id, record=name)]

    return office.executor.read(head(office), query)


def instance(office, case):
    return office.executor.read(head(office), lambda context: instance_rows.get(context.uow, case.instance_id))


def steering(office, case):
    return dict(office.executor.read(head(office), lambda context: context.instance(case.instance_id).view.variables))


def test_a_correction_is_a_new_version_and_the_old_one_stays(office, case):
    before = records(office, case, "identification")
    state = instance(office, case)
    office.clock.advance(timedelta(hours=2))
    operator = office.actor("intake_operator")
    shown = office.engine.cases.differences(operator, case.case_id, case.instance_id, 1, {
        **intake(office, case, operator)[1], "incident_place": "school"})
    assert [(each.before.key, each.now.value, each.steers) for each in shown] == [("incident_place", "school", False)]
    result = correct(office, case, operator, {"incident_place": "school"}, idempotency_key="one")
    assert not result.waits
    after = records(office, case, "identification")
    assert after[:-1] == before and after[-1][0] == before[-1][0] + 1 and after[-1][1] == result.seq
    assert after[-1][2] == {**before[-1][2], "incident_place": "school"}
    detail, _typed = intake(office, case)
    assert [(each.status, each.reason) for each in detail.versions] == [("first", ""), ("counts", WHY)]
    looks_on = office.engine.cases.filing(office.actor("auditor"), case.case_id, case.instance_id, 1)
    assert not looks_on.row.may_correct and [(each.actor_name, each.reason) for each in looks_on.versions] == [("", ""), ("", "")]
    places = [next(field.value for field in each.fields if field.key == "incident_place") for each in detail.versions]
    assert places[0] != "school" and places[1] == "school"
    now = instance(office, case)
    assert (now.status, now.seq) == (state.status, result.seq)
    (line,) = [each for each in office.engine.audit.history(head(office), case.instance_id) if each.happened == "correct"]
    assert line.element_name and line.seq == result.seq


def test_letters_that_say_the_old_answer_are_void_and_keep_their_numbers(office, case):
    letters = {each.code: each for each in office.engine.cases.get(head(office), case.case_id).documents}
    assert letters["F10"].status == "issued"
    result = correct(office, case, head(office), {"needs": "Visum, lalu pendampingan."})
    assert "F10" in {each.code for each in result.voided}
    after = {each.id: each for each in office.engine.cases.get(head(office), case.case_id).documents}
    assert after[letters["F10"].id].status == "void" and after[letters["F10"].id].number == letters["F10"].number
    assert {each.status for each in after.values() if each.code == "LAMPIRAN"} <= {"issued"}


def test_a_void_letter_is_written_again_once_with_a_number_of_its_own(office, case):
    def letters():
        return [each for each in office.engine.cases.get(head(office), case.case_id).documents if each.code == "F10"]

    (void,) = letters()
    with pytest.raises(errors.NotFound):
        office.engine.cases.issue_again(office.stranger(), case.case_id, void.id)
    office.engine.cases.issue_again(head(office), case.case_id, void.id)
    with pytest.raises(reissue.NotToBeWrittenAgain):
        office.engine.cases.issue_again(head(office), case.case_id, void.id)
    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case.case_id)  # the order outlives a rebuild
    office.scene.work()
    old, new = letters()
    assert (old.id, old.status, new.status) == (void.id, "void", "issued") and new.number and new.number != old.number
    with pytest.raises(reissue.NotToBeWrittenAgain):
        office.engine.cases.issue_again(head(office), case.case_id, void.id)
    with pytest.raises(reissue.NotToBeWrittenAgain):
        office.engine.cases.issue_again(head(office), case.case_id, new.id)
    correct(office, case, head(office), {"needs": "Visum, pendampingan, dan rumah aman."})
    office.engine.cases.issue_again(head(office), case.case_id, new.id)
    office.scene.work()
    assert [each.status for each in letters()] == ["void", "void", "issued"]


def test_an_answer_that_steered_waits_for_another_person_and_never_steers_again(office, case):
    variables = steering(office, case)
    before = records(office, case, "identification")
    asked = correct(office, case, office.actor("case_manager"), {"is_child": not variables["is_child"]})
    assert asked.waits and records(office, case, "identification") == before
    assert [(each.instance_id, each.seq) for each in office.engine.cases.corrections_waiting(head(office))] == [(case.instance_id, 1)]
    answer = office.engine.cases.answer_correction
    with pytest.raises(corrections.OwnCorrection):
        answer(office.actor("case_manager"), case.case_id, case.instance_id, asked.seq, is_accepted=True, reason=WHY)
    with pytest.raises(errors.NotAllowed):
        answer(office.actor("intake_operator"), case.case_id, case.instance_id, asked.seq, is_accepted=True, reason=WHY)
    with pytest.raises(corrections.CorrectedMeanwhile):
        correct(office, case, office.actor("intake_operator"), {"incident_place": "home"})
    answer(head(office), case.case_id, case.instance_id, asked.seq, is_accepted=True, reason="Akta kelahiran sudah diperiksa bersama.")
    assert records(office, case, "identification")[-1][2]["is_child"] is not variables["is_child"]
    assert steering(office, case) == variables
    assert office.engine.cases.corrections_waiting(head(office)) == ()
    with pytest.raises(corrections.CorrectedMeanwhile):
        answer(head(office), case.case_id, case.instance_id, asked.seq, is_accepted=False, reason="Sudah dijawab sebelum ini semua.")


def test_a_refused_correction_stays_readable_and_changes_nothing(office, case):
    before = records(office, case, "identification")
    asked = correct(office, case, office.actor("case_manager"), {"disaster": True})
    office.engine.cases.answer_correction(head(office), case.case_id, case.instance_id, asked.seq, is_accepted=False,
                                          reason="Tidak ada bukti yang mendukungnya.")
    assert records(office, case, "identification") == before
    detail, typed = intake(office, case)
    assert detail.versions[-1].status == "refused" and "disaster" not in typed


def test_what_is_refused(office, case):
    operator = office.actor("intake_operator")
    with pytest.raises(corrections.NothingCorrected):
        correct(office, case, operator, {})
    with pytest.raises(reasons.ReasonWanted):
        correct(office, case, operator, {"incident_place": "home"}, reason=".")
    with pytest.raises(corrections.CorrectedMeanwhile):
        correct(office, case, operator, {"incident_place": "home"}, seen=1)
    with pytest.raises(errors.InvalidSubmission):
        correct(office, case, operator, {"incident_place": "the moon"})
    with pytest.raises(errors.NotFound):
        correct(office, case, office.actor("companion", name="orang lain"), {"incident_place": "home"})
    with pytest.raises(errors.NotFound):
        office.engine.cases.filings(office.stranger(), case.case_id)
    other = office.start()
    with pytest.raises(errors.NotFound):  # an entry of another case, named through this one
        office.engine.cases.filing(head(office), case.case_id, other.instance_id, 1)
    with pytest.raises(errors.NotFound):
        office.engine.cases.correct(head(office), case.case_id, other.instance_id, 1, {}, reason=WHY, seen=1)


def test_names_are_corrected_only_while_they_are_shown(office, case):
    detail, typed = intake(office, case)
    assert "full_name" not in typed and "full_name" in {field.key for field in detail.closed}
    with pytest.raises(errors.InvalidSubmission):
        correct(office, case, head(office), {"full_name": "Tokoh Rekaan"})


def test_the_same_key_corrects_once(office, case):
    seen = intake(office, case)[0].last_seq
    first = correct(office, case, head(office), {"incident_place": "workplace"}, idempotency_key="twice", seen=seen)
    length = instance(office, case).seq
    detail, typed = intake(office, case)
    with pytest.raises(corrections.NothingCorrected):
        correct(office, case, head(office), {"incident_place": "workplace"})
    again = office.engine.cases.correct(head(office), case.case_id, detail.row.instance_id, 1, {**typed, "incident_place": "workplace"},
                                        reason=WHY, seen=seen, idempotency_key="twice")
    assert (again.seq, instance(office, case).seq) == (first.seq, length)


def test_after_the_end_too_and_replay_pack_and_rebuild_hold(office, case):
    office.engine.cases.cancel(head(office), case.instance_id, reason="uji akhir")
    ended = instance(office, case)
    summary = office.engine.cases.get(head(office), case.case_id).summary
    office.clock.advance(timedelta(days=3))
    correct(office, case, head(office), {"incident_place": "home"})
    after = instance(office, case)
    assert (after.ended_at, after.status) == (ended.ended_at, ended.status)
    assert office.engine.cases.get(head(office), case.case_id).summary.status == summary.status
    standing = {name: records(office, case, name) for name in ("identification", "plan", "statements")}
    auditor = office.actor("auditor")
    assert office.engine.audit.replay(auditor, case.instance_id).verdict is ReplayVerdict.CONFIRMED
    assert replay_pack(office.engine.audit.export_pack(auditor, case.instance_id)).verdict is ReplayVerdict.CONFIRMED
    office.engine.audit.rebuild(office.engine.people.operator("kalbar"), case.case_id)
    assert {name: records(office, case, name) for name in standing} == standing
    assert instance(office, case) == after
    told = office.engine.audit.steps(auditor, case.instance_id)[-1]
    assert told.kind == "correct" and told.element_id and told.submission
