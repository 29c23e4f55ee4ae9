"""When the 24 hours of an indirect complaint begin is the agency's choice (domain.md D10, A21); both instants are kept."""

from __future__ import annotations

from pathlib import Path

from engine.scenario import read_scenario
from tests.scenarios import runner
from tests.scenarios.shipped import ROOT

COMPLAINTS = ROOT / "bandung" / "keluhan-layanan"
SATURDAY = COMPLAINTS / "scenarios" / "a21_surel_sabtu_malam.toml"


def played(story: str, agency: Path) -> runner.Played:
    """A21 as `story` tells it, at the agency of this sheet."""
    return runner._Run(runner.bundle_of(COMPLAINTS), agency, read_scenario(story.encode()), False).play()


def test_counted_from_the_officers_reading_monday_morning_is_in_time(tmp_path: Path) -> None:
    sheet = (ROOT / "bandung" / "agency.toml").read_text("utf-8")
    changed = sheet.replace('complaint_receipt = { value = "system_receipt"', 'complaint_receipt = { value = "officer_receipt"')
    assert changed != sheet
    (tmp_path / "agency.toml").write_text(changed, "utf-8")
    story = SATURDAY.read_text("utf-8")
    in_time = story.replace("due = 2026-11-15T23:50:00", "due = 2026-11-17T07:30:00").replace('verdict = "late"', 'verdict = "on_time"')

    live = played(in_time, tmp_path / "agency.toml")

    assert live.notices == ()
    assert [one.official for one in live.verdicts if one.element_id == "complaint_first_response_indirect"] == ["on_time"]


def test_counted_from_the_systems_receipt_it_is_late() -> None:
    live = played(SATURDAY.read_text("utf-8"), ROOT / "bandung" / "agency.toml")
    assert live.notices == ("head_of_unit task_overdue",)
