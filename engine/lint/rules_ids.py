"""Processes, ids and references: whether everything a file names is there, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from engine.bpmn_reading import ACTIVITIES, NODES, local
from engine.lint.registry import ERROR, RULE, Catalogue, Hit
from engine.lint.subject import Diagram, Sop
from engine.lint.support import MAX_BOUNDARY_EVENTS

rules = Catalogue()


@rules.diagram_rule(
    "missing-id",
    ERROR,
    ("Elemen ini tidak mempunyai ID.", "This element has no id."),
    ("Beri ID yang bermakna, huruf kecil dan garis bawah.", "Give it a meaningful id in snake case."),
)
def missing_id(diagram: Diagram) -> Iterator[Hit]:
    """An element without an id cannot be named in the journal, nor found again by a replay."""
    for element in diagram.elements(*NODES, "process"):
        if not (element.get("id") or "").strip():
            yield Hit(line=element.sourceline, word=local(element))


@rules.diagram_rule(
    "duplicate-id",
    ERROR,
    ("ID ini dipakai dua kali.", "This id is used twice."),
    ("Beri setiap elemen ID sendiri.", "Give every element an id of its own."),
)
def duplicate_id(diagram: Diagram) -> Iterator[Hit]:
    """With two elements of one id one of them would be lost. Layout may repeat ids: nothing runs by them."""
    seen: set[str] = set()
    for element in diagram.elements():
        key = element.get("id")
        if key and key in seen:
            yield diagram.hit(element)
        if key:
            seen.add(key)


@rules.sop_rule(
    "duplicate-process",
    ERROR,
    ("Dua proses memakai ID yang sama.", "Two processes have the same id."),
    ("Beri setiap proses ID sendiri.", "Give each process an id of its own."),
)
def duplicate_process(sop: Sop) -> Iterator[Hit]:
    """A call would not know which of the two is meant."""
    seen: set[str] = set()
    for diagram in sop.diagrams:
        for process in diagram.model.processes.values():
            if process.id in seen:
                yield diagram.hit(process)
            seen.add(process.id)


@rules.sop_rule(
    "id-in-two-files",
    RULE,
    ("ID ini juga dipakai di berkas lain SOP ini.", "This id is also used in another file of this SOP."),
    ("Beri langkah di proses yang dipanggil ID sendiri.", "Give the steps of the called process ids of their own."),
)
def id_in_two_files(sop: Sop) -> Iterator[Hit]:
    """A called process runs inside its caller's journal: one id would stand for two steps there."""
    owners: dict[str, str] = {}
    for diagram in sop.diagrams:
        for key, placed in diagram.by_id.items():
            if owners.setdefault(key, diagram.file) != diagram.file:
                yield diagram.hit(placed)


@rules.sop_rule(
    "no-executable-process",
    ERROR,
    ("Tidak ada proses yang berisi langkah.", "There is no process with steps."),
    ("Gambar satu proses dengan awal, langkah dan akhir.", "Draw one process with a start, steps and an end."),
)
def no_executable_process(sop: Sop) -> Iterator[Hit]:
    """There is nothing to run."""
    if sop.diagrams and not any(process.nodes for _, process in sop.processes.values()):
        for diagram in sop.diagrams:
            yield Hit(file=diagram.file, line=1)


@rules.sop_rule(
    "not-marked-executable",
    RULE,
    ("Proses ini tidak ditandai untuk dijalankan.", "This process is not marked as executable."),
    ('Beri isExecutable="true".', 'Set isExecutable="true".'),
)
def not_marked_executable(sop: Sop) -> Iterator[Hit]:
    """Many modelers write isExecutable=\"false\" by themselves. It can be tried out; to be in force somebody must mean it."""
    for key, (diagram, process) in sop.processes.items():
        if process.nodes and key not in sop.pictures and process.is_executable is False:
            yield diagram.hit(process)


@rules.diagram_rule(
    "empty-process",
    RULE,
    ("Proses ini tidak berisi langkah.", "This process holds no steps."),
    ("Hapus proses kosong, atau gambar langkahnya.", "Remove the empty process, or draw its steps."),
)
def empty_process(diagram: Diagram) -> Iterator[Hit]:
    """An empty process would end the moment it starts."""
    for process in diagram.model.processes.values():
        if not process.nodes and process.is_executable:
            yield diagram.hit(process)


@rules.diagram_rule(
    "empty-sub-process",
    RULE,
    ("Sub-proses ini tidak berisi langkah.", "This sub-process holds no steps."),
    ("Gambar langkah di dalamnya, atau ganti dengan tugas biasa.", "Draw its steps, or use a plain task."),
)
def empty_sub_process(diagram: Diagram) -> Iterator[Hit]:
    """An empty sub-process is passed over without anybody doing anything."""
    return (diagram.hit(p) for p in diagram.placed if p.node.body is not None and not p.node.body.nodes)


