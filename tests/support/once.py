"""What hundreds of tests would otherwise do alike: the way up through all migrations, the check of the same SOP in a child process, and the
compiling of templates.

Each is done for real the first time in a test process; a database that was brought up is copied, what a check said is remembered.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import psycopg
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import URL, make_url

from engine.bundle import SopBundle
from engine.types import LintFinding
from tests.support.postgres import SPARE

PATTERN = "kawal_brought_up"


class Migrated:
    """In place of `storage.migrate`: an empty database becomes a copy of one that went the whole way; any other goes it itself.

    Also in children of the test process, of which some are killed: a pattern has its name only once it is whole.
    """

    def __init__(self, really: Callable[[str], None]) -> None:
        self._really = really
        self._file = Path(tempfile.mkdtemp(prefix="kawal-schema-")) / "kawal.db"

    def __call__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            self._postgresql(parsed)
        elif parsed.database and not Path(parsed.database).exists():
            self._sqlite(Path(parsed.database))
        else:
            self._really(url)

    def forget(self) -> None:
        shutil.rmtree(self._file.parent, ignore_errors=True)

    def _sqlite(self, file: Path) -> None:
        if not self._file.exists():
            made = self._file.with_suffix(f".{os.getpid()}")
            self._really(f"sqlite:///{made}")
            made.replace(self._file)
        shutil.copyfile(self._file, file)

    def _postgresql(self, url: URL) -> None:
        place = {"host": str(url.query["host"]), "user": url.username}
        with psycopg.connect(dbname=url.database, **place) as here:
            is_empty = here.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone() == (0,)
        if not is_empty:
            self._really(url.render_as_string(hide_password=False))
            return
        with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
            if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (PATTERN,)).fetchone() is None:
                made = f"{PATTERN}_{os.getpid()}"
                server.execute(f"CREATE DATABASE {made} TEMPLATE template0 ENCODING 'UTF8'".encode())
                self._really(url.set(database=made).render_as_string(hide_password=False))
                server.execute(f"ALTER DATABASE {made} RENAME TO {PATTERN}".encode())
            server.execute(f"ALTER DATABASE {url.database} RENAME TO {SPARE}{url.database}".encode())
            server.execute(f"CREATE DATABASE {url.database} TEMPLATE {PATTERN} STRATEGY FILE_COPY".encode())


class Checked:
    """In place of `guarded.lint_guarded`: asks the child once for the same files under the same limits."""

    def __init__(self, really: Callable[..., list[LintFinding]]) -> None:
        self._really = really
        self._said: dict[tuple[object, ...], list[LintFinding]] = {}

    def __call__(self, bundle: SopBundle, **limits: Any) -> list[LintFinding]:
        key = bundle.digest, *sorted(limits.items())
        if key not in self._said:
            self._said[key] = self._really(bundle, **limits)
        return list(self._said[key])


class CompiledTemplates(BytecodeCache):
    """Jinja's own memory of compiled templates, by name and source; the pages of many applications come from the same ones."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code
