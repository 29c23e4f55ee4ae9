"""What could not run is said last, and a missing package fails the build."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFTEST = """
from tests.support.not_run import NotRunList

def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(NotRunList())
"""


def run(folder: Path, missing: str, *, ci: bool, processes: int = 0) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(
        f"from tests.support.not_run import not_run\ndef test_fine(): pass\ndef test_missing(): not_run({missing!r}, 'a browser')\n")
    # Only the plugin that this is about: the others take most of the time that such a run takes.
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "true" if ci else "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", "-n", str(processes), str(folder)]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)


@pytest.mark.parametrize("processes", [0, 2])
def test_a_missing_package_is_the_last_thing_said_and_fails_the_build_only(tmp_path, processes):
    at_home = run(tmp_path, "chromium", ci=False, processes=processes)
    assert at_home.returncode == 0
    assert at_home.stdout.rstrip().splitlines()[-2:] == ["NOT RUN:", "  chromium (a browser): 1 tests"]
    assert run(tmp_path, "chromium", ci=True, processes=processes).returncode == 1


def test_examples_that_are_not_beside_the_tree_are_said_and_fail_nothing(tmp_path):
    built = run(tmp_path, "../shared/examples", ci=True)
    assert built.returncode == 0
    assert "../shared/examples" in built.stdout.rstrip().splitlines()[-1]