@rules.diagram_rule(
    "default-flow",
    ERROR,
    ("Alur bawaan (default) bukan alur keluar elemen ini.", "The default flow does not leave this element."),
    (
        "Pilih sebagai bawaan salah satu alur yang keluar dari elemen ini.",
        "Choose a flow that leaves this element as its default.",
    ),
)
def default_flow(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 8.3.13: the source of a default flow is the element that names it."""
    for placed in diagram.placed:
        if placed.node.default_flow and placed.node.default_flow not in {flow.id for flow in placed.node.outgoing}:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "boundary-attachment",
    ERROR,
    (
        "Peristiwa batas tidak menempel pada langkah di ruang yang sama.",
        "The boundary event is not attached to an activity beside it.",
    ),
    (
        "Tempelkan pada tugas atau sub-proses, bukan pada sub-proses peristiwa.",
        "Attach it to a task or sub-process that is no event sub-process.",
    ),
)
def boundary_attachment(diagram: Diagram) -> Iterator[Hit]:
    """Its trigger counts only while the activity it sits on is open."""
    for placed in diagram.of_type("boundaryEvent"):
        host = placed.scope.nodes.get(placed.node.attached_to or "")
        if host is None or host.type not in ACTIVITIES or host.triggered_by_event:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "too-many-boundary-events",
    ERROR,
    ("Lebih dari 50 peristiwa batas pada satu langkah.", "More than 50 boundary events on one activity."),
    ("Bagi langkah ini, atau satukan pengingatnya.", "Split the activity, or merge its reminders."),
)
def too_many_boundary_events(diagram: Diagram) -> Iterator[Hit]:
    """Each waits on its own; thousands of them stop a machine, and no clerk could tell them apart."""
    return (
        diagram.hit(diagram.by_id[key])
        for key, events in diagram.attached.items()
        if len(events) > MAX_BOUNDARY_EVENTS and key in diagram.by_id
    )


@rules.diagram_rule(
    "dangling-reference",
    ERROR,
    ("Rujukan elemen ini tidak ada di berkas.", "What this element refers to is not in the file."),
    ("Pilih kembali pesan, sinyal, kesalahan atau eskalasinya.", "Choose the message, signal, error or escalation again."),
)
def dangling_reference(diagram: Diagram) -> Iterator[Hit]:
    """A reference that leads nowhere would wait, or throw, for ever unheard."""
    tables: dict[str, Mapping[str, str | None]] = {
        "message": dict(diagram.model.messages),
        "signal": dict(diagram.model.signals),
        "error": diagram.model.errors,
        "escalation": diagram.model.escalations,
    }
    for placed, event in diagram.events:
        table = tables.get(event.kind)
        if table is not None and event.ref and event.ref not in table and event.ref.rpartition(":")[2] not in table:
            yield diagram.hit(placed, word=event.kind)
    for placed in diagram.placed:
        if placed.node.message_ref and placed.node.message is None:
            yield diagram.hit(placed, word="message")
    known = {
        e.get("id")
        for tag in (
            "timer",
            "message",
            "signal",
            "error",
            "escalation",
            "conditional",
            "terminate",
            "cancel",
            "compensate",
            "link",
        )
        for e in diagram.root.findall(f"{{*}}{tag}EventDefinition")
    }
    for ref in diagram.elements("eventDefinitionRef"):
        if (ref.text or "").strip().rpartition(":")[2] not in known:
            yield diagram.hit(ref)


@rules.diagram_rule(
    "event-without-reference",
    ERROR,
    ("Peristiwa pesan atau sinyal ini tidak menyebut pesan atau sinyalnya.", "This event names no message or signal."),
    ("Pilih pesan atau sinyalnya.", "Choose its message or signal."),
)
def event_without_reference(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.5.5: in an executable process the reference must be there."""
    for placed, event in diagram.events:
        if event.kind in ("message", "signal") and not event.ref and placed.process.is_executable is not False:
            yield diagram.hit(placed)
    for placed in diagram.of_type("receiveTask", "sendTask"):
        if not placed.node.message_ref and not placed.node.operation and placed.process.is_executable is not False:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "throw-without-code",
    ERROR,
    ("Kesalahan atau eskalasi yang dilempar ini tidak mempunyai kode.", "This thrown error or escalation has no code."),
    ("Pilih kesalahan atau eskalasi berkode.", "Choose an error or escalation with a code."),
)
def throw_without_code(diagram: Diagram) -> Iterator[Hit]:
    """Nobody could catch it by name, nor could an auditor tell what went wrong."""
    return (
        diagram.hit(placed)
        for placed, event in diagram.events
        if event.kind in ("error", "escalation")
        and placed.node.type in ("endEvent", "intermediateThrowEvent")
        and not event.ref
        and placed.process.is_executable is not False
    )


@rules.diagram_rule(
    "link-without-target",
    ERROR,
    ("Tautan ini tidak mempunyai pasangan.", "This link has no counterpart."),
    ("Beri kedua sisi tautan nama yang sama, satu penangkap saja.", "Give both sides of the link one name, with one catcher."),
)
def link_without_target(diagram: Diagram) -> Iterator[Hit]:
    """A link is a flow in two halves inside one process level (BPMN 2.0.2, 10.5.5)."""
    for scope, _, _ in diagram.scopes:
        thrown, caught = (
            Counter(e.name for n in scope.nodes.values() if n.type == tag for e in n.events if e.kind == "link")
            for tag in ("intermediateThrowEvent", "intermediateCatchEvent")
        )
        for node in scope.nodes.values():
            for event in node.events:
                if event.kind == "link" and (not event.name or caught[event.name] != 1 or not thrown[event.name]):
                    yield diagram.hit(node)


@rules.diagram_rule(
    "link-with-flow",
    ERROR,
    ("Alur keluar dari tautan pergi, atau masuk ke tautan tiba.", "A flow leaves a link's source, or enters its target."),
    ("Hapus alurnya; tautan sudah menyambungkan kedua sisinya.", "Remove the flow; the link already joins both sides."),
)
def link_with_flow(diagram: Diagram) -> Iterator[Hit]:
    """The link is the way on: beside it another one would be taken too, unseen (BPMN 2.0.2, 10.5.4)."""
    for placed, event in diagram.events:
        if event.kind == "link" and (placed.node.outgoing if placed.node.type == "intermediateThrowEvent" else placed.node.incoming):
            yield diagram.hit(placed)
