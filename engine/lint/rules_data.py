"""Data drawn in the file: inputs, outputs, associations and their declared types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn_reading import BPMN, local, text_of
from engine.lint.registry import ADVICE, ERROR, RULE, Catalogue, Hit
from engine.lint.subject import Diagram
from engine.lint.support import REFUSED

rules = Catalogue()
_Q = f"{{{BPMN}}}"


@rules.diagram_rule(
    "data-store",
    ERROR,
    ("Penyimpanan data luar tidak dibaca dan tidak ditulis.", "Data stores are neither read nor written."),
    ("Pakai tugas layanan dengan sop:operation.", "Use a service task with sop:operation."),
)
def data_store(diagram: Diagram) -> Iterator[Hit]:
    """An arrow to a data store promises a record nobody makes. Drawn without an arrow it is only a picture."""
    if "data-store" not in REFUSED:
        return
    stores = {e.get("id") for e in diagram.elements("dataStore", "dataStoreReference")} - {None}
    for association in diagram.elements("dataInputAssociation", "dataOutputAssociation"):
        if any(local(part) in ("sourceRef", "targetRef") and text_of(part) in stores for part in association):
            yield diagram.hit(association)


@rules.diagram_rule(
    "data-reference",
    ERROR,
    ("Panah data ini menunjuk sesuatu yang tidak ada.", "This data association points at nothing."),
    ("Sambungkan kembali ke objek data.", "Connect it again to a data object."),
)
def data_reference(diagram: Diagram) -> Iterator[Hit]:
    """The value would be lost on the way."""
    known = {e.get("id") for e in diagram.elements() if e.get("id")}
    for association in diagram.elements("dataInputAssociation", "dataOutputAssociation"):
        for part in association:
            if local(part) in ("sourceRef", "targetRef") and text_of(part) not in known:
                yield diagram.hit(association)
                break
    objects = {e.get("id") for e in diagram.elements("dataObject")}
    for reference in diagram.elements("dataObjectReference"):
        if (reference.get("dataObjectRef") or "").strip() not in objects:
            yield diagram.hit(reference)


@rules.diagram_rule(
    "data-association-empty",
    ERROR,
    ("Panah data ini tidak membawa apa pun.", "This data association carries nothing."),
    ("Isi sumber, atau penugasan from/to.", "Give it a source, or an assignment from/to."),
)
def data_association_empty(diagram: Diagram) -> Iterator[Hit]:
    """Neither a source, nor an assignment, nor a transformation."""
    for association in diagram.elements("dataInputAssociation", "dataOutputAssociation"):
        parts = {local(part) for part in association}
        if not parts & {"sourceRef", "assignment", "transformation"}:
            yield diagram.hit(association)


@rules.diagram_rule(
    "input-output-sets",
    RULE,
    ("Masukan atau keluaran ini tidak termasuk himpunannya.", "This input or output is in none of its sets."),
    ("Sebut dalam inputSet atau outputSet.", "Name it in an inputSet or outputSet."),
)
def input_output_sets(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.4.1: each belongs to a set, and an optional one is also listed plainly in the same set."""
    for spec in diagram.elements("ioSpecification"):
        for data, box, ref, optional in (
            ("dataInput", "inputSet", "dataInputRefs", "optionalInputRefs"),
            ("dataOutput", "outputSet", "dataOutputRefs", "optionalOutputRefs"),
        ):
            listed: set[str] = set()
            for one in spec.findall(_Q + box):
                plain = {text_of(e) for e in one.findall(_Q + ref)}
                listed |= plain
                if {text_of(e) for e in one.findall(_Q + optional)} - plain:
                    yield diagram.hit(one)
            yield from (diagram.hit(e) for e in spec.findall(_Q + data) if e.get("id") not in listed)


def _item(diagram: Diagram, ref: str | None) -> tuple[str | None, bool]:
    """(declared structure, is a collection) of an item definition."""
    if not ref:
        return None, False
    key = ref if ref in diagram.model.items else ref.rpartition(":")[2]
    return diagram.model.items.get(key) or f"#{key}", key in diagram.collections


def _same_item(diagram: Diagram, one: str | None, other: str | None) -> bool:
    return one == other or _item(diagram, one) == _item(diagram, other)


