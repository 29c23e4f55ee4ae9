"""A scenario's file is edited where its values stand: what does not change stays letter by letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine import scenario_anew, table_scenario, toml_files, toml_places
from engine.scenario_file import Expected, Scenario, Step, read_scenario

FILE = b"""# Catatan di atas.
source = "rekaan"   # sumber

[start]
at = 2026-11-10T08:30:00+07:00
"as" = "intake_operator"
with = { note = "a, \\"b\\" ] }", more = [1, 2] }

[[step]]
open = [   # yang menunggu
  { task = "first", role = "companion", line = 1, due = 2026-11-10T09:00:00+07:00 },   # pertama
  { task = "second", role = "companion", due = 2026-11-10 10:00:00+07:00, item = { line_no = 2 } },
  { due = 2026-11-10T11:00:00+07:00, task = 'third', role = "companion" },
]
complete = "first"
as = "companion"
at = 2026-11-10T08:40:00+07:00
verdict = "late"
overrun = "PT5M"   # terlambat
with = { text = '''tiga
baris # bukan catatan''' }

# Di antara.
[[step]]
open = []
wait_until = 2026-11-11T08:00:00+07:00

[end]
completed = false
documents = ["F10", "F12"]
"""
STORY = read_scenario(FILE)
LATER = timedelta(minutes=10)
SHIPPED = sorted(Path(__file__).resolve().parents[2].glob("bpmn/*/*/scenarios/*.toml"))


def step(number: int, **other: object) -> Scenario:
    steps = list(STORY.steps)
    steps[number - 1] = replace(steps[number - 1], **other)  # type: ignore[arg-type]
    return replace(STORY, steps=tuple(steps))


def rows(*numbers: int, **other: object) -> tuple[Expected, ...]:
    """Some rows of the first inbox, the first of them otherwise."""
    found = [(STORY.steps[0].expected or ())[number - 1] for number in numbers]
    return (replace(found[0], **other), *found[1:]) if found else ()  # type: ignore[arg-type]


NEW = Expected(task="fourth", role="case_manager", due=STORY.at + LATER, item={"line_no": 3})
CASES = {
    "a due": (step(1, expected=rows(1, 2, 3, due=STORY.at + LATER)), 1),
    "a due less": (step(1, expected=rows(1, 2, 3, due=None)), 1),
    "the first key of a row less": (step(1, expected=(*rows(1, 2), *rows(3, due=None))), 1),
    "a role": (step(1, expected=rows(1, 2, 3, role="supervisor")), 1),
    "the first row less": (step(1, expected=rows(2, 3)), 1),
    "two rows in the middle and at the end less": (step(1, expected=rows(1)), 3),
    "no row left": (step(1, expected=()), 5),
    "another row": (step(1, expected=(*rows(1, 2, 3), NEW)), 1),
    "one row for another": (step(1, expected=(*rows(1, 2), NEW)), 2),
    "a row where there was none": (step(2, expected=(replace(NEW, due=None),)), 1),
    "who does it": (step(1, role="supervisor"), 1),
    "on time after all": (step(1, verdict="on_time", overrun=None), 2),
    "another overrun": (step(1, overrun=timedelta(minutes=15)), 1),
    "who begins": (replace(STORY, role="companion"), 1),
    "the end": (replace(STORY, end={"completed": True, "documents": ["F10"]}), 2),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_seen_takes_the_place_of_what_is_written_and_nothing_else_moves(name: str) -> None:
    seen, lines = CASES[name]
    anew = scenario_anew.written_anew(FILE, STORY, seen)
    assert anew.is_kept_whole and read_scenario(anew.data) == seen
    before, after = FILE.splitlines(), anew.data.splitlines()
    assert len([line for line in before if line not in after]) == lines
    assert b"# Catatan di atas." in after and b"# Di antara." in after


MORE = Step(expected=(NEW,), complete="fourth", role="case_manager", at=STORY.at + LATER, submission={"text": "baru"})
IN_AND_OUT = {
    "put in before the first": ((MORE, *STORY.steps), (None, 0, 1), 0),
    "put in between": ((STORY.steps[0], MORE, STORY.steps[1]), (0, None, 1), 0),
    "two behind the last": ((*STORY.steps, MORE, MORE), (0, 1, None, None), 0),
    "the first left out": (STORY.steps[1:], (1,), 13),
    "the last left out": (STORY.steps[:1], (0,), 3),
    "one for another at the end": ((STORY.steps[0], MORE), (0, None), 3),
    "one for another at the beginning": ((MORE, STORY.steps[1]), (None, 1), 13),
    "all left out": ((), (), 17),
}


@pytest.mark.parametrize("name", IN_AND_OUT)
def test_whole_steps_are_put_in_and_left_out_and_the_others_stay(name: str) -> None:
    steps, numbers, lines = IN_AND_OUT[name]
    seen = replace(STORY, steps=steps)
    anew = scenario_anew.written_anew(FILE, STORY, seen, numbers)
    assert anew.is_kept_whole and read_scenario(anew.data) == seen
    after = anew.data.splitlines()
    assert len(FILE.splitlines()) - len([line for line in FILE.splitlines() if line in after]) <= lines and b"# Catatan di atas." in after
    assert (b"# Di antara." in after) is (1 in numbers), "its notes go with a step"


def test_a_step_with_tables_of_its_own_is_left_out_whole() -> None:
    text = FILE.replace(b"[end]", b"[step.item]\nline_no = 2\n\n[end]")
    told = read_scenario(text)
    anew = scenario_anew.written_anew(text, told, replace(told, steps=told.steps[:1]), (0,))
    assert anew.is_kept_whole and b"step.item" not in anew.data


def test_a_row_gets_a_due_it_had_not() -> None:
    without = FILE.replace(b", due = 2026-11-10T09:00:00+07:00 }", b" }")
    anew = scenario_anew.written_anew(without, read_scenario(without), STORY)
    assert anew.is_kept_whole and read_scenario(anew.data) == STORY


@pytest.mark.parametrize("inline", [
    b"source = 'x'\nstart = { at = 2026-11-10T08:30:00+07:00, as = 'a' }\nstep = [ { complete = 't', as = 'a', verdict = 'late' } ]\n",
    b"source = 'x'\nstart.at = 2026-11-10T08:30:00+07:00\nstart.as = 'a'\n[[step]]\ncomplete = 't'\nas = 'a'\nverdict = 'late'\n",
])
def test_however_a_file_is_written_the_story_comes_out_as_seen(inline: bytes) -> None:
    told = read_scenario(inline)
    seen = replace(told, role="b", steps=(Step(complete="t", role="c", verdict=None),))
    anew = scenario_anew.written_anew(inline, told, seen)
    assert read_scenario(anew.data) == seen and not anew.is_kept_whole, "nothing is written that was not read back"
    other = replace(told, steps=(replace(told.steps[0], role="c", verdict="on_time"),))
    assert scenario_anew.written_anew(inline, told, other).is_kept_whole


@pytest.mark.parametrize(("written", "anew", "is_kept"), [
    ("with = { a = 1, b = 'x' }   # catatan", "with = { a = 2, b = 'x', c = \"baru\" }   # catatan", True),
    ("with = { a = 1 }\nverdict = 'late'", "with = { a = 2, c = \"baru\" }\nverdict = 'late'", True),
    ("with = {}", "with = { a = 2, c = \"baru\" }", True),
    ("verdict = 'late'   # catatan", "verdict = 'late'\nwith = { a = 2, c = \"baru\" }   # catatan", True),
    ("with.a = 1", "", False),
    ("[step.with]\na = 1", "", False),
])
def test_answers_are_others_and_more(written: str, anew: str, is_kept: bool) -> None:
    head = "source = 'x'   # catatan\n[start]\nat = 2026-11-10T08:30:00+07:00\nas = 'a'\n"
    for place, before in (("step", f"{head}[[step]]\ncomplete = 't'\nas = 'a'\n"), ("start", head)):
        old = f"{before}{written}\n".replace("[step.with]", f"[{place}.with]")
        if place == "start":
            old, anew = old.replace("verdict = 'late'", "business_key = 'k'"), anew.replace("verdict = 'late'", "business_key = 'k'")
        told = read_scenario(old.encode())
        submission = {**(told.submission if place == "start" else told.steps[0].submission), "a": 2, "c": "baru"}
        seen = replace(told, submission=submission) if place == "start" else replace(
            told, steps=(replace(told.steps[0], submission=submission),))
        found = scenario_anew.written_anew(old.encode(), told, seen)
        assert read_scenario(found.data) == seen and found.is_kept_whole is is_kept
        assert not is_kept or found.data.decode() == f"{before}{anew}\n"


@pytest.mark.parametrize(("left", "anew"), [
    ("b", "{ b = 2, c = [3, 4] }"), ("c", "{ a = 1, c = [3, 4] }"), ("a", "{ a = 1, b = 2 }"), ("", "{ b = 2, n = 5 }")])
def test_an_answer_that_is_gone_leaves_its_neighbours(left: str, anew: str) -> None:
    text = "source = 'x'\nstart = { at = 2026-11-10T08:30:00+07:00, as = 'a', with = { a = 1, b = 2, c = [3, 4] } }   # catatan\n"
    told, gone = read_scenario(text.encode()), {"b": "a", "c": "b", "a": "c", "": "ac"}[left]
    seen = replace(told, submission={key: value for key, value in told.submission.items() if key not in gone} | ({} if left else {"n": 5}))
    assert scenario_anew.written_anew(text.encode(), told, seen).data.decode() == text.replace("{ a = 1, b = 2, c = [3, 4] }", anew)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_is_found_its_way_in(path: Path) -> None:
    data = path.read_bytes()
    read, tables = toml_files.read_toml(data), toml_places.tables(data.decode())
    if table_scenario.asks_tables(data):
        assert sum(table.header == "decide" for table in tables) == len(read["decide"])
        return
    story = read_scenario(data)
    seen = replace(story, steps=tuple(replace(step, expected=None if step.expected is None else tuple(
        replace(row, due=None if row.due is None else row.due + LATER) for row in step.expected)) for step in story.steps))
    anew = scenario_anew.written_anew(data, story, seen)
    assert anew.is_kept_whole and read_scenario(anew.data) == seen


def test_instants_keep_the_clock_they_are_written_by() -> None:
    utc = datetime.fromisoformat("2026-11-10T02:10:00+00:00")
    anew = scenario_anew.written_anew(FILE, STORY, step(1, expected=rows(1, 2, 3, due=utc)))
    assert b"due = 2026-11-10T09:10:00+07:00" in anew.data
