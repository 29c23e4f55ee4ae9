"""Two people at one task at the same instant: exactly one wins, the other is told who, nothing typed is lost. On both databases.

`make test` runs sixty races on each, `make soak` a thousand (`KAWAL_RACES` says another number).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine import errors
from engine.types import Actor, TaskSummary
from tests.support import office as offices
from tests.support.office import Office

LOST = (errors.TaskAlreadyClaimed, errors.TaskGone, errors.StaleRevision, errors.NotClaimed)
DECIDED = {"decision": "approved", "assessment_is_relevant": True}
LATER = date(2026, 11, 20)


@dataclass
class Racers:
    """Three colleagues of one role, and one who leads them."""

    office: Office
    first: Actor
    second: Actor
    third: Actor
    boss: Actor

    @classmethod
    def on(cls, folder: Path, database_url: str) -> Racers:
        office = offices.opened(folder, database_url)
        hired = [office.hire(name, "case_manager") for name in ("Ani", "Bima", "Citra")]
        return cls(office, *hired, office.hire("Dewi", "head_of_unit"))

    @property
    def tasks(self) -> Any:
        return self.office.engine.tasks

    def waiting(self) -> TaskSummary:
        """A task nobody holds."""
        return self.office.task(self.office.start(), "approve_case_report")

    def held(self) -> TaskSummary:
        """A task the first holds."""
        return self.tasks.claim(self.first, self.waiting().id)

    def at_once(self, *acts: Callable[[], object]) -> list[Any]:
        """What each act gave or raised; all of them leave the same gate."""
        gate = threading.Barrier(len(acts))

        def run(act: Callable[[], object]) -> object:
            gate.wait()
            try:
                return act()
            except errors.EngineError as refused:
                return refused

        with ThreadPoolExecutor(len(acts)) as threads:
            return list(threads.map(run, acts))

    def one_lost(self, answers: list[Any]) -> int:
        """Which of two lost; that exactly one did is what all is about."""
        lost = [number for number, answer in enumerate(answers) if isinstance(answer, errors.EngineError)]
        assert len(lost) == 1 and isinstance(answers[lost[0]], LOST), answers
        return lost[0]

    def knows_holder(self, loser: Actor, task: TaskSummary, holder: Actor) -> None:
        assert self.tasks.for_typing(loser, task.id).summary.assignee_name == holder.name


def claim(race: Racers) -> None:
    """Two take what waits."""
    task, people = race.waiting(), (race.first, race.second)
    lost = race.one_lost(race.at_once(*(lambda who=who: race.tasks.claim(who, task.id) for who in people)))
    race.knows_holder(people[lost], task, people[1 - lost])
    assert race.tasks.get(race.boss, task.id).summary.revision == task.revision + 1


def complete(race: Racers) -> None:
    """The holder sends two different answers from two windows."""
    task = race.held()
    sent = [dict(DECIDED), {"decision": "approved", "assessment_is_relevant": False}]
    answers = race.at_once(*(lambda typed=typed: race.tasks.complete(race.first, task.id, typed, expected_revision=task.revision)
                             for typed in sent))
    lost = race.one_lost(answers)
    after = race.tasks.get(race.first, task.id)
    assert after.draft == sent[lost]
    assert after.summary.completed_at is not None and after.summary.assignee_name == race.first.name
    case = race.office.engine.cases.get(race.boss, task.case_id)
    assert sum(line.element_id == task.element_id and line.actor_name == race.first.name for line in case.history) <= 1


def complete_or_lose_it(race: Racers) -> None:
    """The holder sends what they typed while somebody in authority gives the task to another."""
    task = race.held()
    answers = race.at_once(lambda: race.tasks.complete(race.first, task.id, DECIDED, expected_revision=task.revision),
                           lambda: race.tasks.assign(race.boss, task.id, to=race.second.account_id, note="beban", expected_revision=task.revision))
    if race.one_lost(answers) == 0:
        race.knows_holder(race.first, task, race.second)
        assert race.tasks.for_typing(race.first, task.id).draft == DECIDED
    else:
        assert race.tasks.get(race.boss, task.id).summary.completed_at is not None


def edit(race: Racers) -> None:
    """The holder's draft is on its way while the task is given to another: kept, whoever is first."""
    task = race.held()
    saved, given = race.at_once(lambda: race.tasks.save_draft(race.first, task.id, DECIDED, expected_revision=task.revision),
                                lambda: race.tasks.assign(race.boss, task.id, to=race.second.account_id, note="beban"))
    assert not isinstance(given, errors.EngineError), given
    assert not isinstance(saved, errors.EngineError) or isinstance(saved, errors.TaskAlreadyClaimed), saved
    assert race.tasks.for_typing(race.first, task.id).draft == DECIDED
    race.knows_holder(race.first, task, race.second)


