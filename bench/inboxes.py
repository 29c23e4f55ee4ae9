"""Whether the inbox stays as fast with a hundred times as many open tasks in the agency, in a database with ten times more than that."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import text

from bench import measure, ours
from bench.databases import SQLITE, Databases, connection
from engine.results import InboxFilters
from engine.types import Actor

FEW = 1_000
CALLS = 200
#: Of the tasks of the larger database: a tenth are open in the agency; of the rest, half were done there, half wait elsewhere.
OPEN_SHARE = 10
_UNTIL_SOME_ARE_LATE = timedelta(hours=8)
_ELSEWHERE = "elsewhere"
_ROLES = ("intake_operator", "companion", "case_manager", "supervisor", "head_of_unit")
#: What people open all day. `late` and `risk` narrow a box, as their buttons do.
_PAGES = {
    "pool": InboxFilters(box="pool"), "mine": InboxFilters(box="mine"), "aside": InboxFilters(box="aside"),
    "done": InboxFilters(box="done"), "pool, high risk": InboxFilters(box="pool", risk="high"),
    "pool, late": InboxFilters(box="pool", late_only=True), "mine, late": InboxFilters(box="mine", late_only=True),
    "pool, one SOP": InboxFilters(box="pool", sop_key=ours.yardstick.KEY),
}


@dataclass(frozen=True)
class _Size:
    """How many tasks the database holds, and how many of them are open in the agency."""

    tasks: int
    open: int


def run(databases: Databases, *, many: int, seed: int = 20261121) -> list[dict[str, Any]]:
    """First pages of the boxes and the counts beside them, the two databases taking turns: `FEW` open tasks and as many others,
    against `many`, of which a tenth are open in the agency."""
    lines = []
    few, more = _Size(2 * FEW, FEW), _Size(many, many // OPEN_SHARE)
    for kind in databases.kinds:
        products = {size: _filled(databases, kind, size) for size in (few, more)}
        samples, order = measure.Samples(), random.Random(seed)
        for name in (*_PAGES, "counts"):
            for call in range(-10, CALLS):
                for size in order.sample([few, more], 2):
                    samples.take((name, size) if call >= 0 else ("warming up",), _asked, products[size], name)
            for what, measured in (("median", samples.median), ("p95", samples.p95)):
                lines += [{"database": kind, "measure": f"inbox ({name}), ms at {what}, {size.open:,} open of {size.tasks:,}",
                           "value": measured(name, size)} for size in (few, more)]
            lines.append({"database": kind, "measure": f"inbox ({name}), p95 of {more.open:,} open / of {few.open:,}",
                          "value": samples.p95(name, more) / samples.p95(name, few), "at_most": 1.3})
    return lines


def _asked(product: ours.Product, name: str) -> object:
    who = _person(product)
    return product.engine.tasks.counts(who) if name == "counts" else product.engine.tasks.inbox(who, _PAGES[name])


def _person(product: ours.Product) -> Actor:
    return product.person("intake_operator")


def _filled(databases: Databases, kind: str, size: _Size) -> ours.Product:
    """A product with one real case, and copies of its rows that differ in ids, due instants, risk, role, state and agency.

    Only rows that the inbox reads are copied: a copied state would not open, for it is bound to its instance.
    """
    url, home = databases.fresh(kind)
    product = ours.Product(url, home)
    product.start().claim("register")
    with connection(url) as found:
        tables = sqlalchemy.MetaData()
        tables.reflect(found, only=["agency", "case_file", "instance", "task"])
        for name, count in (("agency", 1), ("case_file", size.open - 1), ("instance", size.open - 1), ("task", size.tasks - 1)):
            columns = [column.name for column in tables.tables[name].columns]
            chosen = ", ".join(_changed(name, column, size) for column in columns)
            found.execute(text(
                f"INSERT INTO {name} ({', '.join(columns)}) "
                "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count) "
                f"SELECT {chosen} FROM {name} CROSS JOIN number"), {"count": count})
        found.commit()
        if kind != SQLITE:
            found.execution_options(isolation_level="AUTOCOMMIT")
            found.execute(text("VACUUM ANALYZE"))   # what its autovacuum does within a minute
    product.clock.advance(_UNTIL_SOME_ARE_LATE)
    return product


def _changed(table: str, column: str, size: _Size) -> str:
    """How a copied row differs: forty open tasks and forty done are one's own, however many there are; the rest wait for five roles in
    turn, were done by others, or wait in the other agency. Ten tasks of the larger database share a case."""
    own, waits = f"{table}.{column}", f"(n < {size.open} OR n % 2 = 0)"
    if table == "agency":
        return f"'{_ELSEWHERE}'" if column in {"id", "code"} else own
    if table != "task":
        return f"{own} || '-' || n" if column in {"id", "case_id", "business_key"} else own
    changed = {
        "id": f"{own} || '-' || n", "token_id": f"{own} || '-' || n",
        **dict.fromkeys(("case_id", "instance_id"), f"{own} || '-' || (1 + n % {size.open - 1})"),
        "agency_id": f"CASE WHEN n < {size.open} OR n % 2 = 1 THEN {own} ELSE '{_ELSEWHERE}' END",
        "state": f"CASE WHEN {waits} THEN 'open' ELSE 'completed' END",
        "role": "CASE n % 5 " + "".join(f"WHEN {k} THEN '{role}' " for k, role in enumerate(_ROLES)) + "END",
        "risk_rank": "n % 4",
        **dict.fromkeys(("assignee_id", "claimed_at"), f"CASE WHEN n % 25 = 0 AND n < {FEW} THEN {own} END"),
        "completed_at": f"CASE WHEN NOT {waits} THEN task.ready_at + CAST(n % 9973 AS BIGINT) * 60000000 END",
        "completed_by": f"CASE WHEN {waits} THEN NULL WHEN n > {size.tasks} - 80 THEN task.assignee_id ELSE 'somebody-' || n % 50 END",
        **dict.fromkeys(("ready_at", "due_sort", "due_at"), f"{own} + CAST(n % 9973 AS BIGINT) * 60000000"),
    }
    return changed.get(column, own)
