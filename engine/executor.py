"""The one command pipeline: a transaction, one clock read, at most three tries (invariants 1, 2, 7)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from threading import Lock
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from engine import canonical, definitions, errors, pack, projection, seal
from engine.advance import SYSTEM, LiveInstance
from engine.bundle import SopBundle
from engine.calendars import WorkCalendar
from engine.clock import Clock
from engine.definitions import Definition
from engine.types import Actor, OperationSpec, Value
from storage import agencies, crypto, deployments, instances, randomness, tables_in_force
from storage import errors as storage_errors
from storage.database import Database
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ATTEMPTS = 3      # a lost race re-runs the command from a fresh read
PARSED_KEPT = 64  # deployments held in memory, each with its compiled program
TABLES_KEPT = 256
#: Two writers of one row: whoever lost reads again and decides again.
_RACES = frozenset({
    "pk_journal", "pk_trace", "uq_job_instance_id_token_id_kind", "pk_subscription", "uq_task_open_token", "pk_draft", "pk_form_draft",
    "pk_idempotency", "uq_case_file_agency_id_business_key", "pk_case_record", "pk_access_log", "pk_access_head",
    "pk_document", "pk_number_series",
    "pk_issued_number", "uq_issued_number_agency_id_series_issued_for", "pk_resource", "pk_table_in_force",
    "uq_deployment_agency_id_key_version", "pk_sop_draft_revision", "pk_sop_decision", "pk_public_receipt", "uq_notice_once",
    "uq_sop_withdrawal_standing", "uq_job_apart", "pk_job", "pk_notice_read",
    "pk_task_handling", "pk_task_look", "pk_notice_choice", "pk_calendar_feed", "pk_scenario_run", "pk_sop_trial_act"})


class Executor:
    """What every part of the engine runs its commands and queries through."""

    def __init__(self, database: Database, clock: Clock, master_key: bytes, operations: Mapping[str, OperationSpec]) -> None:
        self.database = database
        self.clock = clock
        self.operations = operations
        self.master_key = master_key
        self._started = count()
        self._parsed = _Kept(PARSED_KEPT)
        self._tables = _Kept(TABLES_KEPT)

    def run(self, actor: Actor, command: Callable[[Context], T]) -> T:
        """Carries out a command in one transaction.

        A command that must refuse after due timers fired calls `context.refuse(...)`: what the timers did (and a kept draft)
        is committed, then the refusal is raised. Raises `LostRace` after three lost races.
        """
        for _ in range(ATTEMPTS):
            try:
                with self.database.unit_of_work() as uow:
                    context = Context(self, uow, actor, self.clock.now())
                    result = command(context)
                    context.save()
            except (storage_errors.Conflict, _Overtaken):
                continue
            except storage_errors.Duplicate as lost:
                if lost.constraint not in _RACES:
                    raise
                continue
            except storage_errors.UnstorableText:
                raise errors.InvalidValue from None
            if context.refusal is not None:
                raise context.refusal
            return result
        raise errors.LostRace()

    def new_id(self, now: datetime) -> str:
        """An id for an instance or a message: instant, number, chance. What begins at one instant keeps its order in it."""
        micros = (now - _EPOCH) // timedelta(microseconds=1)
        return f"{micros:014x}{next(self._started) % 0x1000000:06x}{randomness.new_id()[:12]}"

    def read(self, actor: Actor, query: Callable[[Context], T]) -> T:
        """Answers a query; whatever it touched is not saved."""
        try:
            with self.database.reading() as uow:
                return query(Context(self, uow, actor, self.clock.now()))
        except storage_errors.UnstorableText:
            raise errors.InvalidValue from None

    def forget(self) -> None:
        """Drops everything cached: the next command reads deployments and tables again."""
        self._parsed.clear()
        self._tables.clear()
        definitions.forget()

    def definition(self, uow: UnitOfWork, deployment_id: str) -> Definition:
        """The parsed deployment. Raises `StateCorrupt` when its stored bytes no longer have their digest."""
        known = self._parsed.get(deployment_id)
        if known is None:
            row = deployments.get(uow, deployment_id)
            if row is None:
                raise errors.NotFound(deployment_id=deployment_id)
            bundle = SopBundle.from_files(deployments.files(uow, deployment_id))
            if bundle.digest != row.digest:
                raise errors.StateCorrupt(deployment_id=deployment_id)
            known = definitions.load(bundle)
            self._parsed.put(deployment_id, known)
        assert isinstance(known, Definition)
        return known

    def table(self, uow: UnitOfWork, digest: str) -> Any:
        """A calendar or a set of agency parameters by digest; raises KeyError, and StateCorrupt for bytes of another digest."""
        known = self._tables.get(digest)
        if known is None:
            content = tables_in_force.get_many(uow, [digest])[digest][1]
            if pack.bytes_digest(content) != digest:
                raise errors.StateCorrupt(table=digest)
            known = pack.table_from(canonical.loads(content))
            self._tables.put(digest, known)
        return known

    def message_key(self, agency_id: str) -> bytes:
        """The key under which an agency's messages wait: they belong to no case until somebody takes them."""
        return seal.derived(self.master_key, f"messages of {agency_id}")


