"""One fault is one finding: what hangs on a file that nobody can read is not named besides."""

from __future__ import annotations

import pytest

from engine.bundle import SopBundle
from engine.lint.run import lint
from tests.support.bpmn import user
from tests.unit.lint.cases import Files, line
from tests.unit.lint.sop_cases import form

SHEET = b'key = "x"\nstart_form = "f"\nuses = ["common/a"]\n'
WHOLE: Files = {**line(user("t", sop_form="g")), **form("f", risk=()), **form("g", kind=()), "sop.toml": SHEET, "agency.toml": b'code = "x"\nname = "X"\n',
                "uses/common/a/sop.toml": b'agency = "common"\n', "uses/common/a/forms/h.json": form("h", way=())["forms/h.json"]}
TOLD = b'source = "x"\nstart = { at = 2026-11-10T08:30:00+07:00, as = "companion" }\n'


def new(**files: bytes) -> list[tuple[str, str, int | None]]:
    """What the check says besides what it says of the whole files."""
    def said(bundle: Files) -> list[tuple[str, str, int | None]]:
        return [(one.code, one.file, one.line) for one in lint(SopBundle.from_files(bundle))]

    before = said(WHOLE)
    return [one for one in said({**WHOLE, **files}) if one not in before]


@pytest.mark.parametrize("file", ["sop.toml", "uses/common/a/sop.toml", "agency.toml"])
def test_a_sheet_that_cannot_be_read_is_named_once_with_its_line(file: str) -> None:
    assert new(**{file: WHOLE[file] + b"lanes = = 3\n"}) == [("toml-unreadable", file, WHOLE[file].count(b"\n") + 1)]
    assert new(**{file: WHOLE[file] + b"roles = 3\nidentity = 3\n"}) == [("toml-shape", file, None)]


@pytest.mark.parametrize("told", [b"[[", b"", b"start = 3\n", TOLD + b"[[step]]\nknock = 1\n", b"decide = []\n", b"\xff"])
def test_a_scenario_that_cannot_be_read_is_named_once(told: bytes) -> None:
    assert new(**{"scenarios/a.toml": told}) == [("scenario-unreadable", "scenarios/a.toml", None)]
    assert new(**{"scenarios/a.toml": TOLD}) == []
