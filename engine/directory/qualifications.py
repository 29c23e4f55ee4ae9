"""What an agency asks of whoever holds a role (`qualification` in agency.toml), and that somebody answered for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from engine.directory.refusals import QualificationNotConfirmed, UnknownQualification
from engine.executor import Context
from engine.results import ConfirmedQualification
from storage import accounts, qualifications
from storage.agencies import AgencyRow
from storage.qualifications import QualificationRow


def asked(agency: AgencyRow) -> dict[str, tuple[str, ...]]:
    """role -> the qualifications its holders must have, as the SOP prints them; roles without any are left out."""
    roles: Mapping[str, Mapping[str, list[str]]] = agency.profile.get("roles", {})
    return {role: tuple(sheet["qualification"]) for role, sheet in sorted(roles.items()) if sheet.get("qualification")}


def confirm(
    context: Context, agency: AgencyRow, account_id: str, role: str, confirmed: Collection[str], *, from_date: date
) -> None:
    """Records that the actor confirmed each qualification of the role for this holder.

    Raises:
        UnknownQualification: the agency asks no such thing of this role.
        QualificationNotConfirmed: it asks for one more.
    """
    wanted = asked(agency).get(role, ())
    if not set(confirmed) <= set(wanted):
        raise UnknownQualification(role=role)
    if missing := [one for one in wanted if one not in confirmed]:
        raise QualificationNotConfirmed(role=role, qualifications=missing)
    qualifications.add_many(context.uow, [
        QualificationRow(account_id=account_id, role=role, from_date=from_date, qualification=one,
                         confirmed_by=context.actor.account_id, confirmed_at=context.now)
        for one in wanted])


def of_account(context: Context, account_id: str) -> tuple[ConfirmedQualification, ...]:
    """Everything confirmed for one account, by role and day."""
    found = qualifications.of_account(context.uow, account_id)
    names = accounts.names(context.uow, {row.confirmed_by for row in found})
    return tuple(
        ConfirmedQualification(role=row.role, from_date=row.from_date, qualification=row.qualification,
                               confirmed_by=names.get(row.confirmed_by, row.confirmed_by), confirmed_at=row.confirmed_at)
        for row in found)
