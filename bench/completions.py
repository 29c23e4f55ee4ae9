"""One completed task, durably: ours through the front door against stock SpiffWorkflow, in memory and as stored JSON."""

from __future__ import annotations

import gc
import random
from collections.abc import Mapping
from typing import Any

from bench import measure, ours, stock, yardstick
from bench.databases import Databases

MARKS = (10, 60, 300)     # completed tasks of one case
EACH_SIDE = 5             # tasks measured before and after a mark
MEMORY, OURS, STORED = "stock in memory", "ours", "stock JSON"


def run(databases: Databases, *, cases: int = 3, marks: tuple[int, ...] = MARKS, seed: int = 20261121) -> list[dict[str, Any]]:
    """All modes step by step on the same case, in an order drawn anew for every step; `cases` x 10 samples per mark."""
    samples, order, specs = measure.Samples(), random.Random(seed), stock.Specs()
    most: dict[str, measure.Traffic] = {kind: measure.Traffic() for kind in databases.kinds}
    for number in range(cases):
        _one_case(databases, samples, order, specs, most, marks, number)
    return [line for kind in databases.kinds for line in _lines(samples, kind, marks, most[kind])]


def _one_case(databases: Databases, samples: measure.Samples, order: random.Random, specs: stock.Specs,
              most: Mapping[str, measure.Traffic], marks: tuple[int, ...], number: int) -> None:
    urls = {kind: databases.fresh(kind) for kind in databases.kinds}
    products = {kind: ours.Product(url, home) for kind, (url, home) in urls.items()}
    cases = {kind: product.start() for kind, product in products.items()}
    memory, stored = stock.InMemory(specs), {}
    steps = list(yardstick.steps((max(marks) + EACH_SIDE) // 2))[:max(marks) + EACH_SIDE]
    for n, (task, submission) in enumerate(steps):
        mark = next((mark for mark in marks if mark - EACH_SIDE <= n < mark + EACH_SIDE), None)
        for case in cases.values():
            case.claim(task)
        if mark is None:
            memory.complete(task, submission)
            for case in cases.values():
                case.complete(task, submission)
            continue
        if n == mark - EACH_SIDE:
            gc.collect()
            stored = {kind: stock.Stored(specs, url, memory.workflow) for kind, (url, _) in urls.items()}
        modes: list[tuple[tuple[object, ...], Any]] = [((MEMORY, mark), memory)]
        modes += [((OURS, kind, mark), case) for kind, case in cases.items()]
        modes += [((STORED, kind, mark), each) for kind, each in stored.items()]
        order.shuffle(modes)
        for key, instance in modes:
            with measure.traffic() as seen:
                samples.take(key, instance.complete, task, submission)
            if key[0] == OURS:
                most[str(key[1])].statements = max(most[str(key[1])].statements, seen.statements)
                most[str(key[1])].commits = max(most[str(key[1])].commits, seen.commits)
        if n == mark + EACH_SIDE - 1:
            for each in stored.values():
                each.close()


def _lines(samples: measure.Samples, kind: str, marks: tuple[int, ...], most: measure.Traffic) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for mark, at_most, at_least in zip(marks, (2.0, 1.0, 0.2), (5.0, 10.0, 30.0), strict=False):
        mine = samples.median(OURS, kind, mark)
        memory, stored = samples.median(MEMORY, mark), samples.median(STORED, kind, mark)
        lines += [
            {"database": kind, "measure": f"ours, ms per completion at {mark} tasks (median of {samples.count(OURS, kind, mark)})", "value": mine},
            {"database": kind, "measure": f"stock in memory, ms at {mark} tasks", "value": memory},
            {"database": kind, "measure": f"stock stored as JSON, ms at {mark} tasks", "value": stored},
            {"database": kind, "measure": f"ours / stock in memory at {mark} tasks", "value": mine / memory, "at_most": at_most},
            {"database": kind, "measure": f"stock stored as JSON / ours at {mark} tasks", "value": stored / mine, "at_least": at_least},
            {"database": kind, "measure": f"ours, ms of processor time at {mark} tasks", "value": samples.busy_median(OURS, kind, mark)},
            {"database": kind, "measure": f"ours / stock in memory, processor time at {mark} tasks",
             "value": samples.busy_median(OURS, kind, mark) / samples.busy_median(MEMORY, mark)},
        ]
    first, last = marks[0], marks[-1]
    return [*lines,
            {"database": kind, "measure": f"ours at {last} tasks / at {first}", "at_most": 1.2,
             "value": samples.median(OURS, kind, last) / samples.median(OURS, kind, first)},
            {"database": kind, "measure": "SQL statements per completion, the most", "value": most.statements, "at_most": 15},
            {"database": kind, "measure": "commits per completion, the most", "value": most.commits, "at_most": 1, "at_least": 1}]
