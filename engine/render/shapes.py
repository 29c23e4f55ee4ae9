"""Each BPMN node as SVG. Colours are presentation attributes, so a page's style sheet may change every one of them.

Lines and words are `currentColor`; what must hide the lines beneath it has the class `surface`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.render import icons, svg_text
from engine.render.layout import Box, Shape, children, local_name

_THROWS = frozenset({"intermediateThrowEvent", "endEvent"})
_LABEL_SIZE = 11.0
_LABEL_WIDTH = 90.0
_HEADER = 30.0


@dataclass(frozen=True)
class Look:
    """How one node is drawn: its words, the attributes of its outline, whether its kind is kept secret, and how much of
    its foot boundary events cover."""

    name: str = ""
    outline: Mapping[str, str] = field(default_factory=dict)
    is_secret: bool = False
    covered: float = 0


def is_activity(kind: str) -> bool:
    """Whether a kind is drawn as a rounded box with its name inside."""
    return kind == "task" or kind.endswith("Task") or kind in _SUBPROCESSES or kind == "callActivity"


def is_container(shape: Shape) -> bool:
    """Whether other nodes are drawn on top of it."""
    return shape.kind in ("participant", "lane") or (shape.kind in _SUBPROCESSES and shape.is_expanded)


def is_inside(shape: Shape, point: tuple[float, float]) -> bool:
    """Whether a point lies strictly within the outline of a node; lines are cut there."""
    x, y = point[0] - shape.box.center[0], point[1] - shape.box.center[1]
    half_width, half_height = max(shape.box.width / 2 - 0.5, 0.1), max(shape.box.height / 2 - 0.5, 0.1)
    if shape.kind.endswith("Gateway"):
        return abs(x) / half_width + abs(y) / half_height < 1
    if shape.kind.endswith("Event"):
        return (x / half_width) ** 2 + (y / half_height) ** 2 < 1
    return abs(x) < half_width and abs(y) < half_height


def draw(shape: Shape, look: Look) -> str:
    """The node without its outside label."""
    if shape.kind in ("participant", "lane"):
        return _pool_or_lane(shape, look)
    if is_activity(shape.kind):
        return _activity(shape, look)
    if shape.kind.endswith("Event"):
        return _event(shape, look)
    if shape.kind.endswith("Gateway"):
        return _gateway(shape, look)
    return _ARTIFACTS.get(shape.kind, _other)(shape, look)


def outside_label(shape: Shape, look: Look) -> tuple[str, Box | None]:
    """The name beside an event, gateway or data object, and the room it takes; nothing for what is named inside."""
    if not look.name or not has_outside_label(shape.kind):
        return "", None
    width = max(shape.label.width if shape.label else 0, _LABEL_WIDTH)
    lines = svg_text.wrap(look.name, width, _LABEL_SIZE, 8)
    x = shape.label.x + shape.label.width / 2 if shape.label else shape.box.center[0]
    top = shape.label.y if shape.label else shape.box.bottom + 4
    widest = max(svg_text.width_of(line, _LABEL_SIZE) for line in lines)
    room = Box(x - widest / 2, top, widest, len(lines) * _LABEL_SIZE * svg_text.LEADING)
    return svg_text.block(lines, x, top, _LABEL_SIZE, is_outside=True), room


def has_outside_label(kind: str) -> bool:
    """Whether a kind is too small to hold its name."""
    return kind.endswith(("Event", "Gateway")) or kind in _ARTIFACTS and kind not in ("textAnnotation", "group")


def _rect(box: Box, look: Look, *, radius: float = 0, css: str = "shape surface", **paint: str) -> str:
    rounded = f' rx="{radius:g}"' if radius else ""
    return (f'<rect class="{css}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"{rounded}'
            f"{_paint(look, paint)}/>")


def _path(d: str, look: Look, *, css: str = "shape surface", **paint: str) -> str:
    return f'<path class="{css}" d="{d}"{_paint(look, paint)}/>'


def _paint(look: Look, paint: Mapping[str, str]) -> str:
    """Presentation attributes: the state of a node goes before its kind, its kind before the plain outline."""
    attributes = {"fill": "#fff", "stroke": "currentColor", "stroke_width": "1.5", **paint, **look.outline}
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())


def _icon(d: str, x: float, y: float, *, scale: float = 1, filled: bool = False, width: float = 1.2) -> str:
    at = f"translate({x:g} {y:g})" + (f" scale({scale:g})" if scale != 1 else "")
    return (
        f'<path class="icon" d="{d}" transform="{at}" fill="{"currentColor" if filled else "none"}" stroke="currentColor" '
        f'stroke-width="{width:g}" stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _flap(x: float, y: float, scale: float = 1) -> str:
    """The flap of a filled envelope, in the colour of the ground."""
    return (
        f'<path class="surface-line" d="M-7-4.5L0 1L7-4.5" transform="translate({x:g} {y:g}) scale({scale:g})" fill="none" '
        f'stroke="#fff" stroke-width="1.4"/>'
    )


def _pool_or_lane(shape: Shape, look: Look) -> str:
    box = shape.box
    frame = _rect(box, look, css="shape frame", fill="none")
    is_lane = shape.kind == "lane"
    if not is_lane and not shape.is_expanded and not _has_process(shape.element):
        lines, size = svg_text.fit(look.name, box.width - 16, box.height - 8, largest=13)
        return frame + _centered(lines, size, box) + _pool_markers(shape)
    if shape.is_horizontal:
        x, y = box.x + _HEADER / 2, box.center[1]
        lines, size = svg_text.fit(look.name, box.height - 10, _HEADER - 2, largest=12)
        words = svg_text.block(lines, 0, -len(lines) * size * svg_text.LEADING / 2, size)
        header = f'<g transform="translate({x:g} {y:g}) rotate(-90)">{words}</g>'
        rule = f"M{box.x + _HEADER:g} {box.y:g}V{box.bottom:g}"
    else:
        lines, size = svg_text.fit(look.name, box.width - 10, _HEADER - 2, largest=12)
        header = _centered(lines, size, Box(box.x, box.y, box.width, _HEADER))
        rule = f"M{box.x:g} {box.y + _HEADER:g}H{box.right:g}"
    # A lane's header is closed by the line where its content begins; drawn lightly, so that pools stand out.
    opacity = ' stroke-opacity="0.45"' if is_lane else ""
    line = f'<path class="rule" d="{rule}" fill="none" stroke="currentColor" stroke-width="1"{opacity}/>'
    return frame + line + header + ("" if is_lane else _pool_markers(shape))


def _has_process(element: Any) -> bool:
    return bool(element.get("processRef"))


def _pool_markers(shape: Shape) -> str:
    if not children(shape.element, "participantMultiplicity"):
        return ""
    return _icon(icons.MARKERS["parallel"][0], shape.box.center[0], shape.box.bottom - 10, width=2)


def _centered(lines: list[str], size: float, box: Box) -> str:
    x, y = box.center
    return svg_text.block(lines, x, y - len(lines) * size * svg_text.LEADING / 2, size)


def _activity(shape: Shape, look: Look) -> str:
    box, element = shape.box, shape.element
    if look.is_secret:
        lines, size = svg_text.fit(look.name, box.width - 12, box.height - 12)
        return _rect(box, look, radius=10) + _centered(lines, size, box)
    is_event = is_true(element, "triggeredByEvent")
    frame = {"stroke_dasharray": "2 3"} if is_event else {"stroke_width": "3.5"} if shape.kind == "callActivity" else {}
    parts = [_rect(box, look, radius=10, **frame)]
    if shape.kind == "transaction":
        inner = Box(box.x + 3, box.y + 3, max(box.width - 6, 0), max(box.height - 6, 0))
        parts.append(_rect(inner, Look(), radius=8, css="shape", fill="none", stroke_width="1"))
    room = Box(box.x + 6, box.y + 4, max(box.width - 12, 1), 1)
    if shape.kind in icons.TASKS:
        d, filled = icons.TASKS[shape.kind]
        parts.append(_icon(d, box.x + 14, box.y + 14, filled=filled))
        if shape.kind == "sendTask":
            parts.append(_flap(box.x + 14, box.y + 14))
        if shape.kind == "receiveTask" and element.get("instantiate") == "true":
            parts.append(_icon(icons.circle(11), box.x + 14, box.y + 14))
        room = Box(room.x, box.y + 20, room.width, 1)
    if is_event and not shape.is_expanded:
        parts.append(_started_by(shape))
        room = Box(room.x, box.y + 24, room.width, 1)
    markers = _markers(shape)
    foot = max(look.covered, 20 if markers else 4)
    room = Box(room.x, room.y, room.width, max(box.bottom - foot - room.y, 1))
    if markers:
        left = box.center[0] - 9 * (len(markers) - 1)
        for n, (d, filled) in enumerate(markers):
            parts.append(_icon(d, left + 18 * n, box.bottom - 11, filled=filled, width=1.6))
    if is_container(shape):
        lines, size = svg_text.fit(look.name, room.width - 16, 30, largest=12)
        parts.append(svg_text.block(lines, box.center[0], box.y + 6, size))
    else:
        lines, size = svg_text.fit(look.name, room.width, room.height)
        parts.append(_centered(lines, size, room))
    return "".join(parts)


def _started_by(shape: Shape) -> str:
    """The start event in the corner of a closed event sub-process."""
    starts = children(shape.element, "startEvent")
    x, y = shape.box.x + 15, shape.box.y + 15
    dash = {"stroke_dasharray": "3 2"} if starts and is_false(starts[0], "isInterrupting") else {}
    sign = event_sign(starts[0]) if starts else ""
    ring = _path(icons.circle(9, x, y), Look(), css="shape", **dash)
    return ring + (_icon(icons.EVENTS[sign], x, y, scale=0.5) if sign else "")


def is_true(element: Any, name: str) -> bool:
    """An XML Schema boolean that is set."""
    return (element.get(name) or "").strip() in ("true", "1")


def is_false(element: Any, name: str) -> bool:
    """An XML Schema boolean that is unset in so many words."""
    return (element.get(name) or "").strip() in ("false", "0")


def _markers(shape: Shape) -> list[tuple[str, bool]]:
    element, names = shape.element, []
    if children(element, "standardLoopCharacteristics"):
        names.append("loop")
    for loop in children(element, "multiInstanceLoopCharacteristics"):
        names.append("sequential" if loop.get("isSequential") == "true" else "parallel")
    if element.get("isForCompensation") == "true":
        names.append("compensation")
    if shape.kind == "adHocSubProcess":
        names.append("adHoc")
    if shape.kind == "callActivity" or (shape.kind in _SUBPROCESSES and not shape.is_expanded):
        names.append("collapsed")
    return [icons.MARKERS[name] for name in names]


def _event(shape: Shape, look: Look) -> str:
    (x, y), radius = shape.box.center, min(shape.box.width, shape.box.height) / 2
    kind, element = shape.kind, shape.element
    waits = is_false(element, "cancelActivity") or is_false(element, "isInterrupting")
    dash = {"stroke_dasharray": "4 3"} if waits and not look.is_secret else {}
    width = {"stroke_width": "3.5"} if kind == "endEvent" else {}
    parts = [_path(icons.circle(radius, x, y), look, **dash, **width)]
    if kind not in ("startEvent", "endEvent"):
        parts.append(_path(icons.circle(max(radius - 3.5, 1), x, y), Look(), css="shape", fill="none", **dash))
    sign = "" if look.is_secret else event_sign(element)
    if sign:
        filled = kind in _THROWS or sign == "terminateEventDefinition"
        scale = radius / 18
        parts.append(_icon(icons.EVENTS[sign], x, y, scale=scale, filled=filled))
        if filled and sign == "messageEventDefinition":
            parts.append(_flap(x, y, scale))
    return "".join(parts)


def event_sign(element: Any) -> str:
    """Which sign an event bears: its definition's name, `multiple`, or nothing."""
    found = [local_name(child) for child in element if local_name(child).endswith("EventDefinition")]
    found += ["multiple"] * len(children(element, "eventDefinitionRef"))
    if len(found) > 1 or "multiple" in found:
        return "parallelMultiple" if element.get("parallelMultiple") == "true" else "multiple"
    return found[0] if found and found[0] in icons.EVENTS else ""


