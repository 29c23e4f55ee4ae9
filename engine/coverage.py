"""Is every clause of an agency's source carried out, as the source says, and does every step stand on a ground?

It compares and does not only link: a clause that states a role, a time or a product is held against the lane, the time standard and
the documents of the elements it names. What stands in the source and in no clause is a finding of its own, word by word.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine import clause_words, definitions, sop_toml, time_words
from engine.bundle import SopBundle
from engine.definitions import Definition
from engine.model import Node
from engine.sop_toml import AgencySheet, Clause, Source
from engine.types import Text

#: Human work, and machine work that leaves something: each must stand on a clause, a law or a proposal. So must what has a form.
WORK: Final = frozenset({"userTask", "manualTask", "task", "serviceTask", "businessRuleTask", "sendTask", "receiveTask", "callActivity"})
#: What only tells somebody that a sourced step is late stands on the ground of that step.
HELPERS: Final = frozenset({"notice.send", "case.number"})
#: Kinds that describe the paper, not the work: they need no element, but the identity sheet or a reason.
ON_THE_SHEET: Final = frozenset({"warning", "legal_basis", "qualification", "linkage", "equipment", "identity"})
_PARTS: Final = {"warning": "warnings", **{kind: kind for kind in ("legal_basis", "qualification", "linkage", "equipment")}}
#: Kinds a source prints once for each row: the same words in two rows are two clauses. Other quotations stand for every place.
PER_ROW: Final = frozenset({"step", "input", "time", "output", "branch", "requirement", "product"})
#: What pasted tables, diagrams and lists leave between the words.
_MARKUP: Final = re.compile(r"<[^>]*>|graph TD|-->|➤|\(\[|\]\)|\b[A-E]\[|\bNIP\b|!\[\]\(\)")
#: A letter or number alone only counts its list; the number of a time is a word of its own.
_UNIT: Final = r"(?:\s*\([^\d()]*\))?\W{0,3}(?:x\W{0,3}\d+\W{0,3})?(?:menit|jam|hari|minggu|bulan)\b"
_WORD: Final = re.compile(rf"\d+(?={_UNIT})|[^\W\d_]{{2,}}", re.IGNORECASE)

_MESSAGES: Final[Mapping[str, Text]] = {
    "not-in-source": Text("Kutipan klausul ini tidak ada di source.txt.", "The clause's quotation is not in source.txt."),
    "hash": Text("Sidik klausul ini tidak cocok dengan kutipannya.", "The clause's hash does not fit its quotation."),
    "no-element": Text("Klausul ini tidak dijalankan elemen mana pun dan tidak diberi alasan.",
                       "No element carries the clause out, and no reason is given."),
    "lost-element": Text("Klausul ini menyebut elemen yang tidak ada.", "The clause names an element that does not exist."),
    "kind": Text("Jenis klausul ini tidak dikenal.", "The kind of the clause is not known."),
    "step": Text("Tidak ada elemen yang bernama seperti bunyi klausul ini.", "No element is named as the clause says."),
    "role": Text("Lajur elemen ini bukan pelaksana menurut klausul.", "The element's lane is not who the clause says."),
    "time": Text("Waktu baku elemen ini berbeda dari klausul.", "The element's time standard differs from the clause."),
    "output": Text("Produk yang disebut klausul tidak dihasilkan elemen mana pun.", "A product the clause names comes out of no element."),
    "input": Text("Kelengkapan yang disebut klausul tidak diminta elemen mana pun.", "An input the clause names is asked by no element."),
    "branch": Text("Tidak ada cabang yang berlabel seperti klausul ini.", "No branch is labelled as the clause says."),
    "sheet": Text("Bunyi ini tidak ada di lembar identitas SOP.", "The identity sheet does not say this."),
    "no-clause": Text("Bagian sumber ini tidak dikutip klausul mana pun.", "No clause quotes this part of the source."),
    "standard": Text("Waktu baku ini tidak dicetak klausul atau undang-undang mana pun.", "No clause or law prints this time standard."),
    "unsourced": Text("Langkah ini tidak berdasar klausul, undang-undang, atau usulan.", "The step stands on no clause, law or proposal."),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One clause and what carries it out. `sop` is "" for a clause of the agency's own sheet."""

    sop: str
    clause: Clause


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Where source and SOP part. `detail` quotes the source or names what was compared: it never holds case data."""

    code: str
    sop: str
    clause_id: str
    element_id: str
    detail: str

    @property
    def message(self) -> Text:
        """What is wrong, in both languages."""
        return _MESSAGES[self.code]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Elements that stand on a law or a proposal, beside or instead of a clause. `sops`: the SOPs they are drawn or called in."""

    sops: tuple[str, ...]
    kind: str
    text: str
    elements: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What `kawal coverage` shows. `words` and `quoted` count the words of the source and those that a clause quotes."""

    lines: tuple[Line, ...]
    differences: tuple[Difference, ...]
    words: int
    quoted: int
    grounds: tuple[Ground, ...] = ()

    @property
    def percent(self) -> int:
        """Quoted words of a hundred, rounded down: 100 only when nothing is left out."""
        return 100 * self.quoted // self.words if self.words else 100


@dataclass(frozen=True, kw_only=True)
class _Sop:
    """One SOP of the agency with what comparisons ask of it again and again."""

    key: str
    definition: Definition
    agency: AgencySheet
    nodes: Mapping[str, Node] = field(init=False)

    def __post_init__(self) -> None:
        processes = self.definition.processes.values()
        object.__setattr__(self, "nodes", {node.id: node for process in processes for node in definitions.nodes_of(process)})

    def differs(self, code: str, clause: Clause, detail: str, element_id: str = "") -> Difference:
        return Difference(code=code, sop=self.key, clause_id=clause.id, element_id=element_id, detail=detail)


def of_agency(source: str, agency: AgencySheet, sops: Mapping[str, Definition]) -> Coverage:
    """The agency's SOPs (by key) held against its source; clauses an SOP adopted from another agency are that agency's business."""
    lines = [Line(sop="", clause=clause) for clause in agency.clauses]
    differences = [each for clause in agency.clauses for each in _quoted(source, "", clause)]
    differences += [_of_sheet("kind", clause) for clause in agency.clauses if clause.kind not in sop_toml.CLAUSE_KINDS]
    differences += [_of_sheet("no-element", clause) for clause in agency.clauses if not clause.reason]
    for key, definition in sops.items():
        sop = _Sop(key=key, definition=definition, agency=agency)
        own = [clause for clause in definition.sheet.clauses if not clause.origin]
        lines += [Line(sop=key, clause=clause) for clause in own]
        for clause in own:
            differences += [*_quoted(source, key, clause), *_compared(sop, clause)]
        differences += [*_unsourced(sop), *_unprinted(sop)]
    words, quoted, missing = _left_out(source, [line.clause for line in lines])
    differences += [Difference(code="no-clause", sop="", clause_id="", element_id="", detail=piece) for piece in missing]
    return Coverage(lines=tuple(lines), differences=tuple(differences), words=words, quoted=quoted, grounds=_grounds(sops))


def of_folder(folder: Path) -> Coverage:
    """The coverage of one agency's folder under `bpmn/`: its `source.txt`, `agency.toml` and every SOP beside them.

    Raises:
        BundleRefused: a sheet or an SOP cannot be read.
        OSError: there is no source or no agency sheet.
    """
    sops = {sheet.parent.name: definitions.load(SopBundle.from_dir(sheet.parent)) for sheet in sorted(folder.glob("*/sop.toml"))}
    return of_agency((folder / "source.txt").read_text("utf-8"), sop_toml.read_agency((folder / "agency.toml").read_bytes()), sops)


def _grounds(sops: Mapping[str, Definition]) -> tuple[Ground, ...]:
    where: dict[Source, dict[str, None]] = {}
    for key, definition in sops.items():
        for ground in (each for sheet in definition.sheets.values() for each in sheet.sources):
            where.setdefault(ground, {})[key] = None
    return tuple(Ground(sops=tuple(keys), kind=one.kind, text=one.text, elements=one.elements) for one, keys in where.items())


def _of_sheet(code: str, clause: Clause) -> Difference:
    return Difference(code=code, sop="", clause_id=clause.id, element_id="", detail=clause.text)


def _quoted(source: str, sop: str, clause: Clause) -> Iterator[Difference]:
    if not clause.text or clause.text not in source:
        yield Difference(code="not-in-source", sop=sop, clause_id=clause.id, element_id="", detail=clause.text)
    if clause.sha256 != hashlib.sha256(clause.text.encode()).hexdigest():
        yield Difference(code="hash", sop=sop, clause_id=clause.id, element_id="", detail=clause.text)


def _compared(sop: _Sop, clause: Clause) -> Iterator[Difference]:
    sheet = sop.definition.sheet
    if clause.kind not in sop_toml.CLAUSE_KINDS:
        yield sop.differs("kind", clause, clause.text)
        return
    known = (sop.nodes, sop.definition.forms, sop.definition.documents)
    lost = [element_id for element_id in clause.elements if not any(element_id in each for each in known)]
    yield from (sop.differs("lost-element", clause, clause.text, element_id) for element_id in lost)
    if clause.reason:
        return
    if clause.kind in ON_THE_SHEET and not clause.elements:
        part = sheet.identity.get(_PARTS[clause.kind]) if clause.kind in _PARTS else [sheet.title.id, sheet.identity]
        if not clause_words.says(clause.text, clause_words.texts_of(part)):
            yield sop.differs("sheet", clause, clause.text)
    elif not clause.elements:
        yield sop.differs("no-element", clause, clause.text)
    elif not lost and (compare := _COMPARE.get(clause.kind)) is not None:
        yield from compare(sop, clause)


def _step(sop: _Sop, clause: Clause) -> Iterator[Difference]:
    if not any(clause_words.says_one_of_the_other(clause.text, sop.nodes[each].name) for each in clause.elements if each in sop.nodes):
        yield sop.differs("step", clause, clause.text)


def _role(sop: _Sop, clause: Clause) -> Iterator[Difference]:
    """A name that the agency gives to roles stands for these roles; any other name must be the lane's."""
    parameters = {name: one.get("value") for name, one in sop.agency.parameters.items()}
    meant = {role for role, sheet in sop.agency.roles.items()
             if any(clause_words.same(clause.text, name) for name in (*sheet.get("aliases", ()), sheet.get("title", {}).get("id", "")))}
    nodes = [sop.nodes[each] for each in clause.elements if each in sop.nodes and sop.nodes[each].lane]
    workers = [node for node in nodes if node.type in WORK] or nodes
    if not workers:
        yield sop.differs("role", clause, clause.text)
    for node in workers:
        role = sop.definition.role_of(node.id, parameters)
        if role not in meant if meant else not clause_words.same(clause.text, node.lane):
            yield sop.differs("role", clause, clause.text, node.id)


