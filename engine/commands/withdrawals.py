"""A version of an SOP is withdrawn: proposed by one person with a decree and a day, approved or sent back by another."""

from __future__ import annotations

from datetime import date

from engine import authorization, effects, errors, sop_refusals
from engine.commands import drafts, starts
from engine.executor import Context
from storage import deployments, notices, randomness, withdrawals


def propose(context: Context, deployment_id: str, *, decree: str, withdrawn_from: date, reason: str) -> None:
    """Lays a withdrawal before those who approve; until then nothing changes.

    Raises:
        NotFound: the agency has no such version.
        WithdrawalStands: it is withdrawn, or that was proposed already.
        NothingToWithdraw: it is neither in force nor to come.
        InvalidSubmission: no decree, no reason, or a day that has passed.
    """
    version = drafts.own_version(context, deployment_id)
    if version.id in withdrawals.standing(context.uow, version.agency_id):
        raise sop_refusals.WithdrawalStands()
    _refuse_replaced(context, version)
    problems = drafts.unsaid(decree=decree, reason=reason)
    if withdrawn_from < context.local_day():
        problems["withdrawn_from"] = drafts.DAY_HAS_PASSED
    if problems:
        raise errors.InvalidSubmission(problems)
    row = withdrawals.WithdrawalRow(
        id=randomness.new_id(), deployment_id=version.id, decree=decree.strip(), withdrawn_from=withdrawn_from, reason=reason.strip(),
        proposed_at=context.now, proposed_by=context.actor.account_id, state=drafts.IN_REVIEW)
    withdrawals.add(context.uow, row)
    drafts.tell(context, row.id, drafts.PROPOSED, role=drafts.HEAD)


def approve(context: Context, deployment_id: str, withdrawal_id: str, *, reason: str) -> None:
    """From its day on nothing begins by the version; what runs goes on.

    Raises:
        EffectivePast, NothingToWithdraw: it can only be sent back now.
        NotFound, OwnApproval, InvalidSubmission, StaleRevision: as `send_back`.
    """
    version, row = _to_decide(context, deployment_id, withdrawal_id, reason)
    if row.withdrawn_from < context.local_day():
        raise sop_refusals.EffectivePast()
    _refuse_replaced(context, version)
    _decide(context, row, drafts.APPROVED, reason)
    if row.withdrawn_from <= max(context.local_day(), version.effective_from):   # today, or before it ever came into force
        starts.withdrawn(context, version)
    drafts.tell(context, row.id, "sop_approved", account_id=row.proposed_by)


def send_back(context: Context, deployment_id: str, withdrawal_id: str, *, reason: str) -> None:
    """The version stays as it is.

    Raises:
        NotFound: that version has no such proposal, or it is not the actor's to decide.
        OwnApproval: they proposed it.
        InvalidSubmission: no reason.
        StaleRevision: it was decided already.
    """
    _, row = _to_decide(context, deployment_id, withdrawal_id, reason)
    _decide(context, row, drafts.SENT_BACK, reason)
    drafts.tell(context, row.id, "sop_sent_back", account_id=row.proposed_by)


def take_back(context: Context, deployment_id: str, withdrawal_id: str) -> None:
    """What the actor proposed is proposed no more, and may be proposed again; whoever was to approve it is told of it no more.

    Raises:
        NotFound: they proposed none of that id for that version.
        StaleRevision: it was decided already.
    """
    version, row = drafts.own_version(context, deployment_id), withdrawals.get(context.uow, withdrawal_id)
    if row is None or row.deployment_id != version.id or row.proposed_by != context.actor.account_id:
        raise errors.NotFound(withdrawal_id=withdrawal_id)
    _decide(context, row, drafts.TAKEN_BACK, "")
    notices.recall(context.uow, [drafts.told_once(row.id, drafts.PROPOSED, drafts.HEAD)])


def _to_decide(
    context: Context, deployment_id: str, withdrawal_id: str, reason: str,
) -> tuple[deployments.DeploymentRow, withdrawals.WithdrawalRow]:
    version, row, actor = drafts.own_version(context, deployment_id), withdrawals.get(context.uow, withdrawal_id), context.actor
    if row is None or row.deployment_id != version.id or not actor.holds(drafts.HEAD) or not authorization.allows(actor, drafts.APPROVE):
        raise errors.NotFound(withdrawal_id=withdrawal_id)
    if row.proposed_by == actor.account_id:
        raise sop_refusals.OwnApproval()
    drafts.require_reason(reason)
    return version, row


def _decide(context: Context, row: withdrawals.WithdrawalRow, state: str, reason: str) -> None:
    if not withdrawals.decide(context.uow, row.id, state=state, by=context.actor.account_id, reason=reason.strip(), at=context.now):
        raise errors.StaleRevision()


def _refuse_replaced(context: Context, version: deployments.DeploymentRow) -> None:
    if version.effective_from <= context.local_day() and not effects.is_in_force(context, version.id, version.key):
        raise sop_refusals.NothingToWithdraw()
