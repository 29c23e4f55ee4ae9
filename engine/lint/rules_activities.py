"""Activities: tasks, loops, sub-processes and calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn_reading import ACTIVITIES, local
from engine.lint.registry import ADVICE, ERROR, RULE, Catalogue, Hit
from engine.lint.subject import Diagram, Sop
from engine.lint.support import MAX_INSTANCES, REFUSED

rules = Catalogue()
_OPERATION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z")


@rules.diagram_rule(
    "script-task",
    ERROR,
    ("Tugas skrip tidak dijalankan.", "Script tasks are not run."),
    (
        "Pakai tugas layanan dengan sop:operation; kode ada di handlers/.",
        "Use a service task with sop:operation; code lives in handlers/.",
    ),
)
def script_task(diagram: Diagram) -> Iterator[Hit]:
    """Code inside a drawing is code nobody reviews."""
    if "script-task" in REFUSED:
        yield from (diagram.hit(p) for p in diagram.of_type("scriptTask"))


@rules.diagram_rule(
    "service-without-operation",
    ERROR,
    ("Tugas layanan ini tidak menyebut operasi.", "This service task names no operation."),
    ("Isi sop:operation, misalnya letter.issue.", "Give sop:operation, for instance letter.issue."),
)
def service_without_operation(diagram: Diagram) -> Iterator[Hit]:
    """It would pass without doing anything."""
    return (diagram.hit(p) for p in diagram.of_type("serviceTask") if not p.node.operation)


@rules.diagram_rule(
    "unknown-operation",
    ERROR,
    ("Operasi ini tidak tersedia.", "There is no such operation."),
    ("Pilih operasi dari daftar handlers/operations.", "Choose an operation of handlers/operations."),
)
def unknown_operation(diagram: Diagram) -> Iterator[Hit]:
    """The case would wait for a worker that never comes. Checked only when the caller says which operations there are."""
    for placed in diagram.of_type("serviceTask", "sendTask"):
        name = placed.node.operation
        if name and (not _OPERATION.match(name) or (diagram.sop.operations and name not in diagram.sop.operations)):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "decision-missing",
    ERROR,
    ("Keputusan untuk tugas ini tidak ada.", "There is no decision for this task."),
    (
        "Isi sop:decision dengan nama keputusan di berkas .dmn bersama SOP ini.",
        "Give sop:decision the name of a decision in a .dmn file of this SOP.",
    ),
)
def decision_missing(diagram: Diagram) -> Iterator[Hit]:
    """Without its table the task has nothing to decide by."""
    for placed in diagram.of_type("businessRuleTask"):
        name = placed.node.decision
        if not name or (name not in diagram.sop.decisions and not diagram.sop.unread_decisions):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "result-missing",
    ERROR,
    ("Hasil keputusan ini tidak disimpan ke mana pun.", "The result of this decision is kept nowhere."),
    ("Isi sop:result dengan nama variabel.", "Give sop:result the name of a variable."),
)
def result_missing(diagram: Diagram) -> Iterator[Hit]:
    """A decision whose answer is thrown away decides nothing."""
    return (diagram.hit(p) for p in diagram.of_type("businessRuleTask") if not p.node.result)


@rules.diagram_rule(
    "ad-hoc-sub-process",
    ERROR,
    ("Sub-proses ad-hoc tidak dijalankan.", "Ad-hoc sub-processes are not run."),
    (
        "Gambar urutannya, atau gerbang inklusif di antara pilihannya.",
        "Draw the order, or an inclusive gateway between the choices.",
    ),
)
def ad_hoc(diagram: Diagram) -> Iterator[Hit]:
    """An order nobody drew cannot be audited."""
    if "ad-hoc-sub-process" in REFUSED:
        yield from (diagram.hit(p) for p in diagram.of_type("adHocSubProcess"))


@rules.diagram_rule(
    "token-quantity",
    ERROR,
    ("Jumlah token selain 1 tidak dijalankan.", "Token quantities other than 1 are not run."),
    (
        "Hapus startQuantity dan completionQuantity; untuk mengulang pakai multi-instance.",
        "Drop startQuantity and completionQuantity; to repeat use multi-instance.",
    ),
)
def token_quantity(diagram: Diagram) -> Iterator[Hit]:
    """Invisible in a drawing, and zero would stop the case."""
    if "token-quantity" in REFUSED:
        yield from (
            diagram.hit(p)
            for p in diagram.placed
            if p.node.type in ACTIVITIES and (p.node.start_quantity.strip() != "1" or p.node.completion_quantity.strip() != "1")
        )


@rules.diagram_rule(
    "multi-instance-behavior",
    ERROR,
    ("Multi-instance ini melempar peristiwa per hasil.", "This multi-instance throws events per result."),
    ('Pakai behavior="All".', 'Use behavior="All".'),
)
def multi_instance_behavior(diagram: Diagram) -> Iterator[Hit]:
    """Only the usual kind, that ends when all have ended, is run."""
    if "multi-instance-behavior" in REFUSED:
        yield from (diagram.hit(p) for p in diagram.placed if p.node.loop and p.node.loop.behavior != "All")


@rules.diagram_rule(
    "multi-instance-without-collection",
    ERROR,
    ("Multi-instance ini tidak menyebut untuk apa diulang.", "This multi-instance does not say over what it repeats."),
    (
        'Tambahkan sop:forEach in="..." as="...", atau loopCardinality.',
        'Add sop:forEach in="..." as="...", or a loopCardinality.',
    ),
)
def multi_instance_without_collection(diagram: Diagram) -> Iterator[Hit]:
    """Nobody could tell how many there should be."""
    for placed in diagram.placed:
        loop = placed.node.loop
        if loop is None or loop.kind == "standard":
            continue
        each = loop.for_each
        if each is not None and (not each.collection or not each.item):
            yield diagram.hit(placed)
        elif each is None and not loop.cardinality and not loop.input_ref:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "too-many-instances",
    ERROR,
    (
        "Pengulangan ini menghasilkan lebih dari 1.000 tugas sekaligus, atau jumlahnya tidak masuk akal.",
        "This repetition makes more than 1,000 tasks at once, or its count makes no sense.",
    ),
    ("Kurangi jumlahnya, atau ulangi atas daftar yang nyata.", "Lower the number, or repeat over a real list."),
)
def too_many_instances(diagram: Diagram) -> Iterator[Hit]:
    """A number typed wrongly must not fill the inbox, or stop the machine. Nested repetitions multiply."""
    factors: dict[int, int] = {}
    for placed in diagram.placed:
        outer = factors.get(id(placed.holder), 1) if placed.holder is not None else 1
        own = 1
        if placed.node.loop is not None and placed.node.loop.kind != "standard":
            number = (placed.node.loop.cardinality or "").lstrip("= ").strip()
            if re.fullmatch(r"-?[0-9]{1,12}(\.0*)?", number):
                own = int(number.partition(".")[0])
            elif re.fullmatch(r"-?[0-9.eE+]+", number):
                own = MAX_INSTANCES + 1
        if own < 0 or outer * max(own, 1) > MAX_INSTANCES:
            yield diagram.hit(placed)
        factors[id(placed.node)] = min(outer * max(own, 1), MAX_INSTANCES + 1)


@rules.diagram_rule(
    "loop-without-condition",
    ERROR,
    ("Pengulangan ini tidak mempunyai syarat.", "This loop has no condition."),
    ("Isi loopCondition.", "Give it a loopCondition."),
)
def loop_without_condition(diagram: Diagram) -> Iterator[Hit]:
    """It would never end, or never begin. A loopMaximum is a number of rounds."""
    for placed in diagram.placed:
        loop = placed.node.loop
        if loop is not None and loop.kind == "standard":
            limit = loop.maximum
            if (not loop.condition and not limit) or (
                limit and (not limit.isascii() or not limit.isdigit() or not 0 < int(limit[:9]) <= MAX_INSTANCES)
            ):
                yield diagram.hit(placed)


@rules.diagram_rule(
    "for-each-alone",
    ERROR,
    ("sop:forEach hanya berlaku pada langkah multi-instance.", "sop:forEach belongs to a multi-instance activity."),
    ("Tandai langkah ini sebagai multi-instance.", "Mark the activity as multi-instance."),
)
def for_each_alone(diagram: Diagram) -> Iterator[Hit]:
    """Otherwise the step would happen once and nobody would know why."""
    for unknown in diagram.model.unknown:
        if unknown.tag == "{urn:sop:bpmn:1}forEach":
            yield Hit(element_id=unknown.parent_id, line=unknown.line, file=diagram.file)


@rules.diagram_rule(
    "called-process-missing",
    ERROR,
    ("Proses yang dipanggil tidak ada di antara berkas SOP ini.", "The process called is not among this SOP's files."),
    ("Sertakan berkas proses itu, atau perbaiki calledElement.", "Include that process's file, or correct calledElement."),
)
def called_process_missing(diagram: Diagram) -> Iterator[Hit]:
    """Calls are pinned when the SOP is deployed; a case never looks for \"the latest\"."""
    for placed in diagram.of_type("callActivity"):
        called = placed.node.called_element
        if not called or (diagram.sop.called(called) is None and not _global_task(diagram.sop, called)):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "called-process-start",
    ERROR,
    ("Proses yang dipanggil tidak mempunyai awal biasa.", "The process called has no plain start."),
    ("Tambahkan satu peristiwa awal tanpa pemicu di proses itu.", "Add one start event without a trigger to that process."),
)
def called_process_start(diagram: Diagram) -> Iterator[Hit]:
    """A call waits for nothing: a process that begins with a message only would be passed over (BPMN 2.0.2, 10.5.2)."""
    for placed in diagram.of_type("callActivity"):
        found = diagram.sop.called(placed.node.called_element)
        starts = [n for n in found[1].nodes.values() if n.type == "startEvent"] if found is not None else []
        if starts and all(n.events for n in starts):
            yield diagram.hit(placed)


