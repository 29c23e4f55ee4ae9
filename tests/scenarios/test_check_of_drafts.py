"""A draft of every SOP that ships, as an owner opens it: its check plays all stories by the agency's own tables, and nothing goes otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine as front_door
import handlers
from engine.lint import guarded
from engine.scenario_results import ScenarioBoard, Went
from engine.settings import Settings
from engine.sop_toml import read_agency
from engine.types import Actor
from tests.scenarios import runner
from tests.scenarios.shipped import ROOT, SOPS

AGENCIES = sorted({sop.parent.name for sop in SOPS} - {"common"})
#: Sequence flows that no story of the SOP's own takes, and why. Whatever else is untaken is new.
UNTAKEN: dict[str, dict[str, set[str]]] = {
    # A stay that is long, and its end, are told where it is called: bandung/pengaduan-masyarakat, a16_risiko_tinggi_dan_penampungan.
    "bandung": {"penampungan-sementara": {"does_stay_end__shelter_leaving_letter", "is_extension_approved__shelter_serve",
                                          "remind_long_stay__long_stay_reminded", "stay_is_long__remind_long_stay"}},
}


@pytest.mark.parametrize("agency", AGENCIES)
def test_a_draft_of_what_ships_has_nothing_to_mend(agency: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "lint_guarded", lambda *_, **__: [])   # that lint finds nothing in them is told by `test_every_sop`
    engine, operator = an_office(agency, tmp_path)
    untaken = {}
    for sop in (sop for sop in SOPS if sop.parent.name == agency):
        version = engine.sops.deploy(operator, runner.bundle_of(sop))
        owner = Actor(account_id="pemilik", agency_id=operator.agency_id, name="pemilik", roles=frozenset({"process_owner"}))
        draft = engine.sops.draft_of(owner, version.deployment_id)
        assert draft.changes == ()
        board = played(engine, owner, draft.summary.id)
        assert board.findings == () and board.scenarios, sop.name
        assert {one.state for one in board.scenarios} <= {Went.AS_WRITTEN, Went.ELSEWHERE, Went.CHANGES_SOP}
        untaken[sop.name] = {flow.id for flow in board.untaken}
    assert {name: flows for name, flows in untaken.items() if flows} == UNTAKEN.get(agency, {})


def an_office(agency: str, folder: Path) -> tuple[front_door.Engine, Actor]:
    """The agency alone, on an empty database, and its operator."""
    settings = Settings(data_dir=folder, key=bytes(range(32)), demo=True, database_url=f"sqlite:///{folder / 'kawal.db'}")
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    front_door.Engine.prepare(settings)
    engine = front_door.Engine.open(settings, operations=handlers.operations())
    sheet = (ROOT / agency / "agency.toml").read_bytes()
    engine.people.register_agency(sheet)
    return engine, engine.people.operator(read_agency(sheet).code)


def played(engine: front_door.Engine, owner: Actor, draft_id: str) -> ScenarioBoard:
    """Its scenarios, as the page plays them: some seconds at a time."""
    while (board := engine.sops.scenarios(owner, draft_id)).waiting:
        engine.sops.play_scenarios(owner, draft_id)
    return board
