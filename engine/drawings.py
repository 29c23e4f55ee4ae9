"""The drawing of an SOP, plain or with an instance's progress on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from engine import errors
from engine.definitions import Definition, flows_of, nodes_of
from engine.model import Process
from engine.render import diagram


def of_definition(definition: Definition, process_id: str) -> bytes:
    """The SOP as drawn."""
    return _drawn(definition, process_id, {})


def of_change(definition: Definition, process_id: str, marks: Mapping[str, str], *, language: str, anchors: str = "") -> bytes:
    """The SOP with what a new version changes: id of an element, a line or a lane -> "added", "removed" or "changed". `anchors` begins
    the ids by which a page links to them."""
    process = _process(definition, process_id)
    known = _ids(process)
    return diagram.svg(definition.files[process.file], highlight={key: mark for key, mark in marks.items() if key in known},
                       title=process.name or definition.sheet.title.id, language=language, anchors=anchors)


def is_marked(process: Process, marks: Mapping[str, str]) -> bool:
    """Whether anything in a process is marked."""
    return not _ids(process).isdisjoint(marks)


def of_coverage(definition: Definition, process_id: str, untaken: Iterable[str], *, language: str) -> bytes:
    """The SOP with the sequence flows that no scenario takes."""
    process = _process(definition, process_id)
    own = {flow.id for flow in flows_of(process)}
    return diagram.svg(definition.files[process.file], highlight=dict.fromkeys((flow for flow in untaken if flow in own), "untaken"),
                       title=process.name or definition.sheet.title.id, language=language)


def of_instance(
    definition: Definition, process_id: str, *, done: Iterable[str], waiting: Iterable[str], dues: Mapping[str, datetime],
    at: datetime, hidden: Callable[[str], bool], language: str = "id",
) -> bytes:
    """The SOP with done, waiting and late steps as of `at`. Steps that `hidden` names show neither name nor progress."""
    marks = dict.fromkeys(done, "done")
    for element_id in filter(None, waiting):
        marks[element_id] = "late" if element_id in dues and dues[element_id] < at else "now"
    process = definition.processes.get(process_id)
    for node in nodes_of(process) if process is not None else ():
        if hidden(node.id):
            marks[node.id] = "limited"
    return _drawn(definition, process_id, marks, language)


def of_figures(
    definition: Definition, process_id: str, *, marks: Mapping[str, str], counts: Mapping[str, str], hidden: Callable[[str], bool],
    language: str,
) -> bytes:
    """The SOP as a heat map: element id -> band, element id -> a short figure. Steps that `hidden` names show nothing."""
    process = definition.processes.get(process_id)
    limited = {node.id: "limited" for node in nodes_of(process) if hidden(node.id)} if process is not None else {}
    return _drawn(definition, process_id, {**marks, **limited}, language, counts)


def _drawn(definition: Definition, process_id: str, marks: Mapping[str, str], language: str = "id",
           badges: Mapping[str, str] = {}) -> bytes:
    process = _process(definition, process_id)
    known = {node.id for node in nodes_of(process)}
    return diagram.svg(definition.files[process.file], highlight={key: mark for key, mark in marks.items() if key in known},
                       badges={key: text for key, text in badges.items() if key in known},
                       title=process.name or definition.sheet.title.id, language=language)


def _ids(process: Process) -> frozenset[str]:
    return frozenset({each.id for found in (nodes_of(process), flows_of(process), process.lanes) for each in found})


def _process(definition: Definition, process_id: str) -> Process:
    process = definition.processes.get(process_id)
    if process is None:
        raise errors.NotFound(process_id=process_id)
    return process
