"""Brings a database to the schema of this release, by numbered migrations."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.database import Database


def migrate(database: Database | str, to: str = "head") -> None:
    """Run the migrations up (or, for a lower number or `base`, down) to `to`; at `to` already, nothing happens.

    All of them run in one transaction: a migration that fails leaves the database as it was.
    """
    opened = Database.open(database) if isinstance(database, str) else database
    try:
        with opened.schema_connection() as connection:
            config = _config()
            config.attributes["connection"] = connection
            here = MigrationContext.configure(connection).get_current_revision()
            script = ScriptDirectory.from_config(config)
            if _is_below(script, to, here):
                command.downgrade(config, to)
            else:
                command.upgrade(config, to)
    finally:
        if isinstance(database, str):
            opened.close()


def current(database: Database) -> str | None:
    """The number of the last migration that ran here; None on an empty database."""
    with database.schema_connection(writes=False) as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str:
    """The number of the last migration of this release."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise LookupError("there are no migrations")
    return found


def is_current(database: Database) -> bool:
    """Whether the database has the schema this release was written for."""
    return current(database) == head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _is_below(script: ScriptDirectory, to: str, here: str | None) -> bool:
    if here is None or to in {"head", "heads"}:
        return False
    if to == "base":
        return True
    wanted = script.get_revision(to)
    below = {revision.revision for revision in script.walk_revisions("base", here)} - {here}
    return wanted is not None and wanted.revision in below
