"""Diagrams as short texts, and a player: what an outside harness would write in an afternoon. Knows the front door only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine import SopBundle, Trial

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
_NAMES = ('xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
          'xmlns:sop="urn:sop:bpmn:1" targetNamespace="urn:test"')


def flows(text: str) -> str:
    """`a > b > c` chains; `g > b ? x > 1` puts a condition on one flow. One chain a line; flows have no ids."""
    out = []
    for line in filter(None, (part.strip() for part in re.split(r"[\n;]", text))):
        chain, _, condition = line.partition("?")
        ids = [name.strip() for name in chain.split(">")]
        for source, target in zip(ids, ids[1:], strict=False):
            inner = f'<conditionExpression xsi:type="tFormalExpression">{escape(condition.strip())}</conditionExpression>' if condition else ""
            out.append(f"<sequenceFlow sourceRef={quoteattr(source)} targetRef={quoteattr(target)}>{inner}</sequenceFlow>")
    return "".join(out)


def node(tag: str, id: str, inner: str = "", **attributes: str) -> str:
    words = "".join(f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{tag} id={quoteattr(id)}{words}>{inner}</{tag}>"


def users(ids: str) -> str:
    return "".join(node("userTask", id) for id in ids.split())


def timer(text: str, kind: str = "timeDuration") -> str:
    return f'<timerEventDefinition><{kind} xsi:type="tFormalExpression">{escape(text)}</{kind}></timerEventDefinition>'


def boundary(id: str, host: str, inner: str, *, cancels: bool = True) -> str:
    return node("boundaryEvent", id, inner, attachedToRef=host, cancelActivity="true" if cancels else "false")


def service(id: str, operation: str, inner: str = "", **arguments: str) -> str:
    said = "".join(f"<sop:argument name={quoteattr(key)} value={quoteattr(value)}/>" for key, value in arguments.items())
    extension = f"<extensionElements>{said}</extensionElements>" if said else ""
    return node("serviceTask", id, extension + inner, sop__operation=operation)


def for_each(inside: str, item: str, collect: str = "", into: str = "", *, sequential: bool = False, inner: str = "") -> str:
    words = f"in={quoteattr(inside)} as={quoteattr(item)}" + (f" collect={quoteattr(collect)}" if collect else "") \
        + (f" into={quoteattr(into)}" if into else "")
    return (f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><extensionElements><sop:forEach {words}/>'
            f"</extensionElements>{inner}</multiInstanceLoopCharacteristics>")


def process(body: str, id: str = "p") -> str:
    return f'<process id={quoteattr(id)} isExecutable="true">{body}</process>'


def plain(nodes: str, paths: str, id: str = "p") -> str:
    """A process with a start `s` and an end `e` beside `nodes`."""
    return process(node("startEvent", "s") + nodes + node("endEvent", "e") + flows(paths), id)


def xml(*parts: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {_NAMES}>{"".join(parts)}</definitions>'.encode()


def bundle(*parts: str, **files: bytes) -> SopBundle:
    return SopBundle.from_files({"p.bpmn": xml(*parts)} | {name.replace("__", "."): data for name, data in files.items()})


class Play:
    """One trial; names tasks by element, and may forget everything before each step."""

    def __init__(self, *parts: str, reloads: bool = False, now: datetime = NOW, **options: Any) -> None:
        files = options.pop("files", {})
        self.reloads = reloads
        self.trial = Trial.open(bundle(*parts, **files), now=now, **options)
        self.id = ""

    def _step(self) -> Trial:
        if self.reloads:
            self.trial.reload()
        return self.trial

    def start(self, variables: Mapping[str, Any] = {}, process_id: str | None = None, **options: Any) -> Play:  # noqa: B006
        self.id = self._step().start(process_id, variables, **options)
        return self

    def open(self) -> list[str]:
        return sorted(task.element_id for task in self._step().open_tasks(self.id))

    def do(self, element: str, nth: int = 0, **variables: Any) -> Play:
        tasks = [task for task in self._step().open_tasks(self.id) if task.element_id == element]
        assert tasks, f"{element} is not open; open are {self.open()}"
        self.trial.complete(tasks[nth].id, variables)
        return self

    def wait(self, **by: float) -> Play:
        self._step().advance(timedelta(**by))
        return self

    @property
    def status(self) -> str:
        return str(self._step().outcome(self.id).status)

    def variables(self) -> dict[str, Any]:
        return dict(self._step().variables(self.id))

    def trail(self) -> list[str]:
        return [f"{entry.happened} {entry.element_id}" for entry in self._step().trace(self.id)]

    def reached(self, element: str) -> int:
        return self.trail().count(f"completed {element}")
