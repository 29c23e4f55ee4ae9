"""A letter goes out under the head that the agency's sheet gives."""

from __future__ import annotations

from pathlib import Path

import engine as front_door
from webui import stage

SOP = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus"


def test_a_referral_letter_is_set_under_the_agencys_letterhead() -> None:
    told = front_door.read_scenario((SOP / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
    with stage.raised(SOP, told.at) as raised:
        set_under = []
        source_of = raised.engine.cases.letter_source
        raised.engine.cases.letter_source = lambda call, **about: set_under.append(source_of(call, **about)) or set_under[-1]
        story = front_door.Story(told, raised, key="pengelolaan-kasus", file="a01")
        assert story.begin() and story.do(1) and story.do(2), story.result(ended=False).problems

    (letter,) = set_under
    assert letter.data["agency"]["letterhead"]["lines"][0] == "PEMERINTAH PROVINSI KALIMANTAN BARAT"
