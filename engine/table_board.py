"""What the table pages of a draft need: one decision as written or typed, what is wrong with its cells, what it answers when tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine import (
    bpmn_xml,
    decision_graph,
    definitions,
    draft_reading,
    errors,
    forms,
    forms_schema,
    pack,
    table_check,
    table_file,
    table_shape,
    table_trial,
)
from engine.bundle import SopBundle
from engine.decision_graph import Graph, Node
from engine.decisions import Decisions
from engine.decisions_xml import Reading
from engine.draft_edits import TableEdit
from engine.editing_results import DraftFile, TableBoard
from engine.errors import BundleRefused, InvalidSubmission
from engine.executor import Context
from engine.forms_schema import Field, FieldType
from engine.table_check import Column
from engine.table_file import WrittenColumn, WrittenExpression, WrittenTable
from engine.types import LintFinding, Text

#: What `typeRef` may say, as FEEL says it.
_FEEL_KINDS = {"string": "string", "number": "number", "boolean": "boolean", "date": "date", "time": "time", "list": "list",
               "dateTime": "date and time", "date and time": "date and time"}
_BOXES = {"inputEntry": "i", "outputEntry": "o", "annotationEntry": "n"}


def board(
    context: Context, draft_id: str, file: str, decision: str, *, typed: TableEdit | None = None, text: str | None = None,
    tried: Mapping[str, str] | None = None,
) -> TableBoard:
    """The board of one decision, "" for the first table there is; as typed where something was (`text`: of an expression), and with what
    it answers where inputs are given.

    Raises:
        NotFound: the draft or version, the file or the table is none of the agency's.
    """
    found = draft_reading.held(context, draft_id)
    bundle = found.bundle
    read = {path: _tables(path, data) for path, data in bundle.named(".dmn").items()}
    files = draft_reading.listed({path: Text(*[next((table.title for table in tables), "") or path] * 2) for path, tables in read.items()})
    chosen = draft_reading.chosen_of(files, file or next((each.path for each in files if read[each.path]), ""))
    tables = read[chosen.path] if chosen is not None else ()
    written = _expressions(chosen.path, bundle.files[chosen.path]) if chosen is not None else ()
    table = next((each for each in tables if decision in ("", each.decision)), None)
    expression = next((each for each in written if decision in ("", each.decision)), None) if table is None else None
    if table is None and expression is None and decision:
        raise errors.NotFound(decision=decision)
    questions = _questions(bundle)
    seen = TableBoard(
        summary=found.summary, files=files, file=chosen, table=table, edit=typed or (table.edit if table else None),
        decisions=(*((each.decision, each.name) for each in tables), *((each.decision, each.name) for each in written)),
        names=tuple((key, field.label) for key, field in sorted(questions.items())), expression=expression,
        uses=_uses(bundle, chosen, table or expression), findings=found.of(chosen),
        digest="" if chosen is None else pack.bytes_digest(bundle.files[chosen.path]))
    if chosen is not None and table is not None:
        return _looked_at(context, questions, seen, bundle.files[chosen.path], table, tried)
    if chosen is not None and expression is not None:
        return _read_expression(context, questions, seen, bundle.files[chosen.path], expression if text is None else replace(
            expression, text=text), tried)
    return seen


def saved(data: bytes, file: str, decision: str, edit: TableEdit) -> bytes:
    """The file with the table as typed, every cell of it readable. Raises `InvalidSubmission` by cell, and as `table_file.with_table`."""
    after = table_file.with_table(data, file, decision, edit)
    if wrong := _compiled(after, file, decision).wrong:
        raise InvalidSubmission({cell: (text.id, text.en) for cell, text in wrong.items()})
    return after


def _looked_at(
    context: Context, questions: Mapping[str, Field], seen: TableBoard, data: bytes, table: WrittenTable, tried: Mapping[str, str] | None,
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
    inputs = table_trial.inputs_of(node, table_trial.read_by_table(table, seen.edit), questions)
    return replace(
        seen, inputs=inputs,
        check=table_check.check(node.table, _columns(table, seen.edit, questions), [rule.outputs for rule in seen.edit.rules],
                                now=context.now),
        tried=None if tried is None else table_trial.answer(
            Decisions(compiled.graph), table.decision, inputs, tried, parameters=context.parameters_in_force() or {}, now=context.now))


def _read_expression(
    context: Context, questions: Mapping[str, Field], seen: TableBoard, data: bytes, expression: WrittenExpression,
    tried: Mapping[str, str] | None,
) -> TableBoard:
    assert seen.file is not None
    file, seen = seen.file.path, replace(seen, expression=expression)
    try:
        after = table_shape.with_expression(data, file, expression.decision, expression.text)
    except InvalidSubmission as refused:
        return replace(seen, wrong={cell: Text(*said) for cell, said in refused.problems.items()})
    compiled = _compiled(after, file, expression.decision)
    if compiled.graph is None or compiled.node is None:
        return seen
    inputs = table_trial.inputs_of(compiled.node, table_trial.read_by(expression.text), questions)
    return replace(seen, inputs=inputs, tried=None if tried is None else table_trial.answer(
        Decisions(compiled.graph), expression.decision, inputs, tried, parameters=context.parameters_in_force() or {}, now=context.now))


def _uses(bundle: SopBundle, file: DraftFile | None, decision: WrittenTable | WrittenExpression | None) -> tuple[str, ...]:
    """The steps that ask a decision, and the decisions of its file that need it."""
    if file is None or decision is None:
        return ()
    root = Reading(bundle.files[file.path], file.path).root
    needed = f"#{decision.decision}"
    needing = [owner.get("name") or owner.get("id") or "" for owner in root.iterfind("{*}decision")
               if any((each.get("href") or "").endswith(needed) for each in owner.iterfind(".//{*}requiredDecision"))]
    return (*asking(bundle, decision.decision, decision.name), *needing)


def asking(bundle: SopBundle, *names: str) -> Iterator[str]:
    """The steps that ask a decision, by their own names; those of a diagram that cannot be read are not told."""
    for path, data in bundle.diagrams().items():
        try:
            model = bpmn_xml.read_model(data, file=path)
        except BundleRefused:
            continue
        for process in model.processes.values():
            yield from (node.name or node.id for node in definitions.nodes_of(process) if node.decision in names)


def decided(bundle: SopBundle) -> frozenset[str]:
    """What the SOP's decisions are asked for by."""
    files = bundle.named(".dmn").items()
    return frozenset({each.decision for path, data in files for each in _tables(path, data)}
                     | {each.decision for path, data in files for each in _expressions(path, data)})


def _expressions(path: str, data: bytes) -> tuple[WrittenExpression, ...]:
    try:
        return table_file.expressions(data, path)
    except BundleRefused:
        return ()


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
