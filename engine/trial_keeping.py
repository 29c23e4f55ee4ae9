"""Trials outlive the process that opened them: what is tried and every act are kept for some days, and played again where they are not
known."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from engine import errors, seal, versions
from engine.bundle import SopBundle
from engine.calendars import WorkCalendar
from engine.commands import drafts as commands
from engine.executor import Context, Executor
from engine.kept_trial import MOST_ACTS, MOST_BYTES, Act, KeptTrial
from engine.lint import guarded
from engine.trial_story import TrialOrigin
from engine.types import Actor, LintFinding, Value
from storage import agencies, drafts, randomness, trials
from storage.trials import TrialRow

TRIALS_KEPT: Final = 50   # in one process; the oldest make room, and are played again when somebody comes back to them
KEPT_FOR: Final = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """What a trial is opened with."""

    bundle: SopBundle
    findings: tuple[LintFinding, ...] | None
    origin: TrialOrigin | None
    calendar: WorkCalendar | None
    parameters: Mapping[str, Value] | None


class TrialKeeping:
    """The trials of all people, each its own. What they did in them lies sealed under a key of their own."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._known: OrderedDict[str, KeptTrial] = OrderedDict()
        self._lock = Lock()

    def open(self, actor: Actor, bundle: SopBundle, findings: tuple[LintFinding, ...] | None, origin: TrialOrigin | None, *,
             starts_at: datetime | None = None) -> str:
        """A new trial, whose clock says `starts_at` or what time it is; its id. Raises `BundleRefused`."""
        def query(context: Context) -> tuple[TrialRow, _Stage]:
            agency = agencies.get(context.uow, actor.agency_id)
            assert agency is not None
            row = TrialRow(
                id=randomness.new_id(), agency_id=actor.agency_id, account_id=actor.account_id, opened_at=context.now,
                starts_at=starts_at or context.now.replace(second=0, microsecond=0),   # people tell instants by the minute
                version_id=None if origin is None else origin.version_id,
                revision=origin.number if origin is not None and origin.is_draft else None,
                calendar_digest=agency.calendar_digest, parameters_digest=agency.parameters_digest)
            return row, _stage(context, row, bundle, findings, origin)

        row, stage = self._executor.read(actor, query)
        trial = self._staged(row, stage)

        def command(context: Context) -> None:
            trials.drop_before(context.uow, context.now - KEPT_FOR)
            trials.add(context.uow, row, {} if origin is not None else bundle.files)

        self._executor.run(actor, command)
        self._remember(actor, row, trial)
        return row.id

    def get(self, actor: Actor, trial_id: str) -> KeptTrial:
        """The actor's trial, with every act done in it anywhere. Where this process does not know it, all its acts are done again first.

        Raises:
            NotFound: they opened none of that id in the last days.
            TrialNotRepeatable: what was done does not come out the same, as after a change of the product; its `ids` say what was tried.
        """
        row, count = self._executor.read(actor, lambda context: _own(context, trial_id))
        with self._lock:
            known = self._known.get(trial_id)
        if known is not None and known.acts_done == count:
            return known
        stage, acts = self._executor.read(actor, lambda context: (
            _stage(context, row, *_tried(context, row)), trials.acts(context.uow, row.id, after=0, limit=MOST_ACTS)))
        try:
            trial = self._staged(row, stage)
            trial.play(Act.loads(seal.unseal(self._key(row), each.ciphertext, bound_to=_binding(row, each.number))) for each in acts)
        except (errors.BundleRefused, errors.TrialNotRepeatable):   # the rules have changed since, or how it is played
            raise errors.TrialNotRepeatable(version_id=row.version_id, is_draft=row.revision is not None) from None
        self._remember(actor, row, trial)
        return trial

    # --- inside ------------------------------------------------------------------------------------------------------

    def _staged(self, row: TrialRow, stage: _Stage) -> KeptTrial:
        with randomness.same_ids(row.id):
            trial = KeptTrial.staged(stage.bundle, now=row.starts_at, operations=self._executor.operations, calendar=stage.calendar,
                                     parameters=stage.parameters, findings=stage.findings, origin=stage.origin)
        trial.seed = row.id
        return trial

    def _remember(self, actor: Actor, row: TrialRow, trial: KeptTrial) -> None:
        trial.keep = lambda number, act: self._keep(actor, row, number, act)
        with self._lock:
            self._known[row.id] = trial
            self._known.move_to_end(row.id)
            while len(self._known) > TRIALS_KEPT:
                self._known.popitem(last=False)

    def _keep(self, actor: Actor, row: TrialRow, number: int, act: Act) -> None:
        """An act that cannot be kept did not happen: the trial is played again without it."""
        sealed = seal.seal(self._key(row), act.dumps(), nonce=randomness.random_bytes(seal.NONCE_BYTES), bound_to=_binding(row, number))

        def command(context: Context) -> None:
            known, size = trials.size(context.uow, row.id)
            if known != number - 1:
                raise errors.LostRace()
            if number > MOST_ACTS or size + len(sealed) > MOST_BYTES:
                raise errors.TrialTooLong()
            trials.add_act(context.uow, trials.ActRow(trial_id=row.id, number=number, ciphertext=sealed))

        try:
            self._executor.run(actor, command)
        except errors.EngineError:
            with self._lock:
                self._known.pop(row.id, None)
            raise

    def _key(self, row: TrialRow) -> bytes:
        return seal.derived(self._executor.master_key, f"trials of {row.account_id}")


def _stage(context: Context, row: TrialRow, bundle: SopBundle, findings: tuple[LintFinding, ...] | None,
           origin: TrialOrigin | None) -> _Stage:
    return _Stage(bundle=bundle, findings=findings, origin=origin, parameters=context.parameters(row.parameters_digest),
                  calendar=None if row.calendar_digest is None else context.tables[row.calendar_digest])


def _own(context: Context, trial_id: str) -> tuple[TrialRow, int]:
    row = trials.get(context.uow, trial_id)
    if row is None or row.account_id != context.actor.account_id or row.opened_at < context.now - KEPT_FOR:
        raise errors.NotFound(trial_id=trial_id)
    return row, trials.size(context.uow, trial_id)[0]


def _tried(context: Context, row: TrialRow) -> tuple[SopBundle, tuple[LintFinding, ...] | None, TrialOrigin | None]:
    """What a trial is of, what the check said of it when it was saved, and where it is from."""
    if row.version_id is None:
        return SopBundle.from_files(trials.files(context.uow, row.id)), None, None
    if row.revision is None:
        version = commands.own_version(context, row.version_id)
        return SopBundle.from_files(commands.files_of_version(context, version.id)), (), TrialOrigin(
            version_id=version.id, is_draft=False, number=version.version, title=versions.title_of(version.title))
    draft, revision = commands.own(context, row.version_id), drafts.revision(context.uow, row.version_id, row.revision)
    assert revision is not None
    return (SopBundle.from_files(commands.files_of(context, draft, row.revision)),
            tuple(guarded.from_json(each) for each in revision.findings or ()),
            TrialOrigin(version_id=draft.id, is_draft=True, number=row.revision, title=versions.title_of(draft.title)))


def _binding(row: TrialRow, number: int) -> str:
    return f"trial:{row.id}:{number}"