def _time(sop: _Sop, clause: Clause) -> Iterator[Difference]:
    wanted = time_words.read(clause.text)
    rows = (each for each in sop.definition.sheet.clauses if each.kind == "step" and clause.id.startswith(f"{each.id}."))
    row = next((each.elements for each in rows), None)
    for element_id in clause.elements:
        standards = [node for node in sop.nodes.values()
                     if node.standard is not None and element_id in (node.id, node.attached_to)]
        if wanted is None:
            fits = not any(node.standard is not None and clause_words.same(node.standard.text, clause.text) for node in standards)
        else:
            fits = any(clause_words.is_standard(node, wanted, clause.text) and (row is None or (node.attached_to or node.id) in row)
                       for node in standards)
        if not fits:
            yield sop.differs("time", clause, clause.text, element_id)


def _output(sop: _Sop, clause: Clause) -> Iterator[Difference]:
    return _documents(sop, clause, "output")


def _input(sop: _Sop, clause: Clause) -> Iterator[Difference]:
    return _documents(sop, clause, "input")


def _documents(sop: _Sop, clause: Clause, code: str) -> Iterator[Difference]:
    """Every document the clause names by a title or alias must be among those its elements take in or give out."""
    has: set[str] = set()
    for node in sop.nodes.values():
        issued = {argument.strip('"') for name, argument in node.arguments.items() if name == "code"}
        moved = set(node.inputs) if code == "input" else {*node.outputs, *issued}
        has |= moved if node.id in clause.elements else moved & set(clause.elements)
    names = _names(sop)
    for name, _ in clause_words.named_in(clause.text, {name: name for name in names}):
        if not names[name] & has:
            yield sop.differs(code, clause, f"{'/'.join(sorted(names[name]))} {name}")


