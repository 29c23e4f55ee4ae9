"""Fresh databases to measure on: SQLite always, PostgreSQL where Debian's package is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy

from tests.support import postgres

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


class Databases:
    """Where each measurement gets a database of its own."""

    def __init__(self, folder: Path, cluster: postgres.Cluster | None) -> None:
        self._folder, self._cluster, self._count = folder, cluster, 0

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds there are on this machine."""
        return (SQLITE,) if self._cluster is None else (SQLITE, POSTGRESQL)

    def fresh(self, kind: str) -> tuple[str, Path]:
        """The URL of an empty database, and a folder beside it."""
        self._count += 1
        home = self._folder / str(self._count)
        home.mkdir()
        if kind == POSTGRESQL:
            assert self._cluster is not None
            return self._cluster.new_database(), home
        return f"sqlite:///{home / 'kawal.db'}", home


@contextmanager
def opened(*, with_postgresql: bool = True) -> Iterator[Databases]:
    """Databases that are gone with the block. PostgreSQL runs with fsync on, as SQLite does."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kawal-bench-")))
        cluster = stack.enter_context(postgres.cluster(fsync=True)) if with_postgresql and postgres.binaries() else None
        yield Databases(folder, cluster)


@contextmanager
def connection(url: str) -> Iterator[sqlalchemy.Connection]:
    """A plain connection, on SQLite as durable as the product's own."""
    engine = sqlalchemy.create_engine(url)
    if engine.dialect.name == "sqlite":
        sqlalchemy.event.listen(engine, "connect", _as_durable)
    with engine.connect() as found:
        yield found
    engine.dispose()


def size(found: sqlalchemy.Connection) -> int:
    """Bytes of the whole database."""
    if found.dialect.name == "sqlite":
        pages, page = (found.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
        return int(pages) * int(page)
    return int(found.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())


def _as_durable(connection: object, _record: object) -> None:
    run: Callable[[str], object] = connection.execute  # type: ignore[attr-defined]
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 15000"):
        run(f"PRAGMA {pragma}")
