"""Commands on a case: open its file, find it by its business key."""

from __future__ import annotations

from collections.abc import Mapping

from engine import errors
from engine.commands.instances import CaseInHand
from engine.executor import Context
from storage import agencies, cases, conflicts, crypto, numbers, randomness

OPEN = "under_review"
CASE, CASE_PATTERN = "case", "{agency}-{year}-{number:06d}"
DOCUMENT_PATTERN = "{number:03d}/{series}/{agency}/{year}"  # never to be taken for a case's number


def in_hand(context: Context, business_key: str | None, *, came_from: Mapping[str, str] | None = None,
            must_stand: bool = False) -> CaseInHand:
    """The agency's case with this business key, opened if there is none; None asks for a new case with the next number.

    A new case keeps which agency it `came_from`. One that `must_stand` is never opened: `NotFound`, as for one in which the actor has a
    conflict of interest.
    """
    if business_key is not None:
        row = cases.by_business_key(context.uow, context.actor.agency_id, business_key)
        if row is not None:
            if conflicts.cases_barred_to(context.uow, context.actor.account_id, [row.id]):
                raise errors.NotFound(case=business_key)
            return CaseInHand(id=row.id, business_key=row.business_key, key=context.case_key(row.id, row.wrapped_key))
        if must_stand:
            raise errors.NotFound(case=business_key)
    case_id = randomness.new_id()
    key, wrapped = crypto.new_case_key(context.executor.master_key, case_id)
    number = business_key if business_key is not None else next_number(context, issued_for=case_id)
    cases.add(context.uow, cases.CaseRow(
        id=case_id, agency_id=context.actor.agency_id, business_key=number, status=OPEN, risk="", owner_id=None,
        wrapped_key=wrapped, opened_at=context.now, closed_at=None, updated_at=context.now,
        came_from=came_from))
    return CaseInHand(id=case_id, business_key=number, key=key)


def next_number(context: Context, *, issued_for: str, series: str = CASE) -> str:
    """The next number of the agency's series, as its pattern writes it (`KLB-2026-000123`); carries no name.

    A document of which the sheet says nothing is numbered by the sheet's `document` pattern.
    The year is that of the agency's own calendar day. The same `issued_for` gets the same number however often it asks.
    """
    from zoneinfo import ZoneInfo

    agency = agencies.get(context.uow, context.actor.agency_id)
    if agency is None:
        raise errors.NotFound(agency_id=context.actor.agency_id)
    year = context.now.astimezone(ZoneInfo(agency.zone)).year
    patterns = agency.profile.get("numbers", {}) if isinstance(agency.profile, dict) else {}
    pattern = str(patterns.get(series) or (CASE_PATTERN if series == CASE else patterns.get("document", DOCUMENT_PATTERN)))

    def written(number: int) -> str:
        return pattern.format(agency=agency.code.upper(), year=year, number=number, series=series)

    return written(numbers.issue(context.uow, agency.id, series, year, issued_for=issued_for, at=context.now, written=written))
