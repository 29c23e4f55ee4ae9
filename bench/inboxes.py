"""Whether the inbox stays as fast with a hundred or a thousand times as many open tasks."""

from __future__ import annotations

import random
from typing import Any

import sqlalchemy
from sqlalchemy import text

from bench import measure, ours
from bench.databases import SQLITE, Databases, connection
from engine.results import InboxFilters

FEW = 1_000
CALLS = 200
_CLONED = {"case_file": "id", "instance": "id", "task": "instance_id"}


def run(databases: Databases, *, many: int, seed: int = 20261121) -> list[dict[str, Any]]:
    """First pages of the pool and of one's own tasks, from `FEW` to `many` open tasks, the two databases taking turns."""
    lines = []
    for kind in databases.kinds:
        products = {count: _filled(databases, kind, count) for count in (FEW, many)}
        samples, order = measure.Samples(), random.Random(seed)
        for box in ("pool", "mine"):
            for call in range(-10, CALLS):
                for count in order.sample([FEW, many], 2):
                    product = products[count]
                    key = (box, count) if call >= 0 else ("warming up",)
                    samples.take(key, product.engine.tasks.inbox, product.person("intake_operator"), InboxFilters(box=box))
            few, more = samples.p95(box, FEW), samples.p95(box, many)
            lines += [
                {"database": kind, "measure": f"inbox ({box}), ms at p95 with {FEW:,} open tasks", "value": few},
                {"database": kind, "measure": f"inbox ({box}), ms at p95 with {many:,} open tasks", "value": more},
                {"database": kind, "measure": f"inbox ({box}), p95 with {many:,} / with {FEW:,}", "value": more / few, "at_most": 1.3},
            ]
    return lines


def _filled(databases: Databases, kind: str, count: int) -> ours.Product:
    """A product with one real case, and copies of its rows that differ in ids, due instants, risk and role.

    Only rows that the inbox reads are copied: a copied state would not open, for it is bound to its instance.
    """
    url, home = databases.fresh(kind)
    product = ours.Product(url, home)
    product.start().claim("register")
    with connection(url) as found:
        tables = sqlalchemy.MetaData()
        tables.reflect(found, only=list(_CLONED))
        for name in _CLONED:
            columns = [column.name for column in tables.tables[name].columns]
            chosen = ", ".join(_changed(name, column) for column in columns)
            found.execute(text(
                f"INSERT INTO {name} ({', '.join(columns)}) "
                "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count) "
                f"SELECT {chosen} FROM {name} CROSS JOIN number"), {"count": count - 1})
        found.commit()
        if kind != SQLITE:
            found.execute(text("ANALYZE"))   # what its autovacuum does within a minute
            found.commit()
    return product


_ROLES = ("intake_operator", "companion", "case_manager", "supervisor", "head_of_unit")


def _changed(table: str, column: str) -> str:
    """How a copied row differs: forty tasks are one's own, however many there are; the rest wait for five roles in turn."""
    if column in {"id", "case_id", "instance_id", "business_key"}:
        return f"{table}.{column} || '-' || n"
    if table == "task":
        if column == "role":
            return "CASE n % 5 " + "".join(f"WHEN {k} THEN '{role}' " for k, role in enumerate(_ROLES)) + "END"
        if column in {"ready_at", "due_sort", "due_at"}:
            return f"{table}.{column} + CAST(n % 9973 AS BIGINT) * 60000000"
        if column == "risk_rank":
            return "n % 4"
        if column in {"assignee_id", "claimed_at"}:
            return f"CASE WHEN n % 25 = 0 AND n < {FEW} THEN {table}.{column} END"
    return f"{table}.{column}"
