"""Migrations: up and down on both databases, and in the end the very schema the queries were written for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

import storage
from storage import Database, cases, errors, jobs, journal, settings
from storage.schema import metadata
from tests.storage.builders import a_job, a_running_instance

VERSIONS = sorted(Path(storage.__file__).parent.glob("migrations/versions/*.py"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


def shape(connection: Connection) -> dict[str, Any]:
    """Tables, columns, keys and indexes as the database itself tells them."""
    found = inspect(connection)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table)},
            "primary key": found.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": sorted((tuple(k["constrained_columns"]), k["referred_table"]) for k in found.get_foreign_keys(table)),
            "unique": sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
            "indexes": sorted((i["name"], tuple(i["column_names"]), bool(i["unique"]),
                               sorted((name, str(value)) for name, value in i.get("dialect_options", {}).items()))
                              for i in found.get_indexes(table)),
        }
        for table in found.get_table_names() if table != "alembic_version"
    }


def test_the_migrated_schema_is_the_schema_of_the_models(database: Database) -> None:
    storage.migrate(database)

    with database.schema_connection() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        migrated = shape(connection)
    storage.migrate(database, "base")
    database.create_schema()
    with database.schema_connection() as connection:
        assert shape(connection) == migrated
    assert set(migrated) == set(metadata.tables)


def test_migrations_go_up_and_down_again(database: Database) -> None:
    assert not storage.is_current(database)
    storage.migrate(database)
    assert storage.is_current(database)
    storage.migrate(database)  # a second time nothing happens
    with database.unit_of_work() as uow:
        settings.put(uow, "demo", {"since": 1})

    storage.migrate(database, "base")

    assert storage.current(database) is None
    with database.schema_connection() as connection:
        assert shape(connection) == {}


def test_rows_stay_on_the_way_down_and_up_again(database: Database) -> None:
    storage.migrate(database)
    with database.unit_of_work() as uow:
        a_running_instance(uow)
        jobs.insert_many(uow, [
            a_job("timer"),
            a_job("begins", instance_id=None, deployment_id="deployment-1", kind="start", payload=None)])

    storage.migrate(database, "0001")
    assert storage.current(database) == "0001"
    storage.migrate(database)

    with database.unit_of_work() as uow:
        assert jobs.get(uow, "timer") == a_job("timer")
        assert jobs.get(uow, "begins") is None  # nothing before could hold it; the next deployment arms it again
        case = cases.get(uow, "case-1")
        assert case is not None and case.came_from is None
        jobs.insert_many(uow, [a_job("again", instance_id=None)])  # and the new rules hold
    with pytest.raises(errors.Duplicate, match="uq_job_apart"), database.unit_of_work() as uow:
        jobs.insert_many(uow, [a_job("twice", instance_id=None, token_id="token-again")])


def test_entries_of_old_get_the_order_they_were_rebuilt_in(database: Database) -> None:
    """By the instant of recording, then by journal; within a journal as they stand, though a clock was set back."""
    recorded = {("b", 1): 3, ("b", 2): 9, ("b", 3): 4, ("a", 1): 9, ("a", 2): 10, ("c", 1): 1}  # c is of no case
    storage.migrate(database)
    with database.unit_of_work() as uow:
        a_running_instance(uow)
    storage.migrate(database, "0005")
    with database.schema_connection() as connection:
        for (chain, seq), second in recorded.items():
            connection.execute(text(
                "INSERT INTO journal VALUES (:chain, :seq, 'agency-1', :of, 0, :at, 'x', 'start', :body, '', '', 1, '', '', '')"),
                {"chain": chain, "seq": seq, "of": None if chain == "c" else "case-1", "at": second, "body": b""})

    storage.migrate(database)

    with database.unit_of_work() as uow:
        places = journal.places(uow, "case-1")
        assert cases.move(uow, "case-1", entries=1) == 6
    assert sorted(places, key=places.__getitem__) == [("b", 1), ("a", 1), ("b", 2), ("b", 3), ("a", 2)]
    assert sorted(places.values()) == [1, 2, 3, 4, 5]


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    with database.schema_connection() as connection:
        metadata.tables["notice"].create(connection)  # stands in the way of the first migration

    with pytest.raises(Exception, match="notice"):
        storage.migrate(database)

    with database.schema_connection() as connection:
        assert set(shape(connection)) == {"notice"}


def test_migrations_are_numbered_without_gaps_and_know_nothing_of_ours() -> None:
    assert VERSIONS
    for number, path in enumerate(VERSIONS, start=1):
        assert path.name.startswith(f"{number:04}_"), path.name
        imported = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
        }
        assert imported <= {"alembic", "sqlalchemy", "__future__"}, path.name
