"""A conflict of interest: whoever has one sees nothing of the case. Declared and lifted by an authority, in the case's own chain."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Final

from engine import case_chain, errors
from engine.case_chain import CaseEntry
from engine.executor import Context
from storage import accounts, cases, conflicts, tasks
from storage.cases import CaseRow

DECLARE: Final = "declare_conflict"
LIFT: Final = "lift_conflict"
_REASON_LENGTH: Final = 2000


def declare(context: Context, row: CaseRow, account_id: str, *, reason: str) -> None:
    """Shuts the person out of the case from now on: their open tasks of it wait for the team again, and it loses them as owner.
    Where it stands already nothing changes.

    Raises:
        InvalidSubmission: no real reason. NotFound: no such person in this agency.
    """
    said = _checked(reason)
    account = accounts.get(context.uow, account_id)
    if account is None or account.agency_id != row.agency_id:
        raise errors.NotFound(account_id=account_id)
    if conflicts.cases_barred_to(context.uow, account_id, [row.id]):
        return
    case_chain.append(context, row, DECLARE, {"who": account_id, "reason": said})
    _stand(context, row, account_id, by=context.actor.account_id, at=context.now)
    tasks.release_in_case(context.uow, row.id, account_id)
    if row.owner_id == account_id:
        cases.assign(context.uow, row.id, None)


def lift(context: Context, row: CaseRow, account_id: str, *, reason: str) -> None:
    """Lets the person see the case again. Raises `InvalidSubmission` without a real reason, `NotFound` where none stands."""
    said = _checked(reason)
    if not conflicts.cases_barred_to(context.uow, account_id, [row.id]):
        raise errors.NotFound(account_id=account_id)
    case_chain.append(context, row, LIFT, {"who": account_id, "reason": said})
    conflicts.remove(context.uow, row.id, account_id)


def retell_declared(context: Context, row: CaseRow, entry: CaseEntry) -> CaseRow:
    """The case row after a declaration; the block stands again."""
    who = entry.content["who"]
    _stand(context, row, who, by=entry.actor_id, at=entry.at)
    return dataclasses.replace(row, owner_id=None) if row.owner_id == who else row


def retell_lifted(context: Context, row: CaseRow, entry: CaseEntry) -> CaseRow:
    """The case row as it was; the block is gone again."""
    conflicts.remove(context.uow, row.id, entry.content["who"])
    return row


def _stand(context: Context, row: CaseRow, account_id: str, *, by: str, at: datetime) -> None:
    conflicts.add(context.uow, conflicts.ConflictRow(case_id=row.id, account_id=account_id, declared_by=by, declared_at=at))


def _checked(reason: str) -> str:
    said = reason.strip()
    if not 10 <= len(said) <= _REASON_LENGTH:
        raise errors.InvalidSubmission({"reason": (
            f"Tulis alasan, 10 sampai {_REASON_LENGTH} huruf.", f"Give a reason of 10 to {_REASON_LENGTH} characters.")})
    return said
