"""What an instance costs on disk while it waits and when it has ended, and how fast its journal replays."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from bench import measure, ours, stock, yardstick
from bench.databases import Databases, connection, size

ROUNDS_LONG = 100   # of the review loop, for the replay


def run(databases: Databases, *, cases: int = 8) -> list[dict[str, Any]]:
    """Waiting: at five parallel visits, eight tasks done. Finished: all fifteen tasks done."""
    specs = stock.Specs()
    steps = list(yardstick.steps(1))
    at_visits = next(n for n, (task, _) in enumerate(steps) if task == "visit")
    memory = stock.InMemory(specs)
    for task, submission in steps[:at_visits]:
        memory.complete(task, submission)
    stock_waiting = len(stock.stored_form(specs, memory.workflow).encode())
    for task, submission in steps[at_visits:]:
        memory.complete(task, submission)
    stock_finished = len(stock.stored_form(specs, memory.workflow).encode())
    return [line for kind in databases.kinds
            for line in _lines(databases, kind, cases, steps, at_visits, stock_waiting, stock_finished)]


def _lines(databases: Databases, kind: str, cases: int, steps: list[yardstick.Step], at_visits: int,
           stock_waiting: int, stock_finished: int) -> list[dict[str, Any]]:
    url, home = databases.fresh(kind)
    product = ours.Product(url, home)
    with connection(url) as found:
        begun = size(found)
        running = [product.start() for _ in range(cases)]
        for case in running:
            case.play(steps[:at_visits])
        state = found.execute(text("SELECT avg(length(state)) FROM instance")).scalar_one()
        found.rollback()
        waiting = size(found)
        for case in running:
            case.play(steps[at_visits:])
        kept = found.execute(text("SELECT count(state) FROM instance")).scalar_one()
        found.rollback()
        finished = size(found)
    lines: list[dict[str, Any]] = [
        {"database": kind, "measure": "bytes of state, waiting", "value": float(state)},
        {"database": kind, "measure": "bytes of state, waiting, stock JSON", "value": stock_waiting},
        {"database": kind, "measure": "bytes of state, finished (instances that keep one)", "value": kept},
        {"database": kind, "measure": "bytes of state, finished, stock JSON", "value": stock_finished},
        {"database": kind, "measure": f"database bytes per waiting instance, journal and all ({cases} cases)",
         "value": (waiting - begun) / cases},
        {"database": kind, "measure": f"database bytes per finished instance, journal and all ({cases} cases)",
         "value": (finished - begun) / cases},
    ]
    long = product.start()
    long.play(list(yardstick.steps(ROUNDS_LONG)))
    report, took = measure.once(lambda: product.engine.audit.replay(product.person("auditor"), long.instance_id))
    return [*lines,
            {"database": kind, "measure": f"journal entries replayed per second ({report.verdict}, {report.entries} entries)",
             "value": report.entries / took.seconds},
            {"database": kind, "measure": "journal entries replayed per second of processor time", "value": report.entries / took.busy}]
