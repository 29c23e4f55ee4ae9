"""The classic SOP-AP sheet of an SOP (PermenPANRB 35/2012, as the source of Kalimantan Barat prints it): identity and matrix.

Rows, wording, inputs, times and outputs are those the source prints, taken from the clause map; a cell the source leaves blank stays
blank. An SOP without step clauses, such as a process owner's new one, prints what its diagram says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine import clause_words, definitions
from engine.definitions import Definition
from engine.model import Node
from engine.sop_toml import Clause


class Symbol(StrEnum):
    """The symbols of an SOP-AP matrix; the fifth, the arrow, joins them."""

    TERMINATOR = "kapsul"          # begins or ends the procedure
    ACTIVITY = "kotak"
    DECISION = "belah ketupat"
    CONNECTOR = "segi lima"        # goes on in another procedure, or on another page


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the matrix. `performers` maps a column to its symbol; `back_to` is the number of the row a "no" returns to."""

    number: int
    activity: str
    performers: Mapping[str, Symbol]
    inputs: str = ""
    time: str = ""
    output: str = ""
    note: str = ""
    back_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The whole sheet: `columns` are the printed roles, in the order of the lanes."""

    title: str
    identity: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: tuple[Row, ...] = field(default_factory=tuple)


#: Ends of clause ids that hold the cells of a row: `kalbar.r1.waktu` is the time of the step `kalbar.r1`.
_CELLS = {"input": "inputs", "time": "time", "output": "output", "product": "output", "branch": "note"}
_HUMAN = frozenset({"userTask", "manualTask", "task"})


def matrix_of(definition: Definition) -> Matrix:
    """The matrix of an SOP's main process."""
    process = definition.processes[definition.main_process or next(iter(definition.processes))]
    nodes = {node.id: node for node in definitions.nodes_of(process)}
    sheet = definition.sheet
    columns = tuple(dict.fromkeys(lane.name for lane in process.lanes if lane.name in sheet.lanes or not sheet.lanes))
    steps = [clause for clause in sheet.clauses if clause.kind == "step" and any(one in nodes for one in clause.elements)]
    groups = [(clause, [nodes[one] for one in clause.elements if one in nodes]) for clause in steps]
    if not groups:
        groups = [(_as_clause(node), [node]) for node in nodes.values() if node.type in _HUMAN]
    return Matrix(title=sheet.title.id, identity=sheet.identity, columns=columns,
                  rows=tuple(_rows(definition, groups, columns, from_diagram=not steps)))


def _as_clause(node: Node) -> Clause:
    return Clause(id=node.id, kind="step", text=node.name or node.id, elements=(node.id,))


def _rows(
    definition: Definition, groups: Sequence[tuple[Clause, Sequence[Node]]], columns: tuple[str, ...], *, from_diagram: bool,
) -> Iterator[Row]:
    cells = _drawn_cells if from_diagram else _printed_cells
    last = len(groups)
    for number, (clause, nodes) in enumerate(groups, 1):
        lanes = [node.lane for node in nodes if node.type in _HUMAN and node.lane in columns]
        # Nobody's symbol stands where the work goes on in another procedure: the lane of the call says whose row it is.
        called = [node.lane for node in nodes if node.type == "callActivity" and node.lane in columns]
        decides = any(node.type == "exclusiveGateway" for node in nodes)
        symbol = Symbol.DECISION if decides else Symbol.TERMINATOR if number in (1, last) else Symbol.ACTIVITY
        performers = dict.fromkeys(lanes, symbol) or dict.fromkeys(called[:1], Symbol.CONNECTOR)
        if decides and len(performers) > 1:   # one decides, the others work with them
            performers = {lane: Symbol.DECISION if lane == lanes[-1] else Symbol.ACTIVITY for lane in performers}
        yield Row(number=number, activity=clause.text, performers=performers, back_to=_back_to(clause, definition, groups[:number]),
                  **cells(definition, clause, nodes))


def _printed_cells(definition: Definition, step: Clause, nodes: Sequence[Node]) -> dict[str, str]:
    found: dict[str, str] = {}
    for clause in definition.sheet.clauses:
        cell = _CELLS.get(clause.kind)
        if cell is not None and clause.id.startswith(f"{step.id}."):
            said = _in_force(definition, clause) if clause.kind == "time" else clause.text
            found[cell] = "\n".join(filter(None, (found.get(cell), said)))
    return found


def _in_force(definition: Definition, clause: Clause) -> str:
    """A printed time, unless a later version gives its step another: then that one."""
    process = definition.processes[definition.main_process or next(iter(definition.processes))]
    drawn = [node.standard.text for node in definitions.nodes_of(process)
             if node.standard is not None and {node.id, node.attached_to} & set(clause.elements)]
    kept = not drawn or any(clause_words.says_one_of_the_other(clause.text, words) for words in drawn)
    return clause.text if kept else "\n".join(drawn)


def _drawn_cells(definition: Definition, step: Clause, nodes: Sequence[Node]) -> dict[str, str]:
    titles = {code: document.title.id for code, (document, _) in definition.documents.items()}
    process = definition.processes[definition.process_of(nodes[0].id)]
    standards = [node.standard.text for node in definitions.nodes_of(process)
                 if node.standard is not None and node.attached_to == nodes[0].id]
    return {"inputs": ", ".join(titles.get(code, code) for code in nodes[0].inputs), "time": ", ".join(standards),
            "output": ", ".join(titles.get(code, code) for code in nodes[0].outputs)}


def _back_to(clause: Clause, definition: Definition, before: Sequence[tuple[Clause, Sequence[Node]]]) -> int | None:
    """The earlier row that a clause of kind "branch", shared by this row and that one, sends the work back to."""
    own = set(clause.elements)
    for branch in definition.sheet.clauses:
        if branch.kind == "branch" and own & set(branch.elements):
            rows = [number for number, (other, _) in enumerate(before[:-1], 1) if set(other.elements) & set(branch.elements)]
            if rows:
                return rows[-1]
    return None
