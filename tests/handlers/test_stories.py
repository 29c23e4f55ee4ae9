"""Every scenario of every agency, played on the whole product: forms, people, worker, letters, replay."""

from __future__ import annotations

from pathlib import Path

import pytest

from webui import stage

ROOT = Path(__file__).resolve().parents[2]
STORIES = sorted((ROOT / "bpmn").glob("*/*/scenarios/*.toml"))


def test_there_are_stories():
    assert STORIES


@pytest.mark.parametrize("story", STORIES, ids=lambda path: f"{path.parents[2].name}-{path.stem}")
def test_a_story_goes_as_written(story):
    assert stage.play(story).problems == ()
