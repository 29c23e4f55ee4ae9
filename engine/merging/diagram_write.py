"""What is taken of the draft's diagram, drawn into the diagram of the version in force; whatever nobody changed stays as it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from engine.merging import xml_parts
from engine.merging.diagram_read import (
    DEFAULT, FILE, FLOW, INSIDE, LANES, REF, SAYS, WAYS_OUT, WIRES, Diagram, bare, is_apart, is_flow_holder, is_holder, plain,
)
from engine.merging.weighing import Side, Unmergeable
from engine.safe_xml import BPMN

_LANE, _INCOMING, _OUTGOING = (f"{{{BPMN}}}{name}" for name in ("lane", "incoming", "outgoing"))
_AHEAD = frozenset(f"{{{BPMN}}}{name}" for name in ("documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef"))
_Taken = Mapping[str, Mapping[str, Side]]


def write(mine: Diagram, theirs: Diagram, taken: _Taken, drawn: Mapping[str, Side]) -> None:
    """Changes the tree of `mine`. Raises `Unmergeable` where something is to stand in what is gone."""
    names_flows = any(one.tag in WIRES for one in mine.root.iter())
    defaults = {side: {part: element.get(DEFAULT) for part, element in each.parts.items()}
                for side, each in ((Side.IN_FORCE, mine), (Side.DRAFT, theirs))}
    _set_parts(mine, theirs, taken)
    _set_flows(mine, theirs, taken)
    for part, sides in taken.items():
        if WAYS_OUT in sides:
            _set_default(mine.parts[part], defaults[sides[WAYS_OUT]].get(part))
    _set_lanes(mine, theirs, taken)
    _set_drawing(mine, theirs, drawn)
    for part in [one for one in mine.parts if one not in taken]:
        xml_parts.take_out(mine.parts.pop(part))
    if names_flows:
        for part, element in mine.parts.items():
            if part != FILE and is_flow_holder(element.getparent()):
                _set_wires(element, part)


def refuse_loose_ends(root: Any, *, gone: set[str]) -> None:
    """Raises `Unmergeable` where an element names one that is `gone`, or an id stands twice."""
    ids: Counter[str] = Counter()
    for element in root.iter():
        if isinstance(element.tag, str):
            ids.update([element.get("id")] if element.get("id") else [])
            named = [value for name, value in element.attrib.items() if name.endswith("Ref") or name in (DEFAULT, "bpmnElement")]
            named += [element.text] if element.tag.endswith("Ref") or element.tag in WIRES else []
            if any(plain(one) in gone for one in named):
                raise Unmergeable()
    if any(count > 1 for count in ids.values()):
        raise Unmergeable()


def _set_parts(mine: Diagram, theirs: Diagram, taken: _Taken) -> None:
    last: dict[str, Any] = {}   # holder -> what stood last in it
    for part, element in theirs.parts.items():
        if part not in taken:
            continue
        sides, holder = taken[part], theirs.inside.get(part, "")
        if part not in mine.parts:
            mine.parts[part] = xml_parts.put_after(_holder(mine, taken, holder), last.get(holder), bare(element))
            mine.inside[part] = holder
        elif sides[SAYS] is Side.DRAFT:
            _say(mine, part, element)
        if part != FILE and sides[INSIDE] is Side.DRAFT and mine.inside[part] != holder:
            _move(mine.parts[part], _holder(mine, taken, holder))
            mine.inside[part] = holder
        if part != FILE and mine.inside[part] == holder:
            last[holder] = mine.parts[part]


def _holder(mine: Diagram, taken: _Taken, part: str) -> Any:
    if part not in taken or part not in mine.parts:
        raise Unmergeable()
    return mine.parts[part]


def _say(mine: Diagram, part: str, element: Any) -> None:
    old = mine.parts[part]
    if is_holder(old) and is_holder(element) and old.tag == element.tag:
        xml_parts.reattributed(old, element, is_part=lambda one: is_apart(one, one.getparent()))
    elif is_holder(old) or is_holder(element):
        raise Unmergeable()   # a step became a sub-process, or one a step: what stood in it has no place
    else:
        mine.parts[part] = xml_parts.set_in_place(old, bare(element))


def _move(element: Any, holder: Any) -> None:
    if element in (holder, *holder.iterancestors()):
        raise Unmergeable()
    holder.append(element)


def _set_flows(mine: Diagram, theirs: Diagram, taken: _Taken) -> None:
    for part in {*mine.flows, *theirs.flows}:
        side = taken.get(part, {}).get(WAYS_OUT)
        here = mine.flows.pop(part, {})
        if side is Side.IN_FORCE:
            mine.flows[part] = here
        else:
            place = next(iter(here.values())).getprevious() if here else mine.parts.get(part)
            for element in here.values():
                xml_parts.take_out(element)
            if side is Side.DRAFT:
                mine.flows[part] = _put_flows(mine.parts[part], place, theirs.flows.get(part, {}))
        for element in mine.flows.get(part, {}).values():
            if element.getparent() is not mine.parts[part].getparent():   # a flow stands where its source does
                mine.parts[part].getparent().append(element)


def _set_default(element: Any, flow: str | None) -> None:
    element.attrib.pop(DEFAULT, None)
    if flow is not None:
        element.set(DEFAULT, flow)


def _put_flows(source: Any, place: Any | None, flows: Mapping[str, Any]) -> dict[str, Any]:
    holder = source.getparent()
    place = place if place is not None and place.getparent() is holder else source
    made = {}
    for flow, element in flows.items():
        made[flow] = place = xml_parts.put_after(holder, place, element)
    return made


def _set_lanes(mine: Diagram, theirs: Diagram, taken: _Taken) -> None:
    wanted: dict[str, list[str]] = {}
    for part, sides in taken.items():
        for lane in (mine if sides.get(LANES) is Side.IN_FORCE else theirs).lanes.get(part, ()) if LANES in sides else ():
            wanted.setdefault(lane, []).append(part)
    for lane in [mine.parts[part] for part in mine.parts if part in taken and mine.parts[part].tag == _LANE]:
        _say_names(lane, REF, wanted.get(lane.get("id"), []))


def _set_wires(element: Any, part: str) -> None:
    """`incoming` and `outgoing` say what the flows beside it say."""
    flows = element.getparent().findall(FLOW)
    for wire, end in ((_OUTGOING, "sourceRef"), (_INCOMING, "targetRef")):
        _say_names(element, wire, [flow.get("id") for flow in flows if plain(flow.get(end)) == part])


def _say_names(element: Any, tag: str, names: list[str]) -> None:
    """The children of that tag name these, in any order: those there are keep their places."""
    there = {plain(one.text): one for one in element.findall(tag)}
    for name in there.keys() - set(names):
        xml_parts.take_out(there.pop(name))
    place = max((element.index(one) for one in element if one.tag in _AHEAD or one.tag == tag), default=-1)
    for name in names:
        if name not in there:
            place += 1
            made = element.makeelement(tag)
            made.text, made.tail = name, element[place - 1].tail if place else element.text
            element.insert(place, made)


def _set_drawing(mine: Diagram, theirs: Diagram, drawn: Mapping[str, Side]) -> None:
    for one, shape in mine.drawn.items():
        if one not in drawn or drawn[one] is Side.DRAFT and one not in theirs.drawn:
            xml_parts.take_out(shape)
    for one, side in drawn.items():
        if side is Side.DRAFT and one in theirs.drawn:
            if one in mine.drawn:
                xml_parts.set_in_place(mine.drawn[one], theirs.drawn[one])
            else:
                plane = mine.planes[plain(theirs.drawn[one].getparent().get("bpmnElement"))]
                xml_parts.put_after(plane, None, theirs.drawn[one])