def _gateway(shape: Shape, look: Look) -> str:
    box, (x, y) = shape.box, shape.box.center
    parts = [_path(f"M{x:g} {box.y:g}L{box.right:g} {y:g}L{x:g} {box.bottom:g}L{box.x:g} {y:g}z", look)]
    scale = min(box.width, box.height) / 50
    if look.is_secret:
        return "".join(parts)
    if shape.kind == "eventBasedGateway":
        parts.append(_icon(icons.circle(13), x, y, scale=scale))
        if shape.element.get("instantiate") != "true":
            parts.append(_icon(icons.circle(10.5), x, y, scale=scale))
        plus = shape.element.get("eventGatewayType") == "Parallel"
        parts.append(_icon(icons.EVENTS["parallelMultiple" if plus else "multiple"], x, y, scale=scale * 0.75))
    elif shape.kind in icons.GATEWAYS and (shape.kind != "exclusiveGateway" or shape.shows_marker):
        d, width = icons.GATEWAYS[shape.kind]
        parts.append(_icon(d, x, y, scale=scale, width=width))
    return "".join(parts)


def _data_object(shape: Shape, look: Look) -> str:
    box = shape.box
    fold = min(box.width, box.height) * 0.28
    d = (f"M{box.x:g} {box.y:g}H{box.right - fold:g}L{box.right:g} {box.y + fold:g}V{box.bottom:g}H{box.x:g}z"
         f"M{box.right - fold:g} {box.y:g}V{box.y + fold:g}H{box.right:g}")
    parts = [_path(d, look)]
    if shape.kind in ("dataInput", "dataOutput"):
        arrow = "M-6-2h6v-4l7 6-7 6v-4h-6z"
        parts.append(_icon(arrow, box.x + 11, box.y + 11, scale=0.9, filled=shape.kind == "dataOutput"))
    if shape.element.get("isCollection") == "true":
        parts.append(_icon(icons.MARKERS["parallel"][0], box.center[0], box.bottom - 8, scale=0.8, width=2))
    return "".join(parts)


