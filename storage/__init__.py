"""Tables, named queries, migrations, encryption: the only place that knows SQLAlchemy.

`Database.open(url)` hands out units of work; queries are functions, one module per subject, that take one. Nobody but
the unit of work commits.
"""

from storage import (
    access_log,
    accounts,
    agencies,
    cases,
    crypto,
    deployments,
    documents,
    drafts,
    errors,
    idempotency,
    inbox,
    instances,
    jobs,
    journal,
    messages,
    notices,
    numbers,
    outside,
    payloads,
    randomness,
    sessions,
    settings,
    subscriptions,
    tables_in_force,
    tasks,
    trace,
)
from storage.database import Database
from storage.errors import BrokenReference, BrokenRule, Conflict, DamagedCiphertext, Duplicate, StorageError
from storage.migrate import current, head, is_current, migrate
from storage.unit_of_work import UnitOfWork

__all__ = [
    "BrokenReference", "BrokenRule", "Conflict", "DamagedCiphertext", "Database", "Duplicate", "StorageError", "UnitOfWork",
    "access_log", "accounts", "agencies", "cases", "crypto", "current", "deployments", "documents", "drafts", "errors", "head",
    "idempotency", "inbox", "instances", "is_current", "jobs", "journal", "messages", "migrate", "notices", "numbers", "outside",
    "payloads", "randomness", "sessions", "settings", "subscriptions", "tables_in_force", "tasks", "trace",
]
