"""What only people read, and what is said twice: arrows, pools, groups, notes, layout. Whether each means something that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from engine.bpmn_reading import ACTIVITIES, BPMN, NODES, local, text_of
from engine.definitions import local_name
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.subject import Diagram, Placed

rules = Catalogue()
_Q: Final = f"{{{BPMN}}}"
_DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC: Final = "{http://www.omg.org/spec/DD/20100524/DC}"
_WAY: Final = "{http://www.omg.org/spec/DD/20100524/DI}"
_FARTHEST: Final = 1e6      # as webui/frontend/src/layout.js
_COLOURS: Final = frozenset({
    *(f"{{http://bpmn.io/schema/bpmn/biocolor/1.0}}{name}" for name in ("stroke", "fill")),
    *(f"{{http://www.omg.org/spec/BPMN/non-normative/color/1.0}}{name}" for name in ("border-color", "background-color", "color"))})
_COLOUR: Final = re.compile(r"(?i)(#[0-9a-f]{3,8}|[a-z]{3,24}|(rgb|hsl)a?\([\d\s.,%/]{1,40}\))\Z")
#: Element -> its attributes that name another, and of which kind that is; "": any.
_NAMES: Final = {
    "association": {"sourceRef": "", "targetRef": ""},
    "group": {"categoryValueRef": "categoryValue"},
    "dataStoreReference": {"dataStoreRef": "dataStore"},
    "participant": {"processRef": "process"},
    "messageFlow": {"messageRef": "message"},
}
_SENDS: Final = frozenset({"endEvent", "intermediateThrowEvent"})
_RECEIVES: Final = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})


@rules.diagram_rule(
    "message-flow",
    RULE,
    ("Panah pesan ini menghubungkan elemen yang tidak mungkin.", "This message flow joins what it cannot."),
    (
        "Panah pesan berjalan antar-pool, dari pengirim ke penerima: pool, tugas, atau kejadian pesan.",
        "A message flow runs between pools, from a sender to a receiver: a pool, a task, or a message event.",
    ),
)
def message_flow(diagram: Diagram) -> Iterator[Hit]:
    """BPMN 2.0.2, table 7.4: pools are two, and a gateway, a start as source or an end as target takes no part. A plain event there is
    only advised against, as one that speaks of another message: it runs, yet by something else than the arrow says.
    """
    pools = {element.get("id"): element for element in diagram.elements("participant")}
    carried = {element.get("id") or "": local_name(element.get("messageRef")) for element in diagram.elements("messageFlow")}
    for flow in diagram.model.message_flows:
        ends = [_end(diagram, pools, ref) for ref in (flow.source, flow.target)]
        source, target = (end if isinstance(end, Placed) else None for end in ends)
        owners = [_owner(end) for end in ends]
        if None in ends or (owners[0] and owners[0] == owners[1]) or _unfit(source, _SENDS) or _unfit(target, _RECEIVES):
            yield diagram.hit(flow)
        elif any(end is not None and not _speaks_of(end, carried.get(flow.id, "")) for end in (source, target)):
            hit = diagram.hit(flow)
            yield Hit(element_id=hit.element_id, line=hit.line, file=hit.file, severity=ADVICE)


def _end(diagram: Diagram, pools: dict[str, Any], ref: str) -> Any:
    key = ref.strip() if ref.strip() in pools or ref.strip() in diagram.by_id else local_name(ref.strip())
    return diagram.by_id.get(key, pools.get(key))


def _owner(end: Any) -> str:
    return end.process.id if isinstance(end, Placed) else local_name(end.get("processRef") or "") if end is not None else ""


def _speaks_of(end: Placed, message: str) -> bool:
    """Whether a step sends or receives by a message: the arrow's, where both name one."""
    node = end.node
    if node.type in _SENDS | _RECEIVES and not any(event.kind == "message" for event in node.events):
        return False
    own = {local_name(ref) for ref in (node.message_ref, *(event.ref for event in node.events if event.kind == "message")) if ref}
    return not (own and message) or message in own


def _unfit(end: Placed | None, events: frozenset[str]) -> bool:
    return end is not None and end.node.type not in ACTIVITIES | events


