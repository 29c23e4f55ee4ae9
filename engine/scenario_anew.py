"""A scenario's file with what was seen in the place of what is written. Values are edited where they stand: notes and order stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine import errors, scenario_writing, toml_places
from engine.scenario_file import Expected, Scenario, Step, read_scenario
from engine.toml_places import Entry, Place

_JUDGED = ("verdict", "handling_verdict", "overrun")


@dataclass(frozen=True, kw_only=True)
class Anew:
    """The file. `is_kept_whole`: nothing else in it changed; else it is written as the product writes stories, without notes."""

    data: bytes
    is_kept_whole: bool


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


def written_anew(data: bytes, old: Scenario, new: Scenario) -> Anew:
    """The file of story `old` as that of story `new`, which differs from it in expectations alone."""
    try:
        text = data.decode("utf-8-sig")
        edited = _applied(text, list(_edits(text, old, new))).encode("utf-8")
        if read_scenario(edited) == new:
            return Anew(data=edited, is_kept_whole=True)
    except (KeyError, ValueError, IndexError, RecursionError, errors.EngineError):
        pass   # a way of writing it that is not looked for: the whole file is written
    return Anew(data=scenario_writing.written(new), is_kept_whole=False)


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    for edit in sorted(edits, key=lambda each: (each.start, each.end), reverse=True):
        text = text[:edit.start] + edit.text + text[edit.end:]
    return text


def _edits(text: str, old: Scenario, new: Scenario) -> Iterator[_Edit]:
    tables = toml_places.tables(text)
    top, named = tables[0].entries, {table.header: table.entries for table in tables}
    steps = [table.entries for table in tables if (table.header, table.is_one_of_many) == ("step", True)] or [
        place.entries for place in (top["step"].value.items if "step" in top else ())]
    if new.role != old.role:
        start = top["start"].value.entries if "start" in top else named["start"]
        yield _set(start["as"].value, new.role)
    for entries, before, after in zip(steps, old.steps, new.steps, strict=True):
        if before != after:
            yield from _of_step(text, entries, before, after)
    end = top["end"].value.entries if "end" in top else named.get("end", {})
    for key, value in new.end.items():
        if value != old.end[key]:
            yield _set(end[key].value, value)


def _of_step(text: str, entries: Mapping[str, Entry], before: Step, after: Step) -> Iterator[_Edit]:
    if before.role != after.role:
        yield _set(entries["as"].value, after.role)
    for name in _JUDGED:
        key = name if name in entries else name.removesuffix("_verdict")   # `handling` is its short name
        value = getattr(after, name)
        if value == getattr(before, name):
            continue
        yield _set(entries[key].value, value) if value is not None else _without_line(text, entries[key])
    if before.expected != after.expected:
        yield from _of_inbox(text, entries["open"].value, before.expected or (), after.expected or ())


def _of_inbox(text: str, array: Place, before: Sequence[Expected], after: Sequence[Expected]) -> Iterator[_Edit]:
    """Rows that stay keep their order; those that are new stand last."""
    left, kept = list(after), list[Place]()
    for place, row in zip(array.items, before, strict=True):
        seen = next((each for each in left if (each.task, each.item) == (row.task, row.item)), None)
        if seen is None:
            continue
        left.remove(seen)
        kept.append(place)
        if seen != row:
            yield from _of_row(text, place, row, seen)
    rows = "".join(_row(text, array, row) for row in left)
    if kept:
        yield from _only(array.items, kept)
        yield _Edit(kept[-1].end, kept[-1].end, rows)
    else:
        yield _Edit(array.start + 1, array.end - 1, rows.removeprefix(",").lstrip(" "))


def _of_row(text: str, place: Place, before: Expected, after: Expected) -> Iterator[_Edit]:
    if before.role != after.role:
        yield _set(place.entries["role"].value, after.role)
    if before.due == after.due:
        return
    if after.due is None:
        yield from _only([_whole(entry) for entry in place.entries.values()],
                         [_whole(entry) for key, entry in place.entries.items() if key != "due"])
    elif before.due is None:
        end = max(entry.value.end for entry in place.entries.values())
        yield _Edit(end, end, f", due = {scenario_writing.value_text(after.due)}")
    else:
        yield _set(place.entries["due"].value, after.due.astimezone(before.due.tzinfo))


def _row(text: str, array: Place, row: Expected) -> str:
    """One more row, with the comma before it; on a line of its own where the others have one."""
    before = text[array.start + 1:array.items[0].start] if array.items else ""
    said = {"task": row.task, "role": row.role, "due": row.due, "item": row.item or None}
    return f",{before if before.isspace() and chr(10) in before else ' '}{scenario_writing.value_text(said)}"


def _set(place: Place, value: object) -> _Edit:
    return _Edit(place.start, place.end, scenario_writing.value_text(value))


def _whole(entry: Entry) -> Place:
    return Place(start=entry.start, end=entry.value.end)


def _only(items: Sequence[Place], kept: Sequence[Place]) -> Iterator[_Edit]:
    """Several values without those that are not kept, nor the commas that part them from their neighbours."""
    for number, place in enumerate(items):
        if place in kept:
            continue
        if place.start < kept[0].start:
            yield _Edit(place.start, items[number + 1].start, "")
        else:
            yield _Edit(items[number - 1].end, place.end, "")


def _without_line(text: str, entry: Entry) -> _Edit:
    start = text.rfind("\n", 0, entry.start) + 1
    end = text.find("\n", entry.value.end)
    return _Edit(start, len(text) if end < 0 else end + 1, "")
