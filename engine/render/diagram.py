"""A BPMN diagram as one accessible SVG, for pages without script, print, replay and PDF.

Nothing in the file reaches the drawing but escaped words and numbers: no links, scripts, styles, images or foreign markup. It
stands alone (dark on white) or inline in a page, whose style sheet may repaint it by class, for a dark ground as

    .bpmn { color: inherit }  .bpmn .paper, .bpmn .surface { fill: ... }  .bpmn .surface-line { stroke: ... }

Each node is `<g class="node KIND is-STATE" data-element-id="...">`, each line `<g class="edge KIND is-STATE" ...>`; other classes:
label, icon, line, head, tag (a state's word), badge. States are told by sign, word and dashes as well as by colour.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from engine.render import icons, lines, shapes, svg_text
from engine.render.layout import Box, Edge, Layout, Shape, children, read_layout
from engine.types import Text

_MARGIN = 16.0
_NAMED = 12          # names of one state in the description
_BADGE_LENGTH = 24
_PLAIN_WIDTH = 1.4

STATES: dict[str, tuple[Text, dict[str, str], str]] = {  # word, outline, colour of the tag
    "done": (Text("selesai", "done"), {"stroke": "#2e7d32", "fill": "#edf7ee", "stroke_width": "2"}, "#2e7d32"),
    "now": (Text("sekarang", "now"), {"stroke": "#1558b0", "fill": "#e6f0fc", "stroke_width": "3.5"}, "#1558b0"),
    "next": (Text("berikutnya", "next"), {"stroke": "#5f6b7a", "stroke_dasharray": "7 4", "stroke_width": "2"}, "#5f6b7a"),
    "late": (Text("terlambat", "late"), {"stroke": "#b3261e", "fill": "#fdecea", "stroke_width": "3.5"}, "#b3261e"),
    "added": (Text("baru", "new"), {"stroke": "#2e7d32", "fill": "#edf7ee", "stroke_width": "3.5"}, "#2e7d32"),
    "changed": (Text("berubah", "changed"), {"stroke": "#8a5a00", "fill": "#fff4d6", "stroke_width": "3.5"}, "#8a5a00"),
    "removed": (Text("dihapus", "removed"), {"stroke": "#b3261e", "stroke_dasharray": "7 4", "fill": "#fdecea", "stroke_width": "3.5"},
                "#b3261e"),
    # A heat map: how often on time. The words are the bands' bounds, no judgement: what share is good no SOP says.
    "heat1": (Text("95-100 %", "95-100 %"), {"stroke": "#6b7280", "fill": "#f7f3ef", "stroke_width": "1.5"}, "#4b5563"),
    "heat2": (Text("80-94 %", "80-94 %"), {"stroke": "#8a6a3f", "fill": "#fbe8cf", "stroke_width": "1.5"}, "#6f4e1f"),
    "heat3": (Text("60-79 %", "60-79 %"), {"stroke": "#a3541a", "fill": "#f9cfa5", "stroke_width": "2"}, "#8a4210"),
    "heat4": (Text("40-59 %", "40-59 %"), {"stroke": "#a8321a", "fill": "#f5aa86", "stroke_width": "2.5"}, "#8f2a15"),
    "heat5": (Text("0-39 %", "0-39 %"), {"stroke": "#7a0a0a", "fill": "#ea8078", "stroke_width": "3.5"}, "#7a0a0a"),
    # Of lines: a sequence flow that no scenario goes through.
    "untaken": (Text("belum dilalui", "not taken"), {"stroke": "#b3261e", "stroke_dasharray": "7 4"}, "#b3261e"),
    "limited": (Text("terbatas", "restricted"), {"stroke": "#5f6b7a", "stroke_dasharray": "2 3"}, "#5f6b7a"),
}
_LIMITED_STEP = Text("langkah terbatas", "restricted step")


def svg(
    bpmn: bytes,
    *,
    highlight: Mapping[str, str] = {},
    title: str,
    language: str = "id",
    badges: Mapping[str, str] = {},
    anchors: str = "",
) -> bytes:
    """Draw a BPMN file that has a layout, the same bytes for the same arguments.

    `highlight` gives element ids one of `STATES`. A `limited` element shows neither name, id, kind nor content, its boundary
    events and lines lose their words, its notes are left out. `badges` puts a short text at an element: a count, a duration.
    `anchors` begins the id by which a page links to each element of a state; drawings on one page have different ones.

    Raises:
        BundleRefused: the bytes are not BPMN 2.0 within the caps.
        DiagramWithoutLayout: nothing in the file has a place.
        ValueError: `highlight` gives a state that does not exist.
    """
    if unknown := set(highlight.values()) - STATES.keys():
        raise ValueError(f"no such states: {len(unknown)}")
    drawing = _Drawing(read_layout(bpmn), dict(highlight), dict(badges), language, anchors)
    return drawing.document(title)


class _Drawing:
    """One diagram on its way to SVG."""

    def __init__(self, layout: Layout, highlight: dict[str, str], badges: dict[str, str], language: str, anchors: str) -> None:
        self.layout, self.highlight, self.badges, self.language, self.anchors = layout, highlight, badges, language, anchors
        self.secret = {id for id, state in highlight.items() if state == "limited"}
        self.hidden = {id for id, element in layout.elements.items() if self.secret and self._is_within_secret(element)}
        self.secret |= {
            shape.id for shape in layout.shapes if _reference(shape.element, "attachedToRef") in self.secret
        }
        self.hidden.update(self._notes_at_secrets())
        self.shapes = {shape.id: shape for shape in layout.shapes if shape.id not in self.hidden}
        self.rooms: list[Box] = [shape.box for shape in self.shapes.values()]
        self.words: list[str] = []   # labels beside nodes and lines, drawn above both
        self.covered = self._covered()
        # The words of a file are Indonesian, also where the page that shows them is not.
        self._foreign = ' lang="id"' if language == "en" else ""
        self.defaults = {element.get("default") for element in layout.elements.values() if element.get("default")}

    def document(self, title: str) -> bytes:
        containers = [shape for shape in self.shapes.values() if shapes.is_container(shape)]
        # Outer ones first: pools, then lanes and sub-processes by size.
        containers.sort(key=lambda shape: (shape.kind != "participant", -shape.box.area))
        nodes = [shape for shape in self.shapes.values() if not shapes.is_container(shape)]
        nodes.sort(key=lambda shape: (shape.kind != "group", shape.kind == "boundaryEvent"))
        body = [self._node(shape) for shape in containers]
        body += [self._edge(edge) for edge in self.layout.edges if edge.id not in self.hidden]
        body += [self._node(shape) for shape in nodes]
        body += self.words
        body += [self._tags(shape) for shape in self.shapes.values()]
        return self._framed("\n".join(part for part in body if part), title).encode()

    def _framed(self, body: str, title: str) -> str:
        left, top = min(room.x for room in self.rooms) - _MARGIN, min(room.y for room in self.rooms) - _MARGIN
        width = max(room.right for room in self.rooms) - left + _MARGIN
        height = max(room.bottom for room in self.rooms) - top + _MARGIN
        title, description = svg_text.safe(title[:500]), svg_text.safe(self._description())
        # Ids must differ between drawings on one page and be the same on every machine.
        own = hashlib.sha256(f"{title}{description}{body}".encode()).hexdigest()[:12]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" aria-labelledby="t{own} d{own}" '
            f'viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width:g}" height="{height:g}" '
            f'lang="{"en" if self.language == "en" else "id"}" color="#1c2733" font-family="{svg_text.safe(svg_text.FONT)}">\n'
            f'<title id="t{own}"{self._foreign}>{title}</title>\n<desc id="d{own}">{description}</desc>\n'
            f'<rect class="paper" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="#fff"/>\n{body}\n</svg>\n'
        )

    def _node(self, shape: Shape) -> str:
        look = self._look(shape)
        self._put(*shapes.outside_label(shape, look), is_ours=look.is_secret)
        hint = f"<title>{svg_text.safe(look.name[:400])}</title>" if look.name and not shapes.is_container(shape) else ""
        kind = "activity" if look.is_secret else shape.kind
        foreign = "" if look.is_secret else self._foreign
        return f"<g{self._marks('node', kind, shape.id)}{foreign}>{hint}{shapes.draw(shape, look)}</g>"

    def _edge(self, edge: Edge) -> str:
        points = lines.route(edge, self.shapes)
        if not points:
            return ""
        ends = {edge.source, edge.target}
        if ends & self.hidden:
            return ""
        touches = bool(ends & self.secret)
        name = "" if touches else edge.element.get("name") or ""
        state = self.highlight.get(edge.id)
        width = _PLAIN_WIDTH if state is None else 3.0
        # The default mark would tell that a hidden gateway is one.
        default = edge.id in self.defaults and edge.source not in self.secret
        self._put(*lines.label(edge, points, _one_line(name)))
        self.rooms += [Box(x, y, 0, 0) for x, y in points]
        colour = f' color="{STATES[state][2]}"' if state else ""
        dash = STATES[state][1].get("stroke_dasharray", "") if state else ""
        line = lines.draw(edge, points, self.shapes.get(edge.source), width=width, default=default, is_secret=touches, dash=dash)
        marks = self._marks("edge", edge.kind, edge.id, is_secret=touches)
        return f"<g{marks}{colour}>{line}</g>"

    def _covered(self) -> dict[str, float]:
        """How much of the foot of each activity its boundary events cover."""
        covered: dict[str, float] = {}
        for event in self.shapes.values():
            host = self.shapes.get(_reference(event.element, "attachedToRef"))
            if host is not None and abs(event.box.center[1] - host.box.bottom) < event.box.height / 2:
                covered[host.id] = max(covered.get(host.id, 0), min(host.box.bottom - event.box.y, host.box.height / 2))
        return covered

    def _put(self, words: str, room: Box | None, *, is_ours: bool = False) -> None:
        if room is not None:
            self.words.append(f"<g{self._foreign}>{words}</g>" if self._foreign and not is_ours else words)
            self.rooms.append(room)

    def _marks(self, sort: str, kind: str, element_id: str, *, is_secret: bool = False) -> str:
        state = "limited" if element_id in self.secret else self.highlight.get(element_id)
        css = f"{sort} {kind}" + (f" is-{state}" if state else "")
        name = "" if is_secret or element_id in self.secret else f' data-element-id="{svg_text.safe(element_id)}"'
        if name and state and self.anchors:
            name += f' id="{svg_text.safe(self.anchors + element_id)}"'
        return f' class="{svg_text.safe(css)}"{name}'

    def _look(self, shape: Shape) -> shapes.Look:
        if shape.id in self.secret:
            is_boundary = shape.kind == "boundaryEvent" and shape.id not in self.highlight
            name = "" if is_boundary else _LIMITED_STEP.in_language(self.language)
            return shapes.Look(name=name, outline=STATES["limited"][1], is_secret=True)
        state = self.highlight.get(shape.id)
        outline = STATES[state][1] if state else {}
        return shapes.Look(name=self._name(shape), outline=outline, covered=self.covered.get(shape.id, 0))

    def _name(self, shape: Shape) -> str:
        element = shape.element
        name = element.get("name") or ""
        if shape.kind == "textAnnotation":
            name = " ".join("".join(text.itertext()) for text in children(element, "text"))
        elif shape.kind == "group":
            category = self.layout.elements.get(_reference(element, "categoryValueRef"))
            name = "" if category is None else category.get("value") or ""
        elif not name:
            behind = self.layout.elements.get(_reference(element, "dataObjectRef") or _reference(element, "dataStoreRef"))
            name = "" if behind is None else behind.get("name") or ""
        states = children(element, "dataState")
        if states and states[0].get("name"):
            name = f"{name} [{states[0].get('name')}]"
        return _one_line(name)

    def _tags(self, shape: Shape) -> str:
        """The word of a node's state above its left corner, its badge above the right."""
        state, badge = self.highlight.get(shape.id), self.badges.get(shape.id, "")
        box, parts = shape.box, []
        free, fits = box.x - 6, True    # where the next pill may begin
        if state is not None:
            word, _, colour = STATES[state]
            text = word.in_language(self.language)
            width = svg_text.width_of(text, 10) + 24
            fits = box.width >= width
            x, y = (free, box.y - 14) if fits else (box.center[0] - width / 2, box.y - 20)
            parts.append(_pill(x, y, width, text, colour, icons.STATES[state], "tag"))
            self.rooms.append(Box(x, y, width, 18))
            free = x + width + 1 if fits else free
        if badge and shape.id not in self.secret:
            text = _one_line(badge)[:_BADGE_LENGTH]
            width = svg_text.width_of(text, 10) + 12
            x, y = max(box.right + 6 - width, free), box.y - 14
            if state is not None and not fits:
                x, y = box.right + 1, box.y + 2
            parts.append(_pill(x, y, width, text, "#3b4754", None, "badge"))
            self.rooms.append(Box(x, y, width, 18))
        return "".join(parts)

    def _description(self) -> str:
        english = self.language == "en"
        steps = [shape for shape in self.shapes.values() if shapes.is_activity(shape.kind)]
        text = f"BPMN diagram with {len(steps)} steps." if english else f"Diagram BPMN dengan {len(steps)} langkah."
        for state, (word, _, _) in STATES.items():
            names = [
                self._look(shape).name or shape.id for shape in self.shapes.values() if self.highlight.get(shape.id) == state
            ]
            if names and english:   # names are Indonesian, and a description is spoken in one language: how many, and no names
                text += f" {word.en.capitalize()}: {len(names)}."
            elif names:
                rest = len(names) - _NAMED
                more = "" if rest <= 0 else f", dan {rest} lagi"
                text += f" {word.id.capitalize()}: {', '.join(name[:80] for name in names[:_NAMED])}{more}."
        return text

    def _is_within_secret(self, element: Any) -> bool:
        return any(ancestor.get("id") in self.secret for ancestor in element.iterancestors())

    def _notes_at_secrets(self) -> Iterable[str]:
        """Notes and data joined to a limited element, and the lines that join them."""
        for edge in self.layout.edges:
            ends = {edge.source, edge.target}
            if edge.kind not in ("sequenceFlow", "messageFlow") and ends & (self.secret | self.hidden):
                yield edge.id
                for end in ends - self.secret:
                    element = self.layout.elements.get(end)
                    if element is not None and element.tag.rpartition("}")[2] in _NOTES:
                        yield end


_NOTES = frozenset({"textAnnotation", "dataObject", "dataObjectReference", "dataStoreReference", "dataInput", "dataOutput"})


def _pill(x: float, y: float, width: float, text: str, colour: str, sign: tuple[str, bool] | None, css: str) -> str:
    indent = 16.0 if sign else 0.0
    icon = ""
    if sign is not None:
        d, filled = sign
        icon = (
            f'<path d="{d}" transform="translate({x + 11:g} {y + 9:g})" fill="{"#fff" if filled else "none"}" stroke="#fff" '
            f'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>'
        )
    middle = x + (indent - 4 if sign else 0) / 2 + width / 2
    return (
        f'<g class="{css}"><rect x="{x:g}" y="{y:g}" width="{width:g}" height="18" rx="9" fill="{colour}" stroke="#fff"/>{icon}'
        f'<text x="{middle:g}" y="{y + 12.6:g}" font-size="10" text-anchor="middle" fill="#fff">{svg_text.safe(text)}</text></g>'
    )


def _one_line(text: str) -> str:
    """Text of which a drawing can show some; many nodes may name the same long one."""
    return " ".join(text[:2_000].split())


def _reference(element: Any, name: str) -> str:
    return (element.get(name) or "").rpartition(":")[2]
