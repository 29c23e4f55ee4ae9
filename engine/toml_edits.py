"""Values of a TOML file changed where they stand (`engine.toml_places`): what no edit touches stays letter by letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine import scenario_writing
from engine.toml_places import Entry, Place


@dataclass(frozen=True)
class Edit:
    """The text from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all of them. What is put in where something goes stands before what is left."""
    for edit in sorted(edits, key=lambda each: (each.start, each.end), reverse=True):
        text = text[:edit.start] + edit.text + text[edit.end:]
    return text


def set_to(place: Place, value: object) -> Edit:
    """Another value."""
    return Edit(place.start, place.end, scenario_writing.value_text(value))


def whole(entry: Entry) -> Place:
    """A key and its value as one."""
    return Place(start=entry.start, end=entry.value.end)


def only(items: Sequence[Place], kept: Sequence[Place]) -> Iterator[Edit]:
    """Several values without those that are not kept, nor the commas that part them from their neighbours."""
    for number, place in enumerate(items):
        if place in kept:
            continue
        if place.start < kept[0].start:
            yield Edit(place.start, items[number + 1].start, "")
        else:
            yield Edit(items[number - 1].end, place.end, "")


def without_line(text: str, entry: Entry) -> Edit:
    """No such key, nor what stands behind it on its line."""
    start = text.rfind("\n", 0, entry.start) + 1
    end = text.find("\n", entry.value.end)
    return Edit(start, len(text) if end < 0 else end + 1, "")


def without_block(text: str, block: Place) -> Edit:
    """No such table, nor the empty lines that part it from the next."""
    rest = text[block.end:]
    return Edit(block.start, block.end + len(rest) - len(rest.lstrip("\r\n")), "")