def _names(sop: _Sop) -> dict[str, set[str]]:
    """What a source may call a document -> the codes of those it may mean."""
    names: dict[str, set[str]] = {}
    for document, _ in sop.definition.documents.values():
        for name in (document.title.id, *document.aliases):
            names.setdefault(clause_words.plain(name), set()).add(document.code)
    return names


def _branch(sop: _Sop, clause: Clause) -> Iterator[Difference]:
    flows = [flow for process in sop.definition.processes.values() for flow in definitions.flows_of(process)]
    near = {flow.name for flow in flows if flow.source in clause.elements or flow.target in clause.elements}
    near |= {sop.nodes[each].name for each in clause.elements if each in sop.nodes}
    if not any(clause_words.says_one_of_the_other(clause.text, name) for name in near):
        yield sop.differs("branch", clause, clause.text)


_COMPARE: Final = {"step": _step, "role": _role, "time": _time, "output": _output, "product": _output, "input": _input, "branch": _branch}


def _unsourced(sop: _Sop) -> Iterator[Difference]:
    """Steps of the SOP's own and used folders that no clause, law or proposal asks for."""
    sheets = sop.definition.sheets.values()
    grounded = {element for sheet in sheets for clause in sheet.clauses for element in clause.elements}
    grounded |= {element for sheet in sheets for ground in sheet.sources for element in ground.elements}
    for node in sop.nodes.values():
        helps = node.operation in HELPERS
        works = node.type in WORK or node.form is not None
        if works and not helps and node.id not in grounded and not node.clause:
            yield Difference(code="unsourced", sop=sop.key, clause_id="", element_id=node.id, detail=node.name)


