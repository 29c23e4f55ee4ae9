"""The part of `engine.sops` in which an SOP is tried before it is in force, and what was tried is kept as a scenario."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Final

from engine import authorization, errors, scenario_board, scenario_writing, versions
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.editing import Editing
from engine.executor import Context, Executor
from engine.rehearsal import Setting
from engine.scenario_board import Playing
from engine.scenario_results import ScenarioBoard
from engine.settings import Settings
from engine.trial_story import ToldTrial, TrialOrigin
from engine.types import Actor, LintFinding
from engine.versions import Version
from storage import agencies, drafts, randomness

TRIALS_KEPT = 50   # in one process; the oldest make room
PLAYINGS_KEPT = 50
LONGEST_SOURCE: Final = 200
State = tuple[str, str, str | None, str | None]
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\Z")


class Trying(Editing):
    """Trials of drafts, versions and files: in memory, each for the person who opened it, on a clock of its own."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        super().__init__(executor, settings)
        self._trials: OrderedDict[str, tuple[str, ToldTrial]] = OrderedDict()
        self._playings: OrderedDict[State, Playing] = OrderedDict()
        self._lock = Lock()

    def try_open(self, actor: Actor, files: Mapping[str, bytes]) -> str:
        """Opens a trial of some files, as the actor's agency would play it; its id. Raises `BundleRefused` where they cannot run."""
        authorization.require(actor, "sop.try")
        return self._opened(actor, SopBundle.from_files(files), None, None)

    def try_version(self, actor: Actor, version_id: str) -> str:
        """Opens a trial of a version, or of a draft as it stands now; its id.

        Raises:
            NotFound: the agency has no such version or draft that the actor may read.
            BundleRefused: a draft that cannot run.
        """
        authorization.require(actor, "sop.try")

        def query(context: Context) -> tuple[Version, tuple[LintFinding, ...]]:
            found = versions.find(context, version_id)
            draft = drafts.get(context.uow, version_id) if found.is_draft else None
            return found, () if draft is None else versions.draft_findings(context, draft)

        found, findings = self._executor.read(actor, query)
        origin = TrialOrigin(version_id=found.id, is_draft=found.is_draft, number=found.number, title=found.title)
        return self._opened(actor, SopBundle.from_files(found.definition.files), findings, origin)

    def trial(self, actor: Actor, trial_id: str) -> ToldTrial:
        """A trial the actor opened in this process; `NotFound` after a restart or when newer ones took its place."""
        authorization.require(actor, "sop.try")
        with self._lock:
            owner, trial = self._trials.get(trial_id, ("", None))
        if trial is None or owner != actor.account_id:
            raise errors.NotFound(trial_id=trial_id)
        return trial

    def save_scenario(self, actor: Actor, trial_id: str, *, name: str, source: str) -> str:
        """The trial so far as a scenario of the draft it is of: the draft's next revision, if nobody saved it since the trial began. The
        draft's id.

        Raises:
            NotFound: no such trial, or it is of no draft.
            InvalidSubmission: the name is none, or another scenario has it.
            StoryUntellable, StaleRevision, DraftClosed: it cannot be kept.
        """
        authorization.require(actor, "sop.draft")
        trial = self.trial(actor, trial_id)
        origin = trial.origin
        if origin is None or not origin.is_draft:
            raise errors.NotFound(trial_id=trial_id)
        path = f"{scenario_board.FOLDER}{name}.toml"
        bundle = self._bundle(actor, origin.version_id, origin.number)
        if problems := _problems(name, source, path in bundle.files):
            raise errors.InvalidSubmission(problems)
        data = scenario_writing.written(trial.told(" ".join(source.split())))
        revision = self._next(actor, origin.version_id, SopBundle.from_files({**bundle.files, path: data}), f"+ {path}", origin.number)
        trial.origin = origin.at(revision)
        return origin.version_id

    def scenarios(self, actor: Actor, draft_id: str, *, language: str = "id") -> ScenarioBoard:
        """The scenarios of a draft's latest revision, with how they went if they were played in this process. Raises `NotFound`."""
        authorization.require(actor, "sop.read_drafts")

        def query(context: Context) -> ScenarioBoard:
            row = commands.own(context, draft_id)
            board = ScenarioBoard(summary=versions.draft_summary(context, row),
                                  scenarios=scenario_board.written(drafts.files(context.uow, row.id, row.revision)))
            with self._lock:
                playing = self._playings.get(_state(context, row))
            return board if playing is None else scenario_board.with_coverage(
                board, versions.of_draft(context, row).definition, playing, language=language)

        return self._executor.read(actor, query)

    def play_scenarios(self, actor: Actor, draft_id: str) -> None:
        """Plays the scenarios of a draft's latest revision, at most `scenario_board.MOST` and for `LONGEST`; in memory, as a trial is.

        Raises:
            NotFound: the agency has no such draft.
            BundleRefused: it cannot run.
        """
        authorization.require(actor, "sop.try")
        authorization.require(actor, "sop.read_drafts")

        def query(context: Context) -> tuple[State, Setting]:
            row = commands.own(context, draft_id)
            calendar, parameters = context.tables_of_agency()
            bundle = SopBundle.from_files(versions.of_draft(context, row).definition.files)
            return _state(context, row), Setting(
                bundle=bundle, findings=versions.draft_findings(context, row), operations=tuple(self._executor.operations),
                calendar=calendar, parameters=parameters)

        state, setting = self._executor.read(actor, query)
        playing = scenario_board.play(setting, now=self._executor.clock.now)
        with self._lock:
            self._playings[state] = playing
            while len(self._playings) > PLAYINGS_KEPT:
                self._playings.popitem(last=False)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _opened(self, actor: Actor, bundle: SopBundle, findings: tuple[LintFinding, ...] | None, origin: TrialOrigin | None) -> str:
        calendar, parameters = self._executor.read(actor, lambda context: context.tables_of_agency())
        now = self._executor.clock.now().replace(second=0, microsecond=0)   # people tell instants by the minute
        trial = ToldTrial.staged(bundle, now=now, operations=self._executor.operations, calendar=calendar, parameters=parameters,
                                 findings=findings, origin=origin)
        trial_id = randomness.new_id()
        with self._lock:
            self._trials[trial_id] = (actor.account_id, trial)
            while len(self._trials) > TRIALS_KEPT:
                self._trials.popitem(last=False)
        return trial_id


def _state(context: Context, row: drafts.DraftRow) -> State:
    """What the scenarios of a draft go by: its files, and the tables of its agency."""
    revision, agency = drafts.revision(context.uow, row.id, row.revision), agencies.get(context.uow, row.agency_id)
    assert revision is not None and agency is not None
    return revision.digest, agency.id, agency.calendar_digest, agency.parameters_digest


def _problems(name: str, source: str, is_taken: bool) -> dict[str, tuple[str, str]]:
    found = {}
    if not _NAME.match(name):
        found["name"] = ("Pakai huruf kecil, angka, garis bawah, atau tanda hubung, paling banyak 60.",
                         "Use small letters, digits, underscores or hyphens, at most 60.")
    elif is_taken:
        found["name"] = ("Nama itu sudah dipakai skenario lain draf ini.", "Another scenario of this draft has that name.")
    if not 1 <= len(source.strip()) <= LONGEST_SOURCE:
        found["source"] = (f"Tulis apa yang diperlihatkan skenario ini, paling banyak {LONGEST_SOURCE} huruf.",
                           f"Say what this scenario shows, at most {LONGEST_SOURCE} characters.")
    return found
