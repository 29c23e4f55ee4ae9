"""What a form refuses in many stories, as a new mandatory question, is answered once; they are written anew with it and go as written."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

import pytest

from engine import errors
from engine.draft_edits import FormAnswer
from engine.lint import guarded
from engine.scenario_file import read_scenario
from engine.scenario_results import PlayedScenario, ScenarioBoard
from engine.types import Value
from tests.engine.test_publishing import Bureau, checked_once
from tests.engine.test_scenario_check import states
from tests.support import new_question
from tests.support import office as offices
from tests.support.new_question import QUESTION, WHY

A01, A27, A31 = "a01_rujukan_kesehatan", "a27_tanpa_penyelenggara", "persetujuan_ditolak"
FORM, START = "coordinate_provider", "receive_case"


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("answered")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "lint_guarded", checked_once)
        opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}", bundle=offices.with_stories(A01, A27, A31))
        yield Bureau(opened)
        opened.database.close()


def in_force(bureau: Bureau) -> Mapping[str, bytes]:
    return bureau.sops.get(bureau.owner, bureau.newest.deployment_id).files


def begun(bureau: Bureau, files: Mapping[str, bytes]) -> str:
    """A draft of these files, its stories played; its id."""
    draft_id: str = bureau.sops.save_draft(bureau.owner, files, based_on=bureau.newest.deployment_id).summary.id
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    return draft_id


def board(bureau: Bureau, draft_id: str) -> ScenarioBoard:
    found: ScenarioBoard = bureau.sops.scenarios(bureau.owner, draft_id)
    return found


def answer(form: str = FORM, **submission: Value) -> FormAnswer:
    return FormAnswer(form=form, submission=submission)


def played(bureau: Bureau, draft_id: str, names: list[str], given: FormAnswer) -> tuple[PlayedScenario, ...]:
    found: ScenarioBoard = bureau.sops.play_with_answer(bureau.owner, draft_id, names, given)
    return found.scenarios


def new_lines(before: bytes, after: bytes | None) -> list[str]:
    assert after is not None
    return [line[2:] for line in difflib.ndiff(before.decode().splitlines(), after.decode().splitlines()) if line.startswith("+ ")]


def test_a_new_question_is_answered_once_wherever_a_story_fills_in_its_form(bureau: Bureau) -> None:
    files = new_question.with_questions(in_force(bureau), FORM, QUESTION)
    draft_id = begun(bureau, files)
    (form, stopped), = board(bureau, draft_id).refusing.items()
    assert form == FORM and [one.name for one in stopped] == [A01, A27] and not board(bureau, draft_id).unanswered
    asked = bureau.sops.unanswered_form(bureau.owner, draft_id, FORM)
    assert [one.name for one in asked.scenarios] == [A01, A27] and [field.key for field in asked.form.fields] == ["urgency"]

    for refused in (None, "yesterday"):
        with pytest.raises(errors.InvalidSubmission) as why:
            played(bureau, draft_id, [A01, A27], answer(urgency=refused))
        assert why.value.problems.keys() == {"urgency", ""} and A01 in why.value.problems[""][0], "the field, and the story"
    with pytest.raises(errors.NotFound):
        played(bureau, draft_id, [A01, A31], answer(urgency="soon"))

    once, twice = played(bureau, draft_id, [A01, A27], answer(urgency="soon"))
    assert [(each.step, each.name, each.written, each.seen) for each in once.differences] == [(2, "urgency", None, "soon")]
    assert [each.step for each in twice.differences] == [2, 4] and not once.stopped and not twice.stopped
    assert once.is_kept_whole and twice.is_kept_whole
    assert [line[-20:] for line in new_lines(files[twice.file], twice.anew)] == [', urgency = "soon" }'] * 2, "nothing else changes"

    with pytest.raises(errors.NotFound):
        bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01], answer=answer(urgency="later"), expected_revision=1)
    bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01, A27], answer=answer(urgency="soon"), expected_revision=1)
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    assert states(board(bureau, draft_id)) == dict.fromkeys((A01, A27, A31), "as_written")


def test_a_new_question_of_the_start_form_and_one_of_a_step_are_answered_one_after_the_other(bureau: Bureau) -> None:
    files = new_question.with_questions(new_question.with_questions(in_force(bureau), START, QUESTION), FORM, QUESTION)
    draft_id = begun(bureau, files)
    assert {form: len(stopped) for form, stopped in board(bureau, draft_id).refusing.items()} == {START: 3}
    first = answer(START, urgency="later")
    stopping, _, ending = played(bureau, draft_id, [A01, A27, A31], first)
    assert (stopping.stopped, ending.stopped) == (True, False) and stopping.anew is not None and ending.anew is not None
    (line,) = new_lines(files[ending.file], ending.anew)
    assert line.endswith(', urgency = "later" }') and read_scenario(ending.anew).submission["urgency"] == "later"
    bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01, A31], answer=first, expected_revision=1)
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    assert {form: [one.name for one in stopped] for form, stopped in board(bureau, draft_id).refusing.items()} == {FORM: [A01], START: [A27]}
    (last,) = played(bureau, draft_id, [A01], answer(urgency="soon"))
    assert not last.stopped and last.anew is not None


def test_what_an_answer_brings_up_is_asked_with_it(bureau: Bureau) -> None:
    draft_id = begun(bureau, new_question.with_questions(in_force(bureau), FORM, QUESTION, WHY))
    assert [field.key for field in bureau.sops.unanswered_form(bureau.owner, draft_id, FORM).form.fields] == ["urgency", "why"]
    with pytest.raises(errors.InvalidSubmission) as refused:
        played(bureau, draft_id, [A01], answer(urgency="soon", why=None))
    assert "why" in refused.value.problems
    (both,) = played(bureau, draft_id, [A01], answer(urgency="soon", why="Luka"))
    (one,) = played(bureau, draft_id, [A01], answer(urgency="later", why="Luka"))
    assert [each.name for each in both.differences] == ["urgency", "why"] and [each.name for each in one.differences] == ["urgency"]


def test_an_option_that_is_gone_is_chosen_anew_where_it_was_chosen(bureau: Bureau) -> None:
    form = "decide_intervention_complete"
    files = new_question.without_option(in_force(bureau), form, "termination_reason", "goals_met")
    draft_id = begun(bureau, files)
    asked = bureau.sops.unanswered_form(bureau.owner, draft_id, form)
    (field,) = asked.form.fields
    assert field.key == "termination_reason" and "goals_met" not in dict(field.options)
    other = field.options[0][0]
    (went,) = played(bureau, draft_id, [A01], answer(form, termination_reason=other))
    assert [(each.written, each.seen) for each in went.differences] == [("goals_met", other)] and went.is_kept_whole
    assert len(new_lines(files[went.file], went.anew)) == 1


def test_a_voluntary_answer_that_no_longer_fits_may_be_left_out(bureau: Bureau) -> None:
    path, why = f"scenarios/{A01}.toml", {**WHY, "required": False}
    files = new_question.with_questions(in_force(bureau), FORM, {**QUESTION, "required": False}, why)
    told = files[path].replace(b'provider_answer = "accepted" }', b'provider_answer = "accepted", urgency = "never" }')
    draft_id = begun(bureau, {**files, path: told})
    assert [field.key for field in bureau.sops.unanswered_form(bureau.owner, draft_id, FORM).form.fields] == ["urgency"], "no voluntary one"
    (went,) = played(bureau, draft_id, [A01], answer(urgency=None))
    assert [(each.what, each.written, each.seen) for each in went.differences] == [("answered", "never", None)]
    assert went.anew == files[path], "as it was without that answer"


def test_a_step_that_a_story_says_is_refused_stays_refused(bureau: Bureau) -> None:
    path = f"scenarios/{A01}.toml"
    files = new_question.with_questions(in_force(bureau), FORM, QUESTION)
    refused = (b'[[step]]\ncomplete = "coordinate_provider"\nas = "case_manager"\nat = 2026-11-10T08:39:00+07:00\n'
               b'with = { provider = "RSUD A", provider_kind = "health", provider_answer = "accepted" }\nrefuse = "invalid-submission"\n')
    second = files[path].index(b"[[step]]", files[path].index(b"[[step]]") + 1)
    draft_id = begun(bureau, {**files, path: files[path][:second] + refused + b"\n" + files[path][second:]})
    (went,) = played(bureau, draft_id, [A01], answer(urgency="soon"))
    assert [(each.step, each.what) for each in went.differences] == [(3, "answered")]


def test_what_a_form_no_longer_asks_is_no_question(bureau: Bureau) -> None:
    path, files = f"scenarios/{A31}.toml", in_force(bureau)
    draft_id = begun(bureau, {**files, path: files[path].replace(b"with = { ", b"with = { gone = 1, ")})
    assert board(bureau, draft_id).scenarios[2].stopped and board(bureau, draft_id).refusing == {}


def test_who_may(bureau: Bureau) -> None:
    draft_id = begun(bureau, new_question.with_questions(in_force(bureau), FORM, {**QUESTION, "key": "other"}))
    for act in (lambda: bureau.sops.unanswered_form(bureau.head, draft_id, FORM),
                lambda: bureau.sops.play_with_answer(bureau.head, draft_id, [A01], answer(other="soon"))):
        with pytest.raises(errors.NotAllowed):
            act()
    with pytest.raises(errors.NotFound):
        bureau.sops.unanswered_form(bureau.owner, draft_id, START)
    with pytest.raises(errors.NotFound):
        bureau.sops.unanswered_form(bureau.office.stranger(), draft_id, FORM)
