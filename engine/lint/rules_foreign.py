"""What the reader did not understand: other tools' extensions, and parts of BPMN that do nothing here. Nothing goes unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn_reading import BPMN, SOP
from engine.lint.registry import ADVICE, ERROR, Catalogue, Hit
from engine.lint.subject import Diagram
from engine.lint.support import REFUSED
from engine.model import Unknown

rules = Catalogue()
#: Words of other engines' extensions that run code or call something.
_CODE = frozenset(
    {
        "script",
        "class",
        "delegateexpression",
        "expression",
        "executionlistener",
        "tasklistener",
        "connector",
        "field",
        "prescript",
        "postscript",
        "servicetaskoperator",
        "calledelement",
        "scriptformat",
        "taskdefinition",
        "topic",
        "type",
        "resultvariable",
        "iomapping",
        "inputoutput",
        "eventlistener",
        "mapexception",
        "instructionsforenduser",
        "unittests",
        "parameters",
        "skipexpression",
    }
)
#: Elements that do something by themselves, so that code was all they had.
_DOES = frozenset({"serviceTask", "sendTask", "businessRuleTask", "scriptTask"})
_REFUSED_TAGS = {
    "choreography": "choreography",
    "globalChoreographyTask": "choreography",
    "globalConversation": "choreography",
    "choreographyTask": "choreography",
    "subChoreography": "choreography",
    "callChoreography": "choreography",
}
#: BPMN that says who, with what or how in words: no token moves by it, and ours says it elsewhere (lanes, operations, forms).
_SILENT = frozenset(
    {
        "interface",
        "operation",
        "inMessageRef",
        "outMessageRef",
        "errorRef",
        "operationRef",
        "endPoint",
        "endPointRef",
        "resource",
        "resourceParameter",
        "potentialOwner",
        "humanPerformer",
        "performer",
        "resourceRole",
        "resourceRef",
        "resourceParameterBinding",
        "resourceAssignmentExpression",
        "formalExpression",
        "expression",
        "rendering",
        "monitoring",
        "auditing",
        "partnerEntity",
        "partnerRole",
        "participantRef",
        "participantMultiplicity",
        "participantAssociation",
        "innerParticipantRef",
        "outerParticipantRef",
        "interfaceRef",
        "conversation",
        "conversationLink",
        "conversationNode",
        "subConversation",
        "callConversation",
        "conversationAssociation",
        "messageFlowRef",
        "messageFlowAssociation",
        "supports",
        "relationship",
        "source",
        "target",
        "extension",
        "import",
        "flowNodeRef",
        "partitionElement",
        "partitionElementRef",
        "script",
        "completionCondition",
        "ioBinding",
        "categoryValueRef",
        "correlationKeyRef",
        "choreographyRef",
        "dataState",
        "supportedInterfaceRef",
        "activationCondition",
        "correlationPropertyRef",
        "participant",
        "messageFlow",
        "initiatingParticipantRef",
        "artifact",
        "extensionElements",
        "documentation",
        "incoming",
        "outgoing",
        "globalTask",
        "globalUserTask",
        "globalManualTask",
        "globalScriptTask",
        "globalBusinessRuleTask",
        "ioSpecification",
        "inputSet",
        "outputSet",
        "dataInput",
        "dataOutput",
        "dataInputRefs",
        "dataOutputRefs",
        "text",
        "correlationKey",
        "correlationSubscription",
        "correlationPropertyBinding",
        "dataPath",
        "messagePath",
        "correlationPropertyRetrievalExpression",
        "laneSet",
        "lane",
        "childLaneSet",
    }
)


def _hit(diagram: Diagram, unknown: Unknown) -> Hit:
    namespace, _, name = unknown.tag.lstrip("@").lstrip("{").rpartition("}")
    return Hit(
        element_id=unknown.element_id or unknown.parent_id,
        line=unknown.line,
        file=diagram.file,
        word=name if namespace == BPMN else "",
    )


def _split(unknown: Unknown) -> tuple[str, str]:
    namespace, _, name = unknown.tag.lstrip("@").lstrip("{").rpartition("}")
    return namespace, name


def _is_code(unknown: Unknown) -> bool:
    namespace, name = _split(unknown)
    return namespace not in (BPMN, SOP, "") and name.lower() in _CODE


@rules.diagram_rule(
    "foreign-code",
    ADVICE,
    ("Kode milik alat lain di sini tidak dijalankan.", "Another tool's code here is not run."),
    ("Hapus kode itu; pakai tugas layanan dengan sop:operation.", "Remove it; use a service task with sop:operation."),
)
def foreign_code(diagram: Diagram) -> Iterator[Hit]:
    """Scripts, listeners and delegates of other engines are never run. Where the element would do nothing without them it is refused."""
    for unknown in diagram.model.unknown:
        if _is_code(unknown):
            hit = _hit(diagram, unknown)
            placed = diagram.by_id.get(hit.element_id or "")
            node = placed.node if placed is not None else None
            empty = node is not None and not (node.operation or node.decision or node.message) and node.type in _DOES
            yield replace(hit, severity=ERROR) if empty else hit


@rules.diagram_rule(
    "foreign-extension",
    ADVICE,
    ("Tambahan milik alat lain di sini tidak dibaca.", "Another tool's extension here is not read."),
    (
        "Hapus bila tidak diperlukan; orang, formulir dan waktu ditulis dengan atribut sop:.",
        "Remove it if it is not needed; people, forms and times are written with sop: attributes.",
    ),
)
def foreign_extension(diagram: Diagram) -> Iterator[Hit]:
    """Said, so that nobody believes it counts."""
    return (
        _hit(diagram, unknown)
        for unknown in diagram.model.unknown
        if _split(unknown)[0] not in (BPMN, SOP) and not _is_code(unknown)
    )


@rules.diagram_rule(
    "unknown-sop-word",
    ERROR,
    ("Kata sop: ini tidak dikenal di tempat ini.", "This sop: word is unknown here."),
    (
        "Periksa ejaannya dan tempatnya menurut tabel di bpmn/README.md.",
        "Check its spelling and place in the table of bpmn/README.md.",
    ),
)
def unknown_sop_word(diagram: Diagram) -> Iterator[Hit]:
    """A slip in our own vocabulary would drop a form, a standard or a right to see."""
    return (
        _hit(diagram, unknown)
        for unknown in diagram.model.unknown
        if _split(unknown)[0] == SOP and _split(unknown)[1] not in ("forEach", "standard")
    )


@rules.diagram_rule(
    "not-used",
    ADVICE,
    ("Bagian BPMN ini tidak menggerakkan proses di sini.", "This part of BPMN moves nothing here."),
    ("Biarkan sebagai keterangan, atau hapus.", "Leave it as a note, or remove it."),
)
def not_used(diagram: Diagram) -> Iterator[Hit]:
    """Who does a step is said by its lane, how a service works by its operation."""
    for unknown in diagram.model.unknown:
        namespace, name = _split(unknown)
        holds = name == "extensionElements"   # what stands in it is named
        if namespace == BPMN and not unknown.tag.startswith("@") and name in _SILENT and not holds:
            yield _hit(diagram, unknown)


@rules.diagram_rule(
    "choreography",
    ERROR,
    ("Koreografi dan percakapan tidak dijalankan.", "Choreographies and conversations are not run."),
    ("Gambar satu proses dengan lajur dan pesan.", "Draw one process with lanes and messages."),
)
def choreography(diagram: Diagram) -> Iterator[Hit]:
    """They describe talk between partners, not work one of them does."""
    if "choreography" in REFUSED:
        for unknown in diagram.model.unknown:
            if _split(unknown)[0] == BPMN and _split(unknown)[1] in _REFUSED_TAGS:
                yield _hit(diagram, unknown)


@rules.diagram_rule(
    "choreography-reference",
    ERROR,
    (
        "Koreografi atau percakapan global tidak boleh merujuk koreografi.",
        "A choreography or global conversation may not refer to a choreography.",
    ),
    ("Hapus choreographyRef.", "Remove the choreographyRef."),
)
def choreography_reference(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, 9.2 and 11.1: only a collaboration does."""
    for element in diagram.elements("choreography", "globalConversation", "globalChoreographyTask"):
        yield from (diagram.hit(ref) for ref in element if ref.tag == f"{{{BPMN}}}choreographyRef")


@rules.diagram_rule(
    "not-understood",
    ERROR,
    ("Elemen BPMN ini tidak dikenal di tempat ini.", "This BPMN element is not understood here."),
    (
        "Hapus, atau gambar dengan elemen dari tabel di bpmn/README.md.",
        "Remove it, or draw it with the elements of bpmn/README.md.",
    ),
)
def not_understood(diagram: Diagram) -> Iterator[Hit]:
    """Whatever it was meant to do would not happen."""
    for unknown in diagram.model.unknown:
        namespace, name = _split(unknown)
        if namespace == BPMN and not unknown.tag.startswith("@") and name not in _SILENT and name not in _REFUSED_TAGS:
            yield _hit(diagram, unknown)
