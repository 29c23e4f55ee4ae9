"""GOLDEN JOURNALS ARE NEVER REGENERATED.

Each pack beside this file was written by the interpreter of its day, and every later interpreter must replay it to the very same
states and trace: somewhere a real case has such a journal, and an auditor will replay it in ten years. When a test here fails, the
change you made is wrong, or it is a new meaning: then raise `journal.SEMANTICS`, keep the old behaviour for entries that name the
old number, and add new packs with `python -m tests.golden.add`. Never touch the old ones, and never `expected.json`'s old lines.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from engine.replay import replay_pack
from tests.golden.add import EXPECTED, HERE, said

WANTED = json.loads(EXPECTED.read_text())


def test_no_golden_journal_was_lost():
    assert {file.name for file in HERE.glob("*.kawalpack")} == set(WANTED)
    assert len(WANTED) >= 10


@pytest.mark.parametrize("name", sorted(WANTED))
def test_a_golden_journal_replays_for_ever(name):
    assert said(replay_pack((HERE / name).read_bytes())) == WANTED[name]


def test_they_replay_on_another_machine(tmp_path):
    """Another hash seed, another time zone, no environment, another folder."""
    for name in sorted(WANTED)[::4]:
        ran = subprocess.run([sys.executable, "-m", "engine.replay", str(HERE / name), "--head", WANTED[name]["head"]], cwd=tmp_path,
                             env={"PYTHONHASHSEED": "77", "TZ": "Pacific/Chatham"}, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stdout + ran.stderr