@rules.diagram_rule(
    "drawing-reference",
    ADVICE,
    (
        "Bagian gambar ini menunjuk sesuatu yang tidak ada di berkas, atau yang tidak dimaksudkannya.",
        "This part of the drawing points at what is not in the file, or at what it cannot mean.",
    ),
    (
        "Sambungkan kembali atau hapus; bila tidak, bagian itu hilang saat disimpan dari halaman gambar.",
        "Connect it again or remove it; otherwise it is lost when the drawing page saves.",
    ),
)
def drawing_reference(diagram: Diagram) -> Iterator[Hit]:
    """Nothing moves by it, yet the file says more than is there: it was cut, or put together by hand."""
    kinds = {element.get("id"): local(element) for element in diagram.elements() if element.get("id")}
    for element in diagram.elements(*_NAMES):
        for name, kind in _NAMES[local(element)].items():
            ref = (element.get(name) or "").strip()
            found = kinds.get(ref) or kinds.get(local_name(ref))
            if (ref and found is None and not _is_elsewhere(element, ref)) or (found and kind and found != kind):
                yield diagram.hit(element)
                break
    yield from (diagram.hit(element) for element in _said_otherwise(diagram))
    yield from _pool_of_another(diagram)
    for shape in diagram.root.iter(f"{_DI}BPMNShape", f"{_DI}BPMNEdge", f"{_DI}BPMNPlane"):
        ref = (shape.get("bpmnElement") or "").strip()
        if ref and ref not in kinds and local_name(ref) not in kinds and not _is_elsewhere(shape, ref):
            yield diagram.hit(shape)


def _is_elsewhere(element: Any, ref: str) -> bool:
    """Whether a name's prefix says that it stands in another file."""
    prefix, colon, _ = ref.rpartition(":")
    space = element.nsmap.get(prefix) if colon else None
    return space is not None and space not in (BPMN, element.getroottree().getroot().get("targetNamespace"))


def _said_otherwise(diagram: Diagram) -> Iterator[Any]:
    """Steps that name a flow as theirs which is not."""
    ends = {element.get("id"): {"incoming": element.get("targetRef"), "outgoing": element.get("sourceRef")}
            for element in diagram.elements("sequenceFlow")}
    for node in diagram.elements(*NODES):
        for part in (*node.findall(f"{_Q}incoming"), *node.findall(f"{_Q}outgoing")):
            flow = ends.get(text_of(part)) or ends.get(local_name(text_of(part)))
            if flow is None or local_name((flow[local(part)] or "").strip()) != node.get("id"):
                yield node
                break


def _pool_of_another(diagram: Diagram) -> Iterator[Hit]:
    """Pools of a process that another pool of the same drawing shows already."""
    for collaboration in diagram.elements("collaboration"):
        seen: set[str] = set()
        for pool in collaboration.findall(f"{_Q}participant"):
            process = (pool.get("processRef") or "").strip()
            if process and process in seen:
                yield diagram.hit(pool)
            seen.add(process)


@rules.diagram_rule(
    "layout-undrawable",
    RULE,
    ("Letak, ukuran, atau warna ini tidak dapat digambar.", "This place, size or colour cannot be drawn."),
    ("Hapus bagian itu dari berkas, atau simpan ulang dari alat asalnya.", "Remove it from the file, or save it again from its own tool."),
)
def layout_undrawable(diagram: Diagram) -> Iterator[Hit]:
    """A number that is none, or beyond every sheet, keeps a drawing page busy for ever; a colour may be an address in disguise. The
    drawing page does not open such a file.
    """
    for shape in diagram.root.iter(f"{_DI}BPMNShape", f"{_DI}BPMNEdge"):
        boxes = list(shape.iter(f"{_DC}Bounds"))
        places = [one.get(name) or "0" for one in (*boxes, *shape.iter(f"{_WAY}waypoint")) for name in ("x", "y")]
        sizes = [one.get(name) or "" for one in boxes for name in ("width", "height")]
        colours = [value for part in shape.iter() if isinstance(part.tag, str) for name, value in part.attrib.items() if name in _COLOURS]
        if not (all(_is_near(text) for text in (*places, *sizes)) and not any(text.strip().startswith("-") for text in sizes)
                and all(_COLOUR.match(text.strip()) for text in colours)):
            yield diagram.hit(shape)


def _is_near(text: str) -> bool:
    try:
        return abs(float(text)) <= _FARTHEST
    except ValueError:
        return False