@rules.diagram_rule(
    "global-task",
    ERROR,
    ("Tugas global tidak dijalankan.", "Global tasks are not run."),
    ("Panggil sebuah proses, atau gambar tugasnya di sini.", "Call a process, or draw the task here."),
)
def global_task(diagram: Diagram) -> Iterator[Hit]:
    """A global task has no lane, so nobody would be asked."""
    if "global-task" in REFUSED:
        for placed in diagram.of_type("callActivity"):
            called = placed.node.called_element
            if called and diagram.sop.called(called) is None and _global_task(diagram.sop, called):
                yield diagram.hit(placed)


def _global_task(sop: Sop, called: str) -> bool:
    name = called.rpartition(":")[2]
    return any(
        element.get("id") in (called, name)
        for diagram in sop.diagrams
        for element in diagram.elements(
            "globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"
        )
    )


@rules.diagram_rule(
    "inner-start",
    ERROR,
    ("Sub-proses ini tidak dapat dimulai dari satu titik.", "This sub-process cannot begin at one point."),
    ("Gambar tepat satu peristiwa awal biasa di dalamnya.", "Draw exactly one plain start event inside."),
)
def inner_start(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.3.5: an embedded sub-process has at most one start, a plain one."""
    for placed in diagram.placed:
        if placed.node.body is not None and not placed.node.triggered_by_event and placed.node.type != "adHocSubProcess":
            if sum(1 for n in placed.node.body.nodes.values() if n.type == "startEvent") > 1:
                yield diagram.hit(placed)


@rules.diagram_rule(
    "human-task-operation",
    ADVICE,
    ("Tugas orang tidak menjalankan operasi.", "A person's task runs no operation."),
    ("Pindahkan sop:operation ke tugas layanan sesudahnya.", "Move sop:operation to a service task after it."),
)
def human_task_operation(diagram: Diagram) -> Iterator[Hit]:
    """The attribute would be passed over in silence."""
    return (
        diagram.hit(p)
        for p in diagram.of_type("userTask", "manualTask", "task", "receiveTask", "callActivity", "subProcess")
        if p.node.operation
    )


@rules.diagram_rule(
    "instantiating-receive",
    RULE,
    ("Tugas terima tidak memulai proses.", "A receive task starts no process."),
    ("Pakai peristiwa awal pesan.", "Use a message start event."),
)
def public_process(diagram: Diagram) -> Iterator[Hit]:
    """See `instantiating-gateway`; said here for receive tasks with flows leading in."""
    return (diagram.hit(p) for p in diagram.of_type("receiveTask") if p.node.instantiate and p.node.incoming)


@rules.diagram_rule(
    "public-process-executable",
    RULE,
    ("Proses publik tidak boleh ditandai dapat dijalankan.", "A public process may not be marked executable."),
    ("Ganti processType menjadi None atau Private.", "Make processType None or Private."),
)
def public_process_executable(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 10.1: a public process shows only what partners see."""
    for element in diagram.elements("process"):
        if element.get("processType") == "Public" and element.get("isExecutable") in ("true", "1"):
            yield diagram.hit(element, word=local(element))
