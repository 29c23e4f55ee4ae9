"""In whose place somebody acts: for the journal, for the rule that nobody approves what they proposed, and for whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.executor import Context
from storage import absences, accounts, agencies


def acting_for(context: Context, role: str) -> tuple[str, ...]:
    """The accounts in whose place the actor does work of `role` now; nobody's where the role is their own.

    What was claimed as a substitute and is done only after the colleague came back is still done in that colleague's place.
    """
    actor = context.actor
    if role in actor.roles:
        return actor.acts_for(role)
    return tuple(sorted({stint.account_id for stint in absences.stints(context.uow, [actor.account_id]) if stint.role == role}))


def names_at(context: Context, account_ids: Collection[str]) -> Callable[[str, str, datetime], tuple[str, ...]]:
    """Who an account stood in for when it acted in a role at an instant, by name: one question for all of them."""
    found = absences.stints(context.uow, account_ids) if account_ids else []
    agency = agencies.get(context.uow, context.actor.agency_id) if found else None

    def of(account_id: str, role: str, at: datetime) -> tuple[str, ...]:
        if agency is None:
            return ()
        day = at.astimezone(ZoneInfo(agency.zone)).date()
        names = {stint.name for stint in found
                 if (stint.substitute_id, stint.role) == (account_id, role) and stint.from_date <= day <= stint.until_date
                 and (stint.ended_at is None or at < stint.ended_at)}
        return tuple(sorted(names)) if names and role not in accounts.roles_held(context.uow, account_id, day) else ()

    return of
