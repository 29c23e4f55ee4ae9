"""The inbox: what each box shows, in which order, and that it reads an index that stands in that order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import Database, accounts, inbox, tasks
from tests.storage.builders import NOW, a_case, a_running_instance, a_task

HOUR = timedelta(hours=1)
STAFF = inbox.Whose(agency_id="agency-1", account_id="account-1", roles=frozenset({"case_manager", "companion"}), now=NOW)
NOBODY = replace(STAFF, roles=frozenset())
ANI = accounts.AccountRow(id="account-1", agency_id="agency-1", sign_in="ani", name="Ani", password_hash="x", language="id",
                          demo=False, created_at=NOW)


def ids(rows: list[inbox.InboxRow]) -> list[str]:
    return [row.task.id for row in rows]


def test_the_pool_is_ordered_by_risk_then_due_then_ready_with_no_due_last(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        tasks.insert_many(uow, [
            a_task("no-due", risk_rank=1),
            a_task("due-late", risk_rank=1, due_at=NOW + 2 * HOUR, role="companion"),
            a_task("due-soon", risk_rank=1, due_at=NOW + HOUR),
            a_task("due-soon-older", risk_rank=1, due_at=NOW + HOUR, ready_at=NOW - HOUR, role="companion"),
            a_task("high-risk", risk_rank=0),
        ])
        found = inbox.page(uow, STAFF, box="pool")
        second = inbox.page(uow, STAFF, box="pool", limit=2, offset=2)

    assert ids(found) == ["high-risk", "due-soon-older", "due-soon", "due-late", "no-due"]
    assert ids(second) == ["due-soon", "due-late"]
    assert found[0].business_key == "KLB-case-1"
    assert found[0].sop_title == {"id": "Pengelolaan Kasus", "en": "Case management"}
    assert found[0].wrapped_key == b"wrapped"
    assert found[1].task.due_at == NOW + HOUR
    assert found[4].task.due_at is None


def test_each_box_shows_its_own(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        accounts.add(uow, ANI)
        tasks.insert_many(uow, [
            a_task("mine", assignee_id="account-1", due_at=NOW - HOUR),
            a_task("mine-of-a-role-lost", assignee_id="account-1", role="x"),
            a_task("theirs", assignee_id="account-2"), a_task("pool"), a_task("another-role", role="head_of_unit"),
            a_task("another-agency", agency_id="agency-2"), a_task("cancelled", state="cancelled"),
            a_task("done-first", state="completed", completed_by="account-1", completed_at=NOW),
            a_task("done-last", state="completed", completed_by="account-1", completed_at=NOW + HOUR),
            a_task("done-by-another", state="completed", completed_by="account-2", completed_at=NOW)])

    with database.reading() as uow:
        mine = inbox.page(uow, STAFF, box="mine")
        assert ids(mine) == ["mine", "mine-of-a-role-lost"]
        assert mine[0].assignee_name == "Ani"
        assert ids(inbox.page(uow, STAFF, box="pool")) == ["pool"]
        assert ids(inbox.page(uow, STAFF, box="done")) == ["done-last", "done-first"]
        assert inbox.counts(uow, STAFF) == {"mine": 2, "pool": 1, "aside": 0, "done": 2, "late": 1}
        assert inbox.page(uow, NOBODY, box="pool") == []
        assert inbox.total(uow, NOBODY, box="pool") == 0
        late = inbox.Narrowing(late_at=NOW)
        assert ids(inbox.page(uow, STAFF, box="mine", narrowing=late)) == ["mine"]
        assert inbox.total(uow, STAFF, box="mine", narrowing=late) == 1
        assert inbox.cases_of(uow, "account-1") == ["case-1"]


def test_a_case_somebody_answers_for_is_theirs_before_they_did_any_task_of_it(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        accounts.add(uow, ANI)
        a_case(uow, "given", owner_id="account-1")
        a_case(uow, "given-to-nobody")
        assert inbox.cases_of(uow, "account-1") == ["given"]


ROLES = ("case_manager", "companion", "head_of_unit")
BATCHES = st.lists(st.tuples(st.sampled_from(inbox.RISK_RANKS), st.none() | st.integers(-3, 3), st.integers(0, 3), st.sampled_from(ROLES),
                             st.booleans(), st.sampled_from(("sop-a", "sop-b"))), max_size=25)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BATCHES, st.sets(st.sampled_from(ROLES)), st.integers(1, 6), st.none() | st.just("sop-a"), st.booleans(), st.none() | st.just(1))
def test_pages_together_are_the_whole_box_in_order(
        batch: Any, roles: Any, size: int, sop_key: Any, late: bool, risk: int | None) -> None:
    """Against the plain way: filter and sort in memory."""
    database = Database.open("sqlite://")
    database.create_schema()
    rows = [
        a_task(f"{n:02}", risk_rank=rank, due_at=None if due is None else NOW + due * HOUR, ready_at=NOW + ready * HOUR, role=role,
               assignee_id="account-2" if taken else None, sop_key=key)
        for n, (rank, due, ready, role, taken, key) in enumerate(batch)]
    wanted = [row for row in rows if row.role in roles and row.assignee_id is None and sop_key in (None, row.sop_key)
              and (not late or (row.due_at is not None and row.due_at < NOW)) and risk in (None, row.risk_rank)]
    expected = [row.id for row in sorted(
        wanted, key=lambda row: (row.risk_rank, row.due_at or tasks.NO_DUE, row.ready_at, row.id))]
    narrowing = inbox.Narrowing(sop_key=sop_key, late_at=NOW if late else None, risk_rank=risk)
    whose = replace(STAFF, roles=frozenset(roles))
    asked: dict[str, Any] = {"box": "pool", "narrowing": narrowing}
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        tasks.insert_many(uow, rows)
        found: list[str] = []
        for number in range(len(rows) // size + 1):
            found += ids(inbox.page(uow, whose, **asked, limit=size, offset=number * size))
        assert inbox.total(uow, whose, **asked) == len(expected)
    database.close()
    assert found == expected


@pytest.mark.parametrize("box", ["pool", "mine", "aside", "done"])
def test_a_page_is_put_in_context_from_its_own_rows(box: str) -> None:
    """PostgreSQL keeps the order of so many joins: whatever stood first would be read whole, and a million tasks took 3 s."""
    statement = str(inbox._page(inbox._Shape(box, 1, 0, frozenset())))
    joined = statement.split(" JOIN instance")[0]
    assert joined.rindex(" AS wanted JOIN task ON") > joined.rindex("FROM (SELECT")


def test_every_rank_of_risk_is_a_part_of_the_pool() -> None:
    from engine import projection

    assert sorted({*projection.RISK_RANKS.values(), projection.NOT_ASSESSED}) == list(inbox.RISK_RANKS)


@pytest.mark.parametrize(("box", "index"), [("pool", "ix_task_pool"), ("mine", "ix_task_mine"), ("done", "ix_task_done")])
def test_a_box_is_read_from_its_index_without_sorting_all_of_it(sqlite_url: str, box: str, index: str) -> None:
    """What SQLite plans to do: search the index of the box, never scan the table."""
    from sqlalchemy import event

    database = Database.open(sqlite_url)
    database.create_schema()
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        seen.append((statement, parameters))

    with database.reading() as uow:
        event.listen(database._engine, "before_cursor_execute", note)
        inbox.page(uow, STAFF, box=box)
        statement, parameters = seen[-1]
        connection = uow._connection.connection.driver_connection
        assert connection is not None
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    database.close()
    on_task = [line for line in plan if "SEARCH task " in line or "SCAN task " in line]
    searching = [line for line in on_task if not line.endswith("(id=?)")]  # the page's own tasks are then read by their key
    assert searching
    assert all(f"INDEX {index} (" in line for line in searching), plan
