"""What the table pages of a draft need: one decision as written or typed, what is wrong with its cells, what it answers when tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import decision_graph, draft_reading, errors, forms, forms_schema, pack, table_check, table_file, table_trial
from engine.bundle import SopBundle
from engine.decision_graph import Graph, Node
from engine.decisions import Decisions
from engine.decisions_xml import Reading
from engine.draft_edits import TableEdit
from engine.editing_results import TableBoard
from engine.errors import BundleRefused, InvalidSubmission
from engine.executor import Context
from engine.forms_schema import Field, FieldType
from engine.table_check import Column
from engine.table_file import WrittenColumn, WrittenTable
from engine.types import LintFinding, Text

#: What `typeRef` may say, as FEEL says it.
_FEEL_KINDS = {"string": "string", "number": "number", "boolean": "boolean", "date": "date", "time": "time", "list": "list",
               "dateTime": "date and time", "date and time": "date and time"}
_BOXES = {"inputEntry": "i", "outputEntry": "o", "annotationEntry": "n"}


def board(
    context: Context, draft_id: str, file: str, decision: str, *, typed: TableEdit | None = None, tried: Mapping[str, str] | None = None,
) -> TableBoard:
    """The board of one table, "" for the first there is; as typed where something was, and with what it answers where inputs are given.

    Raises:
        NotFound: the draft or version, the file or the table is none of the agency's.
    """
    found = draft_reading.held(context, draft_id)
    bundle = found.bundle
    read = {path: _tables(path, data) for path, data in bundle.named(".dmn").items()}
    files = draft_reading.listed({path: Text(*[next((table.title for table in tables), "") or path] * 2) for path, tables in read.items()})
    chosen = draft_reading.chosen_of(files, file or next((each.path for each in files if read[each.path]), ""))
    tables = read[chosen.path] if chosen is not None else ()
    table = next((each for each in tables if decision in ("", each.decision)), None)
    if table is None and decision:
        raise errors.NotFound(decision=decision)
    seen = TableBoard(
        summary=found.summary, files=files, file=chosen, table=table, edit=typed or (table.edit if table else None),
        decisions=tuple((each.decision, each.name) for each in tables), findings=found.of(chosen),
        digest="" if chosen is None else pack.bytes_digest(bundle.files[chosen.path]))
    if chosen is None or table is None:
        return seen
    return _looked_at(context, bundle, seen, bundle.files[chosen.path], table, tried)


def saved(data: bytes, file: str, decision: str, edit: TableEdit) -> bytes:
    """The file with the table as typed, every cell of it readable. Raises `InvalidSubmission` by cell, and as `table_file.with_table`."""
    after = table_file.with_table(data, file, decision, edit)
    if wrong := _compiled(after, file, decision).wrong:
        raise InvalidSubmission({cell: (text.id, text.en) for cell, text in wrong.items()})
    return after


def _looked_at(
    context: Context, bundle: SopBundle, seen: TableBoard, data: bytes, table: WrittenTable, tried: Mapping[str, str] | None,
) -> TableBoard:
    assert seen.file is not None and seen.edit is not None
    try:
        after = table_file.with_table(data, seen.file.path, table.decision, seen.edit)
    except InvalidSubmission as refused:
        return replace(seen, wrong={cell: Text(*said) for cell, said in refused.problems.items()})
    compiled = _compiled(after, seen.file.path, table.decision)
    node = compiled.node
    if compiled.wrong or compiled.graph is None or node is None or node.table is None:
        return replace(seen, wrong=compiled.wrong)
    questions = _questions(bundle)
    inputs = table_trial.inputs_of(node, table, seen.edit, questions)
    return replace(
        seen, inputs=inputs,
        check=table_check.check(node.table, _columns(table, seen.edit, questions), [rule.outputs for rule in seen.edit.rules],
                                now=context.now),
        tried=None if tried is None else table_trial.answer(
            Decisions(compiled.graph), table.decision, inputs, tried, parameters=context.parameters_in_force() or {}, now=context.now))


def _tables(path: str, data: bytes) -> tuple[WrittenTable, ...]:
    """A file that is no DMN has no tables; its findings say why."""
    try:
        return table_file.tables(data, path)
    except BundleRefused:
        return ()


# --- what is wrong with a cell -----------------------------------------------------------------------------------


class _Noting(Reading):
    """A reading that remembers at which element each finding stands."""

    def __init__(self, data: bytes, file: str) -> None:
        super().__init__(data, file)
        self.noted: list[tuple[Any, LintFinding]] = []

    def find(self, code: str, element: Any, detail: Text | None = None) -> None:
        before = len(self.findings)
        super().find(code, element, detail)
        self.noted += [(element, finding) for finding in self.findings[before:]]


@dataclass(frozen=True, kw_only=True)
class _Compiled:
    """A file compiled, or what is wrong with the cells of one table; `graph` None, too, where the rest of the file is broken."""

    graph: Graph | None
    node: Node | None
    wrong: Mapping[str, Text]


def _compiled(data: bytes, file: str, decision: str) -> _Compiled:
    reading = _Noting(data, file)
    try:
        graph = decision_graph.read_graph(reading)
    except BundleRefused:
        table = next((element for key, element in table_file.table_elements(reading) if key == decision), None)
        wrong: dict[str, Text] = {}
        for element, finding in reading.noted:
            if cell := _cell(reading, table, element):
                wrong.setdefault(cell, finding.message)
        return _Compiled(graph=None, node=None, wrong=wrong)
    node = next((each for each in graph.decisions if table_file.key_of(each.element) == decision), None)
    return _Compiled(graph=graph, node=node, wrong={})


def _cell(reading: Reading, table: Any, element: Any) -> str:
    """The box of the page that an element of the table is; "" for one that is none."""
    if table is not None and element is table:
        return "policy"
    while element is not None and reading.local(element) not in _BOXES:
        element = element.getparent()
    rule = None if element is None else element.getparent()
    if rule is None or rule.getparent() is not table:
        return ""
    number = [child for child in table if reading.local(child) == "rule"].index(rule)
    tag = reading.local(element)
    return f"r{number}-{_BOXES[tag]}{[child for child in rule if reading.local(child) == tag].index(element)}"


# --- what its columns read ---------------------------------------------------------------------------------------


def _questions(bundle: SopBundle) -> dict[str, Field]:
    """The steering questions of all the SOP's forms by key, with every option that one of them has."""
    read = []
    for path, data in bundle.forms().items():
        try:
            form = forms_schema.read_form(data, file=path)
        except BundleRefused:
            continue
        read.append(replace(form, fields=form.steering))
    return forms.merged(read)


def _columns(table: WrittenTable, edit: TableEdit, questions: Mapping[str, Field]) -> list[Column]:
    return [_column(column, [rule.inputs[place] for rule in edit.rules], questions.get(column.text))
            for place, column in enumerate(table.inputs)]


def _column(column: WrittenColumn, cells: list[str], question: Field | None) -> Column:
    kind = column.type.rpartition(":")[2].strip()
    if kind not in _FEEL_KINDS:
        kind = table_trial.KINDS.get(question.type, "") if question is not None else ""
        if not kind and any("?" in cell for cell in cells):
            kind = "list" if all("list contains(?" in cell for cell in cells if "?" in cell) else "?"
    return Column(label=column.label, kind=_FEEL_KINDS.get(kind, kind), options=table_trial.options_of(question),
                  is_whole=question is not None and question.type is FieldType.INTEGER)
