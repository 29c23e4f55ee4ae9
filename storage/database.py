"""Opens a database by URL and hands out units of work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, StaticPool, create_engine, event, inspect, make_url
from sqlalchemy.engine.mock import MockConnection

from storage.compiled import CompiledStatements
from storage.schema import metadata
from storage.unit_of_work import UnitOfWork, transaction

BUSY_TIMEOUT_MS = 15_000  # how long a SQLite writer waits for the one before it


class Database:
    """One database: `sqlite://` (in memory), `sqlite:///file` or `postgresql://...`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._in_memory = isinstance(engine.pool, StaticPool)
        # An in-memory database is one connection for all threads; its transactions take turns.
        self._turn = threading.Lock()
        self._turn_of: int | None = None
        self._count = threading.Lock()
        self.commits = 0

    @classmethod
    def open(cls, url: str) -> Database:
        """Connects lazily; creates no table (`migrate` or `create_schema` does)."""
        return cls(_engine(parsed(url)))

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def create_schema(self) -> None:
        """All tables as the models say, for a store that lives no longer than its process. Real ones use `migrate`."""
        with self._engine.begin() as connection:
            if inspect(connection).get_table_names():
                metadata.create_all(connection)
                return
            for statement in _whole_schema(connection.dialect):
                connection.exec_driver_sql(statement)

    @contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """One writing transaction: committed at the end of the block, rolled back if it raises.

        On SQLite the write lock is taken at once (BEGIN IMMEDIATE), so what is read cannot be overtaken.
        Blocks do not nest.

        Raises:
            Conflict: another writer held the database for too long, or the database chose this one to give way.
        """
        with self._connection(writes=True) as connection, transaction(connection, committed=self._committed) as uow:
            yield uow

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """One transaction for queries; never committed, so that whatever is written in it is undone."""
        with self._connection(writes=False) as connection:
            yield UnitOfWork(connection)

    @contextmanager
    def schema_connection(self, *, writes: bool = True) -> Iterator[Connection]:
        """One transaction for `migrate`, which alone changes tables; it is kept when the block ends well."""
        with self._connection(writes=writes) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give all connections back to the system."""
        self._engine.dispose()

    def _committed(self) -> None:
        with self._count:
            self.commits += 1

    @contextmanager
    def _connection(self, *, writes: bool) -> Iterator[Connection]:
        if not self._in_memory:
            with self._engine.connect().execution_options(kawal_writes=writes) as connection:
                yield connection
            return
        if self._turn_of == threading.get_ident():
            raise RuntimeError("units of work do not nest")
        with self._turn:
            self._turn_of = threading.get_ident()
            try:
                with self._engine.connect().execution_options(kawal_writes=writes) as connection:
                    yield connection
            finally:
                self._turn_of = None


def parsed(url: str) -> URL:
    """`url` with the driver this product uses."""
    found = make_url(url)
    if found.get_backend_name() == "postgresql":
        return found.set(drivername="postgresql+psycopg")
    if found.get_backend_name() == "sqlite":
        return found.set(drivername="sqlite+pysqlite")
    raise ValueError("the database is SQLite or PostgreSQL")


def _whole_schema(dialect: Dialect) -> tuple[str, ...]:
    """What makes all tables. Written out once for each kind of database: that takes longer than to make them, and every trial asks."""
    if dialect.name not in _SCHEMAS:   # two threads may both write it; either is right
        statements: list[str] = []
        metadata.create_all(MockConnection(dialect, lambda made, *_: statements.append(str(made.compile(dialect=dialect)))),
                            checkfirst=False)
        _SCHEMAS[dialect.name] = tuple(statements)
    return _SCHEMAS[dialect.name]


_SCHEMAS: dict[str, tuple[str, ...]] = {}
_COMPILED = CompiledStatements()


def _engine(url: URL) -> Engine:
    # Parameters never reach an exception's text: they are field values (invariant 12).
    if url.get_backend_name() == "postgresql":
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, execution_options={"compiled_cache": _COMPILED})
    options: dict[str, Any] = {
        "connect_args": {"check_same_thread": False}, "hide_parameters": True, "execution_options": {"compiled_cache": _COMPILED}}
    if not url.database or url.database == ":memory:":
        options["poolclass"] = StaticPool
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "journal_mode = WAL", "synchronous = FULL",
                   "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # What is not marked as reading may write: migrations, for one.
    writes = connection.get_execution_options().get("kawal_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
