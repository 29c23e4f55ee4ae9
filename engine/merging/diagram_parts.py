"""Diagrams merged element by element: what a step says, where it stands, whose lane it is in, what leaves it, how it is drawn.

What leaves a step is one part: two sides that each drew a way on would otherwise start both. So is the drawing of whatever both
moved. Where the outcome does not hold together (an element gone that only one side still needs), the diagrams stand against each
other as wholes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from engine.merging import diagram_read, diagram_write, xml_parts
from engine.merging.diagram_read import INSIDE, LANES, WAYS_OUT, Diagram
from engine.merging.weighing import Side, Unmergeable, Weighing
from engine.safe_xml import BPMN
from engine.types import Text

_DRAWING = "#drawing"
_XSD = "http://www.w3.org/2001/XMLSchema"
_WORDS = {INSIDE: ("letaknya dalam subproses", "the sub-process it stands in"), LANES: ("pelaksananya (lajur)", "who does it (lane)"),
          WAYS_OUT: ("alur yang keluar darinya", "the flows that leave it")}


def merged(weighing: Weighing, base: bytes, in_force: bytes, draft: bytes) -> bytes:
    """The diagram of the version in force with what is taken of the draft drawn into it. Raises `Unmergeable`."""
    was, mine, theirs = (diagram_read.read(xml_parts.read(each, weighing.file)) for each in (base, in_force, draft))
    if mine.planes.keys() != theirs.planes.keys() or _prefixes(theirs) - _prefixes(mine):
        raise Unmergeable()
    weighing.title = partial(_title, {**was.names(), **theirs.names(), **mine.names()})
    taken = weighing.sides(was.records(), mine.records(), theirs.records())
    left = {*taken, *(flow for part, sides in taken.items() if WAYS_OUT in sides
                      for flow in (mine if sides[WAYS_OUT] is Side.IN_FORCE else theirs).flows.get(part, ()))}
    drawn = _drawn(weighing, was, mine, theirs, left)
    diagram_write.write(mine, theirs, taken, drawn)
    diagram_write.refuse_loose_ends(mine.root, gone=(was.ids() | mine.ids() | theirs.ids()) - left)
    return xml_parts.written(mine.root)


def _drawn(weighing: Weighing, was: Diagram, mine: Diagram, theirs: Diagram, left: set[str]) -> dict[str, Side]:
    """Whose drawing is taken for each element that is left; where both moved some, one side's for all of them."""
    taken, moved = dict[str, Side](), list[str]()
    known, ids_mine, ids_theirs = was.ids(), mine.ids(), theirs.ids()
    for one in sorted(left):
        before, here, there = (xml_parts.says(each.drawn[one]) if one in each.drawn else None for each in (was, mine, theirs))
        if one not in ids_theirs or here == there or there == before and one in ids_mine:
            taken[one] = Side.IN_FORCE
        elif one not in ids_mine or here == before and one in known:
            taken[one] = Side.DRAFT
        else:
            moved.append(one)
    if moved:
        side = weighing.side(_DRAWING, "", *({one: _place(each, one) for one in moved} for each in (was, mine, theirs)))
        taken |= dict.fromkeys(moved, side)
    return taken


def _place(diagram: Diagram, element_id: str) -> str:
    """Where it is drawn, in the diagram's own measure."""
    said = xml_parts.says(diagram.drawn[element_id]) if element_id in diagram.drawn else {}
    return " ".join(value for where, value in said.items() if where.endswith(("@x", "@y", "@width", "@height")))


def _prefixes(diagram: Diagram) -> set[tuple[str | None, str]]:
    """What values may name by a prefix: it must mean the same in both files."""
    return {(prefix, name) for prefix, name in diagram.root.nsmap.items() if name in (BPMN, _XSD)}


def _title(names: Mapping[str, str], part: str, name: str) -> Text:
    if part == diagram_read.FILE:
        return Text("Diagram", "Diagram")
    if part == _DRAWING:
        return Text("Letak pada gambar", "Places in the drawing")
    about = _WORDS.get(name)
    called = names.get(part, part)
    return Text(f"“{called}”: {about[0]}", f"“{called}”: {about[1]}") if about else Text(f"“{called}”", f"“{called}”")
