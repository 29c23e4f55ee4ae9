"""Tables, named queries, migrations, encryption: the only place that knows SQLAlchemy.

`Database.open(url)` hands out units of work; queries are functions, one module per subject, that take one. Nobody but
the unit of work commits.
"""

from storage.database import Database
from storage.errors import BrokenReference, BrokenRule, Conflict, DamagedCiphertext, Duplicate, StorageError
from storage.migrate import migrate
from storage.unit_of_work import UnitOfWork

__all__ = [
    "BrokenReference", "BrokenRule", "Conflict", "DamagedCiphertext", "Database", "Duplicate", "StorageError", "UnitOfWork",
    "migrate",
]
