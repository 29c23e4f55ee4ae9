"""Every storage test runs on SQLite and on PostgreSQL (`database_url`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with all tables as the models say."""
    opened = Database.open(database_url)
    opened.create_schema()
    yield opened
    opened.close()
