"""`Engine`: its parts over one executor."""

from __future__ import annotations

from collections.abc import Mapping

from engine import authorization, errors
from engine.audit import Audit
from engine.cases import Cases
from engine.clock import Clock, SystemClock
from engine.desk import Desk
from engine.executor import Executor
from engine.jobs import Jobs
from engine.partner import Partner
from engine.people import People
from engine.roster import Roster
from engine.providers import Providers
from engine.public import Public
from engine.reports.part import Reports
from engine.settings import KEY_BYTES, Settings
from engine.sops import Sops
from engine.supervision import Supervision
from engine.tasks import Tasks
from engine.types import Actor, OperationSpec
from storage import is_current, migrate
from storage.database import Database


class NotSetUp(errors.EngineError):
    """There is no key or no database of this release yet; run `kawal init`."""

    code = "not-set-up"
    indonesian = "Kunci atau basis data belum disiapkan; jalankan `kawal init`."


class Engine:
    """The engine as its clients see it. Thread-safe; open one per process."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        self.settings = settings
        self.clock = executor.clock
        self.sops = Sops(executor, settings)
        self.cases = Cases(executor, settings)
        self.tasks = Tasks(executor)
        self.jobs = Jobs(executor, retries_after=settings.job_retries_after, mailing=bool(settings.smtp_host))
        self.audit = Audit(executor)
        self.people = People(executor, settings)
        self.desk = Desk(executor)
        self.roster = Roster(executor)
        self.supervision = Supervision(executor)
        self.public = Public(executor, self.sops)
        self.partner = Partner(executor, settings)
        self.reports = Reports(executor)
        self.providers = Providers(executor)

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock = SystemClock(), operations: Mapping[str, OperationSpec] = {}) -> Engine:
        """Opens the engine on its database, which must be of this release.

        Raises:
            NotSetUp: no key, or the database was not migrated.
        """
        if len(settings.key) != KEY_BYTES:
            raise NotSetUp()
        database = Database.open(settings.database_url)
        if not is_current(database):
            raise NotSetUp()
        return cls(Executor(database, clock, settings.key, dict(operations)), settings)

    @staticmethod
    def prepare(settings: Settings) -> None:
        """Brings the database to this release; at this release already, nothing happens."""
        migrate(settings.database_url)

    @staticmethod
    def allows(actor: Actor, action: str) -> bool:
        """Whether one of the actor's roles could do such a thing at all; objects are checked where they are read."""
        return authorization.allows(actor, action)
