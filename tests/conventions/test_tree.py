"""Habits of the house that a reader would not notice breaking; design.md 1 and 3, style.md."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("engine", "handlers", "storage", "webui")
LINES, LINES_OF_TESTS = 400, 500  # an oracle or a table of cases may run longer than a thing of the product
TEXT = {".py", ".toml", ".txt", ".md", ".sh", ".js", ".css", ".html", ".json", ".cfg", ".ini", ".typ", ".bpmn", ".dmn", ""}


def committed() -> list[Path]:
    """Files git knows or would take; a tree without git has none of its own habits to check."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def product_modules() -> list[Path]:
    return [path for path in committed() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PRODUCT]


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@functools.cache
def calls(path: Path) -> list[tuple[int, str]]:
    """Line and dotted name of every call and attribute of a module."""
    return [(node.lineno, ast.unparse(node)) for node in ast.walk(parsed(path)) if isinstance(node, (ast.Attribute, ast.Name))]


def where(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("folder", [*PRODUCT, "tests", "bench"])
def test_a_file_stays_small_enough_to_have_one_reason_to_change(folder):
    long = {
        where(path): count
        for path in committed()
        if path.relative_to(ROOT).parts[0] == folder and path.suffix in {".py", ".js"}
        and (count := path.read_text("utf-8").count("\n")) > (LINES_OF_TESTS if folder == "tests" else LINES)
    }
    assert long == {}


# What reads a clock or makes chance, and the only files that may (invariant 7).
CLOCK = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|monotonic|perf_counter))$")
CHANCE = re.compile(r"^(uuid\.\w+|uuid[1-8]|random\.\w+|secrets\.\w+|os\.urandom)$")
MAY_READ_CLOCK = {"engine/clock.py"}
MAY_MAKE_CHANCE = {"storage/randomness.py", "webui/serving.py", "webui/demo.py"}  # the last two: a key, the demo's passwords


def test_only_the_clock_reads_a_clock():
    found = [
        f"{where(path)}:{line} {name}" for path in product_modules() if where(path) not in MAY_READ_CLOCK
        for line, name in calls(path) if CLOCK.search(name)
    ]
    assert found == []


def test_chance_has_one_source():
    found = [
        f"{where(path)}:{line} {name}" for path in product_modules() if where(path) not in MAY_MAKE_CHANCE
        for line, name in calls(path) if CHANCE.match(name)
    ]
    assert found == []


def test_only_the_unit_of_work_commits():
    found = [
        f"{where(path)}:{line}" for path in product_modules() if where(path) != "storage/unit_of_work.py"
        for line, name in calls(path) if name.endswith(".commit")
    ]
    assert found == []


def test_everything_is_caught_in_one_place_only():
    found = set()
    for path in product_modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            ) and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                found.add(where(path))
    # The worker, and its twin in a Trial. Replay meets forged entries: whatever they provoke is the verdict.
    assert found <= {"handlers/worker.py", "engine/replay.py", "engine/operations.py"}


# Built from parts, so that this file does not name what it looks for.
HOSTS = re.compile("|".join(re.escape(".".join(parts)) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"), ("deb", "debian", "org"),
)) + "|" + "|".join(re.escape("/" + name) for name in ("work/main", "work/shared", "work/.library", "opt/pypi", "opt/wheels")))


def test_no_committed_file_names_a_package_host_or_a_path_of_one_machine():
    found = [
        f"{where(path)}:{number}"
        for path in committed() if path.suffix in TEXT and path.stat().st_size < 2_000_000
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if HOSTS.search(line)
    ]
    assert found == []


def test_every_todo_has_an_issue_number():
    found = [
        f"{where(path)}:{number}"
        for path in product_modules()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\b(TODO|FIXME|XXX)\b", line) and not re.search(r"#\d+", line)
    ]
    assert found == []


def test_a_module_says_what_it_is_for():
    silent = [where(path) for path in product_modules()
              if path.read_text("utf-8").strip() and ast.get_docstring(parsed(path)) is None]
    assert silent == []
