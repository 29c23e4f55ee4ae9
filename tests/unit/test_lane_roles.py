"""Who a lane means, written into `sop.toml`: one line changes, everything else stays as somebody wrote it."""

from __future__ import annotations

import pytest

from engine.bundle import SopBundle
from engine.errors import InvalidSubmission
from engine.lane_roles import with_lanes

SHEET = """# Kept.
key = "x"

[lanes]
"Manajer Kasus" = "case_manager"  # as printed
'Pendamping [PPA]' = "companion"

[[document]]
code = "F10"
"""


def written(sheet: str, **roles: str) -> str:
    return with_lanes(SopBundle.from_files({"sop.toml": sheet.encode()}), roles).files["sop.toml"].decode()


def test_one_line_changes_and_new_ones_follow() -> None:
    said = written(SHEET, **{"Manajer Kasus": "supervisor", "Kepala  UPTD": "head_of_unit", "Pendamping [PPA]": "companion"})
    assert said == SHEET.replace('"Manajer Kasus" = "case_manager"  # as printed', '"Manajer Kasus" = "supervisor"').replace(
        '"companion"\n', '"companion"\n"Kepala UPTD" = "head_of_unit"\n')


def test_a_sheet_without_the_table_gets_one_and_one_that_says_so_already_stays() -> None:
    assert written('key = "x"\n', **{"A \"b\"": "companion"}) == 'key = "x"\n\n[lanes]\n"A \\"b\\"" = "companion"\n'
    assert written(SHEET, **{"Manajer Kasus": "case_manager"}) == SHEET
    adopted = {"sop.toml": b'extends = "a/b"\nkey = "x"\n', "extends/a/b/sop.toml": b'[lanes]\n"A" = "companion"\n'}
    assert with_lanes(SopBundle.from_files(adopted), {"A": "companion"}).files["sop.toml"] == adopted["sop.toml"]


@pytest.mark.parametrize(("sheet", "name", "role"), [
    (SHEET, "A", "operator"), (SHEET, "A", ""), (SHEET, "", "companion"), (SHEET, "A\u202eB", "companion"),
    ('lanes = { "A" = "companion" }\n', "B", "companion"), ('[lanes]\n"A" = """\ncompanion"""\n', "A", "supervisor"),
])
def test_what_is_no_role_no_name_or_no_plain_table_is_refused(sheet: str, name: str, role: str) -> None:
    with pytest.raises(InvalidSubmission):
        written(sheet, **{name: role})


def test_a_sheet_that_cannot_be_read_is_left_to_the_check() -> None:
    assert written("key = ", A="companion") == "key = "
