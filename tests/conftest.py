"""What all tests share: databases of both kinds, and the list of what could not run."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings

from engine import front_door
from engine.directory import passphrases
from engine.lint import guarded
from tests.support import postgres
from tests.support.in_memory import keep_files_in_memory
from tests.support.not_run import NotRunList, not_run
from tests.support.once import Checked, CompiledTemplates, Migrated

# One profile for every machine: a slow one must not turn a property into a failure, and a failure must come again.
settings.register_profile("kawal", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("KAWAL_HYPOTHESIS", "kawal"))


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Argon2id at its least in this process, or a third of the time went into people's passphrases; the test about time asks for the
    real one, and a served product is another process."""
    real = passphrases._hasher
    passphrases._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passphrases._hasher = real


@pytest.fixture(scope="session", autouse=True)
def _alike_only_once() -> Iterator[None]:
    """Databases brought up, SOPs checked and templates compiled; `tests/migrations` and a served product go all the way each time."""
    migrated = Migrated(front_door.migrate)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(front_door, "migrate", migrated)
        patch.setattr(guarded, "lint_guarded", Checked(guarded.lint_guarded))
        patch.setitem(Flask.jinja_options, "bytecode_cache", CompiledTemplates())
        yield
    migrated.forget()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """One PostgreSQL cluster for the session of this test process."""
    if postgres.binaries() is None:
        not_run("postgresql", "every test that runs on both databases")
    with postgres.cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of this test's own; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'kawal.db'}"
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.new_database()
    yield url
    cluster.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty SQLite file, for tests whose subject is not the database."""
    return f"sqlite:///{tmp_path / 'kawal.db'}"


def pytest_configure(config: pytest.Config) -> None:
    keep_files_in_memory()
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(NotRunList())


def pytest_collection_finish(session: pytest.Session) -> None:
    """Ten thousand tests stay: looking for garbage among them again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
