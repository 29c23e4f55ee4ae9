"""Whether a person sees a task or a case, what they may do to it, why, and why it is due then: 10,000 random pairs of a working office.

Each is read a second time from the tables, the policy table and the minute oracle of calendars, by code that shares nothing with the
product but those. `make test` compares a few hundred pairs, `make soak` all, on both databases.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import errors
from engine.authorization import _SEES, POLICY
from engine.results import InboxFilters
from engine.types import Actor
from tests.properties.test_calendar_oracle import FIRST, MINUTE, the
from tests.support import busy_office
from tests.support.busy_office import ZONE, Busy, Row, instant

HOURS = "office with Ramadan hours"   # those of Kalbar, written a second time
VERBS = ("claim", "unclaim", "save_draft", "complete", "delegate", "hand_over", "assign", "set_aside", "ask_help", "take_back")
SENTENCES = {"held": ("Anda sudah mengambil", "menyerahkan tugas ini kepada Anda"), "stands_in": ("Anda pengganti (Plt.)",),
             "offered": ("Anda memegang peran",), "asked": ("meminta bantuan Anda",), "lent": ("Anda menyerahkan tugas ini kepada",),
             "works": ("Anda ikut menangani",), "agency": ("Anda berwenang melihat",)}
#: ground -> the scopes of the policy table that it satisfies, as its docstring says them; the closest first.
ENOUGH = {"held": {"agency", "theirs", "opened", "offered", "waiting", "held"}, "stands_in": {"agency", "offered", "waiting"},
          "offered": {"agency", "offered", "waiting"}, "asked": {"agency", "offered"}, "lent": {"agency", "offered", "lent"},
          "works": {"agency", "theirs", "opened", "offered"}, "opened": {"agency", "opened"}, "agency": {"agency"}}


class Reader:
    """The tables as one person could be told about them, read anew for each question."""

    def __init__(self, busy: Busy, who: Actor) -> None:
        self.busy, self.me, self.agency, self.session = busy, who.account_id, who.agency_id, who.session
        today = busy.now.astimezone(ZONE).date().isoformat()
        holds = {(row["account_id"], row["role"]) for row in busy.rows(
            "SELECT account_id, role FROM role_holding WHERE from_date <= :d AND (until_date IS NULL OR until_date >= :d)", d=today)}
        self.stands_for = {(row["account_id"], row["role"]) for row in busy.rows(
            "SELECT a.account_id, r.role FROM absence a JOIN absence_role r ON r.absence_id = a.id "
            "WHERE a.substitute_id = :me AND a.from_date <= :d AND a.until_date >= :d AND a.ended_at IS NULL", me=self.me, d=today)} & holds
        self.roles = {role for account, role in holds if account == self.me} | {role for _, role in self.stands_for}
        self.is_partner = self.roles == {"external_provider"}   # of no provider here: nothing is a referral to them

    def bars(self, case_id: str) -> bool:
        return bool(self.busy.rows("SELECT 1 FROM conflict_of_interest WHERE case_id = :c AND account_id = :me", c=case_id, me=self.me))

    def worked_on(self, case_id: str) -> bool:
        return bool(self.busy.rows("SELECT 1 FROM case_file WHERE id = :c AND owner_id = :me "
                                   "UNION SELECT 1 FROM task WHERE case_id = :c AND (assignee_id = :me OR completed_by = :me)",
                                   c=case_id, me=self.me))

    def grounds_of_task(self, task: Row) -> set[str]:
        if task["agency_id"] != self.agency or self.bars(task["case_id"]) or self.is_partner:
            return set()
        waits, holder = task["state"] == "open", task["assignee_id"]
        asked = self.busy.rows("SELECT 1 FROM task_handling WHERE task_id = :t AND verb = 'ask_help' AND to_id = :me",
                               t=task["id"], me=self.me)
        found = {"held": holder == self.me, "stands_in": waits and (holder, task["role"]) in self.stands_for,
                 "offered": waits and holder is None and task["role"] in self.roles, "asked": waits and bool(asked),
                 "lent": waits and holder is not None and task["given_by"] == self.me, "works": self.worked_on(task["case_id"]),
                 "agency": True}
        return {ground for ground, is_so in found.items() if is_so}

    def grounds_of_case(self, case: Row) -> set[str]:
        if case["agency_id"] != self.agency or self.bars(case["id"]):
            return set()
        began = self.busy.rows("SELECT 1 FROM instance i JOIN journal j ON j.chain_id = i.id AND j.seq = 1 "
                               "WHERE i.case_id = :c AND j.actor_id = :me", c=case["id"], me=self.me)
        broke = self.busy.rows("SELECT until FROM access_grant WHERE case_id = :c AND account_id = :me AND session = :s "
                               "AND kind = 'break_glass'", c=case["id"], me=self.me, s=self.session)
        found = {"works": self.worked_on(case["id"]) or bool(began), "agency": True,
                 "opened": any(instant(row["until"]) > self.busy.now for row in broke)}
        return {ground for ground, is_so in found.items() if is_so}

    def why(self, action: str, grounds: set[str]) -> str | None:
        """The closest ground on which a row of the table allows it."""
        scopes = {str(POLICY[role][action]) for role in self.roles if action in POLICY.get(role, {})}
        return next((ground for ground, enough in ENOUGH.items() if ground in grounds and scopes & enough), None)

    def sees(self, grade: str, grounds: set[str]) -> bool:
        """Whether a step of this class is told in full: domain.md 5.1, on one's own cases and on others'."""
        is_own = grounds & {"held", "stands_in", "offered", "asked", "lent", "works"}
        for role in self.roles:
            theirs, others = _SEES.get(role, (frozenset({"C0"}), frozenset({"C0"})))
            opens = "opened" in grounds and "case.break_glass" in POLICY.get(role, {})
            if grade in (theirs if is_own or opens else others):
                return True
        return False


def due(busy: Busy, task: Row, standard: dict[str, str], risk: str) -> datetime | None:
    """Minute by minute from the start, leaving out those in which the case stood still."""
    oracle = the(HOURS)[1]
    start = instant(task["standard_from"] or task["ready_at"])
    if standard["clock"] == "elapsed":
        hours = int(standard["duration"].removeprefix("PT").removesuffix("H"))
        return start + timedelta(hours=hours)
    stops = [(a, b) for a, b in busy.pauses.get(task["instance_id"], [])]
    if any(end is None for _, end in stops):
        return None
    index, left = (start - FIRST) // MINUTE, int(standard["duration"].removeprefix("PT").removesuffix("M"))
    while left:
        at = FIRST + index * MINUTE
        if (risk == "high" or oracle.works[index]) and not any(a <= at < b for a, b in stops):
            left -= 1
        index += 1
    return FIRST + index * MINUTE


def told(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local.day} {'Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des'.split()[local.month - 1]} {local.year} pukul {local:%H.%M} WIB"


def compare_task(busy: Busy, who: Actor, task: Row) -> str:
    reader = Reader(busy, who)
    grounds = reader.grounds_of_task(task)
    reason = reader.why("task.read", grounds) if grounds else None
    where = (who, dict(task), grounds, reason)
    try:
        detail = busy.office.engine.tasks.get(who, task["id"])
    except (errors.NotFound, errors.NotAllowed):
        assert reason is None, where
        return "hidden"
    assert reason is not None, where
    may = {verb for verb in VERBS if reader.why(f"task.{verb}", grounds)}
    if not reader.sees(task["sensitivity"], grounds):
        if "complete" not in may:
            assert (detail.summary.element_id, detail.summary.role, detail.form, detail.may) == ("", "", None, frozenset()), where
            return "limited"
    assert detail.may & set(VERBS) == may, (where, detail.may)
    assert any(each in detail.why_mine.id for each in SENTENCES[reason]), (where, detail.why_mine)
    standard = busy.standard(task)
    if standard is not None and detail.summary.element_id:
        expected = due(busy, task, standard, busy.risk(task))
        assert detail.summary.due_at == expected, (where, busy.pauses.get(task["instance_id"]))
        assert expected is None or told(expected) in detail.why_due.id, (where, expected, detail.why_due)
    return reason


def compare_case(busy: Busy, who: Actor, case: Row) -> str:
    reader = Reader(busy, who)
    grounds = reader.grounds_of_case(case)
    reason = reader.why("case.read", grounds) if grounds else None
    where = (who, dict(case), grounds)
    try:
        detail = busy.office.engine.cases.get(who, case["id"])
    except (errors.NotFound, errors.NotAllowed):
        assert reason is None, where
        return "case hidden"
    assert reason is not None, where
    waiting = {row["id"]: row for row in busy.rows("SELECT * FROM task WHERE case_id = :c AND state = 'open'", c=case["id"])}
    assert {task.id for task in detail.open_tasks} == set(waiting), where
    for task in detail.open_tasks:
        assert bool(task.element_id) is reader.sees(waiting[task.id]["sensitivity"], grounds), (where, task)
    return f"case {reason}"


def pool(busy: Busy, who: Actor) -> None:
    """The lists hold what the reasons say, and nothing else."""
    reader, engine = Reader(busy, who), busy.office.engine
    if not any("task.list" in POLICY.get(role, {}) for role in reader.roles):
        return
    boxes: dict[str, set[str]] = {"mine": set(), "pool": set(), "aside": set()}
    for task in busy.rows("SELECT * FROM task WHERE state = 'open'"):
        grounds = reader.grounds_of_task(task)
        box = "mine" if "held" in grounds else "pool" if grounds & {"offered", "stands_in"} else None
        if box:
            boxes[box].add(task["id"])
    for box, expected in boxes.items():
        assert set(listed(engine, who, box)) == expected, (who, box)


def listed(engine: Any, who: Actor, box: str) -> list[str]:
    found: list[str] = []
    number = 1
    while rows := engine.tasks.inbox(who, InboxFilters(box=box), number).rows:
        found += [row.id for row in rows]
        number += 1
    return found


def compare(folder: Path, database_url: str, *, seed: int, cases: int, rounds: int, pairs: int) -> dict[str, int]:
    busy = busy_office.opened(folder, database_url, seed=seed, cases=cases)
    seen: dict[str, int] = {}
    try:
        for _ in range(rounds):
            busy.scramble()
            for _ in range(40):
                busy.act()
            busy.office.clock.advance(timedelta(minutes=busy.chance.randrange(90)))
            busy.refresh()
            tasks = busy.rows("SELECT * FROM task ORDER BY id")
            near = {one.agency_id: [task for task in tasks if task["agency_id"] == one.agency_id] for one in busy.people.values()}
            files = busy.rows("SELECT * FROM case_file ORDER BY id")
            for number in range(pairs):
                who = busy.chance.choice(list(busy.people.values()))
                result = compare_case(busy, who, busy.chance.choice(files)) if number % 5 == 0 else compare_task(
                    busy, who, busy.chance.choice(tasks if number % 7 == 0 else near[who.agency_id] or tasks))
                seen[result] = seen.get(result, 0) + 1
            pool(busy, busy.chance.choice(list(busy.people.values())))
    finally:
        busy.office.database.close()
    return seen


def test_what_each_sees_of_each_task_and_case_is_what_the_table_says(tmp_path: Path, sqlite_url: str) -> None:
    seen = compare(tmp_path, sqlite_url, seed=1, cases=12, rounds=6, pairs=70)
    assert sum(seen.values()) == 420 and {"hidden", "held", "offered", "agency", "case hidden"} <= set(seen)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 12))
def test_so_for_ten_thousand_pairs(tmp_path: Path, database_url: str, seed: int) -> None:
    seen = compare(tmp_path, database_url, seed=seed, cases=25, rounds=10, pairs=100)
    assert sum(seen.values()) == 1000 and {"hidden", "held", "agency"} <= set(seen)
