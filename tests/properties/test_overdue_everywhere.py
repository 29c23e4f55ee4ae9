"""What is overdue is overdue everywhere: in lists, counts, the case, the desk, figures, the feed and the digest, at random instants.

The rule of the screens is written here a second time, over the rows: done, no standard, standing still, past due, four fifths of the
standard used, due today, none of these. `make test` looks at some instants of one office, `make soak` at those of ten.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import calendar_feed, mails, state_of
from engine.authorization import POLICY
from engine.executor import Context
from engine.results import InboxFilters
from engine.types import Actor
from tests.support import busy_office
from tests.support.busy_office import ZONE, Busy, Row, instant

WORKING = ("working_minutes", "working_days")
LEAD = frozenset({"case_manager", "supervisor", "head_of_unit", "data_staff"})


def rule(busy: Busy, task: Row, stopped: frozenset[str]) -> str:
    """The first that holds."""
    standard, due, warn, now = busy.standard(task), instant(task["due_at"]), instant(task["warn_at"]), busy.now
    if task["state"] == "completed":
        return "done"
    if standard is not None and standard["clock"] in WORKING and task["instance_id"] in stopped:
        return "paused"
    if standard is None or due is None:
        return "none"
    if now > due:
        return "late"
    if warn is not None and now >= warn:
        return "soon"
    return "today" if due.astimezone(ZONE).date() == now.astimezone(ZONE).date() else "safe"


def every(listed: Any) -> list[Any]:
    """All pages of a list."""
    found, number = [], 1
    while rows := listed(number).rows:
        found += rows
        number += 1
    return found


def compare(busy: Busy) -> set[str]:
    """All views of one instant; which states there were."""
    stopped = frozenset(row["id"] for row in busy.rows("SELECT id FROM instance WHERE suspended_at IS NOT NULL"))
    tasks = {row["id"]: row for row in busy.rows("SELECT * FROM task WHERE state IN ('open', 'completed')")}
    states = {one: rule(busy, row, stopped) for one, row in tasks.items()}
    engine, lead = busy.office.engine, Actor(account_id="lead", agency_id=busy.office.agency_id, name="lead", roles=LEAD)
    ours = {one: row for one, row in tasks.items() if row["agency_id"] == lead.agency_id and row["state"] == "open"}
    late = {one for one in ours if states[one] == "late"}

    for case in busy.rows("SELECT id FROM case_file WHERE agency_id = :a ORDER BY id", a=lead.agency_id):
        said(busy, engine.cases.get(lead, case["id"]).open_tasks, states)
    tiles = {tile.key: tile.count for tile in engine.desk.tiles(lead)}
    desk = every(lambda number: engine.desk.tasks(lead, "late", page=number))
    said(busy, desk, states)
    assert {row.id for row in desk} == late and tiles["late"] == len(late)
    loads = engine.reports.overdue(lead)
    assert len(loads.tasks) + loads.limited + loads.more == len(late)
    for who in busy.people.values():
        if any("task.list" in POLICY.get(role, {}) for role in who.roles):
            compare_own(busy, who, tasks, states)
    return set(states.values())


def compare_own(busy: Busy, who: Actor, tasks: dict[str, Row], states: dict[str, str]) -> None:
    """Boxes, counts, feed and digest of one person."""
    tasks_of = busy.office.engine.tasks
    barred = {row["case_id"] for row in busy.rows("SELECT case_id FROM conflict_of_interest WHERE account_id = :a", a=who.account_id)}
    mine = {one for one, row in tasks.items() if row["assignee_id"] == who.account_id and row["state"] == "open"
            and row["agency_id"] == who.agency_id and row["case_id"] not in barred}
    for box in ("mine", "pool", "aside", "done"):
        said(busy, every(lambda number, box=box: tasks_of.inbox(who, InboxFilters(box=box), number)), states)
    listed = every(lambda number: tasks_of.inbox(who, InboxFilters(box="mine", late_only=True), number))
    mine_late = {one for one in mine if states[one] == "late"}
    assert {row.id for row in listed} == mine_late and tasks_of.counts(who)["late"] == len(mine_late)
    feed, digest = busy.office.executor.read(who, lambda context: told(context, who, busy.now))
    assert feed.count("SUMMARY:LEWAT") == len(mine_late)
    counted = Counter(states[one] for one in mine)
    assert (f"{counted['late']} lewat tenggat" in digest) is bool(counted["late"]), (counted, digest)


def said(busy: Busy, rows: Any, states: dict[str, str]) -> None:
    """Each row says the state it has."""
    for row in rows:
        assert state_of(row, now=busy.now, zone=ZONE) == states[row.id], (row, states[row.id])


def told(context: Context, who: Actor, now: datetime) -> tuple[str, str]:
    """The calendar feed and the daily mail of one person."""
    feed = calendar_feed.of(context, who, zone=ZONE, language="id", base_url="https://kawal.example").decode()
    said = mails._digest(context, who, frozenset(), now - timedelta(days=1), ZONE, "id")
    return feed.replace("\r\n ", ""), "" if said is None else "\n".join(said[1])


def walk(folder: Path, *, seed: int, cases: int, instants: int) -> set[str]:
    busy = busy_office.opened(folder, f"sqlite:///{folder / 'kawal.db'}", seed=seed, cases=cases)
    seen: set[str] = set()
    try:
        for _ in range(instants):
            busy.start()
            for _ in range(12):
                busy.act()
            busy.office.clock.advance(busy.chance.choice((timedelta(minutes=8), timedelta(minutes=31), timedelta(hours=7))))
            busy.refresh()
            seen |= compare(busy)
            busy.office.clock.advance(timedelta(microseconds=1))  # a moment later what was due just now is late
            compare(busy)
    finally:
        busy.office.database.close()
    return seen


def test_overdue_is_equal_in_every_view(tmp_path: Path) -> None:
    assert {"late", "safe"} & walk(tmp_path, seed=5, cases=4, instants=3)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20, 30))
def test_so_for_ten_offices(tmp_path: Path, seed: int) -> None:
    assert "late" in walk(tmp_path, seed=seed, cases=20, instants=12)
