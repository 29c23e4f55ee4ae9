"""The statements of the busiest commands: compiled once per kind of database, then run on the driver's own cursor.

SQLAlchemy writes the SQL and converts values both ways, as everywhere; what is left out is the work it does again for every
run, which costs several times what the database needs. A completed task runs about fourteen statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]
Statement = Select[Any] | Insert | Update | Delete


@dataclass(frozen=True)
class Reply:
    """What a prepared statement answered: its rows, read to the end, and how many it changed."""

    rows: Sequence[Sequence[Any]]
    rowcount: int

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return iter(self.rows)


@dataclass(frozen=True)
class _Plan:
    """A statement as one driver takes it."""

    sql: str
    names: tuple[str, ...] | None                       # in the order of the marks; None: the driver takes names
    constants: Mapping[str, Any]
    binders: Sequence[tuple[str, Convert]]
    readers: Sequence[Convert | None] | None            # None: the rows need no conversion

    def arguments(self, given: Mapping[str, Any]) -> Any:
        values = {**self.constants, **given}
        for name, convert in self.binders:
            values[name] = convert(values[name])
        return values if self.names is None else tuple([values[name] for name in self.names])

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        assert self.readers is not None
        return [value if convert is None else convert(value) for value, convert in zip(row, self.readers, strict=True)]


class Prepared:
    """A statement whose parameters are all named. No lists as parameters: their SQL would differ from run to run."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._plans: dict[tuple[str, tuple[str, ...]], _Plan] = {}

    def run(self, connection: Connection, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Reply:
        """Run it in the connection's transaction. Raises DBAPIError, as the connection itself would."""
        many = [parameters] if isinstance(parameters, Mapping) else parameters
        plan = self._plan(connection.dialect, tuple(many[0]))
        if not connection.in_transaction():
            connection.begin()
        cursor = connection.connection.cursor()
        try:
            if len(many) == 1:
                cursor.execute(plan.sql, plan.arguments(many[0]))
            else:
                cursor.executemany(plan.sql, [plan.arguments(each) for each in many])
            rows = cursor.fetchall() if cursor.description is not None else ()
            return Reply(rows if plan.readers is None else [plan.read(row) for row in rows], cursor.rowcount)
        except connection.dialect.loaded_dbapi.Error as refused:
            raise _as_sqlalchemy(connection, plan.sql, refused) from refused
        finally:
            cursor.close()

    def _plan(self, dialect: Dialect, names: tuple[str, ...]) -> _Plan:
        # An INSERT has the columns it is given; every other statement says itself what it needs.
        is_insert = isinstance(self._statement, Insert)
        key = (dialect.name, names if is_insert else ())
        if key not in self._plans:   # two threads may both make it; either is right
            compiled = self._statement.compile(dialect=dialect, column_keys=list(names) if is_insert else None)
            assert isinstance(compiled, SQLCompiler)
            self._plans[key] = _planned(compiled, dialect)
        return self._plans[key]


def _planned(compiled: SQLCompiler, dialect: Dialect) -> _Plan:
    if any(bind.expanding for bind in compiled.binds.values()):
        raise TypeError("a prepared statement takes no lists")
    readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in compiled._result_columns]
    return _Plan(
        sql=str(compiled), names=tuple(compiled.positiontup or ()) if compiled.positional else None, constants=compiled.params,
        binders=[(name, convert) for name, convert in compiled._bind_processors.items() if callable(convert)],
        readers=readers if any(readers) else None)


def _as_sqlalchemy(connection: Connection, sql: str, refused: BaseException) -> BaseException:
    """The driver's refusal as SQLAlchemy would raise it, without parameters: they are field values."""
    dialect = connection.dialect
    is_gone = dialect.is_disconnect(refused, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    wrapped = DBAPIError.instance(sql, None, refused, dialect.loaded_dbapi.Error, hide_parameters=True,
                                  connection_invalidated=is_gone, dialect=dialect)
    if is_gone:
        connection.invalidate(refused)
    return wrapped
