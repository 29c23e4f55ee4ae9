"""Time, statements, medians: measured the same way for everything that is compared."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy

from storage.prepared import Prepared


class Samples:
    """Seconds per measured act, by what was measured."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[object, ...], list[float]] = defaultdict(list)
        self._busy: dict[tuple[object, ...], list[float]] = defaultdict(list)   # of which this thread worked

    def take(self, key: tuple[object, ...], act: Callable[..., Any], *arguments: Any) -> Any:
        """Do it once and keep how long it took."""
        begin, begin_busy = time.perf_counter(), time.thread_time()
        answer = act(*arguments)
        self._busy[key].append(time.thread_time() - begin_busy)
        self._seconds[key].append(time.perf_counter() - begin)
        return answer

    def median(self, *key: object) -> float:
        """Milliseconds."""
        return statistics.median(self._seconds[key]) * 1000

    def busy_median(self, *key: object) -> float:
        """Milliseconds of processor time, which others on the same machine disturb less."""
        return statistics.median(self._busy[key]) * 1000

    def p95(self, *key: object) -> float:
        """Milliseconds."""
        return statistics.quantiles(self._seconds[key], n=20, method="inclusive")[-1] * 1000

    def count(self, *key: object) -> int:
        """How many samples there are."""
        return len(self._seconds[key])


@dataclass
class Traffic:
    """What reached the database driver."""

    statements: int = 0
    commits: int = 0


@contextmanager
def traffic() -> Iterator[Traffic]:
    """Counts SQL statements (the BEGIN among them) and commits, whoever sends them: SQLAlchemy tells of its own, prepared
    statements go past it."""
    seen = Traffic()
    run = Prepared.run

    def statement(*_: object) -> None:
        seen.statements += 1

    def prepared(*arguments: Any) -> Any:
        seen.statements += 1
        return run(*arguments)

    def commit(_: object) -> None:
        seen.commits += 1

    Prepared.run = prepared  # type: ignore[method-assign]
    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", statement)
    sqlalchemy.event.listen(sqlalchemy.Engine, "commit", commit)
    try:
        yield seen
    finally:
        Prepared.run = run  # type: ignore[method-assign]
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", statement)
        sqlalchemy.event.remove(sqlalchemy.Engine, "commit", commit)


@dataclass(frozen=True)
class Took:
    """Seconds on the wall, and of them those in which this thread worked."""

    seconds: float
    busy: float


def once(act: Callable[[], Any]) -> tuple[Any, Took]:
    """Do something long, once."""
    begin, begin_busy = time.perf_counter(), time.thread_time()
    answer = act()
    return answer, Took(seconds=time.perf_counter() - begin, busy=time.thread_time() - begin_busy)
