"""Leave to see for a while what a viewer does not see otherwise: names, one field, a whole case. Each act stands in the access log.

Leave is given to one session of one account on one case, and what authorization makes of it (`engine/facts.py`) is decided anew at every
reading: a role that ended, a conflict of interest or a disabled account takes it away at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from engine import errors
from engine.authorization import KNOWN_ROLES, ObjectFacts, allows
from engine.commands import access
from engine.definitions import concrete_role
from engine.executor import Context
from storage import access_grants, cases, notices, randomness

PURPOSES: Final = ("audit", "complaint", "court", "safety")
PROPER, IMPROPER = "proper", "improper"
_PRIVACY: Final = "data_protection_officer"


class NothingToBreak(errors.EngineError):
    """This case is open to you already; open it as usual."""

    code = "nothing-to-break"
    indonesian = "Kasus ini sudah terbuka bagi Anda; buka seperti biasa."


class OwnAccess(errors.EngineError):
    """Nobody reviews their own emergency access: let a colleague decide."""

    code = "own-access"
    indonesian = "Akses darurat sendiri tidak dapat dinilai sendiri: minta rekan yang menilai."


class AlreadyReviewed(errors.EngineError):
    """Somebody has reviewed this access; look at the list again."""

    code = "already-reviewed"
    indonesian = "Akses ini sudah dinilai; lihat kembali daftarnya."


def show_names(context: Context, row: cases.CaseRow, *, lasts: timedelta) -> datetime:
    """Names of one case from now on for so long; until when."""
    entry = access.log(context, row.id, what=access.NAMES, field_group="names")
    return _grant(context, row, access_grants.NAMES, entry, lasts=lasts).until


def unmask(context: Context, row: cases.CaseRow, field: str, *, purpose: str, reason: str, lasts: timedelta) -> datetime:
    """One field (`record.field`) for so long; until when. Who answers for the case and the data protection officer are told."""
    entry = access.log(context, row.id, what=access.UNMASK, field_group=field, purpose=f"{purpose}: {reason}")
    grant = _grant(context, row, access_grants.UNMASK, entry, lasts=lasts, field=field)
    _tell(context, row, grant, "field_unmasked", {*_answerable(context), _PRIVACY})
    return grant.until


def break_glass(context: Context, row: cases.CaseRow, about: ObjectFacts, *, reason: str, lasts: timedelta) -> datetime:
    """Opens a case to somebody who does not work on it; until when. Who answers for it is told, and reviews it.

    While it lasts a second time takes it over into the session that asks, and lasts no longer.

    Raises:
        NothingToBreak: it is theirs to read without that.
    """
    if allows(context.actor, "case.read", about):
        raise NothingToBreak(case_id=row.id)
    entry = access.log(context, row.id, what=access.BREAK_GLASS, field_group="case", purpose=reason)
    for known in access_grants.running_of(context.uow, context.actor.account_id, context.now):
        if known.kind == access_grants.BREAK_GLASS and known.case_id == row.id and known.agency_id == context.actor.agency_id:
            access_grants.move(context.uow, known.id, session=context.actor.session)
            return known.until
    grant = _grant(context, row, access_grants.BREAK_GLASS, entry, lasts=lasts)
    _tell(context, row, grant, "glass_broken", _answerable(context))
    if row.owner_id is not None and row.owner_id != context.actor.account_id:
        _notice(context, row, "glass_broken", once=f"{grant.id}:owner", account_id=row.owner_id)
    return grant.until


def review(context: Context, grant: access_grants.GrantRow, row: cases.CaseRow, *, verdict: str, reason: str) -> None:
    """Writes down whether it was proper. An improper one ends at once, and the data protection officer is told.

    Raises:
        OwnAccess: the reviewer is whoever broke the glass. AlreadyReviewed.
    """
    if grant.account_id == context.actor.account_id:
        raise OwnAccess(grant_id=grant.id)
    entry = access.log(context, row.id, what=access.REVIEW, field_group=f"{grant.entry}:{verdict}", purpose=reason)
    until = min(grant.until, context.now) if verdict == IMPROPER else grant.until
    if not access_grants.review(context.uow, grant.id, verdict=verdict, reviewed_by=context.actor.account_id, reviewed_at=context.now,
                                review_entry=entry, until=until):
        raise AlreadyReviewed(grant_id=grant.id)
    if verdict == IMPROPER:
        _tell(context, row, grant, "access_improper", {"head_of_unit", _PRIVACY})


def _grant(context: Context, row: cases.CaseRow, kind: str, entry: int, *, lasts: timedelta, field: str = "") -> access_grants.GrantRow:
    given = access_grants.GrantRow(
        id=randomness.new_id(), case_id=row.id, agency_id=row.agency_id, account_id=context.actor.account_id,
        session=context.actor.session, kind=kind, field=field, granted_at=context.now, until=context.now + lasts, entry=entry)
    access_grants.add(context.uow, given)
    return given


def _answerable(context: Context) -> set[str]:
    """Who is told: whoever answers for cases here, and where that is the actor too, the head of the unit."""
    authority = concrete_role("case_authority", context.parameters_in_force())
    if authority not in KNOWN_ROLES:
        return {"head_of_unit"}  # an agency whose sheet names nobody
    return {authority, "head_of_unit"} if context.actor.holds(authority) else {authority}


def _tell(context: Context, row: cases.CaseRow, grant: access_grants.GrantRow, code: str, roles: set[str]) -> None:
    for role in sorted(roles):
        _notice(context, row, code, once=f"{grant.id}:{code}:{role}", role=role)


def _notice(context: Context, row: cases.CaseRow, code: str, *, once: str, role: str | None = None, account_id: str | None = None) -> None:
    notices.add(context.uow, notices.NoticeRow(
        id=randomness.new_id(), agency_id=row.agency_id, account_id=account_id, role=role, at=context.now, code=code, case_id=row.id,
        once=once))
