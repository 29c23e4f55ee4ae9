"""A story that is written to a file is read from it as the same story."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.scenario_file import Scenario, read_scenario
from engine.scenario_writing import written
from engine.table_scenario import asks_tables
from tests.scenarios.shipped import ROOT

STORIES = [path for path in sorted(ROOT.glob("*/*/scenarios/*.toml")) if not asks_tables(path.read_bytes())]


def test_every_shipped_story_survives() -> None:
    assert len(STORIES) > 100
    differing = [path for path in STORIES
                 for told in (read_scenario(path.read_bytes()),) if read_scenario(written(told)) != told]
    assert differing == []


@pytest.mark.parametrize("value", [
    "", "dua\nbaris\ttab", '"kutip" \\ garis', "\x7f\u2028\u0085", "emoji 👧", "[[step]]", True, Decimal("0.1"), Decimal(-3),
    [{"a": "b", "c d": [Decimal(1)]}], {}, Decimal(10) ** 17,
])
def test_what_people_type_survives(value: object) -> None:
    told = replace(story(), submission={"isian": value, "kunci \"aneh\"\n": "x"})
    assert read_scenario(written(told)) == told


def test_a_number_too_long_for_a_reader_is_text() -> None:
    told = replace(story(), submission={"isian": Decimal("0.1234567890123456789")})
    assert read_scenario(written(told)).submission == {"isian": "0.1234567890123456789"}


def story() -> Scenario:
    return read_scenario(b'source = "rekaan"\nstart = { at = 2026-11-10T08:30:00+07:00, as = "intake_operator" }\n')
