"""What the readers of a BPMN file share: its names, and the account of which XML elements were understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.model import Lane, Model

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SOP = "urn:sop:bpmn:1"

TASKS = frozenset({"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"})
BODIES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | BODIES | {"callActivity"}
EVENTS = frozenset({"startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"})
NODES = ACTIVITIES | EVENTS | GATEWAYS
_TRUE = ("true", "1")


class Reading:
    """One pass over one file: the model being filled and which XML elements were understood."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.lanes: list[Lane] = []
        self.event_definitions: dict[str, Any] = {}
        self.correlation_names: dict[str, str] = {}
        self.ids: frozenset[str] = frozenset()
        self.made_up = 0
        # The elements themselves are kept: lxml makes a new wrapper, with a new identity, once nobody holds the old one.
        self._taken: dict[Any, None] = {}

    def take(self, element: Any) -> None:
        """Mark `element` as understood."""
        self._taken[element] = None

    def took(self, element: Any) -> bool:
        return element in self._taken

    def take_documentation(self, element: Any) -> str:
        """The element's documentation; its `extensionElements` box, and `incoming`/`outgoing` (the flows say it), count as read."""
        texts = []
        for child in element:
            if child.tag == f"{{{BPMN}}}documentation":
                self.take(child)
                texts.append(text_of(child))
            elif child.tag in (f"{{{BPMN}}}extensionElements", f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing"):
                self.take(child)
        return "\n".join(texts)

    def resolve(self, ref: str | None, table: Mapping[str, Any]) -> Any:
        """What a QName points at, with or without its prefix."""
        if ref is None:
            return None
        ref = ref.strip()
        return table[ref] if ref in table else table.get(ref.rpartition(":")[2])


def local(element: Any) -> str:
    """The tag without its namespace; empty for anything that is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: Any) -> str:
    """All text below, stripped."""
    return "".join(element.itertext()).strip()


def listed(value: str | None) -> tuple[str, ...]:
    """Names separated by commas or white space."""
    return tuple(part for part in re.split(r"[\s,]+", value or "") if part)


def flag(value: str | None, default: bool) -> bool:
    """An XML Schema boolean."""
    return default if value is None else value.strip() in _TRUE


def extensions(element: Any) -> list[Any]:
    """What stands in the element's `extensionElements`."""
    return [found for box in element.findall(f"{{{BPMN}}}extensionElements") for found in box if isinstance(found.tag, str)]
