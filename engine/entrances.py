"""Where a person comes into a process, and the form that what they sent was filled in on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import explanations
from engine.definitions import Definition
from engine.deployed_results import Beginning
from engine.forms_schema import Form
from engine.model import EventKind
from engine.transition import CompleteTask, ReceiveMessage, Start, Stimulus, View
from engine.types import Value


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """The start event a person starts an SOP at (None: its plain one), its form, and who may."""

    element_id: str | None
    form: Form | None
    roles: tuple[str, ...]
    message: str | None = None   # what the start event waits for, where it is not the plain one


def entrance(definition: Definition, parameters: Mapping[str, Value] | None) -> Entrance | None:
    """How a person of an agency with these parameters starts the SOP; None where only a timer, signal or another process does.

    By its plain start event and the sheet's form; where it has none, by the message start event with a form (the sheet's, where
    there are several), as if the message came from that person.
    """
    process = definition.processes.get(definition.main_process or "")
    starts = [] if process is None else [node for node in process.nodes.values() if node.type == "startEvent"]
    sheet, roles = definition.sheet, definition.start_roles(parameters)
    if any(not node.events for node in starts):
        return Entrance(element_id=None, form=definition.forms.get(sheet.start_form or ""), roles=roles)
    told = [node for node in starts if node.form is not None and any(event.kind is EventKind.MESSAGE for event in node.events)]
    told.sort(key=lambda node: node.form != sheet.start_form)
    if not told:
        return None
    role = definition.role_of(told[0].id, parameters)
    return Entrance(element_id=told[0].id, form=definition.forms.get(told[0].form or ""), roles=roles or ((role,) if role else ()),
                    message=next(event.name for event in told[0].events if event.kind is EventKind.MESSAGE))


def when_to_take(definition: Definition, entered: Entrance) -> Beginning | None:
    """When this SOP is the one to begin, in its own words: what its start event is called and the step that follows. None where the
    drawing names no beginning."""
    process = definition.processes[definition.main_process or ""]
    node = process.nodes[entered.element_id] if entered.element_id is not None else next(
        each for each in process.nodes.values() if each.type == "startEvent" and not each.events)
    if not node.name:
        return None
    first = next((each.name for each in explanations.next_activities(definition, node) if each.name), "")
    begins = node.name[:1].lower() + node.name[1:]
    return Beginning(event=begins, first=first)


def start_of(definition: Definition, stimulus: Start) -> str:
    """The start event an instance began at; "" where the drawing has none."""
    nodes = definition.processes[stimulus.process_id].nodes.values()
    return stimulus.start_element or next((node.id for node in nodes if node.type == "startEvent" and not node.events), "")


def form_of(definition: Definition, stimulus: Stimulus, before: View) -> Form | None:
    """The form on which the submission of this stimulus was typed, `before` being what waited then."""
    element_id: str | None = None
    if isinstance(stimulus, Start):
        if stimulus.start_element is None:
            return definition.forms.get(definition.sheet.start_form or "")
        element_id = stimulus.start_element
    elif isinstance(stimulus, CompleteTask | ReceiveMessage):
        waiting = before.tasks if isinstance(stimulus, CompleteTask) else before.subscriptions
        element_id = next((each.element_id for each in waiting if each.token_id == stimulus.token_id), None)
    return None if element_id is None else definition.forms.get(definition.element(element_id).form or "")
