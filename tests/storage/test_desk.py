"""The desk's lists are read from indexes, so that their cost does not grow with the agency."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from storage import Database, desk
from storage.desk import Wanted, WantedCases
from tests.storage.builders import NOW, a_running_instance

OWNERS = "ix_case_file_owner"  # counts the cases of nobody just as well
LISTS: dict[str, tuple[Any, str]] = {
    "late": (Wanted(due_before=NOW), "ix_task_agency_due"),
    "today": (Wanted(due_from=NOW, due_before=NOW + timedelta(hours=9)), "ix_task_agency_due"),
    "decisions": (Wanted(elements=frozenset({"approve_plan", "decide"}), roles=frozenset({"supervisor"}), free_or_of="me"),
                  "ix_task_agency_element"),
    "unassigned": (WantedCases(unowned_before=NOW, high_unowned_before=NOW + timedelta(hours=2)), "ix_case_file_unowned"),
    "silent": (WantedCases(quiet_since=NOW), "ix_case_file_quiet"),
}


class Explained:
    """A unit of work that keeps how the database would answer instead of asking it."""

    def __init__(self, uow: Any) -> None:
        self._uow, self.plans = uow, list[str]()

    def execute(self, statement: Any) -> Any:
        said = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        self.plans.append(" ".join(row[3] for row in self._uow.execute(text(f"EXPLAIN QUERY PLAN {said}"))))
        return self._uow.execute(statement)


@pytest.mark.parametrize("name", LISTS)
def test_each_list_and_its_count_are_read_from_one_index(sqlite_url: str, name: str) -> None:
    database = Database.open(sqlite_url)
    database.create_schema()
    wanted, index = LISTS[name]
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        explained: Any = Explained(uow)
        if isinstance(wanted, Wanted):
            desk.tasks(explained, "agency-1", "me", wanted, limit=25)
            desk.count_tasks(explained, "agency-1", "me", wanted)
        else:
            desk.cases(explained, "agency-1", "me", wanted, limit=25)
            desk.count_cases(explained, "agency-1", "me", wanted)
    database.close()
    assert all((index in plan or OWNERS in plan) and "conflict_of_interest" in plan for plan in explained.plans), explained.plans
    if name != "decisions":  # those come from several steps, and are few
        assert not any("TEMP B-TREE" in plan for plan in explained.plans), explained.plans
