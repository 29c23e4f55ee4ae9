"""What a rehearsal finds, what it certainly went through, and where it is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import definitions, flow_coverage, rehearsal, scenario_board
from engine.bundle import SopBundle
from engine.directory.agencies import parameters_of
from engine.errors import RunawayProcess
from engine.lint import lint
from engine.rehearsal import OutOfTime, Setting
from engine.scenario import read_scenario
from engine.scenario_file import Scenario, Step
from engine.scenario_writing import written
from engine.sop_toml import read_agency
from engine.trial_story import StoryUntellable, ToldTrial
from tests.scenarios.runner import agency_calendar, play
from tests.support import bpmn, office
from webui import stage

SHEET = office.SOP.parent / "agency.toml"
OPERATIONS = ("case.number", "document.issue", "notice.send")
BUNDLE = SopBundle.from_dir(office.SOP)
STORY = office.story("a01_rujukan_kesehatan")


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Setting(bundle=BUNDLE, findings=lint(BUNDLE, operations=frozenset(OPERATIONS)), operations=OPERATIONS, agency="kalbar",
                   calendar=agency_calendar(SHEET), parameters=parameters_of(read_agency(SHEET.read_bytes())))


def changed(number: int, **other: object) -> Scenario:
    """The story with one step written otherwise; steps count from 1."""
    steps = list(STORY.steps)
    steps[number - 1] = replace(steps[number - 1], **other)  # type: ignore[arg-type]
    return replace(STORY, steps=tuple(steps))


def test_a_story_that_goes_as_written(setting: Setting) -> None:
    went = rehearsal.rehearse(setting, STORY)
    assert went.differences == () and went.seen == STORY
    flows = flow_coverage.flow_ids(definitions.load(BUNDLE).processes["kalbar_pengelolaan_kasus"])
    assert 10 < len(went.taken & flows) < len(flows) and "is_report_approved__returned_to_intake" in flows - went.taken


FIRST = STORY.steps[0]


@pytest.mark.parametrize(("story", "step", "what"), [
    (changed(1, expected=()), 1, "not-written"),
    (changed(1, expected=(replace(FIRST.expected[0], task="document_case"),)), 1, "not-open"),
    (changed(1, expected=(replace(FIRST.expected[0], role="companion"),)), 1, "role"),
    (changed(1, expected=(replace(FIRST.expected[0], due=FIRST.at),)), 1, "due"),
    (changed(1, role="companion"), 1, "role"),
    (changed(1, complete="document_case", expected=None), 1, "not-open"),
    (changed(1, submission={"decision": "sesuka hati"}), 1, "refused"),
    (changed(1, refuse="not-allowed"), 1, "not-refused"),
    (changed(1, verdict="late"), 1, "verdict"),
    (replace(STORY, role="companion"), 0, "role"),
    (replace(STORY, submission={}), 0, "refused"),
    (replace(STORY, end={"completed": False}), -1, "completed"),
    (replace(STORY, end={"documents": ["F99"]}), -1, "documents"),
])
def test_the_first_difference_is_named_where_it_is(setting: Setting, story: Scenario, step: int, what: str) -> None:
    found = rehearsal.rehearse(setting, story).differences[0]
    assert (found.step, found.what) == (step, what)


def test_what_is_only_expected_otherwise_ends_no_story(setting: Setting) -> None:
    assert rehearsal.rehearse(setting, changed(1, expected=(replace(FIRST.expected[0], due=FIRST.at),), verdict="late")).taken == \
        rehearsal.rehearse(setting, STORY).taken
    assert rehearsal.rehearse(setting, changed(1, complete="document_case", expected=None)).taken < rehearsal.rehearse(setting, STORY).taken


def test_a_story_is_stopped_between_steps(setting: Setting) -> None:
    with pytest.raises(OutOfTime):
        rehearsal.rehearse(setting, STORY, is_over=lambda: True)


def test_scenarios_are_bounded_in_time_and_those_there_was_none_for_are_left(setting: Setting) -> None:
    ticks: Iterator[int] = iter(range(10_000))
    now = datetime(2026, 11, 10, tzinfo=UTC)

    def slow(seconds: float, within: float = 30) -> list[tuple[str, str]]:
        played = scenario_board.play(setting, dict.fromkeys("abc", written(STORY)), begin_within=timedelta(seconds=within),
                                     now=lambda: now + next(ticks) * timedelta(seconds=seconds))
        return [(name, one.scenario.state.value) for name, one in played.items()]

    assert slow(1.6) == [("a", "as_written")], "b did not end in time, and is the first of the next call"
    assert slow(0.5, within=5) == [("a", "as_written")], "what has begun may end"
    assert slow(31) == [("a", "too_long")], "alone it takes longer than there is time for"


def test_what_was_tried_plays_green_on_every_stage(setting: Setting, tmp_path: Path) -> None:
    """Kept from a trial, read back: by the rehearsal, by the bare diagram, and through the whole front door."""
    trial = ToldTrial.staged(BUNDLE, now=STORY.at, operations=OPERATIONS, calendar=setting.calendar, parameters=setting.parameters,
                             findings=setting.findings)
    with pytest.raises(StoryUntellable):
        trial.told("belum dimulai")
    trial.begin(STORY.submission)
    for step in STORY.steps:
        if until := step.at or step.wait_until:
            trial.advance(until - trial.now)
        if step.acts_on is not None:
            trial.submit(waiting(trial, step), step.submission)
    told = trial.told("rekaan")
    assert told.end["completed"] is True and len(told.end["documents"]) > 0
    assert any(step.wait_until for step in told.steps), "time that changed the inbox is a step of its own"
    assert read_scenario(written(told)) == told
    assert rehearsal.rehearse(setting, told).differences == ()
    sop = tmp_path / "kalbar" / office.SOP.name
    for path, data in {**BUNDLE.files, "scenarios/coba.toml": written(told)}.items():
        (sop / path).parent.mkdir(parents=True, exist_ok=True)
        (sop / path).write_bytes(data)
    (sop.parent / "agency.toml").write_bytes(SHEET.read_bytes())
    assert play(sop / "scenarios" / "coba.toml").documents == tuple(told.end["documents"])
    assert stage.play(sop / "scenarios" / "coba.toml").problems == ()


def test_a_draft_that_never_rests_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = bpmn.process("p", bpmn.start(), bpmn.user("a"), bpmn.boundary("t", "a", bpmn.timer("R/PT1M", "timeCycle"), interrupting=False),
                           bpmn.end(), bpmn.end("f"), bpmn.flows("s", "a", "e"), bpmn.flow("t", "f"))
    trial = ToldTrial.staged(SopBundle.from_files({"p.bpmn": bpmn.document(endless)}), now=STORY.at, calendar=None, parameters=None)
    trial.start("p")
    assert trial.jobs_per_call <= 500
    monkeypatch.setattr(ToldTrial, "jobs_per_call", 20)
    with pytest.raises(RunawayProcess):
        trial.advance(timedelta(days=3650))
    assert trial.now < STORY.at + timedelta(hours=1), "it stands where it was stopped"


def waiting(trial: ToldTrial, step: Step) -> str:
    return next(work.id for work in trial.waiting() if work.element_id == step.acts_on and step.item.items() <= work.item.items())
