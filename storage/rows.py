"""Between tables and the frozen rows that queries return: a row's fields are columns of the same name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, FromClause

Row = TypeVar("Row")


def columns(row_type: type[Any], table: FromClause, **others: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The columns `row_type` asks for: of `table`, unless `others` says where a field comes from."""
    return [
        others[f.name].label(f.name) if f.name in others else table.c[f.name]
        for f in fields(row_type)
    ]


def all_of(row_type: type[Row], result: Iterable[Sequence[Any]]) -> list[Row]:
    """Every row of `result`, in its order."""
    names = [f.name for f in fields(row_type)]  # type: ignore[arg-type]
    return [row_type(**dict(zip(names, row, strict=True))) for row in result]


def one_of(row_type: type[Row], result: Iterable[Sequence[Any]]) -> Row | None:
    """The one row of `result`, or None."""
    found = all_of(row_type, result)
    if len(found) > 1:
        raise LookupError("more than one row where at most one was expected")
    return found[0] if found else None


def values_of(row: object) -> dict[str, Any]:
    """The fields of one row as column values."""
    return dict(vars(row))


def values_of_all(rows: Sequence[object]) -> list[dict[str, Any]]:
    """The fields of several rows as column values."""
    return [dict(vars(row)) for row in rows]
