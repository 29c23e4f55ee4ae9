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

Mode = tuple[tuple[object, ...], Any]


def run(databases: Databases, *, cases: int = 3, marks: tuple[int, ...] = MARKS, seed: int = 20261121) -> list[dict[str, Any]]:
    """`cases` x 10 samples per mode and mark. Old and young cases and all modes take turns, in an order drawn anew for every
    step, so that each of them sees the same machine."""
    samples, order, specs = measure.Samples(), random.Random(seed), stock.Specs()
    most = {kind: measure.Traffic() for kind in databases.kinds}
    urls = {kind: databases.fresh(kind) for kind in databases.kinds}
    products = {kind: ours.Product(url, home) for kind, (url, home) in urls.items()}
    for _ in range(cases):
        windows = [_window(products, urls, specs, mark) for mark in marks]
        gc.collect()
        for n in range(2 * EACH_SIDE):
            turns = [(mode, steps[n]) for steps, modes in windows for mode in modes]
            order.shuffle(turns)
            for mode, step in turns:
                _take(samples, most, mode, step)
        for _, modes in windows:
            for _, instance in modes:
                if isinstance(instance, stock.Stored):
                    instance.close()
    return [line for kind in databases.kinds for line in _lines(samples, kind, marks, most[kind])]


def _window(products: Mapping[str, ours.Product], urls: Mapping[str, Any], specs: stock.Specs,
            mark: int) -> tuple[list[yardstick.Step], list[Mode]]:
    """The steps round a mark, and in every mode a case that stands before the first of them."""
    steps = list(yardstick.steps((mark + EACH_SIDE) // 2 + 1))
    before, measured = steps[:mark - EACH_SIDE], steps[mark - EACH_SIDE:mark + EACH_SIDE]
    memory, running = stock.InMemory(specs), {kind: product.start() for kind, product in products.items()}
    for task, submission in before:
        memory.complete(task, submission)
    for case in running.values():
        case.play(before)
    modes: list[Mode] = [((MEMORY, mark), memory)]
    modes += [((OURS, kind, mark), case) for kind, case in running.items()]
    modes += [((STORED, kind, mark), stock.Stored(specs, url, memory.workflow, mark)) for kind, (url, _) in urls.items()]
    return measured, modes


def _take(samples: measure.Samples, most: Mapping[str, measure.Traffic], mode: Mode, step: yardstick.Step) -> None:
    key, instance = mode
    if isinstance(instance, ours.Case):
        instance.claim(step[0])     # an act of its own, long before
    with measure.traffic() as seen:
        samples.take(key, instance.complete, *step)
    if isinstance(instance, ours.Case):
        known = most[str(key[1])]
        known.statements, known.commits = max(known.statements, seen.statements), max(known.commits, seen.commits)


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
            {"database": kind, "measure": f"stock stored as JSON / ours, processor time at {mark} tasks",
             "value": samples.busy_median(STORED, kind, mark) / samples.busy_median(OURS, kind, mark)},
        ]
    first, last = marks[0], marks[-1]
    return [*lines,
            {"database": kind, "measure": f"ours at {last} tasks / at {first}", "at_most": 1.2,
             "value": samples.median(OURS, kind, last) / samples.median(OURS, kind, first)},
            {"database": kind, "measure": f"ours at {last} tasks / at {first}, processor time",
             "value": samples.busy_median(OURS, kind, last) / samples.busy_median(OURS, kind, first)},
            {"database": kind, "measure": "SQL statements per completion, the most", "value": most.statements, "at_most": 15},
            {"database": kind, "measure": "commits per completion, the most", "value": most.commits, "at_most": 1, "at_least": 1}]
