"""What the rules look at: one BPMN file with its XML and model, and the bundle it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine import definitions, form_names, resolving
from engine.bpmn_reading import BPMN, local
from engine.bundle import SopBundle
from engine.decisions import Decisions
from engine.forms_schema import Form
from engine.lint.net import Net
from engine.lint.registry import Hit
from engine.model import EventDefinition, Flow, Model, Node, Process, Scope
from engine.sop_toml import SopSheet


@dataclass(frozen=True)
class Placed:
    """A node with where it stands. `holder` is the sub-process round it, if any."""

    node: Node
    scope: Scope
    process: Process
    holder: Node | None = None


@dataclass(kw_only=True)
class Diagram:
    """One BPMN file under check."""

    file: str
    root: Any
    model: Model
    sop: Sop

    @cached_property
    def placed(self) -> list[Placed]:
        """Every flow node, inner sub-processes included, in file order."""
        return [placed for process in self.model.processes.values() for placed in _placed(process, process, None)]

    @cached_property
    def scopes(self) -> list[tuple[Scope, Process, Node | None]]:
        """Every process and sub-process body, with the sub-process it belongs to."""
        found: list[tuple[Scope, Process, Node | None]] = [(process, process, None) for process in self.model.processes.values()]
        found += [(p.node.body, p.process, p.node) for p in self.placed if p.node.body is not None]
        return found

    @cached_property
    def _nets(self) -> dict[int, Net]:
        return {id(scope): Net(scope) for scope, _, _ in self.scopes}

    def net(self, scope: Scope) -> Net:
        """One of the scopes as the token game sees it."""
        return self._nets[id(scope)]

    @cached_property
    def flows(self) -> list[Flow]:
        return [flow for scope, _, _ in self.scopes for flow in scope.flows]

    @cached_property
    def by_id(self) -> dict[str, Placed]:
        table: dict[str, Placed] = {}
        for placed in self.placed:
            table.setdefault(placed.node.id, placed)
        return table

    @cached_property
    def entered(self) -> frozenset[str]:
        """The ids some sequence flow leads to."""
        return frozenset(flow.target for flow in self.flows)

    @cached_property
    def left(self) -> frozenset[str]:
        """The ids some sequence flow comes from."""
        return frozenset(flow.source for flow in self.flows)

    @cached_property
    def collections(self) -> frozenset[str]:
        """The item definitions that are collections."""
        return frozenset(e.get("id") or "" for e in self.elements("itemDefinition") if e.get("isCollection") in ("true", "1"))

    @cached_property
    def owner(self) -> dict[str, str]:
        """The process each id inside a process belongs to."""
        return {
            e.get("id"): process.get("id") or ""
            for process in self.root.findall(f"{{{BPMN}}}process")
            for e in process.iter()
            if isinstance(e.tag, str) and e.get("id")
        }

    @cached_property
    def events(self) -> list[tuple[Placed, EventDefinition]]:
        return [(placed, event) for placed in self.placed for event in placed.node.events]

    @cached_property
    def attached(self) -> dict[str, list[Placed]]:
        """Activity id -> its boundary events."""
        table: dict[str, list[Placed]] = {}
        for placed in self.placed:
            if placed.node.type == "boundaryEvent" and placed.node.attached_to:
                table.setdefault(placed.node.attached_to, []).append(placed)
        return table

    def of_type(self, *types: str) -> Iterator[Placed]:
        """The nodes of these BPMN types."""
        return (placed for placed in self.placed if placed.node.type in types)

    def elements(self, *tags: str) -> Iterator[Any]:
        """XML elements of the BPMN namespace, anywhere in the file."""
        return (
            self.root.iter(*(f"{{{BPMN}}}{tag}" for tag in tags))
            if tags
            else (e for e in self.root.iter() if isinstance(e.tag, str) and e.tag.startswith(f"{{{BPMN}}}"))
        )

    def hit(self, found: Any, *, word: str = "") -> Hit:
        """A hit at a node, flow, placed node or XML element of this file."""
        if isinstance(found, Placed):
            found = found.node
        if hasattr(found, "sourceline"):
            holder = found if found.get("id") else next((a for a in found.iterancestors() if a.get("id")), None)
            return Hit(
                element_id=holder.get("id") if holder is not None else None,
                line=found.sourceline,
                file=self.file,
                word=word or local(found),
            )
        return Hit(element_id=getattr(found, "id", None), line=getattr(found, "line", None), file=self.file, word=word)


@dataclass(kw_only=True)
class Sop:
    """The bundle under check: what could be read of it."""

    bundle: SopBundle
    operations: frozenset[str]
    diagrams: list[Diagram] = field(default_factory=list)
    forms: Mapping[str, Form] = field(default_factory=dict)
    form_files: frozenset[str] = frozenset()  # keys of all form files, readable or not
    decisions: Mapping[str, Decisions] = field(default_factory=dict)
    decision_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # DMN file -> its decisions
    unread_decisions: bool = False  # a DMN file could not be read: its decisions are not "missing"
    sheets: Mapping[str, SopSheet] = field(default_factory=dict)  # by folder; those that could be read
    unread_sheets: bool = False      # one could not be read: what it names is not "unused"

    @property
    def sheet(self) -> SopSheet | None:
        """The SOP's own identity sheet."""
        return self.sheets.get("")

    def sheet_of(self, file: str) -> SopSheet | None:
        """The identity sheet of the folder a file belongs to."""
        return self.sheets.get(resolving.folder_of(file))

    @staticmethod
    def form_key(path: str) -> str:
        """The key a form file has by its name."""
        return path.rpartition("/")[2][: -len(".json")]

    @cached_property
    def processes(self) -> dict[str, tuple[Diagram, Process]]:
        table: dict[str, tuple[Diagram, Process]] = {}
        for diagram in self.diagrams:
            for process in diagram.model.processes.values():
                table.setdefault(process.id, (diagram, process))
        return table

    def called(self, name: str | None) -> tuple[Diagram, Process] | None:
        """The process a `calledElement` means, with or without its prefix."""
        return self.processes.get(name or "") or self.processes.get(definitions.local_name(name))

    def calls_of(self, process: Process) -> list[tuple[Diagram, Placed]]:
        """The call activities that a process is called by, with their diagrams."""
        return [(diagram, placed) for diagram, placed, called in self._calls if called is process]

    @cached_property
    def _calls(self) -> list[tuple[Diagram, Placed, Process]]:
        return [(diagram, placed, called[1]) for diagram in self.diagrams for placed in diagram.of_type("callActivity")
                if (called := self.called(placed.node.called_element)) is not None]

    @cached_property
    def given(self) -> frozenset[str]:
        """The names that some answer, table, loop or mapping gives a value to."""
        return form_names.named(self.forms.values(), (diagram.model for diagram in self.diagrams))

    @cached_property
    def pictures(self) -> frozenset[str]:
        """Processes that are only drawn."""
        return definitions.pictures({key: process for key, (_, process) in self.processes.items()})


def _placed(scope: Scope, process: Process, holder: Node | None) -> Iterator[Placed]:
    for node in scope.nodes.values():
        yield Placed(node, scope, process, holder)
        if node.body is not None:
            yield from _placed(node.body, process, node)
