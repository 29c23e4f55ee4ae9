"""Prepared statements answer as SQLAlchemy's own execution does: values, numbers, refusals, transactions."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, delete, insert, select

from storage import Database, Duplicate, tasks
from storage.prepared import Prepared
from storage.schema import running
from tests.storage.builders import a_running_instance, a_task

task = running.task
_SELECT = select(task).order_by(task.c.id)


def test_values_come_back_as_sqlalchemy_gives_them(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        tasks.insert_many(uow, [a_task("task-1", item=b"\x00\xff", standard={"clock": "elapsed"}), a_task("task-2", token_id="other")])
    with database.reading() as uow:
        plain = [tuple(row) for row in uow.execute(_SELECT)]
        assert [tuple(row) for row in uow.run(Prepared(_SELECT), {})] == plain
        assert len(plain) == 2


def test_many_are_written_by_one_statement_and_counted(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        before = uow.statements
        tasks.insert_many(uow, [a_task(f"task-{n}", token_id=f"token-{n}") for n in range(5)])
        assert uow.statements == before + 1
        gone = Prepared(delete(task).where(task.c.id == bindparam("task_id")))
        assert uow.run(gone, [{"task_id": "task-0"}, {"task_id": "task-1"}, {"task_id": "none"}]).rowcount == 2
        assert len(list(uow.execute(_SELECT))) == 3


def test_a_refusal_is_the_storage_error_and_undoes_the_block(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_running_instance(uow)
    with pytest.raises(Duplicate) as refused, database.unit_of_work() as uow:
        tasks.insert_many(uow, [a_task("task-1")])
        tasks.insert_many(uow, [a_task("task-1", token_id="other")])
    assert refused.value.constraint == "pk_task"
    assert refused.value.__cause__ is None    # the driver's text holds field values
    with database.reading() as uow:
        assert tasks.get(uow, "task-1") is None


def test_an_insert_is_planned_for_the_columns_it_is_given(database: Database) -> None:
    adding = Prepared(insert(running.number_series))
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        uow.run(adding, {"agency_id": "agency-1", "series": "a", "year": 2026, "last": 1})
        uow.run(adding, {"last": 2, "agency_id": "agency-1", "series": "b", "year": 2026})
        found = uow.run(Prepared(select(running.number_series.c.last).order_by(running.number_series.c.series)), {}).rows
        assert [row[0] for row in found] == [1, 2]


def test_a_list_is_refused(database: Database) -> None:
    listed = Prepared(select(task).where(task.c.id.in_(bindparam("ids", expanding=True))))
    with database.reading() as uow, pytest.raises(TypeError):
        uow.run(listed, {"ids": ["a"]})