def _unprinted(sop: _Sop) -> Iterator[Difference]:
    """Time standards that no clause naming them prints, and no law asks for. A proposal may remind; it is no standard."""
    sheets = sop.definition.sheets.values()
    clauses = [clause for sheet in sheets for clause in sheet.clauses]
    laws = {element for sheet in sheets for ground in sheet.sources if ground.kind == "law" for element in ground.elements}
    laws |= {element for clause in clauses if clause.kind == "legal_basis" for element in clause.elements}
    for node in sop.nodes.values():
        if node.standard is None or laws & {node.id, node.attached_to}:
            continue
        printed = (clause.text for clause in clauses if {node.id, node.attached_to} & set(clause.elements))
        if not any((time := time_words.read(text)) and clause_words.is_standard(node, time, text) for text in printed):
            yield Difference(code="standard", sop=sop.key, clause_id="", element_id=node.id, detail=node.standard.text)


def _left_out(source: str, clauses: Iterable[Clause]) -> tuple[int, int, list[str]]:
    """How many words the source has and how many of them are quoted, and the pieces that nobody quotes."""
    blank = _MARKUP.sub(lambda found: " " * len(found.group()), source)
    quoted = bytearray(len(source))
    for clause in sorted(clauses, key=lambda each: -len(each.text)):
        for at in _places(source, clause.text):
            place = slice(at, at + len(clause.text))
            fresh = not all(quoted[place])
            quoted[place] = b"\1" * len(clause.text)
            if fresh and clause.kind in PER_ROW:
                break
    words = list(_WORD.finditer(blank))
    alone = [word for word in words if not all(quoted[word.start():word.end()])]
    missing: list[str] = []
    last_end = -1
    for word in alone:
        near = missing and "\n" not in source[last_end:word.start()] and not any(quoted[last_end:word.start()])
        if near:
            missing[-1] += f" {word.group()}"
        else:
            missing.append(word.group())
        last_end = word.end()
    return len(words), len(words) - len(alone), missing


def _places(source: str, text: str) -> Iterator[int]:
    at = source.find(text) if text else -1
    while at >= 0:
        yield at
        at = source.find(text, at + 1)
