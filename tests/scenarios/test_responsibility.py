"""Whose case it is while the SOPs that ship play their stories of transfer: ours to the last signature, then theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine as front_door
from engine.casefile import kept, ownership
from webui import stage

BPMN = Path(__file__).resolve().parents[2] / "bpmn"
TRANSFERRED = ["depok/pengelolaan-kasus/scenarios/a09_pelimpahan_dan_terminasi.toml",
               "depok/pengelolaan-kasus/scenarios/pelimpahan_ditolak_lalu_diputuskan_lagi.toml",
               "tebing_tinggi/pengelolaan-kasus/scenarios/dilimpahkan_setelah_ditolak_sekali.toml"]
KEPT = ["depok/pengelolaan-kasus/scenarios/a06_menyediakan_dan_merujuk.toml",
        "depok/pengelolaan-kasus/scenarios/a29_dibuka_kembali.toml"]


def told(path: str) -> tuple[str, list[tuple[str, str]], bool]:
    """The agency's own name; after each record of the story its name and who is responsible then; whether it went as written."""
    file = BPMN / path
    scenario = front_door.read_scenario(file.read_bytes())
    seen: list[tuple[str, str]] = []
    with stage.raised(file.parent.parent, scenario.at, agency=scenario.agency) as scene:
        looked_at = scene.actor_of("head_of_unit")
        project = kept.project

        def watched(context, live, record, values, **more):
            changes = project(context, live, record, values, **more)
            case = kept.case_file(context, live.case_id, live.key)
            seen.append((f"transfer {record}" if values.get("handover_kind") == "transfer" else record, ownership.owner(case)))
            return changes

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(kept, "project", watched)
            result = front_door.play_scenario(scenario, scene, file=path, key=front_door.SopBundle.from_dir(file.parent.parent).toml["key"])
        (row,) = scene.engine.cases.find(looked_at).rows
        return scene.engine.cases.get(looked_at, row.id).responsible_agency, seen, not result.problems


@pytest.mark.parametrize("path", TRANSFERRED)
def test_a_case_is_theirs_from_the_handover_that_both_signed(path):
    responsible, seen, went = told(path)
    assert went
    records = [record for record, _ in seen]
    moment = records.index("transfer handover")
    assert "transfer" in records[:moment], "asked and accepted first"
    assert {owner for _, owner in seen[:moment]} == {""}
    assert len({owner for _, owner in seen[moment:]}) == 1 and seen[moment][1] == responsible


@pytest.mark.parametrize("path", KEPT)
def test_a_case_that_is_only_referred_or_reopened_stays_ours(path):
    responsible, seen, went = told(path)
    assert went and {owner for _, owner in seen} == {""}
    assert responsible.startswith("UPTD")
