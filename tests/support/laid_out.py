"""What the tiny writer wrote, named and laid out in one row, so that it can be put in force: no drawing to look at."""

from __future__ import annotations

import re

from engine import bpmn_xml
from engine.definitions import flows_of, nodes_of

_DI = ('xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
       'xmlns:dd="http://www.omg.org/spec/DD/20100524/DI"')


def laid_out(data: bytes) -> bytes:
    """A document with a name for each node that has none (a question for a gateway) and a shape for each node and flow."""
    text = data.decode()
    model = bpmn_xml.read_model(data, file="x.bpmn")
    nodes = [node for process in model.processes.values() for node in nodes_of(process)]
    for node in nodes:
        if not node.name:
            name = node.id.replace("_", " ").capitalize() + ("?" if node.type.endswith("Gateway") else "")
            text = re.sub(rf'(<bpmn:{node.type} id="{node.id}")', rf'\1 name="{name}"', text)
    shapes = "".join(
        f'<di:BPMNShape id="{node.id}_di" bpmnElement="{node.id}"><dc:Bounds x="{150 * number}" y="0" width="100" height="80"/></di:BPMNShape>'
        for number, node in enumerate(nodes))
    edges = "".join(
        f'<di:BPMNEdge id="{flow.id}_di" bpmnElement="{flow.id}"><dd:waypoint x="0" y="0"/><dd:waypoint x="1" y="0"/></di:BPMNEdge>'
        for process in model.processes.values() for flow in flows_of(process))
    plane = f'<di:BPMNPlane id="plane" bpmnElement="{next(iter(model.processes))}">{shapes}{edges}</di:BPMNPlane>'
    return text.replace("</bpmn:definitions>", f'<di:BPMNDiagram {_DI} id="drawing">{plane}</di:BPMNDiagram></bpmn:definitions>').encode()
