"""Stock SpiffWorkflow, as its documentation runs it, behind the few calls the token oracle's test needs."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

_CONDITION = re.compile(rb"(<bpmn:conditionExpression[^>]*>)(.*?)(</bpmn:conditionExpression>)")


class StockPlay:
    """One instance in stock classes, in memory; conditions are Python there."""

    def __init__(self, data: bytes, **variables: Any) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(_CONDITION.sub(_as_python, data)))
        self.workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.workflow.task_tree.data.update(variables)
        self.settle()

    def settle(self) -> None:
        for _ in range(100):
            self.workflow.do_engine_steps()
            if not any(not t.task_spec.manual for t in self.workflow.get_tasks(state=TaskState.READY)):
                return

    @property
    def open(self) -> list[str]:
        return sorted(t.task_spec.bpmn_id for t in self.workflow.get_tasks(state=TaskState.READY, manual=True))

    @property
    def done(self) -> bool:
        return bool(self.workflow.is_completed())

    def complete(self, element_id: str, **variables: Any) -> None:
        task = next(t for t in self.workflow.get_tasks(state=TaskState.READY, manual=True) if t.task_spec.bpmn_id == element_id)
        task.data.update(variables)
        task.run()
        self.settle()


def _as_python(match: re.Match[bytes]) -> bytes:
    text = re.sub(rb"\w+ != null and ", b"", match[2]).replace(b" = ", b" == ")
    return match[1] + text + match[3]
