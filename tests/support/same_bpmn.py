"""What one BPMN file says that another does not: an XML-aware comparison, independent of the reader and of the modeler.

Prefixes, white space between elements, how much of it stands between two words of an attribute, the order of attributes, `100` for `100.0`, and an attribute written out with the value the
standard gives it anyway say nothing. Everything else does: every element, attribute and text of any namespace, where it stands, and
the order of its siblings. The flow elements of a process or sub-process are compared in one order whatever their kind; elsewhere the
schema orders the kinds, and siblings of one kind are compared among themselves.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
#: Defaults of BPMN20.xsd and BPMNDI.xsd.
DEFAULTS = {
    "associationDirection": "None", "behavior": "All", "cancelActivity": "true", "cancelRemainingInstances": "true", "completionQuantity": "1",
    "eventGatewayType": "Exclusive", "gatewayDirection": "Unspecified", "implementation": "##unspecified", "instantiate": "false",
    "isClosed": "false", "isCollection": "false", "isForCompensation": "false", "isInterrupting": "true", "isSequential": "false",
    "isUnlimited": "true", "itemKind": "Information", "maximum": "1", "method": "##Compensate", "minimum": "0", "mustUnderstand": "false",
    "parallelMultiple": "false", "processType": "None", "startQuantity": "1", "testBefore": "false", "textFormat": "text/plain",
    "triggeredByEvent": "false",
    "expressionLanguage": "http://www.w3.org/1999/XPath", "typeLanguage": "http://www.w3.org/2001/XMLSchema"}
PER_KIND = {f"{kind}Task.implementation": "##WebService" for kind in ("service", "send", "receive")}
#: Elements whose type the schema gives: naming it again says nothing.
DECLARED = {"waypoint": "Point", "messagePath": "tFormalExpression", "dataPath": "tFormalExpression"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?\Z")
_SCOPES = {f"{{{BPMN}}}{name}" for name in ("process", "subProcess", "transaction", "adHocSubProcess")}
_NOT_FLOW = {f"{{{BPMN}}}{name}" for name in (
    "documentation", "extensionElements", "auditing", "monitoring", "property", "laneSet", "ioSpecification", "ioBinding", "incoming", "outgoing",
    "dataInputAssociation", "dataOutputAssociation", "association", "group", "textAnnotation", "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics", "completionCondition", "resourceRole", "performer", "humanPerformer", "potentialOwner",
    "correlationSubscription", "supports", "supportedInterfaceRef")}


def differences(before: bytes, after: bytes) -> list[str]:
    """Each difference as a line: where, what stood there, what stands there. Empty: both files say the same."""
    return list(_compare(_root(before), _root(after), ""))


def _root(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True))


def _compare(old: Any, new: Any, where: str) -> Iterator[str]:
    where = f"{where}/{etree.QName(old).localname}[{old.get('id') or ''}]"
    left, right = _attributes(old), _attributes(new)
    for name in sorted(left.keys() | right.keys()):
        if left.get(name) != right.get(name):
            yield f"{where} @{name}: {left.get(name)!r} -> {right.get(name)!r}"
    if _text(old) != _text(new):
        yield f"{where} text: {_text(old)!r} -> {_text(new)!r}"
    yield from _children(old, new, where)


def _children(old: Any, new: Any, where: str) -> Iterator[str]:
    if old.tag in _SCOPES:
        orders = [[(child.tag, child.get("id")) for child in each if child.tag not in _NOT_FLOW] for each in (old, new)]
        if orders[0] != orders[1] and sorted(map(repr, orders[0])) == sorted(map(repr, orders[1])):
            yield f"{where}: the flow elements stand in another order"
    left, right = _by_kind(old), _by_kind(new)
    for tag in sorted(left.keys() | right.keys()):
        if len(left[tag]) != len(right[tag]):
            yield f"{where}: {len(left[tag])} -> {len(right[tag])} of {tag}"
        for one, other in zip(left[tag], right[tag], strict=False):
            yield from _compare(one, other, where)


def _by_kind(element: Any) -> dict[str, list[Any]]:
    kinds: dict[str, list[Any]] = defaultdict(list)
    for child in element:
        if isinstance(child.tag, str) and not (child.tag == f"{{{BPMN}}}extensionElements" and not len(child)):
            kinds[child.tag].append(child)
    for shapes in (found for found in kinds.values() if found[0].get("bpmnElement")):
        shapes.sort(key=lambda shape: shape.get("bpmnElement") or "")
    return kinds


def _attributes(element: Any) -> dict[str, str]:
    found = {}
    kind = etree.QName(element).localname
    for name, value in element.attrib.items():
        said = _qname(element, value) if name == XSI_TYPE else _plain(value)
        if name == XSI_TYPE and said.rpartition("}")[2] == DECLARED.get(kind):
            continue
        if "}" not in name and said == _plain(PER_KIND.get(f"{kind}.{name}") or DEFAULTS.get(name) or "\0"):
            continue
        found[name] = said
    return found


def _plain(value: str) -> str:
    value = " ".join(value.split())
    return repr(float(value)) if _NUMBER.match(value) else value


def _qname(element: Any, value: str) -> str:
    prefix, _, local = value.strip().rpartition(":")
    return f"{{{element.nsmap.get(prefix or None, '')}}}{local}"


def _text(element: Any) -> str:
    return "" if len(element) else (element.text or "").strip()
