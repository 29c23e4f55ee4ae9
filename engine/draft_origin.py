"""What a draft's consent gates are compared with: the version it changes, or the SOP that a new one is a copy of."""

from __future__ import annotations

from engine import resolving
from engine.definitions import Definition, nodes_of
from engine.executor import Context
from storage import deployments


def of(context: Context, based_on: str | None, definition: Definition) -> Definition | None:
    """Of an SOP there is none of yet: the agency's SOP that it shares most steps with, at least half of those of either; None: it is new.

    Told by the steps and not by how it was made: a copy by the library's button and one that was downloaded and uploaded under another key
    are alike.
    """
    if based_on is not None:
        return context.executor.definition(context.uow, based_on)
    own = _steps(definition)
    most, found = 0, None
    for row in _newest(context):
        other = context.executor.definition(context.uow, row.id)
        theirs = _steps(other)
        shared = len(own & theirs)
        if row.key != definition.sheet.key and shared > most and 2 * shared >= min(len(own), len(theirs)):
            most, found = shared, other
    return found


def _newest(context: Context) -> list[deployments.DeploymentRow]:
    """The newest version of each SOP of the agency, withdrawn or not: what was copied may be out of force."""
    newest: dict[str, deployments.DeploymentRow] = {}
    for row in deployments.of_agency(context.uow, context.actor.agency_id):
        newest.setdefault(row.key, row)
    return list(newest.values())


def _steps(definition: Definition) -> frozenset[str]:
    """The ids of all that its own folder draws; what it borrows others borrow, too."""
    return frozenset(node.id for process in definition.processes.values() if resolving.folder_of(process.file) == ""
                     for node in nodes_of(process))
