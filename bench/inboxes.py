"""Whether the inbox stays as fast with a hundred times as many open tasks in the agency, in a database with ten times more than that."""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy
from flask.testing import FlaskClient
from sqlalchemy import text

from bench import measure, ours
from bench.databases import SQLITE, Databases, connection
from webui.app import create_app

FEW = 1_000
CALLS = 200
#: Of the tasks of the larger database: a tenth are open in the agency; of the rest, half were done there, half wait elsewhere.
OPEN_SHARE = 10
_UNTIL_SOME_ARE_LATE = timedelta(hours=8)
_ELSEWHERE = "elsewhere"
_ROLES = ("intake_operator", "companion", "case_manager", "supervisor", "head_of_unit")
#: What people open all day. Each page is a box, its counts and those of the other boxes; some are narrowed as their buttons do.
_PAGES = {
    "pool": "kotak=pool", "mine": "kotak=mine", "aside": "kotak=aside", "done": "kotak=done",
    "pool, high risk": "kotak=pool&risiko=high", "pool, late": "kotak=pool&lewat=1", "mine, late": "kotak=mine&lewat=1",
    "pool, one SOP": f"kotak=pool&sop={ours.yardstick.KEY}",
}
_SIGN_IN, _PASSPHRASE = "bangku", "kuda batu hujan pelan sekali"


@dataclass(frozen=True)
class _Size:
    """How many tasks the database holds, and how many of them are open in the agency."""

    tasks: int
    open: int


@dataclass(frozen=True)
class _Desk:
    """Somebody signed in at a product, who asks as a browser does; a page costs the server all between the request and its answer."""

    client: FlaskClient

    def open(self, query: str) -> bytes:
        """The page as sent."""
        answer = self.client.get(f"/tugas?{query}")
        assert answer.status_code == 200, answer.status
        return answer.data


def run(databases: Databases, *, many: int, seed: int = 20261121) -> list[dict[str, Any]]:
    """The server's part of the inbox's first pages, the two databases taking turns: `FEW` open tasks and as many others, against
    `many`, of which a tenth are open in the agency."""
    lines = []
    few, more = _Size(2 * FEW, FEW), _Size(many, many // OPEN_SHARE)
    for kind in databases.kinds:
        desks = {size: _filled(databases, kind, size) for size in (few, more)}
        samples, order = measure.Samples(), random.Random(seed)
        for name, query in _PAGES.items():
            for call in range(-10, CALLS):
                for size in order.sample([few, more], 2):
                    samples.take((name, size) if call >= 0 else ("warming up",), desks[size].open, query)
            for what, measured in (("median", samples.median), ("p95", samples.p95)):
                lines += [{"database": kind, "measure": f"inbox ({name}), ms at {what}, {size.open:,} open of {size.tasks:,}",
                           "value": measured(name, size)} for size in (few, more)]
            lines.append({"database": kind, "measure": f"inbox ({name}), kB sent, compressed",
                          "value": len(gzip.compress(desks[more].open(query))) / 1000, "at_most": 60})
            lines += [{"database": kind, "measure": f"inbox ({name}), {what} of {more.open:,} open / of {few.open:,}",
                       "value": measured(name, more) / measured(name, few), "at_most": 1.3}
                      for what, measured in (("p95", samples.p95), ("processor's median", samples.busy_median))]
    return lines


def _filled(databases: Databases, kind: str, size: _Size) -> _Desk:
    """A desk in a product with one real case, and copies of its rows that differ in ids, due instants, risk, role, state and agency.

    Only rows that the inbox reads are copied: a copied state would not open, for it is bound to its instance.
    """
    url, home = databases.fresh(kind)
    product = ours.Product(url, home)
    product.start().claim("register")
    person = product.engine.people.create_account(
        product.engine.people.operator("bench"), sign_in=_SIGN_IN, name=_SIGN_IN.title(), passphrase=_PASSPHRASE,
        roles=["intake_operator"])
    with connection(url) as found:
        tables = sqlalchemy.MetaData()
        tables.reflect(found, only=["agency", "case_file", "instance", "task"])
        for name, count in (("agency", 1), ("case_file", size.open - 1), ("instance", size.open - 1), ("task", size.tasks - 1)):
            columns = [column.name for column in tables.tables[name].columns]
            chosen = ", ".join(_changed(name, column, size, person.id) for column in columns)
            found.execute(text(
                f"INSERT INTO {name} ({', '.join(columns)}) "
                "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count) "
                f"SELECT {chosen} FROM {name} CROSS JOIN number"), {"count": count})
        found.commit()
        if kind != SQLITE:
            found.execution_options(isolation_level="AUTOCOMMIT")
            found.execute(text("VACUUM ANALYZE"))   # what its autovacuum does within a minute
    product.clock.advance(_UNTIL_SOME_ARE_LATE)
    client = create_app(product.engine, settings=product.engine.settings).test_client()
    client.set_cookie("kawal", product.engine.people.sign_in(_SIGN_IN, _PASSPHRASE, address="127.0.0.1"))
    return _Desk(client)


def _changed(table: str, column: str, size: _Size, person: str) -> str:
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
        "assignee_id": f"CASE WHEN n % 25 = 0 AND n < {FEW} THEN '{person}' END",
        "claimed_at": f"CASE WHEN n % 25 = 0 AND n < {FEW} THEN {own} END",
        "completed_at": f"CASE WHEN NOT {waits} THEN task.ready_at + CAST(n % 9973 AS BIGINT) * 60000000 END",
        "completed_by": f"CASE WHEN {waits} THEN NULL WHEN n > {size.tasks} - 80 THEN '{person}' ELSE 'somebody-' || n % 50 END",
        **dict.fromkeys(("ready_at", "due_sort", "due_at"), f"{own} + CAST(n % 9973 AS BIGINT) * 60000000"),
    }
    return changed.get(column, own)
