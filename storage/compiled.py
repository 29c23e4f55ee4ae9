"""Statements compiled once for all databases of a kind: every trial, and every test, opens one of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine.interfaces import Compiled

MOST = 2_000   # more than the product has, with every filter of every list


class CompiledStatements(dict[Any, Compiled]):
    """What SQLAlchemy asks before it compiles a statement. Its keys begin with the dialect of one engine; here those of the same kind
    and version are one, since they write the same SQL."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Any, value: Compiled) -> None:
        if len(self) >= MOST:
            self.clear()
        super().__setitem__(_of_a_kind(key), value)


def _of_a_kind(key: Any) -> tuple[Any, ...]:
    dialect, *rest = key
    return (dialect.name, dialect.driver, dialect.server_version_info, *rest)
