"""What a story does to the SOP itself, by the commands that people do it with: draft, propose, approve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import errors, scenario_names
from engine.scenario_revision import Revision
from engine.types import Actor

if TYPE_CHECKING:
    from engine.scenario import Stage


class ApprovalMissing(errors.EngineError):
    """The version is not in force: a role that must approve it has not."""

    code = "approval-missing"
    indonesian = "Versi ini belum berlaku: masih ada peran yang harus mengesahkannya."


def revise(stage: Stage, owner: Actor, key: str, revision: Revision, *, reason: str) -> None:
    """The newest version of SOP `key` is changed by its owner, proposed, and approved by everybody the story names.

    Its other scenarios are accepted unplayed: what the change does to them is not what this story tells.

    Raises:
        ApprovalMissing: those were not all.
    """
    sops = stage.engine.sops
    newest = next(sop for sop in sops.list(owner) if sop.key == key)
    draft = sops.save_draft(owner, revision.edited(sops.get(owner, newest.deployment_id).files), based_on=newest.deployment_id)
    if revision.step is not None:
        draft = sops.set_time(owner, draft.summary.id, revision.step, revision.standard, expected_revision=draft.summary.revision)
    accepted = {scenario_names.name_of(path): reason for path in draft.file_names if scenario_names.is_scenario(path)}
    proposal = sops.propose(owner, draft.summary.id, decree=revision.decree, effective_from=revision.effective_from, reason=reason,
                            expected_revision=draft.summary.revision, accepted=accepted)
    for role in revision.approved_by:
        proposal = sops.approve(stage.actor_of(role), proposal.id, reason=reason, passphrase=stage.passphrase)
    if proposal.deployment_id is None:
        raise ApprovalMissing()
