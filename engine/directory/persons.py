"""An account as somebody who acts: the roles of today, their own and those they hold in a colleague's place."""

from __future__ import annotations

from engine.absences import stand_ins
from engine.authorization import PROVIDER
from engine.directory import agencies as agency_files
from engine.executor import Context
from engine.types import Actor
from storage import absences, accounts
from storage.accounts import AccountRow
from storage.agencies import AgencyRow


def actor(context: Context, row: AccountRow, agency: AgencyRow, *, session: str = "") -> Actor:
    """Who acts when this account does, today."""
    day = agency_files.local_day(agency, context.now)
    own = accounts.roles_held(context.uow, row.id, day)
    stands_in_for = stand_ins(absences.stood_for(context.uow, row.id, day))
    lent = frozenset(role for each in stands_in_for for role in each.roles)
    return Actor(account_id=row.id, agency_id=row.agency_id, name=row.name, roles=own | lent, deputy_roles=lent - own,
                 stands_in_for=stands_in_for, session=session,
                 provider_id=(row.provider_id or "") if own | lent and own | lent <= {PROVIDER} else None)
