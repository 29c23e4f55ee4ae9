"""One stimulus to one locked instance: through the interpreter, into the journal, out to tasks, jobs and subscriptions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import canonical, errors, interpreter, journal, migration, pack, seal
from engine.definitions import Definition
from engine.spiff import codec
from engine.transition import FireTimer, Migrate, Stimulus, Thrown, Transition, View
from engine.types import InstanceStatus, TraceEntry
from engine.verdicts import Verdict
from storage import instances, randomness, tasks


@dataclass(frozen=True, kw_only=True)
class Done:
    """Who finished a task, and when; `claimed_at` where it was claimed in the same breath, `stated_at` where it was done earlier.
    `revision` is that of the task whose holder was asked: given to somebody else since, it is not finished by this."""

    by: str
    at: datetime
    claimed_at: datetime | None = None
    stated_at: datetime | None = None
    revision: int | None = None


@dataclass(kw_only=True)
class LiveInstance:
    """An instance while one transaction holds it. Thrown away with the transaction, whatever happens."""

    id: str
    agency_id: str
    case_id: str
    business_key: str
    deployment_id: str
    sop_key: str
    process_id: str
    definition: Definition
    tables: Mapping[str, Any]
    calendar_digest: str | None
    parameters_digest: str | None
    key: bytes
    started_at: datetime
    former: list[str] = field(default_factory=list)       # the deployments it ran by before, oldest first
    stored_deployment_id: str = ""                         # what its rows were last described by,
    stored_parameters_digest: str | None = None            # and by which parameters
    is_new: bool = False
    stored_seq: int = 0
    seq: int = 0
    head: bytes = journal.GENESIS
    last_at: datetime
    state: Any = None
    risk: str = ""
    stored_risk: str = ""
    suspended_at: datetime | None = None
    ended_at: datetime | None = None
    had_ended: bool = False               # before this command
    case_status: str | None = None        # what this command's submission says of the case
    case_seen: int | None = None          # how many entries the case had when its records were read for that
    after: Transition | None = None
    entries: list[tuple[journal.Entry, bytes]] = field(default_factory=list)
    trace: list[tuple[int, TraceEntry]] = field(default_factory=list)     # with the seq that led to it
    thrown: list[Thrown] = field(default_factory=list)
    completed_tokens: dict[str, Done] = field(default_factory=dict)
    accepted_tokens: dict[str, Done] = field(default_factory=dict)         # whose stated instant became the official one
    kept_view: View | None = None
    waited_for_events: bool = False                                        # whether there may be subscriptions to take away
    opened: list[tasks.TaskRow] = field(default_factory=list)              # of this command, for its answer
    verdicts: dict[str, Verdict] = field(default_factory=dict)             # token -> what was judged, likewise

    @classmethod
    def load(
        cls, row: instances.InstanceRow, definition: Definition, tables: Mapping[str, Any], key: bytes
    ) -> LiveInstance:
        """The stored instance, ready for a stimulus; raises `StateCorrupt` if its state does not open."""
        state = None
        if row.state is not None:
            state = codec.load(definition.program, seal.unseal(key, row.state, bound_to=_state_binding(row.id)))
        return cls(
            id=row.id, agency_id=row.agency_id, case_id=row.case_id or "", business_key=row.business_key,
            deployment_id=row.deployment_id, sop_key=row.sop_key, process_id=row.process_id, definition=definition, tables=tables,
            former=list(row.former_deployments or ()), stored_deployment_id=row.deployment_id,
            calendar_digest=row.calendar_digest, parameters_digest=row.parameters_digest,
            stored_parameters_digest=row.parameters_digest, key=key, started_at=row.started_at,
            stored_seq=row.seq, seq=row.seq, head=bytes.fromhex(row.head_hash), last_at=row.last_at, state=state, risk=row.risk,
            stored_risk=row.risk, suspended_at=row.suspended_at, ended_at=row.ended_at,
            had_ended=row.ended_at is not None,
        )

    @property
    def view(self) -> View:
        """What waits now."""
        if self.after is not None:
            return self.after.view
        if self.kept_view is None:
            self.kept_view = interpreter.view(self.definition.program, self.state, self.tables)
        return self.kept_view

    def readable_by(self, token_id: str) -> Mapping[str, Any]:
        """The variables that what waits under this token may read, as the instance was loaded."""
        return interpreter.readable_by(self.definition.program, self.state, token_id, self.tables)

    @property
    def parameters(self) -> Mapping[str, Any] | None:
        """The agency parameters the instance is pinned to."""
        return None if self.parameters_digest is None else self.tables[self.parameters_digest]

    @property
    def is_described_otherwise(self) -> bool:
        """Whether this command gave it another version or other parameters, so that its open tasks may be called or asked otherwise."""
        return not self.is_new and (self.deployment_id, self.parameters_digest) != (
            self.stored_deployment_id, self.stored_parameters_digest)

    def apply(
        self,
        stimulus: Stimulus,
        *,
        at: datetime,
        recorded_at: datetime,
        actor_id: str,
        submission: Mapping[str, Any] | None = None,
        note: Mapping[str, Any] | None = None,
    ) -> Transition:
        """One stimulus, one journal entry. `at` earlier than the last entry counts as the last entry's instant:
        two people's clocks may differ, time inside an instance never runs backwards."""
        at = max(at, self.last_at)
        self.waited_for_events |= self.state is not None and bool(self.view.subscriptions)
        after = interpreter.apply(self.definition.program, self.state, stimulus, at, self.tables)
        self._write(stimulus, after, at=at, recorded_at=recorded_at, actor_id=actor_id, submission=submission, note=note)
        return after

    def migrate(
        self, deployment_id: str, definition: Definition, stimulus: Migrate, *, at: datetime, actor_id: str, note: Mapping[str, Any],
        happened: Iterable[tuple[str, str]],
    ) -> Transition:
        """Goes on by another deployment, of which the entry names the digest. `happened`: what its trace held before this command, each
        element with what came of it. Raises `CannotMove`: nothing moved."""
        now = max(at, self.last_at)
        self.waited_for_events |= bool(self.view.subscriptions)
        past = migration.Past.of([*happened, *((each.element_id, each.happened) for _, each in self.trace)])
        after = migration.migrated(self.definition.program, definition.program, self.state, stimulus, now, self.tables, past)
        self.runs_by(deployment_id, definition)
        self._write(stimulus, after, at=now, recorded_at=at, actor_id=actor_id, submission=None, note=note)
        return after

    def runs_by(self, deployment_id: str, definition: Definition) -> None:
        """From now on it is read by this deployment."""
        self.former.append(self.deployment_id)
        self.deployment_id, self.definition, self.kept_view = deployment_id, definition, None

    def _write(
        self, stimulus: Stimulus, after: Transition, *, at: datetime, recorded_at: datetime, actor_id: str,
        submission: Mapping[str, Any] | None, note: Mapping[str, Any] | None,
    ) -> None:
        if self.entries:
            note = {**(note or {}), journal.SAME_COMMAND: True}
        self.seq += 1
        content = journal.content_bytes(stimulus, submission, note)
        sealed = seal.seal(
            self.key, content, nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=pack.payload_binding(self.id, self.seq)
        )
        entry = journal.next_entry(
            self.head, chain_id=self.id, seq=self.seq, at=at, recorded_at=max(recorded_at, at), actor_id=actor_id,
            kind=journal.kind_of(stimulus), payload_digest=hashlib.sha256(sealed).hexdigest(),
            state_digest=journal.state_digest(seal.mac_key(self.key), after.meaning), definition=self.definition.digest,
        )
        self.entries.append((entry, sealed))
        self.trace.extend((self.seq, item) for item in after.trace)
        self.thrown.extend(after.thrown)
        self.head = entry.hash
        self.stands(after, at)

    def stands(self, after: Transition, at: datetime) -> None:
        """The instance as an entry left it. What is said of it after its end does not move the end."""
        self.last_at, self.state, self.after = at, after.state, after
        if self.has_ended and self.ended_at is None:
            self.ended_at = at

    @property
    def has_ended(self) -> bool:
        """Whether nothing can move the instance any more."""
        if self.after is not None:
            return self.after.outcome.status in (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)
        return self.had_ended

    def fire_due(self, now: datetime) -> int:
        """Fires every timer due at `now`, in due order, each with its own due instant as clock; how many fired."""
        fired = 0
        # A suspended instance still fires legal clocks; its working timers have no due that the view would show.
        while due := [timer for timer in self.view.timers if timer.due_at <= now]:
            timer, *later = sorted(due, key=lambda each: (each.due_at, each.element_id, each.token_id))
            # A reminder that comes late comes once, never in a burst: its clock is now, but not past another timer's turn.
            at = min([now, *(each.due_at for each in later)]) if timer.repeats else timer.due_at
            self.apply(FireTimer(token_id=timer.token_id), at=at, recorded_at=now, actor_id=SYSTEM)
            fired += 1
            if fired > MAX_TIMERS:
                raise errors.RunawayProcess(instance_id=self.id)
        return fired

    def saved(self) -> None:
        """Everything so far is written; what comes next in this transaction is written after it."""
        self.entries, self.trace, self.thrown = [], [], []
        self.is_new, self.stored_seq, self.stored_risk, self.case_status, self.case_seen = False, self.seq, self.risk, None, None
        self.stored_deployment_id, self.stored_parameters_digest = self.deployment_id, self.parameters_digest
        self.had_ended = self.has_ended

    def sealed_state(self) -> bytes:
        """The state's bytes for storing, under the case key."""
        return seal.seal(
            self.key, codec.dump(self.state), nonce=randomness.random_bytes(seal.NONCE_BYTES),
            bound_to=_state_binding(self.id),
        )

    def sealed(self, value: Any, bound_to: str) -> bytes:
        """Any value under the case key."""
        return seal.seal(
            self.key, canonical.dumps(value), nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=bound_to
        )

    def unsealed(self, sealed: bytes, bound_to: str) -> Any:
        """What `sealed` was made from."""
        return canonical.loads(seal.unseal(self.key, sealed, bound_to=bound_to))


SYSTEM = "system"     # the actor of timers, operations and messages in the journal
MAX_TIMERS = 2_000    # due timers in one command; more means a cycle without a person


def _state_binding(instance_id: str) -> str:
    return f"state:{instance_id}"
