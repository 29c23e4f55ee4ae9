"""Timers that are all due in the same minute: how many a worker fires in a second, and that each fires once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from bench import measure, ours
from bench.databases import Databases, connection
from handlers import Worker


def run(databases: Databases, *, count: int) -> list[dict[str, Any]]:
    """`count` cases whose first task's standard of 30 minutes runs out within the same minute."""
    lines = []
    for kind in databases.kinds:
        url, home = databases.fresh(kind)
        product = ours.Product(url, home)
        for _ in range(count):
            product.start()
            product.clock.advance(timedelta(minutes=1) / count)
        product.clock.advance(timedelta(minutes=31))
        _, took = measure.once(Worker(product.engine.jobs, {}, worker_id="bench").run_until_idle)
        with connection(url) as found:
            fired = found.execute(text(
                "SELECT count(*), count(DISTINCT chain_id) FROM journal WHERE kind = 'fire_timer'")).one()
            left = found.execute(text("SELECT count(*) FROM job")).scalar_one()
        lines += [
            {"database": kind, "measure": f"timers fired per second, {count:,} due in one minute", "value": count / took.seconds},
            {"database": kind, "measure": "timers fired per second of processor time", "value": count / took.busy},
            {"database": kind, "measure": "timers that did not fire exactly once", "at_most": 0,
             "value": abs(fired[0] - fired[1]) + abs(count - fired[1]) + left},
        ]
    return lines
