"""Scenarios are part of a draft's check: played once, kept, and what goes otherwise hinders until it is mended, written anew or accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine import Engine, errors, scenario_board, scenario_check, sop_refusals
from engine.lint import guarded
from engine.scenario_file import ScenarioUnreadable, read_scenario
from engine.scenario_results import PlayedScenario, ScenarioBoard, Went
from engine.types import Severity
from storage import scenario_runs
from tests.engine.test_publishing import Bureau, checked_once
from tests.support import office as offices

A01, A31, A33 = "a01_rujukan_kesehatan", "persetujuan_ditolak", "a33_sop_diubah_di_tengah_jalan"
LATER = "Tenggat sengaja dipercepat"
STORY = offices.story(A01)
HANDED_OVER = "Merujuk/ melimpahkan penerima manfaat dan menyerahkan dokumen"


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("stories")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "lint_guarded", checked_once)
        opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}", bundle=offices.with_stories(A01, A31, A33))
        yield Bureau(opened)
        opened.database.close()


def states(board: ScenarioBoard) -> dict[str, str]:
    return {one.name: one.state.value for one in board.scenarios}


def propose(bureau: Bureau, draft_id: str, **accepted: str) -> Any:
    revision = bureau.sops.draft(bureau.owner, draft_id).summary.revision
    return bureau.sops.propose(bureau.owner, draft_id, decree="188/12/2026", effective_from=bureau.today, reason="Mempercepat",
                               expected_revision=revision, accepted=accepted)


def played(patch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is played from now on."""
    names: list[str] = []
    play = scenario_board.play

    def listen(setting: Any, stories: Any, **more: Any) -> Any:
        names.extend(stories)
        return play(setting, stories, **more)

    patch.setattr(scenario_board, "play", listen)
    return names


def test_what_goes_otherwise_hinders_until_it_is_written_anew(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    names, draft = played(monkeypatch), bureau.draft()
    draft_id = draft.summary.id
    board = bureau.sops.scenarios(bureau.owner, draft_id)
    assert states(board) == {A01: "", A31: "", A33: "changes_sop"} and board.waiting == 2 and not board.flows
    assert {finding.severity for finding in board.findings} == {Severity.ADVICE}, "what is not yet played is played when it is proposed"
    with pytest.raises(sop_refusals.ScenarioUnaccepted) as refused:
        propose(bureau, draft_id)
    assert refused.value.ids["names"] == (A01,) and sorted(names) == [A01, A31]

    board = bureau.sops.scenarios(bureau.head, draft_id)
    assert states(board) == {A01: "otherwise", A31: "as_written", A33: "changes_sop"} and board.flows > len(board.untaken) > 0
    (finding,) = board.findings
    assert (finding.code, finding.severity, finding.file) == ("scenario-otherwise", Severity.RULE, f"scenarios/{A01}.toml")
    assert [each.what for each in board.hindering[0].differences] == ["due", "verdict"] and not board.hindering[0].stopped

    with pytest.raises(errors.StaleRevision):
        bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01], expected_revision=1)
    for names_of_others in ([], [A31], [A01, A31], ["tidak-ada"]):
        with pytest.raises(errors.NotFound):
            bureau.sops.write_scenarios_anew(bureau.owner, draft_id, names_of_others, expected_revision=2)
    assert bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01], expected_revision=2) == 3
    names.clear()
    proposal = propose(bureau, draft_id)
    assert names == [A01] and proposal.accepted == {}, "only what changed is played again"
    version = bureau.approve(bureau.head, proposal).deployment_id
    assert names == [A01], "whoever approves plays nothing again"
    files = bureau.sops.get(bureau.owner, version).files
    assert read_scenario(files[f"scenarios/{A01}.toml"]).steps[1].verdict == "late"
    assert files[f"scenarios/{A01}.toml"].splitlines()[0] == b"# Rujukan kesehatan, lurus: satu butir, risiko sedang, persetujuan sudah ada."


def test_it_is_accepted_by_name_with_a_reason_which_the_version_keeps(bureau: Bureau) -> None:
    draft_id = bureau.draft((b">PT10M<", b">PT15M<"), (b'"10 menit"', b'"15 menit"')).summary.id
    for accepted in ({}, {A01: "   "}, {A31: LATER}):
        with pytest.raises(sop_refusals.ScenarioUnaccepted):
            propose(bureau, draft_id, **accepted)
    with pytest.raises(errors.InvalidSubmission):
        propose(bureau, draft_id, **{A01: "x" * 2001})
    proposal = propose(bureau, draft_id, **{A01: LATER, A31: LATER, "tidak_ada": "x"})
    hindering = {one.name for one in bureau.sops.scenarios(bureau.head, draft_id).hindering}
    assert A01 in hindering and proposal.accepted == dict.fromkeys(hindering, LATER), "only what is needed"

    bureau.office.executor.run(bureau.owner, lambda context: scenario_runs.forget(
        context.uow, bureau.owner.agency_id, before=context.now + timedelta(days=1)))
    assert bureau.sops.scenarios(bureau.head, draft_id).played_at is None, "it may be thrown away"
    version = bureau.approve(bureau.head, proposal).deployment_id
    found = [each for each in bureau.sops.get(bureau.owner, version).findings if each.file == f"scenarios/{A01}.toml"]
    assert [(each.severity, each.instead.id) for each in found] == [(Severity.ADVICE, f"Diterima: {LATER}")]


