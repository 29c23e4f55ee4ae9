"""A34: the audit after a story's end is played, and what differs from what is written is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.scenario import ScenarioUnreadable, play_scenario, read_scenario
from webui import stage

A04 = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus" / "scenarios" / "a04_anak_dan_kewajiban_hukum.toml"
WRONG = """
[[audit]]
at = 2026-11-23T10:00:00+07:00
unmask = { field = "identification.full_name", purpose = "audit", reason = "Mencocokkan surat rujukan dengan berita acara" }
refuse = "not-found"
told = ["companion"]
masked = ["identification.full_name", "identification.nickname"]
readable = ["identification.hiv"]
acts = ["break_glass"]
replay = "broken"
altered = 9999
"""


def test_a_wrong_expectation_of_every_kind_is_found() -> None:
    told = read_scenario(A04.read_bytes() + WRONG.encode())
    with stage.raised(A04.parent.parent, told.at) as raised:
        played = play_scenario(told, raised, key="pengelolaan-kasus")

    found = [problem.removeprefix(f"audit {len(told.audits)}: ") for problem in played.problems]
    assert [problem for problem in found if "at entry" not in problem] == [
        "unmask: done instead of not-found", "unmask: companion was not told", "masked: identification.full_name can be read",
        "masked: nobody answered identification.nickname", "readable: identification.hiv is masked",
        "acts: ('unmask', 'unmask') instead of ('break_glass',)", "replay: confirmed instead of broken"]
    assert "masked: full_name can be read at entry 1 of the replay" in found
    assert "altered: confirmed at entry None instead of broken at 9999" in found


@pytest.mark.parametrize("wrong", [
    'at = 2026-11-23T10:00:00+07:00\nsees = ["x"]', 'masked = ["x"]', "at = 2026-11-23", 'at = 2026-11-23T10:00:00+07:00\ntold = ["x"]',
    'at = 2026-11-23T10:00:00+07:00\nunmask = { field = "x.y" }'])
def test_an_audit_of_another_shape_is_refused(wrong: str) -> None:
    with pytest.raises(ScenarioUnreadable):
        read_scenario(A04.read_bytes() + f"\n[[audit]]\n{wrong}\n".encode())
