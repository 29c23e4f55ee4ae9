"""A case that Depok transfers is received by Bandung's intake, with a case of its own there; what each can see stays apart."""

from __future__ import annotations

import pytest

import engine as front_door
from engine.errors import NotFound
from engine.types import Actor
from tests.scenarios.shipped import ROOT
from webui import stage


def test_depok_transfers_and_bandungs_intake_receives() -> None:
    told = front_door.read_scenario((ROOT / "depok/pengelolaan-kasus/scenarios/a09_pelimpahan_dan_terminasi.toml").read_bytes())
    with stage.raised(ROOT / "depok" / "pengelolaan-kasus", told.at) as scene:
        people = scene.engine.people
        people.register_agency((ROOT / "bandung" / "agency.toml").read_bytes())
        bandung = people.operator("bandung")
        scene.engine.sops.deploy(bandung, front_door.SopBundle.from_dir(ROOT / "bandung" / "pengaduan-masyarakat"))

        result = front_door.play_scenario(told, scene, key="pengelolaan-kasus")
        assert result.problems == ()

        there = Actor(account_id="stage-bandung", agency_id=bandung.agency_id, name="bandung", roles=frozenset({"supervisor"}))
        (received,) = scene.engine.cases.find(there).rows
        case = scene.engine.cases.get(there, received.id)
        assert case.came_from is not None
        assert case.came_from.agency == "depok"
        assert [task.element_id for task in case.open_tasks] == ["intake_receive"]
        assert "Bandung" in scene.engine.cases.get(scene.actor_of("head_of_unit"), result.case_id or "").responsible_agency

        with pytest.raises(NotFound):   # theirs, by its id, from here; ours, by its id, from there
            scene.engine.cases.get(scene.actor_of("head_of_unit"), received.id)
        with pytest.raises(NotFound):
            scene.engine.cases.get(there, result.case_id or "")
