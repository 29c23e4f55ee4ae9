"""The part of `engine.sops` that carries a draft over to the version that overtook it."""

from __future__ import annotations

from collections.abc import Mapping

from engine import authorization, draft_reading, errors
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.executor import Context
from engine.merging import files as merging
from engine.merging.files import Carried
from engine.merging.weighing import Side
from engine.publishing import Publishing
from engine.sop_results import CarryOver
from engine.types import Actor
from engine.versions import draft_summary


class CarryingOver(Publishing):
    """Base, version and draft are merged file by file, and part by part where both changed a file. Neither side is ever lost unsaid: what
    both changed otherwise a person chooses, and the check says the rest."""

    def carried_over(self, actor: Actor, draft_id: str, *, choices: Mapping[str, str] = {}) -> CarryOver | None:
        """What carrying a draft over would make of it, with these `choices` (id of a clash -> side); None where nothing overtook it.

        Raises:
            NotFound, DraftClosed: there is no such draft, or nobody edits it now.
        """
        authorization.require(actor, "sop.draft")
        found = self._executor.read(actor, lambda context: _carried(context, draft_id, choices))
        return None if found is None else found[0]

    def carry_over(
        self, actor: Actor, draft_id: str, *, onto: str, choices: Mapping[str, str], expected_revision: int,
    ) -> CarryOver | None:
        """The draft's next revision, a draft of the version `onto`; its editors stay its editors. None once that is done, else what is
        still to be chosen: one choice may bring up another.

        Raises:
            NotFound, DraftClosed: as `carried_over`.
            StaleRevision: somebody saved the draft since `expected_revision`, or `onto` was overtaken itself.
        """
        authorization.require(actor, "sop.draft")
        found = self._executor.read(actor, lambda context: _carried(context, draft_id, choices))
        if found is None or found[0].onto != onto or found[0].summary.revision != expected_revision:
            raise errors.StaleRevision()
        shown, outcome = found
        if not shown.is_settled:
            return shown
        checked = self._checked(actor, SopBundle.from_files(outcome.files), based_on=onto)
        self._executor.run(actor, lambda context: commands.carry_over(
            context, draft_id, checked, onto=onto, expected_revision=expected_revision, note=f"Dibawa ke versi {shown.onto_version}"))
        return None


def _carried(context: Context, draft_id: str, choices: Mapping[str, str]) -> tuple[CarryOver, Carried] | None:
    row = draft_reading.edited(context, draft_id)
    onto = commands.overtaken_by(context, row)
    if onto is None:
        return None
    base = {} if row.based_on is None else commands.files_of_version(context, row.based_on)
    version = commands.own_version(context, onto)
    found = merging.carried(base, commands.files_of_version(context, version.id), commands.files_of(context, row),
                            {key: Side(side) for key, side in choices.items() if side in set(Side)})
    return CarryOver(summary=draft_summary(context, row), onto=version.id, onto_version=version.version, fates=found.fates,
                     clashes=found.clashes), found
