"""Flows and associations as SVG: rounded corners, and arrowheads as paths, since not every printer turns SVG markers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.render import shapes, svg_text
from engine.render.layout import Box, Edge, Point, Shape, children

_CORNER = 6.0
_LABEL_SIZE = 11.0
_DASHES = {"messageFlow": "7 4", "association": "1.5 4", "dataInputAssociation": "1.5 4", "dataOutputAssociation": "1.5 4",
           "conversationLink": ""}


def route(edge: Edge, drawn: Mapping[str, Shape]) -> tuple[Point, ...]:
    """The points of a line, cut where it meets the nodes it joins; empty if it has no length."""
    source, target = drawn.get(edge.source), drawn.get(edge.target)
    points = edge.points
    if len(points) < 2:
        if source is None or target is None:
            return ()
        points = (source.box.center, target.box.center)
    points = tuple(point for n, point in enumerate(points) if n == 0 or math.dist(point, points[n - 1]) > 0.01)
    if target is not None and not shapes.is_container(target):
        points = _cut(points, target)
    if source is not None and not shapes.is_container(source):
        points = tuple(reversed(_cut(tuple(reversed(points)), source)))
    return points if len(points) > 1 else ()


def draw(
    edge: Edge, points: tuple[Point, ...], source: Shape | None, *, width: float, default: bool, is_secret: bool = False, dash: str = "",
) -> str:
    """The line with its ends; `default` marks the default flow, and a secret line does not show that it has a condition. `dash` is that
    of a state, in place of the kind's own."""
    dash = dash or _DASHES.get(edge.kind, "")
    # An open arrow would show the line within it.
    ends = points if edge.kind != "sequenceFlow" else (*points[:-1], _toward(points[-1], points[-2], 6))
    parts = [
        f'<path class="line" d="{_rounded(ends)}" fill="none" stroke="currentColor" stroke-width="{width:g}"'
        + (f' stroke-dasharray="{dash}" stroke-linecap="round"' if dash else "") + "/>"
    ]
    if edge.kind == "sequenceFlow":
        parts.append(_head(points[-1], points[-2], "closed"))
        is_conditional = not is_secret and bool(children(edge.element, "conditionExpression"))
        if default:
            parts.append(_slash(points[0], points[1]))
        elif is_conditional and source is not None and shapes.is_activity(source.kind):
            parts.append(_diamond(points[0], points[1]))
    elif edge.kind == "messageFlow":
        start = _toward(points[0], points[1], 4)
        parts.append(f'<circle class="surface" cx="{start[0]:g}" cy="{start[1]:g}" r="4" fill="#fff" stroke="currentColor"/>')
        parts.append(_head(points[-1], points[-2], "hollow"))
    elif edge.kind.startswith("data"):
        parts.append(_head(points[-1], points[-2], "open"))
    elif edge.kind == "association":
        direction = edge.element.get("associationDirection", "None")
        if direction in ("One", "Both"):
            parts.append(_head(points[-1], points[-2], "open"))
        if direction == "Both":
            parts.append(_head(points[0], points[1], "open"))
    return "".join(parts)


def label(edge: Edge, points: tuple[Point, ...], name: str) -> tuple[str, Box | None]:
    """The words at a line, and the room they take."""
    if not name:
        return "", None
    if edge.label is not None:
        width = max(edge.label.width, 60.0)
        x, top = edge.label.x + edge.label.width / 2, edge.label.y
        lines = svg_text.wrap(name, width, _LABEL_SIZE, 6)
    else:
        lines = svg_text.wrap(name, 100, _LABEL_SIZE, 6)
        (x, y), is_level = _middle(points)
        height = len(lines) * _LABEL_SIZE * svg_text.LEADING
        widest = max(svg_text.width_of(line, _LABEL_SIZE) for line in lines)
        x, top = (x, y - height - 3) if is_level else (x + widest / 2 + 5, y - height / 2)
    widest = max(svg_text.width_of(line, _LABEL_SIZE) for line in lines)
    room = Box(x - widest / 2, top, widest, len(lines) * _LABEL_SIZE * svg_text.LEADING)
    return svg_text.block(lines, x, top, _LABEL_SIZE, is_outside=True), room


def _cut(points: tuple[Point, ...], shape: Shape) -> tuple[Point, ...]:
    """The points up to the outline of the node at the end, for tools that draw lines to the middle of things."""
    kept = list(points)
    while len(kept) > 1 and shapes.is_inside(shape, kept[-1]):
        inner, outer = kept.pop(), kept[-1]
        if shapes.is_inside(shape, outer):
            continue
        for _ in range(24):
            middle = ((inner[0] + outer[0]) / 2, (inner[1] + outer[1]) / 2)
            inner, outer = (middle, outer) if shapes.is_inside(shape, middle) else (inner, middle)
        if math.dist(outer, kept[-1]) > 0.01:
            kept.append(outer)
        break
    return tuple(kept) if len(kept) > 1 else points


def _rounded(points: tuple[Point, ...]) -> str:
    d = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(_CORNER, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        d.append(f"L{_at(_toward(corner, before, reach))}Q{_at(corner)} {_at(_toward(corner, after, reach))}")
    d.append(f"L{_at(points[-1])}")
    return "".join(d)


def _head(tip: Point, before: Point, style: str) -> str:
    (ux, uy), length, half = _direction(before, tip), 10.0, 4.5
    base = (tip[0] - length * ux, tip[1] - length * uy)
    left, right = (base[0] - half * uy, base[1] + half * ux), (base[0] + half * uy, base[1] - half * ux)
    if style == "open":
        return f'<path class="head" d="M{_at(left)}L{_at(tip)}L{_at(right)}" fill="none" stroke="currentColor" stroke-width="1.3"/>'
    fill, css = ("currentColor", "head") if style == "closed" else ("#fff", "head surface")
    return (f'<path class="{css}" d="M{_at(left)}L{_at(tip)}L{_at(right)}z" fill="{fill}" stroke="currentColor" '
            f'stroke-linejoin="round"/>')


def _slash(start: Point, after: Point) -> str:
    x, y = _toward(start, after, 11)
    ux, uy = _direction(start, after)
    px, py = ux * 0.5 - uy * 0.87, uy * 0.5 + ux * 0.87   # 60 degrees to the line
    return f'<path class="line" d="M{_at((x - 6 * px, y - 6 * py))}L{_at((x + 6 * px, y + 6 * py))}" stroke="currentColor"/>'


def _diamond(start: Point, after: Point) -> str:
    (ux, uy), (x, y), end = _direction(start, after), _toward(start, after, 8), _toward(start, after, 16)
    return (f'<path class="surface" d="M{_at(start)}L{_at((x - 5 * uy, y + 5 * ux))}L{_at(end)}'
            f'L{_at((x + 5 * uy, y - 5 * ux))}z" fill="#fff" stroke="currentColor"/>')


def _middle(points: tuple[Point, ...]) -> tuple[Point, bool]:
    """The middle of the longest stretch, and whether it runs level."""
    a, b = max(zip(points, points[1:], strict=False), key=lambda pair: math.dist(*pair))
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), abs(a[0] - b[0]) >= abs(a[1] - b[1])


def _direction(start: Point, end: Point) -> Point:
    length = math.dist(start, end) or 1.0
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _toward(start: Point, end: Point, by: float) -> Point:
    ux, uy = _direction(start, end)
    by = min(by, math.dist(start, end))
    return start[0] + ux * by, start[1] + uy * by


def _at(point: Point) -> str:
    return f"{round(point[0], 1):g} {round(point[1], 1):g}"
