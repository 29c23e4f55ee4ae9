"""The part of `engine.sops` in which an SOP is tried before it is in force, and what was tried is kept as a scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from engine import authorization, errors, scenario_names, scenario_writing, versions
from engine.bundle import SopBundle
from engine.editing import Editing
from engine.executor import Context, Executor
from engine.kept_trial import KeptTrial
from engine.settings import Settings
from engine.trial_keeping import TrialKeeping
from engine.trial_story import TrialOrigin
from engine.types import Actor, LintFinding
from engine.versions import Version
from storage import drafts

LONGEST_SOURCE: Final = 200
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\Z")


class Trying(Editing):
    """Trials of drafts, versions and files, each for the person who opened it, on a clock of its own."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        super().__init__(executor, settings)
        self._trials = TrialKeeping(executor)

    def try_open(self, actor: Actor, files: Mapping[str, bytes]) -> str:
        """Opens a trial of some files, as the actor's agency would play it; its id. Raises `BundleRefused` where they cannot run."""
        authorization.require(actor, "sop.try")
        return self._trials.open(actor, SopBundle.from_files(files), None, None)

    def try_version(self, actor: Actor, version_id: str) -> str:
        """Opens a trial of a version, or of a draft as it stands now; its id.

        Raises:
            NotFound: the agency has no such version or draft that the actor may read.
            BundleRefused: a draft that cannot run.
        """
        authorization.require(actor, "sop.try")
        return self._opened(actor, version_id)

    def trial(self, actor: Actor, trial_id: str) -> KeptTrial:
        """A trial the actor opened, in whatever process, with all that was done in it; a process that does not know it plays it again.

        Raises:
            NotFound: they opened none of that id in the last 14 days.
            TrialNotRepeatable: playing it again comes out otherwise, as after a change of the product.
        """
        authorization.require(actor, "sop.try")
        return self._trials.get(actor, trial_id)

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
        path = scenario_names.path_of(name)
        bundle = self._bundle(actor, origin.version_id, origin.number)
        if problems := _problems(name, source, path in bundle.files):
            raise errors.InvalidSubmission(problems)
        data = scenario_writing.written(trial.told(" ".join(source.split())))
        revision = self._next(actor, origin.version_id, SopBundle.from_files({**bundle.files, path: data}), f"+ {path}", origin.number)
        trial.saved_as(revision)
        return origin.version_id

    # --- inside ------------------------------------------------------------------------------------------------------

    def _opened(self, actor: Actor, version_id: str, *, starts_at: datetime | None = None) -> str:
        def query(context: Context) -> tuple[Version, tuple[LintFinding, ...]]:
            found = versions.find(context, version_id)
            draft = drafts.get(context.uow, version_id) if found.is_draft else None
            return found, () if draft is None else versions.draft_findings(context, draft)

        found, findings = self._executor.read(actor, query)
        origin = TrialOrigin(version_id=found.id, is_draft=found.is_draft, number=found.number, title=found.title)
        return self._trials.open(actor, SopBundle.from_files(found.definition.files), findings, origin, starts_at=starts_at)


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
