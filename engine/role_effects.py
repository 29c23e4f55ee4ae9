"""What a role that an agency's parameter names does to its SOPs: nobody may hold it, and one hand may come to approve its own work.

Neither is forbidden (domain.md 2.4: a small unit may have one person for both); both are told, and whoever proposes it says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import authorization, definitions
from engine.definitions import Definition
from engine.duties import Duties, Step
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
        alone = _alone(definition, before)
        yield from (OneHand(sop=title, name=names.name(approval)) for approval in _alone(definition, after) if approval not in alone)


def _alone(definition: Definition, parameters: Mapping[str, Value]) -> list[str]:
    def role_of(step: Step) -> str:
        lane = step.node.lane
        return definitions.concrete_role(definition.lane_role(lane, step.process.file), parameters) if lane else ""

    return [approval.node.id for approval, _ in Duties(definition.processes, definition.forms, role_of).in_one_hand()]
