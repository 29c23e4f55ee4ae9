"""Random cases go on by random other versions: what the preview says is what happens, a safe case ends and has visited what became a
duty, and its journal proves it.

`KAWAL_MIGRATIONS` sets how many cases; `make soak` takes 1,000.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from engine import effects, rebuild
from engine.replay import replay_pack
from engine.results import ReplayVerdict
from engine.sop_results import MigrationOutcome
from tests.support.journals import pack_of
from tests.support.migrated import Case

CASES = int(os.environ.get("KAWAL_MIGRATIONS", "30"))


def check(seed: int, database_url: str = "sqlite://") -> str:
    """One case; what came of it."""
    case = Case(seed, database_url)
    if case.ended or not case.changes:
        return "nothing to move"
    trial, before = case.trial, case.open()
    version = case.put_in_force()
    (told,) = trial._executor.read(case.owner, lambda context: effects.page(context, version)).cases
    done = case.migrate(version)
    assert (told.verdict == "safe") == (done.outcome is MigrationOutcome.MIGRATED), (seed, told, done)
    assert done.in_the_way == told.in_the_way, seed
    trial.reload()
    assert before.items() <= case.open().items() or (case.clocks == "anew" and before.keys() <= case.open().keys()), seed
    rebuilt = trial._run(lambda context: rebuild.rebuild(context, trial._instance(context, case.instance_id).case_id or ""))
    assert [report.verdict for report in rebuilt] == [ReplayVerdict.CONFIRMED], (seed, rebuilt)
    if told.verdict == "safe":
        assert case.finish(), seed
        visited = {entry.element_id for entry in trial.trace(case.instance_id) if entry.happened == "completed"}
        assert case.edit.owed <= visited, (seed, case.edit.owed - visited)
    assert trial.replay(case.instance_id).verdict is ReplayVerdict.CONFIRMED, seed
    assert replay_pack(pack_of(trial, case.instance_id)).verdict is ReplayVerdict.CONFIRMED, seed
    return str(told.verdict)


def test_what_is_told_is_what_happens() -> None:
    came = Counter(check(seed) for seed in range(CASES))
    assert came["safe"] >= CASES // 4 and came["blocked"] + came["mapping"] >= CASES // 10, came


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(1, 20))
def test_a_thousand_cases_do_as_they_were_told(hundred: int, database_url: str) -> None:
    came = Counter(check(seed, database_url) for seed in range(100 * hundred, 100 * hundred + 100))
    print(dict(came))
    assert came["safe"] and came["blocked"], came
