"""Every agency that ships an SOP carries out its whole source, as the source says, and nothing without a ground."""

from __future__ import annotations

import pytest

from engine import coverage
from tests.scenarios.shipped import ROOT

AGENCIES = sorted({sheet.parents[1].name for sheet in ROOT.glob("*/*/sop.toml")} - {"common"})


@pytest.mark.parametrize("agency", AGENCIES)
def test_every_clause_is_carried_out_as_it_is_printed(agency: str) -> None:
    seen = coverage.of_folder(ROOT / agency)
    assert [(one.code, one.sop, one.clause_id, one.element_id, one.detail) for one in seen.differences] == []
    assert seen.percent == 100
    assert seen.words > 100
