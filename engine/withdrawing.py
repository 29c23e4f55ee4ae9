"""The part of `engine.sops` that withdraws a version: from a day on nothing begins by it, and what runs goes on."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine import authorization
from engine.commands import drafts
from engine.commands import withdrawals as commands
from engine.deployed_results import Withdrawal
from engine.directory import sign_in
from engine.executor import Context, Executor
from engine.settings import Settings
from engine.types import Actor
from storage import accounts, deployments, withdrawals


class Withdrawing:
    """Whoever proposes it never approves it. What the version replaced does not come back."""

    _executor: Executor
    _settings: Settings

    def propose_withdrawal(self, actor: Actor, deployment_id: str, *, decree: str, withdrawn_from: date, reason: str) -> None:
        """Lays it before the head of unit. `decree` is the number of the decision letter (SK), `withdrawn_from` the first day on which
        nothing begins by the version.

        Raises:
            WithdrawalStands, NothingToWithdraw, InvalidSubmission: what keeps it from being proposed.
        """
        authorization.require(actor, "sop.propose")
        self._executor.run(actor, lambda context: commands.propose(
            context, deployment_id, decree=decree, withdrawn_from=withdrawn_from, reason=reason))

    def approve_withdrawal(
        self, actor: Actor, deployment_id: str, withdrawal_id: str, *, reason: str, passphrase: str, address: str = "",
    ) -> None:
        """Withdraws the version, confirmed by the passphrase. `address` slows down guessing, as at sign-in.

        Raises:
            SignInRefused, TooManyAttempts: the passphrase is not the actor's.
            OwnApproval: they proposed it.
            EffectivePast, NothingToWithdraw, StaleRevision, InvalidSubmission: it cannot be withdrawn like this.
        """
        authorization.require(actor, drafts.APPROVE)
        self._executor.read(actor, lambda context: drafts.own_version(context, deployment_id))
        sign_in.confirm(self._executor, self._settings, actor.account_id, passphrase, address=address)
        self._executor.run(actor, lambda context: commands.approve(context, deployment_id, withdrawal_id, reason=reason))

    def send_back_withdrawal(self, actor: Actor, deployment_id: str, withdrawal_id: str, *, reason: str) -> None:
        """The version stays. Raises `OwnApproval`, `StaleRevision`, `InvalidSubmission` as `approve_withdrawal` does."""
        authorization.require(actor, drafts.APPROVE)
        self._executor.run(actor, lambda context: commands.send_back(context, deployment_id, withdrawal_id, reason=reason))

    def take_back_withdrawal(self, actor: Actor, deployment_id: str, withdrawal_id: str) -> None:
        """The actor's own proposal is none any more. Raises `NotFound`, `StaleRevision`."""
        authorization.require(actor, "sop.propose")
        self._executor.run(actor, lambda context: commands.take_back(context, deployment_id, withdrawal_id))

    def withdrawals(self, actor: Actor, deployment_id: str) -> tuple[Withdrawal, ...]:
        """Everything proposed to withdraw a version, the latest first."""
        authorization.require(actor, "sop.read_drafts")

        def query(context: Context) -> tuple[Withdrawal, ...]:
            found = withdrawals.of_version(context.uow, drafts.own_version(context, deployment_id).id)
            people = {one for row in found for one in (row.proposed_by, row.decided_by) if one is not None}
            names = {**{one: one for one in people}, **accounts.names(context.uow, people)}
            return tuple(Withdrawal(
                id=row.id, decree=row.decree, withdrawn_from=row.withdrawn_from, reason=row.reason, proposed_at=row.proposed_at,
                proposed_by=names[row.proposed_by], state=row.state, decided_at=row.decided_at,
                decided_by="" if row.decided_by is None else names[row.decided_by], decided_reason=row.decided_reason or "",
                is_own=row.proposed_by == actor.account_id) for row in found)

        return self._executor.read(actor, query)


def standing_of(
    context: Context, row: deployments.DeploymentRow, withdrawal: withdrawals.WithdrawalRow | None, *, is_in_force: bool, day: date,
) -> dict[str, Any]:
    """What a list of versions says of where one stands on a day. One withdrawn before its own day never comes into force."""
    approved = withdrawal if withdrawal is not None and withdrawal.state == drafts.APPROVED else None
    if approved is not None and approved.withdrawn_from <= max(day, row.effective_from):
        state = "withdrawn"
    else:
        state = "in_force" if is_in_force else "to_come" if row.effective_from > day else "replaced"
    return {
        "state": state, "withdrawn_from": None if approved is None else approved.withdrawn_from,
        "withdrawal_decree": "" if approved is None else approved.decree,
        "withdrawal_waits": (withdrawal is not None and approved is None
                             and authorization.allows(context.actor, "sop.read_drafts"))}
