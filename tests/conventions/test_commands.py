"""The two commands stand where a newcomer and the build look for them, and every `kawal` command explains itself."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from engine.errors import EngineError
from engine.settings import Settings
from webui import cli

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("init", "serve", "worker", "deploy", "lint", "scenario", "coverage", "replay", "numbers", "doctor")
WITH_JSON = ("lint", "scenario", "coverage", "replay", "numbers", "deploy", "doctor")


def test_the_readme_names_both_commands():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in readme
    assert "make test" in readme


def test_the_build_runs_the_test_command():
    assert re.search(r"^make test$", (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE)


def test_the_changelog_has_a_place_for_what_comes_next():
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_command_line_has_these_commands_and_no_others():
    assert set(cli.parser_names()) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"kawal {command}" in shown
    assert ("--json" in shown) == (command in WITH_JSON)


def test_commands_explain_themselves_to_whoever_types_them():
    """The one process: what `kawal` alone says names every command."""
    shown = subprocess.run([sys.executable, "-m", "webui.cli", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    assert [command for command in COMMANDS if not re.search(rf"^ +{command} ", shown.stdout, re.MULTILINE)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_stands_in_the_table_of_commands(command):
    assert re.search(rf"^\| `{command}\b", (ROOT / "docs/operations.md").read_text("utf-8"), re.MULTILINE)


def test_what_decides_a_replay_is_pinned_exactly():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    pinned = {line.split("==")[0] for line in wanted if "==" in line}
    assert {"spiffworkflow", "lxml"} <= pinned


def test_every_locked_package_has_a_hash_and_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lock = (ROOT / name).read_text("utf-8")
        assert "://" not in lock
        for block in re.split(r"\n(?=\S)", lock):
            if not block.startswith("#"):
                assert "==" in block and "--hash=sha256:" in block, f"{name}: {block.splitlines()[:1]}"


def test_the_lock_holds_everything_that_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for wanted, lock in ((project["dependencies"], "requirements.txt"), (project["optional-dependencies"]["dev"], "requirements-dev.txt")):
        locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text("utf-8"), re.MULTILINE))
        assert {re.match(r"[a-z0-9-]+", one.lower()).group() for one in wanted} <= locked


def test_every_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    lines = re.findall(r'^    "[a-zA-Z0-9-]+(?:\[\w+\])?[=>]=[^"]+",(.*)$', text, re.MULTILINE)
    assert len(lines) > 20
    assert [line for line in lines if not re.match(r" +# \S.{8,}", line)] == []


@pytest.mark.parametrize("setting", [one.name for one in fields(Settings)])
def test_a_setting_is_documented_and_read_somewhere(setting):
    assert f"`KAWAL_{setting.upper()}`" in (ROOT / "docs/operations.md").read_text("utf-8")
    read = re.compile(rf"(settings|self)\.{setting}\b")
    modules = [path for package in ("engine", "handlers", "webui") for path in (ROOT / package).rglob("*.py")]
    assert any(read.search(path.read_text("utf-8")) for path in modules)


def test_error_codes_are_unique_and_every_error_speaks_both_languages():
    import engine  # noqa: F401 - loads every module that defines an error

    errors = list(_all(EngineError))
    codes = [error.code for error in errors]
    assert sorted(codes) == sorted(set(codes))
    for error in errors:
        assert error.english().endswith("."), error
        assert error.indonesian.endswith("."), error
        assert error.indonesian != error.english(), error


def _all(kind: type[EngineError]) -> list[type[EngineError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _all(child))]
