"""What tests of the engine on one database share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import office as offices
from tests.support.office import Office


@pytest.fixture
def office(tmp_path: Path, sqlite_url: str) -> Iterator[Office]:
    """Kalbar's office on SQLite; a module that asks both databases has its own."""
    opened = offices.opened(tmp_path, sqlite_url)
    yield opened
    opened.database.close()