def test_what_the_tables_of_another_day_turn_red_is_approved_by_nobody(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = propose(bureau, bureau.touched().summary.id, **{A01: LATER})
    monkeypatch.setattr(scenario_check, "play", lambda *_, **__: None)   # nothing is known by the tables of that day, and there is no time
    monkeypatch.setattr(scenario_board, "from_bytes", lambda name, _: scenario_board.Playing(scenario=PlayedScenario(name=name, source="")))
    with pytest.raises(sop_refusals.ScenarioUnaccepted) as refused:
        bureau.approve(bureau.head, proposal)
    assert refused.value.ids["names"] == (A31,)


def test_another_process_knows_what_one_has_played(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    draft_id = bureau.touched().summary.id
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    names = played(monkeypatch)
    other = Engine.open(bureau.office.engine.settings, clock=bureau.office.clock, operations=bureau.office.executor.operations)
    other.sops.play_scenarios(bureau.owner, draft_id)
    assert names == [] and other.sops.scenarios(bureau.owner, draft_id).waiting == 0
    same = bureau.sops.restore_revision(bureau.owner, draft_id, 1, expected_revision=1).summary.id
    assert other.sops.scenarios(bureau.owner, same).waiting == 0, "the same files are the same state"


def test_a_story_that_cannot_be_played_on_says_where_and_is_not_written_anew(bureau: Bureau) -> None:
    files = dict(bureau.sops.get(bureau.owner, bureau.newest.deployment_id).files)
    path = f"scenarios/{A01}.toml"
    files[path] = files[path].replace(b'complete = "hand_over_referral"', b'complete = "review_results"')
    files["scenarios/aneh.toml"] = b"source = 1\nstart = 2\n"
    draft = bureau.sops.save_draft(bureau.owner, files, based_on=bureau.newest.deployment_id)
    draft_id = draft.summary.id
    bureau.sops.play_scenarios(bureau.owner, draft_id)
    found = {one.name: one for one in bureau.sops.scenarios(bureau.owner, draft_id).scenarios}
    stopped = found[A01].stopped_at
    assert stopped is not None and (stopped.step, stopped.what, stopped.seen) == (3, "not-open", HANDED_OVER) and found[A01].anew is None
    assert found["aneh"].state is Went.UNREADABLE
    said = [*draft.findings, *bureau.sops.scenarios(bureau.owner, draft_id).findings]
    assert [one.code for one in said if one.file == "scenarios/aneh.toml"] == ["scenario-unreadable"], "one fault, one finding"
    with pytest.raises(errors.NotFound):
        bureau.sops.write_scenarios_anew(bureau.owner, draft_id, [A01], expected_revision=1)
    for name, refusal in (("aneh", ScenarioUnreadable), ("tidak-ada", errors.NotFound)):
        with pytest.raises(refusal):
            bureau.sops.take_up_scenario(bureau.owner, draft_id, name)
    trial_id = bureau.sops.take_up_scenario(bureau.owner, draft_id, A01)
    trial = Engine.open(bureau.office.engine.settings, clock=bureau.office.clock, operations=bureau.office.executor.operations).sops.trial(
        bureau.owner, trial_id)
    (work,) = trial.waiting()
    assert work.element_id == "hand_over_referral" and trial.now == STORY.steps[2].at, "it stands where the story stops, in any process"
    trial.submit(work.id, STORY.steps[2].submission)
    assert [step.complete for step in trial.told("x").steps if step.complete] == [step.complete for step in STORY.steps[:3]]
    with pytest.raises(errors.NotFound):
        bureau.sops.drop_scenario(bureau.owner, draft_id, "tidak-ada", expected_revision=1)
    assert bureau.sops.drop_scenario(bureau.owner, draft_id, "aneh", expected_revision=1) == 2
    assert bureau.sops.drop_scenario(bureau.owner, draft_id, A01, expected_revision=2) == 3
    told = [change.text.id for change in bureau.sops.draft(bureau.owner, draft_id).changes]
    assert any(words.startswith("Skenario dihapus") and A01 in words for words in told), "whoever approves sees that it is gone"
    assert propose(bureau, draft_id, **{A31: LATER}).state == "in_review"


def test_a_story_of_another_agency_goes_by_its_tables_and_hinders_nobody_here(bureau: Bureau) -> None:
    files = dict(bureau.sops.get(bureau.owner, bureau.newest.deployment_id).files)
    path = f"scenarios/{A31}.toml"
    files = {each: data for each, data in files.items() if not each.startswith("scenarios/")} | {
        path: b'agency = "depok"\n' + files[path].replace(b"on_time", b"late", 1), "scenarios/kami.toml": b'agency = "kalbar"\n' + files[path]}
    draft_id = bureau.sops.save_draft(bureau.owner, files, based_on=bureau.newest.deployment_id).summary.id
    assert propose(bureau, draft_id).accepted == {}
    board = bureau.sops.scenarios(bureau.owner, draft_id)
    assert states(board) == {A31: "elsewhere", "kami": "as_written"} and board.findings == () and board.scenarios[1].anew is None


def test_who_may(bureau: Bureau) -> None:
    draft_id, companion = bureau.touched().summary.id, bureau.office.actor("companion")
    for act in (lambda: bureau.sops.write_scenarios_anew(companion, draft_id, [A01], expected_revision=1),
                lambda: bureau.sops.drop_scenario(bureau.head, draft_id, A01, expected_revision=1),
                lambda: bureau.sops.play_scenarios(bureau.head, draft_id),
                lambda: bureau.sops.take_up_scenario(bureau.head, draft_id, A01)):
        with pytest.raises(errors.NotAllowed):
            act()
    for act in (lambda: bureau.sops.scenarios(bureau.office.stranger(), draft_id),
                lambda: bureau.sops.take_up_scenario(bureau.office.stranger(), draft_id, A01),
                lambda: bureau.sops.drop_scenario(bureau.office.stranger(), draft_id, A01, expected_revision=1)):
        with pytest.raises(errors.NotFound):
            act()
