"""Secrets in clear, and dates that stand still: what no drawing should hold."""

from __future__ import annotations

import pytest

from engine.bundle import SopBundle
from engine.lint.run import lint
from tests.support.bpmn import catch, service, timer
from tests.unit.lint.cases import Files, line


def codes(files: Files) -> set[str]:
    return {each.code for each in lint(SopBundle.from_files(files))}


@pytest.mark.parametrize(("name", "value", "is_found"), [
    ("api_key", '"sk_live_1"', True), ("smtpPassword", '"abc"', True), ("kata_sandi", '"abc"', True),
    ("api_key", "parameters.key", False), ("keyword", '"abc"', False), ("letter", '"F20"', False),
])
def test_a_secret_in_clear(name: str, value: str, is_found: bool) -> None:
    assert ("secret-in-drawing" in codes(line(service("t", arguments={name: value})))) is is_found


def test_a_date_that_stands_still() -> None:
    assert "timer-fixed-date" in codes(line(catch("t", timer("2020-01-01", "timeDate"))))
    assert "timer-fixed-date" not in codes(line(catch("t", timer("= due", "timeDate"))))
