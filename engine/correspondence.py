"""Messages between processes: who sends which, and who hears it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.definitions import Definition, nodes_of
from engine.model import AGENCY, EventKind, Node, Process
from engine.types import LintFinding, Severity, Text

_HEARS = frozenset({"startEvent", "boundaryEvent", "intermediateCatchEvent"})
_SENDS = frozenset({"endEvent", "intermediateThrowEvent"})


def heard_by(node: Node) -> Iterator[str]:
    """The messages a node begins or waits for."""
    if node.type == "receiveTask":
        yield node.message or node.name or node.id
    elif node.type in _HEARS:
        yield from _messages(node)


def sent_by(node: Node) -> Iterator[str]:
    """The messages a node sends, to whichever agency."""
    if node.type == "sendTask" and not node.operation:
        yield node.message or node.name or node.id
    elif node.type in _SENDS:
        yield from _messages(node)


def heard(processes: Iterable[Process]) -> frozenset[str]:
    return frozenset(name for process in processes for node in nodes_of(process) for name in heard_by(node))


def sent(processes: Iterable[Process]) -> frozenset[str]:
    return frozenset(name for process in processes for node in nodes_of(process) for name in sent_by(node))


def unheard(definition: Definition, others: Iterable[Definition]) -> list[LintFinding]:
    """A finding for each element that sends a message within the agency which neither this SOP nor one of the others hears. An arrow to
    somebody else's pool says who does."""
    drawn = {flow.source for model in definition.models.values() for flow in model.message_flows}
    known = heard(definition.processes.values())
    lost = [(process, node) for process in definition.processes.values() for node in nodes_of(process)
            if node.id not in drawn and AGENCY not in node.arguments and not known.issuperset(sent_by(node))]
    if lost:
        known = known.union(*(heard(other.processes.values()) for other in others))
    return [_goes_to_nobody(process.file, node) for process, node in lost if not known.issuperset(sent_by(node))]


def _messages(node: Node) -> Iterator[str]:
    return (event.name for event in node.events if event.kind is EventKind.MESSAGE and event.name)


def _goes_to_nobody(file: str, node: Node) -> LintFinding:
    return LintFinding(
        code="message-to-nobody", severity=Severity.ADVICE, file=file, line=node.line, element_id=node.id,
        message=Text("Tidak ada SOP instansi ini yang menerima pesan yang dikirim di sini.",
                     "No SOP of this agency receives the message that is sent here."),
        instead=Text("Samakan nama pesannya dengan yang ditunggu penerimanya, sahkan dahulu SOP penerimanya, atau hapus pesannya.",
                     "Give the message the name its receiver waits for, bring the receiving SOP into force first, or remove the message."))
