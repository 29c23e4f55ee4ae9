"""The people of an office who do tasks, with the roles they hold today."""

from __future__ import annotations

from collections.abc import Collection

from engine import authorization, own_referrals
from engine.executor import Context
from engine.results import Colleague
from storage import accounts


def roles_that_do_tasks() -> frozenset[str]:
    """The roles of the work; who audits or keeps the machine holds none of them."""
    return frozenset(role for role, rights in authorization.POLICY.items() if "task.claim" in rights)


def is_of_the_house(held: Collection[str], *, asking_for: str) -> bool:
    """Whether who holds these roles may be let into a task of the role `asking_for`: the unit's staff, or who holds that role anyway.

    A referral partner sees of a case what was agreed to; no colleague's question or leave widens that.
    """
    return not {*authorization.STAFF, asking_for}.isdisjoint(held)


def of_agency(context: Context) -> tuple[Colleague, ...]:
    """Everybody of the actor's agency who holds such a role today, in their own right or in somebody's place; by name."""
    held = accounts.holders(context.uow, context.actor.agency_id, roles_that_do_tasks(), context.local_day())
    roles: dict[str, list[str]] = {}
    for role, ids in sorted(held.items()):
        for account_id in ids:
            roles.setdefault(account_id, []).append(role)
    if own_referrals.is_restricted(context.actor):  # of the people of a partner, who answer for the same provider
        own = {row.id for row in accounts.of_agency(context.uow, context.actor.agency_id) if row.provider_id == context.actor.provider_id}
        roles = {each: held for each, held in roles.items() if each in own}
    names = accounts.names(context.uow, set(roles))
    return tuple(Colleague(id=each, name=names[each], roles=tuple(roles[each]), is_outside=set(authorization.STAFF).isdisjoint(roles[each]))
                 for each in sorted(roles, key=lambda each: (names[each].casefold(), each)))
