"""A scenario's file with what was seen in the place of what is written. Values are edited where they stand: notes and order stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine import errors, scenario_writing, toml_edits, toml_places
from engine.scenario_file import Expected, Scenario, Step, read_scenario
from engine.toml_edits import Edit
from engine.toml_places import Entry, Place
from engine.types import Value

_JUDGED = ("verdict", "handling_verdict", "overrun")


@dataclass(frozen=True, kw_only=True)
class Anew:
    """The file. `is_kept_whole`: nothing else in it changed; else it is written as the product writes stories, without notes."""

    data: bytes
    is_kept_whole: bool


def written_anew(data: bytes, old: Scenario, new: Scenario, steps: Sequence[int | None] | None = None) -> Anew:
    """The file of story `old` as that of story `new`, which differs from it in expectations, answers, and in steps: `steps` names for each
    of its steps which of the old ones it is, counted from 0, None for one put in. Without it they are the same ones."""
    try:
        text = data.decode("utf-8-sig")
        edits = _edits(text, old, new, range(len(old.steps)) if steps is None else steps)
        edited = toml_edits.applied(text, list(edits)).encode("utf-8")
        if read_scenario(edited) == new:
            return Anew(data=edited, is_kept_whole=True)
    except (KeyError, ValueError, IndexError, RecursionError, errors.EngineError):
        pass   # a way of writing it that is not looked for: the whole file is written
    return Anew(data=scenario_writing.written(new), is_kept_whole=False)


def _edits(text: str, old: Scenario, new: Scenario, steps: Sequence[int | None]) -> Iterator[Edit]:
    tables = toml_places.tables(text)
    top, named = tables[0].entries, {table.header: table.entries for table in tables}
    places = [table.entries for table in tables if (table.header, table.is_one_of_many) == ("step", True)] or [
        place.entries for place in (top["step"].value.items if "step" in top else ())]
    if (new.role, new.submission) != (old.role, old.submission):
        start = top["start"].value.entries if "start" in top else named["start"]
        yield from _of_start(start, old, new, parted_by=", " if "start" in top else "\n")
    for number, after in zip(steps, new.steps, strict=True):
        if number is not None and old.steps[number] != after:
            yield from _of_step(text, places[number], old.steps[number], after)
    if list(steps) != list(range(len(old.steps))):
        yield from _in_and_out(text, len(old.steps), new, steps)
    end = top["end"].value.entries if "end" in top else named.get("end", {})
    for key, value in new.end.items():
        if value != old.end[key]:
            yield toml_edits.set_to(end[key].value, value)


def _of_start(entries: Mapping[str, Entry], old: Scenario, new: Scenario, *, parted_by: str) -> Iterator[Edit]:
    if new.role != old.role:
        yield toml_edits.set_to(entries["as"].value, new.role)
    if new.submission != old.submission:
        yield from _of_submission(entries, old.submission, new.submission, parted_by=parted_by)


def _in_and_out(text: str, count: int, new: Scenario, steps: Sequence[int | None]) -> Iterator[Edit]:
    """Whole steps: those that are left out, and those put in before a step that stays, or behind the last."""
    blocks = toml_places.blocks(text, "step")
    out = set(range(count)) - set(steps)
    yield from (toml_edits.without_block(text, blocks[each]) for each in out)
    put_in = list[str]()
    for number, step in zip(steps, new.steps, strict=True):
        if number is None:
            put_in.append(scenario_writing.step_text(step))
        elif put_in:
            yield _before(blocks[number], put_in)
            put_in = []
    if put_in:
        yield _before(blocks[-1], put_in) if count - 1 in out else Edit(
            blocks[-1].end, blocks[-1].end, "".join(f"\n{one}\n" for one in put_in))


def _before(block: Place, steps: Sequence[str]) -> Edit:
    return Edit(block.start, block.start, "".join(f"{one}\n\n" for one in steps))


def _of_step(text: str, entries: Mapping[str, Entry], before: Step, after: Step) -> Iterator[Edit]:
    if before.role != after.role:
        yield toml_edits.set_to(entries["as"].value, after.role)
    for name in _JUDGED:
        key = name if name in entries else name.removesuffix("_verdict")   # `handling` is its short name
        value = getattr(after, name)
        if value == getattr(before, name):
            continue
        yield toml_edits.set_to(entries[key].value, value) if value is not None else toml_edits.without_line(text, entries[key])
    if before.submission != after.submission:
        yield from _of_submission(entries, before.submission, after.submission, parted_by="\n")
    if before.expected != after.expected:
        yield from _of_inbox(text, entries["open"].value, before.expected or (), after.expected or ())


def _of_submission(
    entries: Mapping[str, Entry], before: Mapping[str, Value], after: Mapping[str, Value], *, parted_by: str,
) -> Iterator[Edit]:
    """Answers that are others or gone, and those that are new behind the last; `parted_by` stands between two entries of their table."""
    new = {key: value for key, value in after.items() if key not in before}
    if "with" not in entries or not before:
        place = entries["with"].value if "with" in entries else None
        end = max(entry.value.end for entry in entries.values())
        text = scenario_writing.value_text(new)
        yield Edit(place.start, place.end, text) if place is not None else Edit(end, end, f"{parted_by}with = {text}")
        return
    answers = entries["with"].value.entries
    for key, value in after.items():
        if key in before and value != before[key]:
            yield toml_edits.set_to(answers[key].value, value)
    yield from toml_edits.only([toml_edits.whole(entry) for entry in answers.values()],
                               [toml_edits.whole(entry) for key, entry in answers.items() if key in after])
    if new:
        end = max(entry.value.end for entry in answers.values())
        yield Edit(end, end, f", {scenario_writing.value_text(new).strip('{ }')}")


def _of_inbox(text: str, array: Place, before: Sequence[Expected], after: Sequence[Expected]) -> Iterator[Edit]:
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
        yield from toml_edits.only(array.items, kept)
        yield Edit(kept[-1].end, kept[-1].end, rows)
    else:
        yield Edit(array.start + 1, array.end - 1, rows.removeprefix(",").lstrip(" "))


def _of_row(text: str, place: Place, before: Expected, after: Expected) -> Iterator[Edit]:
    if before.role != after.role:
        yield toml_edits.set_to(place.entries["role"].value, after.role)
    if before.due == after.due:
        return
    if after.due is None:
        yield from toml_edits.only([toml_edits.whole(entry) for entry in place.entries.values()],
                                   [toml_edits.whole(entry) for key, entry in place.entries.items() if key != "due"])
    elif before.due is None:
        end = max(entry.value.end for entry in place.entries.values())
        yield Edit(end, end, f", due = {scenario_writing.value_text(after.due)}")
    else:
        yield toml_edits.set_to(place.entries["due"].value, after.due.astimezone(before.due.tzinfo))


def _row(text: str, array: Place, row: Expected) -> str:
    """One more row, with the comma before it; on a line of its own where the others have one."""
    before = text[array.start + 1:array.items[0].start] if array.items else ""
    said = {"task": row.task, "role": row.role, "due": row.due, "item": row.item or None}
    return f",{before if before.isspace() and chr(10) in before else ' '}{scenario_writing.value_text(said)}"