def set_aside(race: Racers) -> None:
    """The holder sets it aside in one window and hands it over in another."""
    task = race.held()
    lost = race.one_lost(race.at_once(
        lambda: race.tasks.set_aside(race.first, task.id, until=LATER, note="menunggu berkas", expected_revision=task.revision),
        lambda: race.tasks.hand_over(race.first, task.id, to=race.second.account_id, note="tolong", expected_revision=task.revision)))
    summary = race.tasks.get(race.boss, task.id).summary
    assert (summary.assignee_name, summary.aside_until is None) == ((race.second.name, True) if lost == 0 else (race.first.name, False))
    assert [act.verb for act in race.tasks.get(race.boss, task.id).handled] == ["hand_over" if lost == 0 else "set_aside"]


def hand_over(race: Racers) -> None:
    """The holder gives it to one, somebody in authority to another."""
    task = race.held()
    lost = race.one_lost(race.at_once(
        lambda: race.tasks.hand_over(race.first, task.id, to=race.second.account_id, note="tolong", expected_revision=task.revision),
        lambda: race.tasks.assign(race.boss, task.id, to=race.third.account_id, note="beban", expected_revision=task.revision)))
    holder, loser = (race.third, race.first) if lost == 0 else (race.second, race.boss)
    race.knows_holder(loser, task, holder)
    assert len(race.tasks.get(race.boss, task.id).handled) == 1


def give_back(race: Racers) -> None:
    """The holder gives it back to the team while somebody in authority gives it to another: nobody undoes what they did not see."""
    task = race.held()
    answers = race.at_once(lambda: race.tasks.unclaim(race.first, task.id),
                           lambda: race.tasks.assign(race.boss, task.id, to=race.second.account_id, note="beban"))
    summary = race.tasks.get(race.boss, task.id).summary
    refused = [isinstance(answer, errors.EngineError) for answer in answers]
    assert not all(refused), answers
    if refused == [True, False] or (refused == [False, False] and summary.assignee_id is not None):
        assert summary.assignee_id == race.second.account_id
    else:
        assert summary.assignee_id is None


RACES = (claim, complete, complete_or_lose_it, edit, set_aside, hand_over, give_back)


def run(folder: Path, database_url: str, number: int) -> dict[str, int]:
    race, ran = Racers.on(folder, database_url), dict.fromkeys((one.__name__ for one in RACES), 0)
    try:
        for turn in range(number):
            one = RACES[turn % len(RACES)]
            one(race)
            ran[one.__name__] += 1
    finally:
        race.office.database.close()
    return ran


def test_of_two_exactly_one_wins_and_nothing_typed_is_lost(tmp_path: Path, database_url: str) -> None:
    assert sum(run(tmp_path, database_url, 60).values()) == 60


@pytest.mark.soak
def test_so_a_thousand_times(tmp_path: Path, database_url: str) -> None:
    number = int(os.environ.get("KAWAL_RACES", "1000"))
    assert sum(run(tmp_path, database_url, number).values()) == number
