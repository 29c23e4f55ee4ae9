"""Who answers for a case: given to somebody, handed on to somebody else with a note. An act in the case's own chain."""

from __future__ import annotations

import dataclasses
from typing import Final

from engine import case_chain, errors
from engine.authorization import STAFF
from engine.case_chain import CaseEntry
from engine.executor import Context
from storage import accounts, cases, conflicts, notices, randomness
from storage.cases import CaseRow

ASSIGN: Final = "assign_owner"
NOTE_LENGTH: Final = 4000


class CannotOwn(errors.EngineError):
    """This person cannot answer for the case: they hold no role of the unit today, or have a conflict of interest in it."""

    code = "cannot-own"
    indonesian = "Orang ini tidak dapat memegang kasus: hari ini tidak berperan di unit, atau berbenturan kepentingan dalam kasus ini."


class CaseClosed(errors.EngineError):
    """This case is closed; nobody can be put in charge of it."""

    code = "case-closed"
    indonesian = "Kasus ini sudah ditutup; tidak ada yang dapat ditugaskan padanya."


def assign(context: Context, row: CaseRow, owner_id: str, *, note: str) -> None:
    """Gives the case to `owner_id`. On purpose no error where it is theirs already: two clicks are one wish.

    Raises:
        InvalidSubmission: it is handed on by whoever had it without a word, or the note is too long.
        CannotOwn, CaseClosed: as they say.
    """
    if row.owner_id == owner_id:
        return
    if row.closed_at is not None:
        raise CaseClosed(case_id=row.id)
    if not _may_own(context, row, owner_id):
        raise CannotOwn(case_id=row.id)
    said = note.strip()
    if len(said) > NOTE_LENGTH or (row.owner_id is not None and not said):
        raise errors.InvalidSubmission({"note": (
            f"Tulis catatan serah terima, paling banyak {NOTE_LENGTH} huruf.",
            f"Write a handover note of at most {NOTE_LENGTH} characters.")})
    seq = case_chain.append(context, row, ASSIGN, {"to": owner_id, "from": row.owner_id, "note": said})
    cases.assign(context.uow, row.id, owner_id)
    for account_id, code in ((owner_id, "case_assigned"), (row.owner_id, "case_handed_on")):
        if account_id not in (None, context.actor.account_id):
            notices.add(context.uow, notices.NoticeRow(
                id=randomness.new_id(), agency_id=row.agency_id, account_id=account_id, role=None, at=context.now, code=code,
                case_id=row.id, once=f"{code}:{row.id}:{seq}"))


def retell(context: Context, row: CaseRow, entry: CaseEntry) -> CaseRow:
    """The case row after an assignment, as it was written."""
    return dataclasses.replace(row, owner_id=entry.content["to"])


def _may_own(context: Context, row: CaseRow, account_id: str) -> bool:
    account = accounts.get(context.uow, account_id)
    if account is None or account.agency_id != row.agency_id or account.disabled_at is not None:
        return False
    held = accounts.roles_held(context.uow, account_id, context.local_day())
    return not held.isdisjoint(STAFF) and not conflicts.cases_barred_to(context.uow, account_id, [row.id])
