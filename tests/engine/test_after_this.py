"""What a task's page says comes next: into a sub-process and out of it again, limited steps unnamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import definitions, explanations
from engine.bundle import SopBundle

BPMN = Path(__file__).resolve().parents[2] / "bpmn"


@pytest.mark.parametrize(("sop", "element", "next_names"), [
    ("bandung/keluhan-layanan", "complaint_clarify",  # a sub-process of limited steps stands between
     {"menyalurkan keluhan atau saran pada pada penyelenggara lain yang berwenang",
      "memberikan tanggapan terhadap materi keluhan dan/atau saran atas layanan"}),
    ("depok/pengelolaan-kasus", "assign_companion", {"Membuat surat tugas Pendamping PPA"}),
    ("kalbar/pengelolaan-kasus", "deliver_intervention", set()),  # one of several at once: the drawing cannot say whether the last
])
def test_what_comes_next_is_found_across_sub_processes(sop, element, next_names):
    definition = definitions.load(SopBundle.from_dir(BPMN / sop))
    node = next(node for process in definition.processes.values() for node in definitions.nodes_of(process) if node.id == element)
    assert {after.name for after in explanations.next_activities(definition, node)} == next_names
    said = explanations.after_this(definition, node)
    assert all(name in said.id for name in next_names) and (bool(next_names) or "tidak ada tugas lain" in said.id)


@pytest.mark.parametrize(("sop", "element", "made"), [
    ("kalbar/pengelolaan-kasus", "hand_over_referral", ("F12",)),
    ("kalbar/pengelolaan-kasus", "coordinate_provider", ()),  # the letter waits for the answer
    ("common/melimpahkan", "hand_over_case", ("F12",)),
    ("depok/pengelolaan-kasus", "assign_companion", ("F08",)),
])
def test_a_step_says_which_papers_are_made_from_it_whatever_is_answered(sop, element, made):
    definition = definitions.load(SopBundle.from_dir(BPMN / sop))
    assert explanations.papers_made(definition, definition.element(element)) == made
