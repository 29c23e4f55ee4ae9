"""A trial outlives the process that opened it: another one does again what was done, with the same ids at the same instants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from engine import errors
from engine.bundle import SopBundle
from engine.kept_trial import KeptTrial
from engine.sops import Sops
from engine.types import Actor
from storage import trials
from tests.support import office as offices
from tests.support.office import Office

STORY = offices.story("a01_rujukan_kesehatan")
LOOP = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"><process id="p" isExecutable="true">
<startEvent id="s"/><userTask id="t" name="Menimbang"/><endEvent id="e"/><sequenceFlow sourceRef="s" targetRef="t"/>
<sequenceFlow sourceRef="t" targetRef="e"/></process></definitions>"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("trials")
    opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield opened
    opened.database.close()


def process(office: Office) -> Sops:
    """One more process of the product, which knows nothing yet."""
    sops: Sops = office.engine.sops
    return Sops(sops._executor, sops._settings)


@pytest.fixture
def owner(office: Office) -> Actor:
    return office.actor("process_owner")


def seen(trial: KeptTrial) -> object:
    return trial.now, trial.trace(), [work.id for work in trial.waiting()], trial.steps_told, trial.origin, trial.acts_done


def test_another_process_goes_on_where_one_stopped(office: Office, owner: Actor) -> None:
    one, other = process(office), process(office)
    trial_id = one.try_version(owner, one.list(owner)[0].deployment_id)
    case = one.trial(owner, trial_id).begin(STORY.submission)
    with pytest.raises(errors.InvalidSubmission):
        first = one.trial(owner, trial_id).waiting()[0]
        one.trial(owner, trial_id).submit(first.id, {"decision": "sesuka hati"})
    again = other.trial(owner, trial_id)
    assert seen(again) == seen(one.trial(owner, trial_id)) and again is not one.trial(owner, trial_id)
    assert again.waiting()[0].id == first.id, "a page of the one process is answered by the other"
    again.submit(first.id, STORY.steps[0].submission)
    other.trial(owner, trial_id).advance(timedelta(hours=3))
    behind = one.trial(owner, trial_id)
    assert seen(behind) == seen(again) and behind.acts_done == 4
    assert behind.told("coba") == again.told("coba") and behind.variables(case) == again.variables(case)
    other.trial(owner, trial_id).send_signal("lain")
    with pytest.raises(errors.LostRace):
        behind.advance(timedelta(days=1))        # it was fetched before the other process went on
    assert seen(one.trial(owner, trial_id)) == seen(other.trial(owner, trial_id)) and one.trial(owner, trial_id).acts_done == 5


def test_files_of_ones_own_are_kept_for_a_while_and_for_nobody_else(office: Office, owner: Actor) -> None:
    one = process(office)
    trial_id = one.try_open(owner, {"x.bpmn": LOOP})
    instance = one.trial(owner, trial_id).start()
    (task,) = process(office).trial(owner, trial_id).open_tasks()
    one.trial(owner, trial_id).complete(task.id, {"n": 3})
    assert process(office).trial(owner, trial_id).outcome(instance).status == "completed"
    with office.database.reading() as uow:
        sealed = trials.acts(uow, trial_id, after=0, limit=9)
        assert [each.number for each in sealed] == [1, 2] and not any(b"complete" in each.ciphertext for each in sealed)
    with pytest.raises(errors.NotFound):
        one.trial(replace(owner, account_id="orang-lain"), trial_id)
    office.clock.advance(timedelta(days=14, minutes=1))
    with pytest.raises(errors.NotFound):
        one.trial(owner, trial_id)
    one.try_open(owner, {"x.bpmn": LOOP})
    with office.database.reading() as uow:
        assert trials.get(uow, trial_id) is None and trials.size(uow, trial_id) == (0, 0) and trials.files(uow, trial_id) == {}


def test_what_comes_out_otherwise_is_said(office: Office, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    one = process(office)
    trial_id = one.try_open(owner, {"x.bpmn": LOOP})
    one.trial(owner, trial_id).start()
    one.trial(owner, trial_id).advance(timedelta(hours=1))
    settle = KeptTrial.advance
    with monkeypatch.context() as patch:         # as a release that counts otherwise would
        patch.setitem(KeptTrial.play.__globals__["_PLAYED"], "advance", lambda trial, by: settle(trial, by * 2))
        with pytest.raises(errors.TrialNotRepeatable) as lost:
            process(office).trial(owner, trial_id)
    assert lost.value.ids == {"version_id": None, "is_draft": False}, "files of one's own are no version"
    assert process(office).trial(owner, trial_id).acts_done == 2


def test_a_trial_has_an_end(office: Office, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    one = process(office)
    monkeypatch.setattr("engine.kept_trial.MOST_ACTS", 2)
    trial = one.trial(owner, one.try_open(owner, dict(SopBundle.from_files({"x.bpmn": LOOP}).files)))
    trial.start()
    trial.advance(timedelta(hours=1))
    with pytest.raises(errors.TrialTooLong):
        trial.advance(timedelta(hours=1))
    assert trial.acts_done == 2