def _data_store(shape: Shape, look: Look) -> str:
    box = shape.box
    rise = min(box.height * 0.16, 12)
    radii = f"{box.width / 2:g} {rise:g} 0 0"
    top = f"M{box.x:g} {box.y + rise:g}a{radii} 1 {box.width:g} 0a{radii} 1 {-box.width:g} 0"
    d = f"{top}V{box.bottom - rise:g}a{radii} 0 {box.width:g} 0V{box.y + rise:g}"
    rings = "".join(f"M{box.x:g} {box.y + rise + n * rise * 0.6:g}a{radii} 0 {box.width:g} 0" for n in range(3))
    return _path(d, look) + _path(rings, Look(), css="shape", fill="none")


def _annotation(shape: Shape, look: Look) -> str:
    box = shape.box
    bracket = f"M{box.x + 10:g} {box.y:g}H{box.x:g}V{box.bottom:g}H{box.x + 10:g}"
    lines, size = svg_text.fit(look.name, box.width - 10, max(box.height - 4, 12), largest=11)
    return _path(bracket, look, css="shape note", fill="none") + svg_text.block(
        lines, box.x + 6, box.y + 4, size, anchor="start"
    )


def _group(shape: Shape, look: Look) -> str:
    frame = _rect(shape.box, look, radius=10, css="shape group", fill="none", stroke_dasharray="8 4 1.5 4")
    lines = svg_text.wrap(look.name, max(shape.box.width - 10, 20), _LABEL_SIZE, 2)
    return frame + svg_text.block(lines, shape.box.center[0], shape.box.y + 4, _LABEL_SIZE)


def _message(shape: Shape, look: Look) -> str:
    box, (x, _) = shape.box, shape.box.center
    flap = f"M{box.x:g} {box.y:g}L{x:g} {box.y + box.height * 0.6:g}L{box.right:g} {box.y:g}"
    return _rect(box, look) + _path(flap, Look(), css="shape", fill="none")


def _other(shape: Shape, look: Look) -> str:
    """What this product does not run (conversations, choreographies) is still shown, as a plain box with its name."""
    lines, size = svg_text.fit(look.name, shape.box.width - 8, shape.box.height - 4)
    return _rect(shape.box, look, radius=4) + _centered(lines, size, shape.box)


_SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_ARTIFACTS: dict[str, Callable[[Shape, Look], str]] = {
    "dataObject": _data_object, "dataObjectReference": _data_object, "dataInput": _data_object, "dataOutput": _data_object,
    "dataStore": _data_store, "dataStoreReference": _data_store, "textAnnotation": _annotation, "group": _group,
    "message": _message,
}
