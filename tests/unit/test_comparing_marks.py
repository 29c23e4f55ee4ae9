"""Where a change is seen in the drawings of both versions: elements, lines, lanes, and the processes that are called."""

from __future__ import annotations

import functools

from engine import comparing, comparing_marks, definitions, drawings
from tests.edits.draft import Draft, Stroke, lead, leave, rename, shipped, when, write

KALBAR = "kalbar/pengelolaan-kasus"
CALLED = "common_tanggap_darurat"


@functools.cache
def before() -> definitions.Definition:
    return definitions.load(shipped(KALBAR))


def marks(*strokes: Stroke) -> tuple[dict[str, str], dict[str, str]]:
    """Of the old drawing, and of the new one."""
    draft = Draft(KALBAR)
    for stroke in strokes:
        stroke(draft)
    old, new = before(), definitions.load(draft.bundle())
    changes = comparing.compare(old, new)
    return (dict(comparing_marks.marks(old, new, changes, lone=comparing_marks.REMOVED)),
            dict(comparing_marks.marks(new, old, changes, lone=comparing_marks.ADDED)))


def test_a_gate_that_goes_is_marked_as_gone_and_so_are_its_lines():
    old, new = marks(leave("record_consent"))
    assert old["record_consent"] == old["is_consent_there__record_consent"] == "removed"
    assert "added" in new.values() and "removed" not in {mark for key, mark in new.items() if key not in old}


def test_a_line_is_the_same_that_joins_the_same_elements():
    old, new = marks(lead("is_report_in_order__receive_completion_report", "check_and_forward"))
    assert (old["is_report_in_order__receive_completion_report"], new["is_report_in_order__receive_completion_report"]) == ("removed", "added")
    old, new = marks(when("is_risk_high__respond_to_emergency", 'risk != "low"'))
    assert old["is_risk_high__respond_to_emergency"] == new["is_risk_high__respond_to_emergency"] == "changed"


def test_a_lane_that_another_role_does_is_marked_and_no_other():
    _, new = marks(write("sop.toml", '"Pendamping PPA" = "companion"', '"Pendamping PPA" = "supervisor"'))
    lanes = {lane.id: lane.name for process in before().processes.values() for lane in process.lanes}
    assert {lanes[key] for key in new if key in lanes} == {"Pendamping PPA"}


def test_a_change_in_a_called_process_marks_its_own_drawing():
    step = next(iter(before().processes[CALLED].nodes.values()))
    _, new = marks(rename(step.id, "Bernama lain"))
    assert drawings.is_marked(before().processes[CALLED], new)
    assert not drawings.is_marked(before().processes[before().main_process or ""], new)
    assert b"is-changed" in drawings.of_change(before(), CALLED, new, language="id")


def test_the_places_of_a_drawing_are_named_and_only_what_is_drawn_has_one():
    process = before().processes[before().main_process or ""]
    names = comparing_marks.names(before(), process)
    assert names["record_consent"].id == "“Mencatat persetujuan layanan (informed consent)”"
    assert names["family_settled"].id == "gerbang tanpa nama sebelum “Persetujuan tambahan”"
    assert names.keys() <= before().models[process.file].shapes
    assert b'id="di-record_consent"' in drawings.of_change(before(), process.id, {"record_consent": "changed"}, language="id", anchors="di-")
