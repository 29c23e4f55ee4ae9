"""A bundle read, merged, compiled and kept by its digest: the immutable definition that instances run on.

`load` judges only what would make the definition ambiguous or unreadable; `lint` says everything else, and both `deploy` and
`Trial.open` call the two together.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from engine import bpmn_xml, decisions, forms_schema, resolving, sop_toml
from engine.bundle import SopBundle
from engine.decisions import Decisions
from engine.errors import BundleRefused, UnknownElement
from engine.forms_schema import Form
from engine.model import Flow, Model, Node, Process, Scope
from engine.sop_toml import DocumentTemplate, SopSheet
from engine.spiff import build
from engine.types import LintFinding, Severity, Text, Value

#: How many definitions a process keeps compiled; an agency runs a handful at a time.
KEPT = 64

_REFUSALS = {
    "no-diagram": (
        Text("Tidak ada diagram BPMN di dalam berkas SOP.", "There is no BPMN diagram in the SOP."),
        Text("Tambahkan berkas .bpmn.", "Add a .bpmn file."),
    ),
    "no-process": (
        Text("Tidak ada proses yang dapat dijalankan.", "There is no process to run."),
        Text("Gambar satu proses dengan awal, langkah dan akhir.", "Draw one process with a start, steps and an end."),
    ),
    "duplicate-process": (
        Text("Dua proses memakai ID yang sama.", "Two processes have the same id."),
        Text("Beri setiap proses ID sendiri.", "Give each process an id of its own."),
    ),
    "duplicate-decision": (
        Text("Dua keputusan memakai nama yang sama.", "Two decisions have the same name."),
        Text("Beri setiap keputusan nama sendiri.", "Give each decision a name of its own."),
    ),
    "duplicate-form": (
        Text("Dua formulir memakai kunci yang sama.", "Two forms have the same key."),
        Text("Beri setiap formulir kunci sendiri.", "Give each form a key of its own."),
    ),
    "duplicate-document": (
        Text("Dua dokumen memakai kode yang sama.", "Two documents have the same code."),
        Text("Beri setiap dokumen kode sendiri.", "Give each document a code of its own."),
    ),
}


@dataclass(frozen=True)
class Definition:
    """One bundle, ready to run. Share it freely between threads: nothing in it changes."""

    digest: str
    models: Mapping[str, Model]
    processes: Mapping[str, Process]
    forms: Mapping[str, Form]
    decisions: Mapping[str, Decisions]
    sheets: Mapping[str, SopSheet]  # by folder: "" is the SOP's own, "uses/common/merujuk/" a used one's
    documents: Mapping[str, tuple[DocumentTemplate, str]]  # code -> template and the folder it stands in
    files: Mapping[str, bytes]
    program: Any

    @property
    def sheet(self) -> SopSheet:
        """The SOP's own identity sheet."""
        return self.sheets[""]

    def element(self, element_id: str, *, process_id: str | None = None) -> Node:
        """The flow node of that id, anywhere in the bundle or in one process.

        Raises:
            UnknownElement: there is none.
        """
        try:
            return self._elements[(process_id, element_id)]
        except KeyError:
            raise UnknownElement(element_id=element_id) from None

    def lane_role(self, lane: str, file: str = "") -> str:
        """The role a printed lane stands for in the folder of `file`, the diagram it is drawn in; the lane itself where none is named."""
        return self.sheets[resolving.folder_of(file)].lanes.get(" ".join(lane.split()), lane)

    def role_of(self, element_id: str, parameters: Mapping[str, Value] | None) -> str:
        """The role of an agency with these parameters that does the element; "" outside all lanes.

        Raises:
            UnknownElement: there is no such element.
        """
        lane = self.element(element_id).lane
        return concrete_role(self.lane_role(lane, self.processes[self.process_of(element_id)].file), parameters) if lane else ""

    def start_roles(self, parameters: Mapping[str, Value] | None) -> tuple[str, ...]:
        """The roles of an agency with these parameters that may start the SOP."""
        return tuple(concrete_role(role, parameters) for role in self.sheet.start_roles)

    def process_of(self, element_id: str) -> str:
        """The id of the first process that holds the element.

        Raises:
            UnknownElement: none does.
        """
        for process_id in self.processes:
            if (process_id, element_id) in self._elements:
                return process_id
        raise UnknownElement(element_id=element_id)

    @cached_property
    def main_process(self) -> str | None:
        """The process that starts when nobody names one: the sheet's, else the first that no other calls, else the first."""
        if self.sheet.process in self.processes:
            return self.sheet.process
        called = {local_name(node.called_element) for process in self.processes.values() for node in nodes_of(process)}
        running = sorted((p for p in self.processes.values() if p.nodes), key=lambda p: resolving.folder_of(p.file) != "")
        free = [p for p in running if p.id not in called]
        return next((p.id for p in (*free, *running)), None)

    @cached_property
    def _elements(self) -> dict[tuple[str | None, str], Node]:
        table: dict[tuple[str | None, str], Node] = {}
        for process in self.processes.values():
            for node in nodes_of(process):
                table.setdefault((None, node.id), node)
                table[(process.id, node.id)] = node
        return table


def nodes_of(scope: Scope) -> Iterator[Node]:
    """Every node of a process, inner sub-processes included, in file order."""
    for node in scope.nodes.values():
        yield node
        if node.body is not None:
            yield from nodes_of(node.body)


def flows_of(scope: Scope) -> Iterator[Flow]:
    """Every sequence flow of a process, inner sub-processes included."""
    yield from scope.flows
    for node in scope.nodes.values():
        if node.body is not None:
            yield from flows_of(node.body)


