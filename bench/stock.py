"""Stock SpiffWorkflow 3.2.0 as its documentation runs it: in memory, or kept as the documented JSON in the same database."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Connection, text

from bench import yardstick

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
    """One instance kept as JSON text in a table: read, deserialized, moved, serialized, written, committed each time."""

    def __init__(self, specs: Specs, connection: Connection, workflow: BpmnWorkflow, number: int) -> None:
        self._specs, self._connection, self._number = specs, connection, number
        connection.execute(text("INSERT INTO stock_state (id, state) VALUES (:id, :state)"),
                           {"id": number, "state": specs.serializer.serialize_json(workflow)})
        connection.commit()

    def complete(self, task: str, submission: Mapping[str, Any]) -> None:
        """The same step, durably."""
        state = self._connection.execute(text("SELECT state FROM stock_state WHERE id = :id"), {"id": self._number}).scalar_one()
        workflow = self._specs.serializer.deserialize_json(state)
        complete(workflow, task, submission)
        self._connection.execute(text("UPDATE stock_state SET state = :state WHERE id = :id"),
                                 {"id": self._number, "state": self._specs.serializer.serialize_json(workflow)})
        self._connection.commit()


def create_table(connection: Connection) -> None:
    """Where stock instances are kept, beside the product's own tables."""
    connection.execute(text("CREATE TABLE stock_state (id INTEGER PRIMARY KEY, state TEXT NOT NULL)"))
    connection.commit()


def complete(workflow: BpmnWorkflow, task: str, submission: Mapping[str, Any]) -> None:
    """What a client of stock SpiffWorkflow does with a filled form."""
    waiting = next(each for each in workflow.get_tasks(state=TaskState.READY, manual=True) if each.task_spec.bpmn_id == task)
    waiting.data.update(submission)
    waiting.run()
    workflow.do_engine_steps()
