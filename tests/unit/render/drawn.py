"""Builds BPMN files with a layout, for tests of the drawing."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" '
    'targetNamespace="urn:test">'
)


@dataclass
class Drawn:
    """A diagram under construction; positions are pixels."""

    semantic: list[str] = field(default_factory=list)
    collaboration: list[str] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    planes: list[str] = field(default_factory=list)

    def node(
        self, tag: str, id: str, at: tuple[float, float], size: tuple[float, float] = (100, 80), *, name: str | None = None,
        inside: str = "", attributes: str = "", shape: str = "",
    ) -> Drawn:
        named = f" name={quoteattr(name)}" if name is not None else ""
        self.semantic.append(f"<{tag} id={quoteattr(id)}{named} {attributes}>{inside}</{tag}>")
        return self.place(id, at, size, shape)

    def place(self, id: str, at: tuple[float, float], size: tuple[float, float], shape: str = "") -> Drawn:
        self.planes.append(
            f'<di:BPMNShape bpmnElement={quoteattr(id)} {shape}><dc:Bounds x="{at[0]}" y="{at[1]}" width="{size[0]}" '
            f'height="{size[1]}"/></di:BPMNShape>'
        )
        return self

    def flow(
        self, id: str, source: str, target: str, points: list[tuple[float, float]], *, name: str = "", inside: str = "",
        tag: str = "sequenceFlow", attributes: str = "",
    ) -> Drawn:
        named = f" name={quoteattr(name)}" if name else ""
        text = (f"<{tag} id={quoteattr(id)} sourceRef={quoteattr(source)} targetRef={quoteattr(target)}{named} {attributes}>"
                f"{inside}</{tag}>")
        (self.collaboration if tag == "messageFlow" else self.semantic).append(text)
        return self.line(id, points)

    def line(self, id: str, points: list[tuple[float, float]]) -> Drawn:
        waypoints = "".join(f'<dd:waypoint x="{x}" y="{y}"/>' for x, y in points)
        self.planes.append(f"<di:BPMNEdge bpmnElement={quoteattr(id)}>{waypoints}</di:BPMNEdge>")
        return self

    def pool(self, id: str, at: tuple[float, float], size: tuple[float, float], *, name: str, attributes: str = "",
             inside: str = "", shape: str = 'isHorizontal="true"') -> Drawn:
        self.collaboration.append(f"<participant id={quoteattr(id)} name={quoteattr(name)} {attributes}>{inside}</participant>")
        return self.place(id, at, size, shape)

    def bytes(self) -> bytes:
        collaboration = f'<collaboration id="c">{"".join(self.collaboration)}</collaboration>' if self.collaboration else ""
        return (
            f'{_HEAD}{"".join(self.roots)}<process id="p">{"".join(self.semantic)}</process>{collaboration}'
            f'<di:BPMNDiagram><di:BPMNPlane bpmnElement="{"c" if self.collaboration else "p"}">{"".join(self.planes)}'
            "</di:BPMNPlane></di:BPMNDiagram></definitions>"
        ).encode()


def everything() -> Drawn:
    """Every kind of node and line the drawing knows, in rows."""
    drawn = Drawn()
    tasks = ["task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
             "callActivity", "subProcess", "transaction", "adHocSubProcess"]
    for n, tag in enumerate(tasks):
        drawn.node(tag, tag, (40 + 130 * n, 40), name=f"Nama {tag}")
    loops = {
        "loop": "<standardLoopCharacteristics/>", "parallel": "<multiInstanceLoopCharacteristics/>",
        "sequential": '<multiInstanceLoopCharacteristics isSequential="true"/>',
    }
    for n, (id, inside) in enumerate(loops.items()):
        drawn.node("userTask", id, (40 + 130 * n, 160), name=id, inside=inside)
    drawn.node("userTask", "undo", (430, 160), name="kompensasi", attributes='isForCompensation="true"')
    drawn.node("subProcess", "open", (560, 150), (260, 110), name="Sub-proses terbuka", shape='isExpanded="true"',
               inside='<userTask id="inner" name="Di dalam"/>').place("inner", (640, 180), (100, 60))
    drawn.node("subProcess", "reacting", (840, 150), (200, 110), name="Peristiwa", attributes='triggeredByEvent="true"',
               shape='isExpanded="true"')
    for n, (waits, sign) in enumerate((("true", "message"), ("false", "message"), ("0", "timer"))):
        start = f'<startEvent id="waits{n}" isInterrupting="{waits}"><{sign}EventDefinition/></startEvent>'
        drawn.node("subProcess", f"closed{n}", (1320 + 130 * n, 160), name="Penarikan persetujuan", attributes='triggeredByEvent="1"',
                   inside=start)
    drawn.node("receiveTask", "first", (1060, 160), name="Terima", attributes='instantiate="true"')
    drawn.node("subProcess", "many", (1190, 160), name="Semua tanda", attributes='isForCompensation="true"',
               inside="<multiInstanceLoopCharacteristics/>")
    signs = ["", "message", "timer", "error", "escalation", "signal", "compensate", "conditional", "link", "cancel", "terminate"]
    events = [("startEvent", ""), ("intermediateCatchEvent", ""), ("intermediateThrowEvent", ""), ("endEvent", ""),
              ("boundaryEvent", 'cancelActivity="false" attachedToRef="task"')]
    for row, (tag, attributes) in enumerate(events):
        for n, sign in enumerate(signs):
            inside = f"<{sign}EventDefinition/>" if sign else ""
            drawn.node(tag, f"{tag}_{sign or 'none'}", (60 + 90 * n, 300 + 80 * row), (36, 36), name=sign, inside=inside,
                       attributes=attributes)
        for n, extra in enumerate(("", 'parallelMultiple="true"')):
            drawn.node(tag, f"{tag}_several{n}", (1050 + 90 * n, 300 + 80 * row), (36, 36), attributes=f"{attributes} {extra}",
                       inside="<messageEventDefinition/><timerEventDefinition/>")
    gateways = [("exclusiveGateway", ""), ("parallelGateway", ""), ("inclusiveGateway", ""), ("complexGateway", ""),
                ("eventBasedGateway", ""), ("eventBasedGateway", 'instantiate="true"'),
                ("eventBasedGateway", 'instantiate="true" eventGatewayType="Parallel"')]
    for n, (tag, attributes) in enumerate(gateways):
        drawn.node(tag, f"{tag}{n}", (60 + 110 * n, 720), (50, 50), name="Lengkap?", attributes=attributes)
    data = [("dataObjectReference", ""), ("dataStoreReference", ""), ("dataInput", ""), ("dataOutput", 'isCollection="true"')]
    for n, (tag, attributes) in enumerate(data):
        drawn.node(tag, tag, (900 + 90 * n, 720), (40, 50), name="Berkas", attributes=attributes)
    drawn.node("textAnnotation", "note", (1300, 300), (160, 60), inside="<text>Catatan tentang\nlangkah ini</text>")
    drawn.roots.append('<category id="cat"><categoryValue id="cv" value="Kelompok"/></category>')
    drawn.node("group", "group", (1290, 400), (180, 120), attributes='categoryValueRef="cv"')
    drawn.node("task", "a", (60, 840), name="A", attributes='default="standard"').node("task", "b", (360, 840), name="B")
    drawn.flow("standard", "a", "b", [(160, 860), (360, 860)], name="Biasa")
    drawn.flow("conditional", "a", "b", [(160, 900), (360, 900)], name="Bila perlu",
               inside="<conditionExpression>x</conditionExpression>")
    drawn.flow("centred", "b", "note", [(410, 880), (410, 960), (200, 960), (110, 880)])
    drawn.flow("link", "note", "parallel", [(1300, 330), (1250, 330)], tag="association", attributes='associationDirection="Both"')
    drawn.pool("pool", (20, 1000), (900, 200), name="Unit layanan", attributes='processRef="p"')
    drawn.semantic.append('<laneSet id="ls"><lane id="lane1" name="Pendamping"/><lane id="lane2" name="Kepala"/></laneSet>')
    drawn.place("lane1", (50, 1000), (870, 100)).place("lane2", (50, 1100), (870, 100))
    drawn.pool("black", (1000, 1000), (300, 80), name="Rumah sakit", inside='<participantMultiplicity id="pm" minimum="2"/>')
    drawn.flow("told", "a", "black", [(920, 1040), (1000, 1040)], name="Surat", tag="messageFlow")
    return drawn
