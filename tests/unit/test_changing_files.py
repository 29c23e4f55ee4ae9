"""A time written into a diagram leaves every other byte alone; what somebody sends is completed from what there was."""

from __future__ import annotations

import difflib
import functools
from pathlib import Path

import pytest

from engine import definitions, draft_files, errors, time_edit
from engine.bundle import SopBundle
from engine.types import ClockKind, TimeStandard

DIAGRAM = "pengelolaan-kasus.bpmn"
STEP = "coordinate_provider"


@functools.cache
def bundle() -> SopBundle:
    return SopBundle.from_dir(Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus")


def standard(duration: str = "PT30M", text: str = "30 menit", clock: ClockKind = ClockKind.WORKING_MINUTES) -> TimeStandard:
    return TimeStandard(duration=duration, clock=clock, text=text)


def test_only_the_lines_that_say_the_time_change() -> None:
    changed = time_edit.with_time(bundle(), STEP, standard())
    assert {path for path in bundle().files if bundle().files[path] != changed.files[path]} == {DIAGRAM}
    lines = [line for line in difflib.ndiff(bundle().files[DIAGRAM].decode().splitlines(), changed.files[DIAGRAM].decode().splitlines())
             if line[0] in "+-"]
    assert [line[0] for line in lines].count("+") == 3 == [line[0] for line in lines].count("-")
    assert all("overdue" in line or "sop:standard" in line or "timeDuration" in line for line in lines)
    back = time_edit.with_time(changed, STEP, standard("PT40M", "40 menit")).files[DIAGRAM]
    assert back == bundle().files[DIAGRAM].replace(b'text="40 menit" clause="kalbar.r2.waktu" />', b'text="40 menit" />')


def test_the_definition_then_says_it_and_names_no_clause_that_says_otherwise() -> None:
    days = standard("P2D", '2 "hari" <kerja> & lagi', ClockKind.WORKING_DAYS)
    timer = time_edit.standard_of(definitions.load(time_edit.with_time(bundle(), STEP, days)), STEP)
    assert timer is not None and timer.standard is not None
    assert (timer.events[0].timer_text, timer.standard.clock, timer.standard.text, timer.name, timer.standard.clause) == (
        "P2D", "working_days", '2 "hari" <kerja> & lagi', '2 "hari" <kerja> & lagi', "")


def test_a_name_that_is_not_the_wording_stays() -> None:
    files = {**bundle().files, DIAGRAM: bundle().files[DIAGRAM].replace(b'overdue" name="40 menit"', b'overdue" name="Terlambat > baku"')}
    changed = time_edit.with_time(SopBundle.from_files(files), STEP, standard()).files[DIAGRAM]
    assert b'name="Terlambat > baku"' in changed and b">PT30M<" in changed


@pytest.mark.parametrize("wrong", [
    standard("PT0M"), standard("30 menit"), standard("P1M"), standard("P5D"), standard("PT2H", "2 jam", ClockKind.SAME_DAY), standard(text=" "),
    standard(text="x" * 101), standard(text="30\nmenit"),
])
def test_what_is_no_time_is_refused(wrong: TimeStandard) -> None:
    with pytest.raises(errors.InvalidSubmission):
        time_edit.with_time(bundle(), STEP, wrong)


@pytest.mark.parametrize("step", ["deliver_intervention", "tidak_ada"])
def test_a_step_without_a_time_to_change_is_refused(step: str) -> None:
    with pytest.raises(errors.UnknownElement):
        time_edit.with_time(bundle(), step, standard())


def test_one_diagram_takes_the_place_of_the_one_there_is() -> None:
    whole = draft_files.completed(SopBundle.from_files({"baru.bpmn": b"<x/>"}), bundle().files)
    assert whole.files == {**bundle().files, DIAGRAM: b"<x/>"}


def test_a_folder_brings_along_what_it_borrowed_and_nothing_it_left_out() -> None:
    own = {path: data for path, data in bundle().files.items() if not path.startswith("uses/") and path != "butir-layanan.dmn"}
    assert len(own) < len(bundle().files) - 1, "the SOP borrows from other folders"
    whole = draft_files.completed(SopBundle.from_files(own), bundle().files)
    assert whole.files.keys() == bundle().files.keys() - {"butir-layanan.dmn"}


def test_one_of_several_diagrams_must_say_which() -> None:
    before = {"a.bpmn": b"<a/>", "b.bpmn": b"<b/>", "sop.toml": b""}
    assert draft_files.completed(SopBundle.from_files({"b.bpmn": b"<c/>"}), before).files["b.bpmn"] == b"<c/>"
    with pytest.raises(errors.InvalidSubmission):
        draft_files.completed(SopBundle.from_files({"c.bpmn": b"<c/>"}), before)
