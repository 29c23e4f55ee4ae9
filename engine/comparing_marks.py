"""Where the changes of a version are seen: which elements, lines and lanes of either drawing are new, changed or gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from engine import definitions, resolving
from engine.changes import Change
from engine.comparing_sides import Side
from engine.definitions import Definition
from engine.model import Flow, Process
from engine.types import Text

ADDED: Final = "added"
REMOVED: Final = "removed"
CHANGED: Final = "changed"
_SEEN: Final = {"step_added": ADDED, "node_added": ADDED, "step_removed": REMOVED, "node_removed": REMOVED}


def marks(here: Definition, there: Definition, changes: Iterable[Change], *, lone: str) -> Mapping[str, str]:
    """Element, line or lane of `here` -> its mark; `lone` is that of a line which `there` has not."""
    found: dict[str, str] = {}
    for change in changes:
        if change.element_id and change.kind != "id_changed":
            mark = _SEEN.get(change.kind, CHANGED)
            found[change.element_id] = mark if mark != CHANGED else found.get(change.element_id, CHANGED)
    return {**_lanes(here, there), **_flows(here, there, lone), **found}


def names(definition: Definition, process: Process) -> Mapping[str, Text]:
    """What people call the lanes and elements of a process that its file draws."""
    side, shapes = Side.of(definition), definition.models[process.file].shapes
    lanes = {lane.id: Text(f"lajur “{lane.name}”", f"lane “{lane.name}”") for lane in process.lanes}
    found = {**lanes, **{node.id: side.called(node.id) for node in definitions.nodes_of(process)}}
    return {key: name for key, name in found.items() if key in shapes}


def _flows(here: Definition, there: Definition, lone: str) -> Mapping[str, str]:
    """A line is the same that joins the same two elements, whatever its id."""
    others = {(flow.source, flow.target): flow for flow in _all(there)}
    found: dict[str, str] = {}
    for flow in _all(here):
        other = others.get((flow.source, flow.target))
        if other is None:
            found[flow.id] = lone
        elif other.condition != flow.condition:
            found[flow.id] = CHANGED
    return found


def _all(definition: Definition) -> Iterable[Flow]:
    return (flow for process in definition.processes.values() for flow in definitions.flows_of(process))


def _lanes(here: Definition, there: Definition) -> Mapping[str, str]:
    """The lanes that stand for another role in the other version."""
    return {lane.id: CHANGED for process in here.processes.values() if resolving.folder_of(process.file) in there.sheets
            for lane in process.lanes if here.lane_role(lane.name, process.file) != there.lane_role(lane.name, process.file)}