def pictures(processes: Mapping[str, Process]) -> frozenset[str]:
    """The processes that are only drawn: marked as not executable beside one that is, and called by none (a partner's pool).

    Where every process is marked so the mark says nothing: modelers set it by themselves.
    """
    called = {local_name(node.called_element) for process in processes.values() for node in nodes_of(process)}
    if not any(process.is_executable is not False and process.nodes for process in processes.values()):
        return frozenset()
    return frozenset(key for key, process in processes.items() if process.is_executable is False and key not in called)


def concrete_role(role: str, parameters: Mapping[str, Value] | None) -> str:
    """Who a role, mostly an abstract one, is at an agency: the value of the parameter of that name; itself where there is none."""
    named = (parameters or {}).get(role)
    return named if isinstance(named, str) and named else role


def local_name(qualified: str | None) -> str:
    """A QName without its prefix: `calledElement` may be written with one."""
    return (qualified or "").rpartition(":")[2]


def load(bundle: SopBundle) -> Definition:
    """The definition of `bundle`, from the cache when these bytes were loaded before.

    Raises:
        BundleRefused: it cannot be read, or is ambiguous.
    """
    kept = _cache.get(bundle.digest)
    if kept is None:
        kept = _read(bundle)
        _cache.put(kept)
    return kept


def forget() -> None:
    """Drop every cached definition: the next `load` makes it and its program anew. What files say stays, by their bytes."""
    _cache.clear()


def refusal(code: str, file: str, *, element_id: str | None = None, line: int | None = None) -> LintFinding:
    """The finding of one of this module's refusals."""
    message, instead = _REFUSALS[code]
    return LintFinding(
        code=code, severity=Severity.ERROR, file=file, line=line, element_id=element_id, message=message, instead=instead
    )


def codes() -> frozenset[str]:
    """Every code `load` itself can refuse with."""
    return frozenset(_REFUSALS)


def _read(bundle: SopBundle) -> Definition:
    diagrams = bundle.diagrams()
    if not diagrams:
        raise BundleRefused([refusal("no-diagram", "")])
    models = {file: _model_of(data, file) for file, data in diagrams.items()}
    processes: dict[str, Process] = {}
    for file, model in models.items():
        for process in model.processes.values():
            if process.id in processes:
                raise BundleRefused([refusal("duplicate-process", file, element_id=process.id, line=process.line)])
            processes[process.id] = process
    drawn = pictures(processes)
    processes = {key: process for key, process in processes.items() if key not in drawn}
    if not any(process.nodes for process in processes.values()):
        raise BundleRefused([refusal("no-process", next(iter(models)))])
    tables: dict[str, Decisions] = {}
    for file, data in bundle.named(".dmn").items():
        read = tables_of(data)
        for name in read.names:
            if name in tables:
                raise BundleRefused([refusal("duplicate-decision", file)])
            tables[name] = read
    forms: dict[str, Form] = {}
    for file, data in bundle.forms().items():
        form = form_of(data, file)
        if form.key in forms:
            raise BundleRefused([refusal("duplicate-form", file)])
        forms[form.key] = form
    sheets = {folder: sop_toml.read_folder(bundle.files, folder) for folder in resolving.folders(bundle.files)}
    documents: dict[str, tuple[DocumentTemplate, str]] = {}
    for is_own in (False, True):   # an SOP's own letter goes before one of the same code that it uses
        taken: set[str] = set()
        for folder, sheet in sheets.items():
            for document in sheet.documents if is_own is (folder == "") else ():
                if document.code in taken:
                    raise BundleRefused([refusal("duplicate-document", f"{folder}{resolving.SHEET}")])
                taken.add(document.code)
                documents[document.code] = (document, folder)
    return Definition(
        digest=bundle.digest,
        models=models,
        processes=processes,
        forms=forms,
        decisions=tables,
        sheets=sheets,
        documents=documents,
        files=bundle.files,
        program=build.compile_program(processes, tables, correlation_paths=_correlation_paths(models)),
    )


# Most SOPs use the same shared files, and to read those costs more than all the rest of a definition. Kept by their bytes, they hold
# nothing of any bundle, and nobody changes what was read.


@lru_cache(maxsize=256)
def _model_of(data: bytes, file: str) -> Model:
    return bpmn_xml.read_model(data, file=file)


@lru_cache(maxsize=1024)
def form_of(data: bytes, file: str) -> Form:
    """As `forms_schema.read_form`, read once."""
    return forms_schema.read_form(data, file=file)


@lru_cache(maxsize=256)
def tables_of(data: bytes) -> Decisions:
    """As `decisions.read_decisions`, read once."""
    return decisions.read_decisions(data)


def _correlation_paths(models: Mapping[str, Model]) -> dict[str, dict[str, str]]:
    paths: dict[str, dict[str, str]] = {}
    for model in models.values():
        for name, by_message in model.correlation_paths.items():
            paths.setdefault(name, {}).update(by_message)
    return paths


class _Kept:
    """A bounded, thread-safe memory of the definitions used last. It holds nothing that bytes would not give again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._definitions: OrderedDict[str, Definition] = OrderedDict()

    def get(self, digest: str) -> Definition | None:
        with self._lock:
            if digest in self._definitions:
                self._definitions.move_to_end(digest)
            return self._definitions.get(digest)

    def put(self, definition: Definition) -> None:
        with self._lock:
            self._definitions[definition.digest] = definition
            while len(self._definitions) > KEPT:
                self._definitions.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._definitions.clear()


_cache = _Kept()
