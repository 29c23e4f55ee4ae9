"""What the database refused, named by constraint; never with a value (invariant 12)."""

from __future__ import annotations

import re

from sqlalchemy import Index, MetaData, UniqueConstraint
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError


class StorageError(Exception):
    """The database refused."""


class Duplicate(StorageError):
    """A row with this key exists already; `constraint` is the name of the unique or primary key constraint."""

    def __init__(self, constraint: str) -> None:
        self.constraint = constraint
        super().__init__(constraint)


class BrokenReference(StorageError):
    """A row points at one that does not exist, or one is removed that others point at. SQLite names no constraint."""

    def __init__(self, constraint: str = "") -> None:
        self.constraint = constraint
        super().__init__(constraint)


class BrokenRule(StorageError):
    """A value is missing or outside what its column allows."""

    def __init__(self, constraint: str = "") -> None:
        self.constraint = constraint
        super().__init__(constraint)


class Conflict(StorageError):
    """Another transaction holds what this one needs; nothing was written, a fresh attempt may pass."""


class DamagedCiphertext(StorageError):
    """A ciphertext does not open: wrong key, wrong place, or changed bytes."""


class UnstorableText(StorageError):
    """A text that no database column holds: half a character, or NUL where the database has none."""


#: PostgreSQL: serialization failure, deadlock, lock not available, query cancelled by a lock timeout.
_CONFLICT_STATES = frozenset({"40001", "40P01", "55P03"})
#: PostgreSQL: not in the repertoire, untranslatable; None where the driver refused before asking.
_UNSTORABLE_STATES = frozenset({"22021", "22P05", None})
_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<index>\w+)'|(?P<columns>.+))")
_SQLITE_OTHER = re.compile(r"(?:NOT NULL|CHECK) constraint failed: (?P<name>[\w.]+)")


def translated(error: DBAPIError, metadata: MetaData) -> StorageError | None:
    """The storage error that stands for `error`, or None where it is a fault of ours and should be seen as it is."""
    original = error.orig
    state = getattr(original, "sqlstate", None)
    if isinstance(error, IntegrityError):
        diagnosis = getattr(original, "diag", None)
        if diagnosis is not None:
            name = diagnosis.constraint_name or ""
            if state == "23505":
                return Duplicate(name)
            return BrokenReference(name) if state == "23503" else BrokenRule(name or diagnosis.column_name or "")
        return _of_sqlite(str(original), metadata)
    if state in _CONFLICT_STATES:
        return Conflict()
    if isinstance(error, DataError) and state in _UNSTORABLE_STATES:
        return UnstorableText()
    if isinstance(error, OperationalError) and "locked" in str(original):
        return Conflict()
    return None


def _of_sqlite(message: str, metadata: MetaData) -> StorageError:
    if found := _SQLITE_UNIQUE.match(message):
        return Duplicate(found["index"] or _constraint_over(found["columns"], metadata))
    if message.startswith("FOREIGN KEY"):
        return BrokenReference()
    other = _SQLITE_OTHER.match(message)
    return BrokenRule(other["name"] if other else "")


def _constraint_over(columns: str, metadata: MetaData) -> str:
    """SQLite names the columns of a broken unique constraint; the schema knows its name."""
    parts = [part.strip().split(".") for part in columns.split(",")]
    table = metadata.tables.get(parts[0][0])
    if table is None:
        return ""
    wanted = {column for _, column in parts}
    if {column.name for column in table.primary_key} == wanted:
        return str(table.primary_key.name)
    candidates: list[UniqueConstraint | Index] = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    candidates += [index for index in table.indexes if index.unique]
    for candidate in candidates:
        if {column.name for column in candidate.columns} == wanted:
            return str(candidate.name)
    return ""
