"""The versions of its SOP that an instance ran by, one after the other: what a migrated one did before was asked by an older one."""

from __future__ import annotations

from dataclasses import dataclass

from engine import errors
from engine.definitions import Definition
from engine.executor import Context
from engine.forms_schema import Form
from engine.model import Node
from storage import journal
from storage.inbox import InboxRow
from storage.instances import InstanceRow
from storage.tasks import TaskRow


@dataclass(frozen=True)
class RanBy:
    """The versions, oldest first; the last is the one in force for the instance."""

    versions: tuple[Definition, ...]

    @property
    def now(self) -> Definition:
        """By which it runs, or ended."""
        return self.versions[-1]

    @property
    def forms(self) -> tuple[Form, ...]:
        """All forms that it was ever asked with, the latest of one key last."""
        return tuple(form for each in self.versions for form in each.forms.values())

    def nodes(self, element_id: str) -> list[Node]:
        """What each version that has the element says of it, the latest first."""
        return [node for each in reversed(self.versions) if (node := find(each, element_id)) is not None]

    def with_element(self, element_id: str) -> Definition:
        """The latest version that has the element; the one in force where none has."""
        return next((each for each in reversed(self.versions) if find(each, element_id) is not None), self.now)

    def with_document(self, code: str) -> Definition:
        """The latest version that has a document of this code; the one in force where none has."""
        return next((each for each in reversed(self.versions) if code in each.documents), self.now)


def of_task(context: Context, versions: RanBy, row: TaskRow) -> Definition:
    """The version that a task is read by: a finished one by that in force when it was finished, any other by the latest that has it."""
    found = None
    if row.completed_at is not None and len(versions.versions) > 1:
        found = journal.definition_at(context.uow, row.instance_id, "complete_task", row.completed_at)
    return next((each for each in versions.versions if each.digest == found), None) or versions.with_element(row.element_id)


def of(context: Context, row: InstanceRow | InboxRow) -> RanBy:
    """Those of an instance, or of the instance of a task. Raises `StateCorrupt` where the bytes of one are not what they were."""
    return RanBy(tuple(context.executor.definition(context.uow, each)
                       for each in (*(row.former_deployments or ()), row.deployment_id)))


def find(definition: Definition, element_id: str) -> Node | None:
    """The element of a version, where it has it."""
    try:
        return definition.element(element_id)
    except errors.UnknownElement:
        return None