class Context:
    """One command's transaction: who asks, when, and the instances it holds."""

    def __init__(self, executor: Executor, uow: UnitOfWork, actor: Actor, now: datetime) -> None:
        self.executor, self.uow, self.actor, self.now = executor, uow, actor, now
        self.refusal: errors.EngineError | None = None
        self.hops = 0  # of the message this command delivers: what it throws has one more
        self.live: dict[str, LiveInstance] = {}
        self._elsewhere: dict[str, Context] = {}
        self.tables = _TablesInForce(executor, uow)

    def refuse(self, refusal: errors.EngineError) -> None:
        """Commit what happened so far, then raise `refusal`."""
        self.refusal = refusal

    def inside(self, agency_id: str) -> Context:
        """The same transaction inside another agency: what reaches it is done there by the system, on its own cases, under its keys."""
        if agency_id == self.actor.agency_id:
            return self
        if agency_id not in self._elsewhere:
            there = Actor(account_id=SYSTEM, agency_id=agency_id, name=SYSTEM)
            self._elsewhere[agency_id] = Context(self.executor, self.uow, there, self.now)
        self._elsewhere[agency_id].hops = self.hops
        return self._elsewhere[agency_id]

    def local_day(self) -> date:
        """Today, as the actor's agency counts it."""
        agency = agencies.get(self.uow, self.actor.agency_id)
        return self.now.astimezone(ZoneInfo(agency.zone) if agency else UTC).date()

    def begins(self, day: date) -> datetime:
        """Midnight with which a day begins at the actor's agency."""
        return datetime.combine(day, time(), ZoneInfo(agencies.zone(self.uow, self.actor.agency_id) or "UTC"))

    def parameters(self, digest: str | None) -> Mapping[str, Value] | None:
        """Agency parameters by their digest; None for none."""
        found: Mapping[str, Value] | None = None if digest is None else self.tables[digest]
        return found

    def parameters_in_force(self) -> Mapping[str, Value] | None:
        """Those of the actor's agency for cases that start now."""
        return self.tables_of_agency()[1]

    def tables_of_agency(self) -> tuple[WorkCalendar | None, Mapping[str, Value] | None]:
        """Calendar and parameters of the actor's agency for cases that start now."""
        agency = agencies.get(self.uow, self.actor.agency_id)
        if agency is None:
            return None, None
        return None if agency.calendar_digest is None else self.tables[agency.calendar_digest], self.parameters(agency.parameters_digest)

    def case_key(self, case_id: str, wrapped: bytes | None) -> bytes:
        """The key of a case; raises `KeyDestroyed` once erasure took it, `StateCorrupt` where it does not open."""
        if wrapped is None:
            raise errors.KeyDestroyed(case_id=case_id)
        try:
            return crypto.unwrap_key(self.executor.master_key, case_id, wrapped)
        except storage_errors.DamagedCiphertext:
            raise errors.StateCorrupt(case_id=case_id) from None

    def instance(self, instance_id: str) -> LiveInstance:
        """The instance, locked for this command. Raises `NotFound` also where it belongs to another agency."""
        if instance_id not in self.live:
            row = instances.for_update(self.uow, instance_id)
            if row is None or row.agency_id != self.actor.agency_id:
                raise errors.NotFound(instance_id=instance_id)
            definition = self.executor.definition(self.uow, row.deployment_id)
            key = self.case_key(row.case_id or "", row.wrapped_key)
            self.live[instance_id] = LiveInstance.load(row, definition, self.tables, key)
        return self.live[instance_id]

    def hold(self, live: LiveInstance) -> LiveInstance:
        """A new instance joins the transaction."""
        self.live[live.id] = live
        return live

    def save(self) -> None:
        """Writes every instance that moved: journal, state, trace, and what waits now. Twice is once."""
        # Whoever has read the case's records goes first: to the others of this command it moves the case.
        for live in sorted(self.live.values(), key=lambda each: each.case_seen is None):
            if live.entries:
                if not projection.save(self.uow, live, self.now, self.executor.message_key(live.agency_id), hops=self.hops):
                    raise _Overtaken
                live.saved()
        for there in self._elsewhere.values():
            there.save()


class _Overtaken(Exception):
    """Another command saved this instance first."""


class _TablesInForce(Mapping[str, Any]):
    """The content-addressed tables as the interpreter sees them: each read when first asked for."""

    def __init__(self, executor: Executor, uow: UnitOfWork) -> None:
        self._executor, self._uow = executor, uow

    def __getitem__(self, digest: str) -> Any:
        return self._executor.table(self._uow, digest)

    def __iter__(self) -> Iterator[str]:
        raise TypeError("tables are read by digest, never listed")

    def __len__(self) -> int:
        raise TypeError("tables are read by digest, never counted")


class _Kept:
    """A bounded memory of what bytes would give again; safe between threads."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._values: OrderedDict[str, Any] = OrderedDict()

    def get(self, key: str) -> Any:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: str, value: Any) -> None:
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
