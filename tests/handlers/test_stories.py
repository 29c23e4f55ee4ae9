"""Scenarios of every agency, played on the whole product: forms, people, worker, letters, replay.

`make test` plays the acceptance scenarios of the domain and one story of every other SOP; `make soak` plays all of them.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest

from webui import stage

ROOT = Path(__file__).resolve().parents[2]
STORIES = sorted((ROOT / "bpmn").glob("*/*/scenarios/*.toml"))
#: `a06_...`: an acceptance scenario of the domain dossier.
ACCEPTED = [story for story in STORIES if re.match(r"a\d\d_", story.name)]
FIRST = [next(its) for _, its in groupby(STORIES, key=lambda story: story.parents[1])]
EVERY_TIME = sorted({*ACCEPTED, *FIRST})
REST = sorted({*STORIES} - {*EVERY_TIME})


def named(story: Path) -> str:
    return f"{story.parents[2].name}-{story.parents[1].name}-{story.stem}"


def test_every_sop_has_a_story_that_is_played_every_time():
    assert {story.parents[1] for story in EVERY_TIME} == {folder.parent for folder in (ROOT / "bpmn").glob("*/*/scenarios")}


@pytest.mark.parametrize("story", EVERY_TIME, ids=named)
def test_a_story_goes_as_written(story):
    assert stage.play(story).problems == ()


@pytest.mark.soak
@pytest.mark.parametrize("story", REST, ids=named)
def test_every_other_story_goes_as_written(story):
    assert stage.play(story).problems == ()
