"""Roles that work waits for while nobody in the agency holds them: who can change that, and who can be reached meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from engine.authorization import MACHINES, POLICY, PROVIDER
from engine.executor import Context
from engine.office_results import Shift, Vacancy
from storage import accounts

_GIVERS: Final = tuple(sorted(role for role, rights in POLICY.items() if "account.change" in rights and role not in MACHINES))
_HEAD: Final = "head_of_unit"


def of(context: Context, roles: Collection[str], on_duty: Callable[[], tuple[Shift, ...]]) -> Vacancy | None:
    """Those of `roles` that nobody holds today; None where somebody holds each. A provider answers by its link, so it is never one."""
    agency_id, day = context.actor.agency_id, context.local_day()
    asked = {role for role in roles if role not in ("", PROVIDER)}
    empty = asked - accounts.holders(context.uow, agency_id, asked, day).keys() if asked else frozenset[str]()
    if not empty:
        return None
    held = accounts.holders(context.uow, agency_id, {*_GIVERS, _HEAD}, day)
    names = accounts.names(context.uow, {each for people in held.values() for each in people})

    def named(*wanted: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names[each] for role in wanted for each in held.get(role, ())))

    return Vacancy(roles=tuple(sorted(empty)), givers=named(*_GIVERS), heads=named(_HEAD), on_duty=on_duty())
