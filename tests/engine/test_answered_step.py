"""A step that is new to all stories is answered once; they are written anew with it, or without one that is gone, and go as written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine import errors
from engine.draft_edits import StepAnswer
from engine.lint import guarded
from engine.scenario_file import read_scenario
from engine.scenario_results import Otherwise, ScenarioBoard
from tests.engine.test_publishing import Bureau, checked_once
from tests.engine.test_scenario_check import propose, states
from tests.support import new_step
from tests.support import office as offices
from tests.support.new_step import BEFORE, DIAGRAM, NAME, STEP

A01, A27, A31 = "a01_rujukan_kesehatan", "a27_tanpa_penyelenggara", "persetujuan_ditolak"
QUARTER = timedelta(minutes=15)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("answered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "lint_guarded", checked_once)
        opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}", bundle=offices.with_stories(A01, A27, A31))
        yield Bureau(opened)
        opened.database.close()


def answer(after: timedelta = timedelta(0), **submission: object) -> StepAnswer:
    return StepAnswer(element_id=STEP, submission=submission or {"opinion": "Puas"}, after=after)


def begun(bureau: Bureau, *, note: bytes = b"") -> str:
    """A draft with the new step, its stories played; its id."""
    files = new_step.with_new_step(bureau.sops.get(bureau.owner, bureau.newest.deployment_id).files)
    files[DIAGRAM] += note   # another draft, and not the files that were played before
    draft_id = bureau.sops.save_draft(bureau.owner, files, based_on=bureau.newest.deployment_id).summary.id
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    return draft_id


def board(bureau: Bureau, draft_id: str) -> ScenarioBoard:
    return bureau.sops.scenarios(bureau.owner, draft_id)


def test_a_new_step_is_answered_once_for_every_story_that_stops_there(bureau: Bureau) -> None:
    draft_id = begun(bureau)
    (step, stopped), = board(bureau, draft_id).unanswered.items()
    assert step == STEP and [one.name for one in stopped] == [A01, A27] and all(one.anew is None for one in stopped)
    asked = bureau.sops.unanswered_step(bureau.owner, draft_id, STEP)
    assert (asked.name, asked.role, [one.name for one in asked.scenarios]) == (NAME, "case_manager", [A01, A27])
    assert asked.form is not None and [field.key for field in asked.form.fields] == ["opinion", "asked_again"]

    for refused in ({"opinion": ""}, {"lain": "x"}):
        with pytest.raises(errors.InvalidSubmission) as why:
            bureau.sops.play_with_answer(bureau.owner, draft_id, [A01, A27], answer(**refused))
        assert A01 in why.value.problems[""][0], "it says which story"
    with pytest.raises(errors.NotFound):
        bureau.sops.play_with_answer(bureau.owner, draft_id, [A01, A31], answer())

    went = bureau.sops.play_with_answer(bureau.owner, draft_id, [A01, A27], answer(QUARTER))
    assert states(went) == {A01: "otherwise", A27: "otherwise"} and not any(one.stopped for one in went.scenarios)
    differences = went.scenarios[0].differences
    put_in = next(each for each in differences if each.what == "put-in")
    assert (put_in.step, put_in.name, put_in.written, str(put_in.seen)) == (10, NAME, "case_manager", "2026-11-24 11:35:00+07:00")
    (due,) = [each for each in differences if each.what == "due"]
    assert due.seen - due.written == QUARTER, "what it delays is told"
    assert board(bureau, draft_id).unanswered, "nothing of the draft changed"

    revision = bureau.sops.draft(bureau.owner, draft_id).summary.revision
    with pytest.raises(errors.NotFound):
        bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01], answer=answer(), expected_revision=revision)   # was not played so
    bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01, A27], answer=answer(QUARTER), expected_revision=revision)
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    assert states(board(bureau, draft_id)) == dict.fromkeys((A01, A27, A31), "as_written")


def test_a_story_waits_for_no_longer_than_it_goes_on(bureau: Bureau) -> None:
    draft_id = begun(bureau, note=b"<!-- a day -->")
    went = bureau.sops.play_with_answer(bureau.owner, draft_id, [A01], answer(timedelta(days=30)))
    (put_in,) = [each for each in went.scenarios[0].differences if each.what == "put-in"]
    assert put_in.seen == offices.story(A01).steps[9].at


def test_a_step_that_is_gone_is_left_out(bureau: Bureau) -> None:
    files = new_step.without_a_step(bureau.sops.get(bureau.owner, bureau.newest.deployment_id).files)
    draft_id = bureau.sops.save_draft(bureau.owner, files, based_on=bureau.newest.deployment_id).summary.id
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    found = {one.name: one for one in board(bureau, draft_id).scenarios}
    assert not found[A01].stopped and found[A01].anew is not None and found[A01].is_kept_whole
    assert Otherwise(step=9, what="gone", name="Memutuskan intervensi layanan selesai") in found[A01].differences, "as it was called"
    told = read_scenario(found[A01].anew)
    assert [step.complete for step in told.steps] == [step.complete for step in offices.story(A01).steps if step.complete != BEFORE]
    bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01, A27], expected_revision=1)
    assert propose(bureau, draft_id).accepted == {}


def test_of_two_new_steps_one_is_answered_after_the_other(bureau: Bureau) -> None:
    files = new_step.with_new_step(bureau.sops.get(bureau.owner, bureau.newest.deployment_id).files)
    files = new_step.with_new_step(files, "once_more", behind=STEP)
    draft_id = bureau.sops.save_draft(bureau.owner, files, based_on=bureau.newest.deployment_id).summary.id
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    for revision, step in enumerate((STEP, "once_more"), start=1):
        assert A01 in [one.name for one in board(bureau, draft_id).unanswered[step]]
        given = StepAnswer(element_id=step, submission={"opinion": "Puas"})
        went = bureau.sops.play_with_answer(bureau.owner, draft_id, [A01], given)
        assert went.scenarios[0].stopped is (step == STEP) and went.scenarios[0].anew is not None
        bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01], answer=given, expected_revision=revision)
        bureau.sops.play_scenarios(bureau.owner, draft_id)
    assert states(board(bureau, draft_id))[A01] == "as_written"


def test_who_may(bureau: Bureau) -> None:
    draft_id = begun(bureau, note=b"<!-- who -->")
    for act in (lambda: bureau.sops.unanswered_step(bureau.head, draft_id, STEP),
                lambda: bureau.sops.play_with_answer(bureau.head, draft_id, [A01], answer())):
        with pytest.raises(errors.NotAllowed):
            act()
    with pytest.raises(errors.NotFound):
        bureau.sops.unanswered_step(bureau.owner, draft_id, "approve_case_report")
    with pytest.raises(errors.NotFound):
        bureau.sops.unanswered_step(bureau.office.stranger(), draft_id, STEP)
