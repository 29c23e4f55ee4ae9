"""Another time standard for a step, written into the diagram's bytes: every byte that does not say the time stays as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from engine import calendars, definitions, durations, errors
from engine.bundle import SopBundle
from engine.definitions import Definition
from engine.model import Node
from engine.safe_xml import BPMN
from engine.types import ClockKind, TimeStandard

SOP = "urn:sop:bpmn:1"
LONGEST_WORDING = 100
#: The clocks a person may choose for a length; "the same day" has none.
COUNTED = (ClockKind.WORKING_MINUTES, ClockKind.WORKING_DAYS, ClockKind.ELAPSED)


def standard_of(definition: Definition, element_id: str) -> Node | None:
    """The boundary timer that carries the step's time standard with a length written out; None: there is none to edit."""
    process = definition.processes[definition.process_of(element_id)]
    return next((node for node in definitions.nodes_of(process)
                 if node.attached_to == element_id and node.standard is not None and node.events
                 and node.events[0].timer_kind == "timeDuration" and not (node.events[0].timer_text or "=").startswith("=")), None)


def with_time(bundle: SopBundle, element_id: str, standard: TimeStandard) -> SopBundle:
    """The bundle with another time standard on a step that has one: length, clock, printed wording.

    The standard no longer names the clause of the source it was printed in: that one says another time.

    Raises:
        UnknownElement: there is no such step, or it has no time standard drawn.
        InvalidSubmission: the length does not fit its clock, or the wording is none.
    """
    definition = definitions.load(bundle)
    timer = standard_of(definition, element_id)
    if timer is None:
        raise errors.UnknownElement(element_id=element_id)
    _check(standard)
    path = definition.processes[definition.process_of(element_id)].file
    return SopBundle.from_files({**bundle.files, path: _written(bundle.files[path], timer, standard)})


def _check(standard: TimeStandard) -> None:
    try:
        read = durations.parse_duration(standard.duration)
        calendars.read_standard(standard)
        fits = not read.is_zero and standard.clock in COUNTED
    except durations.InvalidDuration:
        fits = False
    if not fits:
        raise errors.InvalidSubmission({"amount": ("Isi angka lebih dari nol yang cocok dengan jenis jamnya.",
                                                   "Enter a number above zero that fits the kind of clock.")})
    if not 1 <= len(standard.text.strip()) <= LONGEST_WORDING or not standard.text.isprintable():
        raise errors.InvalidSubmission({"wording": ("Tulis bunyi waktunya, misalnya “30 menit”; paling banyak 100 huruf.",
                                                    "Write the wording, such as “30 menit”; at most 100 characters.")})


@dataclass
class _Found:
    """Where in the bytes the timer says its time: spans of start tags, and of the text between two tags."""

    event: tuple[int, int] | None = None
    standard: tuple[int, int] | None = None
    length: tuple[int, int] | None = None
    inside: list[str] = field(default_factory=list)


def _written(data: bytes, timer: Node, standard: TimeStandard) -> bytes:
    raw = data.decode("utf-8").encode("utf-8") if _is_utf8(data) else b""
    found = _find(raw, timer.id) if raw else _Found()
    if found.event is None or found.standard is None or found.length is None:
        raise errors.InvalidSubmission({"amount": ("Berkas diagram ini bukan UTF-8; simpan ulang sebagai UTF-8.",
                                                   "This diagram is not UTF-8; save it again as UTF-8.")})
    assert timer.standard is not None
    edits = [(found.length, escape(standard.duration).encode()),
             (found.standard, _tag(raw[slice(*found.standard)], clock=standard.clock.value, text=standard.text.strip(), clause=None))]
    if timer.name == timer.standard.text:   # what is drawn beside the event is the wording
        edits.append((found.event, _tag(raw[slice(*found.event)], name=standard.text.strip())))
    for (start, end), words in sorted(edits, reverse=True):
        raw = raw[:start] + words + raw[end:]
    return raw


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _find(raw: bytes, timer_id: str) -> _Found:
    """The bytes passed the guards of `safe_xml` when the definition was loaded."""
    found = _Found()
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, attributes: dict[str, str]) -> None:
        here = parser.CurrentByteIndex
        tag = (here, here + _length_of_tag(raw, here))
        if name == f"{BPMN} boundaryEvent" and attributes.get("id") == timer_id:
            found.event = tag
            found.inside.append(name)
        elif found.inside:
            found.inside.append(name)
            if name == f"{SOP} standard":
                found.standard = tag
            elif name == f"{BPMN} timeDuration":
                found.length = (tag[1], tag[1])

    def end(name: str) -> None:
        if found.inside:
            found.inside.pop()
            if name == f"{BPMN} timeDuration" and found.length is not None:
                found.length = (found.length[0], parser.CurrentByteIndex)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(raw, True)
    return found


def _length_of_tag(raw: bytes, start: int) -> int:
    """Up to the `>` that ends a start tag: one inside quotes does not."""
    found = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""").match(raw, start)
    return found.end() - start if found else 0


def _tag(tag: bytes, **attributes: str | None) -> bytes:
    """A start tag with other values of some attributes; None takes one away. The rest stays byte by byte."""
    for name, value in attributes.items():
        found = re.search(rb"""\s+%s\s*=\s*("[^"]*"|'[^']*')""" % name.encode(), tag)
        written = b"" if value is None else f" {name}={quoteattr(value)}".encode()
        start, end = found.span() if found else (len(tag.rstrip(b"/> \t\r\n")),) * 2
        tag = tag[:start] + written + tag[end:]
    return tag