@rules.diagram_rule(
    "multi-instance-types",
    RULE,
    ("Jenis butir multi-instance tidak sesuai daftarnya.", "The item's type does not fit its list."),
    ("Samakan strukturnya; daftarnya koleksi, butirnya tunggal.", "Use one structure: the list a collection, the item single."),
)
def multi_instance_types(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.3.8: the item is one of what the collection holds."""
    for loop in diagram.elements("multiInstanceLoopCharacteristics"):
        activity = loop.getparent()
        for ref_tag, item_tag in (("loopDataInputRef", "inputDataItem"), ("loopDataOutputRef", "outputDataItem")):
            ref, item = loop.find(_Q + ref_tag), loop.find(_Q + item_tag)
            if ref is None or item is None:
                continue
            whole: Any = next(
                (e for e in activity.iter(_Q + "dataInput", _Q + "dataOutput") if e.get("id") == text_of(ref)), None
            )
            whole_ref = whole.get("itemSubjectRef") if whole is not None else None
            if not whole_ref or not item.get("itemSubjectRef"):
                continue
            many, single = _item(diagram, whole_ref), _item(diagram, item.get("itemSubjectRef"))
            if many[0] != single[0] or single[1] or item.get("isCollection") in ("true", "1"):
                yield diagram.hit(loop)


@rules.diagram_rule(
    "message-item",
    RULE,
    (
        "Isi pesan tidak sesuai dengan yang dikirim atau diterima di sini.",
        "The message's content is not what is sent or received here.",
    ),
    ("Samakan itemSubjectRef dengan itemRef pesannya.", "Make itemSubjectRef the message's itemRef."),
)
def message_item(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.3.3 and 10.4.1: what a send task hands over is what its message declares."""
    items = {e.get("id"): e.get("itemRef") for e in diagram.elements("message")}
    for task in diagram.elements("sendTask", "receiveTask"):
        ref = (task.get("messageRef") or "").strip()
        declared = items.get(ref, items.get(ref.rpartition(":")[2]))
        if not declared:
            continue
        tag = "dataInput" if local(task) == "sendTask" else "dataOutput"
        for data in task.iterfind(f"{_Q}ioSpecification/{_Q}{tag}"):
            if not _same_item(diagram, declared, data.get("itemSubjectRef")):
                yield diagram.hit(task)


@rules.diagram_rule(
    "call-data",
    RULE,
    ("Data panggilan tidak sesuai dengan proses yang dipanggil.", "The call's data do not match the process called."),
    (
        "Samakan masukan dan keluarannya dengan ioSpecification proses itu.",
        "Match its inputs and outputs to that process's ioSpecification.",
    ),
)
def call_data(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.3.6: the call's inputs and outputs are exactly those the called element declares. A call that declares none
    hands over by associations or `sop:forEach` alone."""
    definitions = {
        e.get("id"): (d, e)
        for d in diagram.sop.diagrams
        for e in d.elements(
            "process", "globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"
        )
    }
    for call in diagram.elements("callActivity"):
        ref = (call.get("calledElement") or "").strip()
        found = definitions.get(ref) or definitions.get(ref.rpartition(":")[2])
        own = call.find(_Q + "ioSpecification")
        if found is None or (own is None and found[1].find(_Q + "ioSpecification") is None) or own is None:
            continue
        for tag in ("dataInput", "dataOutput"):
            here = sorted((_item(diagram, e.get("itemSubjectRef")) for e in own.findall(_Q + tag)), key=str)
            there = sorted(
                (_item(found[0], e.get("itemSubjectRef")) for e in found[1].iterfind(f"{_Q}ioSpecification/{_Q}{tag}")), key=str
            )
            if _untyped(here) or _untyped(there):
                here, there = [(None, False)] * len(here), [(None, False)] * len(there)
            if here != there:
                yield diagram.hit(call)
                break


def _untyped(items: list[tuple[str | None, bool]]) -> bool:
    return any(structure is None for structure, _ in items)


@rules.diagram_rule(
    "call-without-data",
    ADVICE,
    ("Panggilan ini tidak menyerahkan data apa pun.", "This call hands over no data."),
    ("Sebut yang perlu diketahui proses itu sebagai masukan.", "Name what that process must know as inputs."),
)
def call_without_data(diagram: Diagram) -> Iterator[Hit]:
    """A called process sees only what it is handed (docs/architecture.md, Scopes), by an arrow or by a name that both draw."""
    named = {(spec.getparent().get("id"), data.get("name"))
             for spec in diagram.elements("ioSpecification") for data in spec.findall(_Q + "dataInput")}
    for placed in diagram.of_type("callActivity"):
        node = placed.node
        called = diagram.sop.called(node.called_element)
        if called is None or node.input_mappings or node.loop is not None:
            continue
        if called[1].data_inputs and not any((node.id, name) in named for name in called[1].data_inputs):
            yield diagram.hit(placed)
