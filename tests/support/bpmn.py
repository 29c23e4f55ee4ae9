"""A tiny writer of BPMN for tests: strings in, one file out. Flow ids are made from their ends."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

HEAD = ('<?xml version="1.0" encoding="UTF-8"?>\n'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sop="urn:sop:bpmn:1" id="definitions" '
        'targetNamespace="urn:test">')


def document(*processes: str, roots: str = "") -> bytes:
    """A BPMN file of these processes; `roots` are messages, signals, errors and escalations."""
    return f"{HEAD}{roots}{''.join(processes)}</bpmn:definitions>".encode()


def process(process_id: str, *parts: str) -> str:
    return f'<bpmn:process id="{process_id}" isExecutable="true">{"".join(parts)}</bpmn:process>'


def element(tag: str, element_id: str, inner: str = "", **attributes: Any) -> str:
    """Any element; a keyword `sop_form` is written as `sop:form`, booleans as BPMN writes them."""
    written = "".join(f" {key.replace('sop_', 'sop:')}={quoteattr(_text(value))}" for key, value in attributes.items())
    return f'<bpmn:{tag} id="{element_id}"{written}>{inner}</bpmn:{tag}>'


def start(element_id: str = "s", inner: str = "") -> str:
    return element("startEvent", element_id, inner)


def end(element_id: str = "e", inner: str = "") -> str:
    return element("endEvent", element_id, inner)


def user(element_id: str, inner: str = "", **attributes: Any) -> str:
    return element("userTask", element_id, inner, **attributes)


def service(element_id: str, operation: str = "do.it", inner: str = "", arguments: dict[str, str] | None = None) -> str:
    given = "".join(f"<sop:argument name={quoteattr(n)} value={quoteattr(v)}/>" for n, v in (arguments or {}).items())
    box = f"<bpmn:extensionElements>{given}</bpmn:extensionElements>" if given else ""
    return element("serviceTask", element_id, box + inner, sop_operation=operation)


def call(element_id: str, called: str, inner: str = "") -> str:
    return element("callActivity", element_id, inner, calledElement=called)


def exclusive(element_id: str, default: str | None = None) -> str:
    return element("exclusiveGateway", element_id, **({"default": default} if default else {}))


def parallel(element_id: str) -> str:
    return element("parallelGateway", element_id)


def inclusive(element_id: str, default: str | None = None) -> str:
    return element("inclusiveGateway", element_id, **({"default": default} if default else {}))


def sub(element_id: str, *parts: str, tag: str = "subProcess", loop: str = "") -> str:
    return element(tag, element_id, loop + "".join(parts))


def boundary(element_id: str, host: str, event: str, *, interrupting: bool = True, extra: str = "") -> str:
    return element("boundaryEvent", element_id, extra + event, attachedToRef=host, cancelActivity=interrupting)


def catch(element_id: str, event: str) -> str:
    return element("intermediateCatchEvent", element_id, event)


def throw(element_id: str, event: str = "") -> str:
    return element("intermediateThrowEvent", element_id, event)


def flow(source: str, target: str, condition: str | None = None) -> str:
    inner = "" if condition is None else (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>')
    return (f'<bpmn:sequenceFlow id="{source}__{target}" sourceRef="{source}" targetRef="{target}">{inner}'
            '</bpmn:sequenceFlow>')


def flows(*elements: str) -> str:
    """Flows from each element to the next."""
    return "".join(flow(a, b) for a, b in zip(elements, elements[1:], strict=False))


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def standard(clock: str, **attributes: str) -> str:
    written = "".join(f" {key.rstrip('_')}={quoteattr(value)}" for key, value in attributes.items())
    return f'<bpmn:extensionElements><sop:standard clock="{clock}"{written}/></bpmn:extensionElements>'


def event(kind: str, ref: str | None = None) -> str:
    """`message`, `signal`, `error`, `escalation`, `terminate`, `cancel`: an event definition, with its reference."""
    attribute = f' {kind}Ref="{ref}"' if ref else ""
    return f"<bpmn:{kind}EventDefinition{attribute}/>"


def conditional(condition: str) -> str:
    return ("<bpmn:conditionalEventDefinition><bpmn:condition>"
            f"{escape(condition)}</bpmn:condition></bpmn:conditionalEventDefinition>")


def link(name: str) -> str:
    return f"<bpmn:linkEventDefinition name={quoteattr(name)}/>"


def message(name: str) -> str:
    return f'<bpmn:message id="{name}" name="{name}"/>'


def signal(name: str) -> str:
    return f'<bpmn:signal id="{name}" name="{name}"/>'


def error(code: str) -> str:
    return f'<bpmn:error id="{code}" name="{code}" errorCode="{code}"/>'


def escalation(code: str) -> str:
    return f'<bpmn:escalation id="{code}" name="{code}" escalationCode="{code}"/>'


def instances(*, cardinality: str | None = None, collection: str | None = None, item: str = "item", collect: str = "",
              into: str = "", sequential: bool = False, completion: str | None = None) -> str:
    """Multi-instance marker, over a number or a FEEL collection."""
    inner = ""
    if collection is not None:
        inner += (f"<bpmn:extensionElements><sop:forEach in={quoteattr(collection)} as={quoteattr(item)}"
                  f"{f' collect={quoteattr(collect)}' if collect else ''}{f' into={quoteattr(into)}' if into else ''}/>"
                  "</bpmn:extensionElements>")
    if cardinality is not None:
        inner += f"<bpmn:loopCardinality>{escape(cardinality)}</bpmn:loopCardinality>"
    if completion is not None:
        inner += f"<bpmn:completionCondition>{escape(completion)}</bpmn:completionCondition>"
    return (f'<bpmn:multiInstanceLoopCharacteristics isSequential="{_text(sequential)}">{inner}'
            "</bpmn:multiInstanceLoopCharacteristics>")


def standard_loop(condition: str | None = None, *, test_before: bool = False, maximum: int | None = None) -> str:
    attribute = "" if maximum is None else f' loopMaximum="{maximum}"'
    inner = "" if condition is None else f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>"
    return (f'<bpmn:standardLoopCharacteristics testBefore="{_text(test_before)}"{attribute}>{inner}'
            "</bpmn:standardLoopCharacteristics>")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
