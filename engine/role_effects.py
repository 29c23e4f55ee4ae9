"""What a role that an agency's parameter names does to its SOPs: nobody may hold it, and one hand may come to approve its own work.

Neither is forbidden (domain.md 2.4: a small unit may have one person for both); both are told, and whoever proposes it says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine import authorization, duties
from engine.definitions import Definition
from engine.effects import Names
from engine.executor import Context
from engine.reports import times
from engine.table_changes import PARAMETERS
from engine.table_results import OneHand, RoleEffect
from engine.types import Value
from storage import accounts, deployments
from storage.table_changes import ChangeRow


def of(context: Context, row: ChangeRow) -> RoleEffect:
    """Of a change of a role, over what is in force; empty for any other change."""
    if row.kind != PARAMETERS or row.content["name"] not in authorization.ABSTRACT_ROLES:
        return RoleEffect()
    role = str(row.content["value"])
    held = accounts.holders(context.uow, row.agency_id, {role}, context.local_day())
    is_unheld = role in authorization.KNOWN_ROLES - {authorization.PROVIDER} and role not in held
    return RoleEffect(unheld=role if is_unheld else "", one_hand=tuple(_one_hand(context, row.content["name"], role)))


def _one_hand(context: Context, name: str, role: str) -> Iterator[OneHand]:
    """The steps in which a role would approve what it did itself just before, and does not yet."""
    before = context.parameters_in_force() or {}
    after, classes = {**before, name: role}, times.known_classes(context)
    for row in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day()):
        definition = context.executor.definition(context.uow, row.id)
        names, title = Names(definition, classes), definition.sheet.title
        for approval, steps in duties.approvals(definition):
            if _alike(definition, approval, steps, after) and not _alike(definition, approval, steps, before):
                yield OneHand(sop=title, name=names.name(approval))


def _alike(definition: Definition, approval: str, steps: Collection[str], parameters: Mapping[str, Value]) -> bool:
    approver = definition.role_of(approval, parameters)
    return any(definition.role_of(step, parameters) == approver for step in steps)
