"""Stock SpiffWorkflow 3.2.0 as its documentation runs it: in memory, or kept as the documented JSON in the same database."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import text

from bench import databases, yardstick

for _name in ("spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)   # as a deployment would: its debug log doubles its cost


class Specs:
    """The parsed diagram and the documented serializer, made once."""

    def __init__(self) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(yardstick.for_stock()))
        self.main = parser.get_spec(yardstick.PROCESS)
        self.called = parser.get_subprocess_specs(yardstick.PROCESS)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))


class InMemory:
    """One instance that lives in this process only."""

    def __init__(self, specs: Specs) -> None:
        self.workflow = BpmnWorkflow(specs.main, specs.called)
        self.workflow.task_tree.data.update(yardstick.submission("receive"))
        self.workflow.do_engine_steps()

    def complete(self, task: str, submission: Mapping[str, Any]) -> None:
        """Finish one waiting task and go on to the next."""
        complete(self.workflow, task, submission)


class Stored:
    """One instance kept as JSON text in the product's database: read, deserialized, moved, serialized, written, committed each time."""

    def __init__(self, specs: Specs, url: str, workflow: BpmnWorkflow, number: int) -> None:
        self._specs, self._stack, self._number = specs, ExitStack(), number
        self._connection = self._stack.enter_context(databases.connection(url))
        self._connection.execute(text("CREATE TABLE IF NOT EXISTS stock_state (id INTEGER PRIMARY KEY, state TEXT NOT NULL)"))
        self._connection.execute(text("DELETE FROM stock_state WHERE id = :id"), {"id": number})
        self._connection.execute(text("INSERT INTO stock_state (id, state) VALUES (:id, :state)"),
                                 {"id": number, "state": stored_form(specs, workflow)})
        self._connection.commit()

    def complete(self, task: str, submission: Mapping[str, Any]) -> None:
        """The same step, durably."""
        state = self._connection.execute(text("SELECT state FROM stock_state WHERE id = :id"), {"id": self._number}).scalar_one()
        workflow = self._specs.serializer.deserialize_json(state)
        complete(workflow, task, submission)
        self._connection.execute(text("UPDATE stock_state SET state = :state WHERE id = :id"),
                                 {"id": self._number, "state": stored_form(self._specs, workflow)})
        self._connection.commit()

    def close(self) -> None:
        """Give the connection back."""
        self._stack.close()


def stored_form(specs: Specs, workflow: BpmnWorkflow) -> str:
    """The documented JSON of an instance."""
    return str(specs.serializer.serialize_json(workflow))


def complete(workflow: BpmnWorkflow, task: str, submission: Mapping[str, Any]) -> None:
    """What a client of stock SpiffWorkflow does with a filled form."""
    waiting = next(each for each in workflow.get_tasks(state=TaskState.READY, manual=True) if each.task_spec.bpmn_id == task)
    waiting.data.update(submission)
    waiting.run()
    workflow.do_engine_steps()
