"""Each import contract of pyproject.toml is broken once on purpose, in a copy of the tree, and seen caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "handlers", "storage", "webui")

# contract, the file that breaks it, the line that does
BREAKS = [
    ("downwards", "storage/rows.py", "import engine.types"),                              # the cellar knows the house
    ("downwards", "engine/clock.py", "import handlers.worker"),
    ("front-door", "handlers/worker.py", "import engine.executor"),                       # a client past the front door
    ("front-door", "webui/times.py", "import engine.casefile"),
    ("pages-not-storage", "webui/times.py", "import storage.rows"),
    ("composition-root", "webui/times.py", "import handlers.worker"),                     # a page that calls an operation
    ("spiff-in-its-room", "engine/clock.py", "import SpiffWorkflow"),
    ("spiff-in-its-room", "webui/times.py", "import SpiffWorkflow.bpmn"),
    ("sql-in-its-room", "engine/clock.py", "import sqlalchemy"),
    ("sql-in-its-room", "handlers/worker.py", "import sqlite3"),
    ("flask-in-its-room", "engine/clock.py", "import flask"),
    ("pure-room", "engine/types.py", "import socket"),                                    # a socket in the interpreter
    ("pure-room", "engine/calendars.py", "import storage.rows"),
    ("operations-apart", "handlers/operations/notice_send.py", "import handlers.operations.case_number"),
]


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four packages and the contracts, where breaking them harms nobody."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", tree)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    return tree


def check(tree: Path, contract: str | None = None) -> subprocess.CompletedProcess[str]:
    chosen = ["--contract", contract] if contract else []
    lint = Path(sys.executable).with_name("lint-imports")
    command = [lint, "--no-logo", "--no-cache", *chosen]
    return subprocess.run(command, cwd=tree, env={"PYTHONPATH": str(tree), "PATH": ""}, text=True, capture_output=True)


def test_the_tree_keeps_every_contract(copied_tree):
    checked = check(copied_tree)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREAKS)
def test_a_broken_contract_is_caught(copied_tree, contract, file, line):
    broken = copied_tree / file
    whole = broken.read_text("utf-8")
    try:
        broken.write_text(f"{whole}\n{line}\n", "utf-8")
        checked = check(copied_tree, contract)
    finally:
        broken.write_text(whole, "utf-8")
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "BROKEN" in checked.stdout
    assert file.removesuffix(".py").replace("/", ".") in checked.stdout


def test_no_contract_is_left_unbroken():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {contract for contract, _, _ in BREAKS}
