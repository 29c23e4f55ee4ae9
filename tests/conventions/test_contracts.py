"""Each import contract of pyproject.toml is broken once on purpose, in a copy of the tree, and seen caught."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "handlers", "storage", "webui")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS}

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


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """The four packages and the contracts, where breaking them harms nobody."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    return tmp_path


def check(tree: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([lint, "--no-logo", "--no-cache"], cwd=tree, env={"PYTHONPATH": str(tree), "PATH": ""}, text=True, capture_output=True)


def sections(report: str) -> dict[str, str]:
    """What is said of each broken contract, by its name."""
    told = report.split("Broken contracts\n", 1)[1]
    parts = re.split(r"^(.+)\n-+\n", told, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_tree_keeps_every_contract(copied_tree):
    checked = check(copied_tree)
    assert checked.returncode == 0, checked.stdout


def test_each_contract_catches_what_breaks_it(copied_tree):
    """All are broken at once, for to read the whole tree takes seconds; each has to name the very import that breaks it."""
    for _, file, line in BREAKS:
        broken = copied_tree / file
        broken.write_text(f"{broken.read_text('utf-8')}\n{line}\n", "utf-8")
    checked = check(copied_tree)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    told = sections(checked.stdout)
    for contract, file, line in BREAKS:
        importer, imported = file.removesuffix(".py").replace("/", "."), line.removeprefix("import ")
        if imported.split(".")[0] not in PACKAGES:
            imported = imported.split(".")[0]   # of a foreign package its name is enough
        assert re.search(rf"\b{re.escape(importer)} -> {re.escape(imported)} \(l\.\d+\)", told[NAMES[contract]]), (contract, file, line)


def test_no_contract_is_left_unbroken():
    assert set(NAMES) == {contract for contract, _, _ in BREAKS}
