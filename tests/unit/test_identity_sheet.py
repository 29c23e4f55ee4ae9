"""The identity sheet is changed part by part; what does not say the part stays, letter by letter."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from engine import identity_sheet
from engine.bundle import SopBundle
from engine.errors import InvalidSubmission
from tests.support import office as offices

BARE = b'key = "legalisasi"\nagency = "kalbar"\n\n[lanes]\n"Loket" = "intake_operator"\n'


def put(sheet: bytes, **parts: identity_sheet.Said) -> bytes:
    return identity_sheet.written(SopBundle.from_files({"sop.toml": sheet}), sheet, parts)


def test_one_part_is_changed_and_every_other_line_stays() -> None:
    sheet = (offices.SOP / "sop.toml").read_bytes()
    after = put(sheet, approver='Kepala "UPTD"', effective=date(2026, 12, 1))
    assert [(old, new) for old, new in zip(sheet.decode().splitlines(), after.decode().splitlines(), strict=True) if old != new] == [
        ("effective = 2023-03-06", "effective = 2026-12-01"),
        ('approver = "Kepala Unit Pelaksana Teknis Perlindungan Perempuan dan Anak, [nama pejabat], NIP [NIP]"',
         'approver = "Kepala \\"UPTD\\""')]


def test_the_entries_of_a_list_that_stay_keep_what_is_said_of_them() -> None:
    sheet = (offices.SOP / "sop.toml").read_bytes()
    before = tomllib.loads(sheet.decode())["identity"]
    said = identity_sheet.said(SopBundle.from_files({"sop.toml": sheet}))["legal_basis"]
    assert isinstance(said, tuple)
    first, second, *_rest = said
    after = tomllib.loads(put(sheet, legal_basis=(second, "Peraturan Gubernur Nomor 1 Tahun 2026", first)).decode())["identity"]
    assert after["legal_basis"] == [before["legal_basis"][1], "Peraturan Gubernur Nomor 1 Tahun 2026", before["legal_basis"][0]]
    assert {**after, "legal_basis": 0} == {**before, "legal_basis": 0}


def test_what_is_not_changed_is_not_written_anew() -> None:
    sheet = (offices.SOP / "sop.toml").read_bytes()
    assert put(sheet, **identity_sheet.said(SopBundle.from_files({"sop.toml": sheet}))) == sheet


def test_a_sheet_without_an_identity_gets_one() -> None:
    after = put(BARE, number="1/2026", legal_basis=("UU 12/2022",), effective=date(2026, 12, 1))
    assert after.startswith(BARE.rstrip())
    assert tomllib.loads(after.decode())["identity"] == {"number": "1/2026", "legal_basis": ["UU 12/2022"], "effective": date(2026, 12, 1)}


@pytest.mark.parametrize("identity", [
    b'identity = { number = "1" }\n',                                # in one line with the others
    b'[identity]\nlegal_basis = [\n"a",\nnumber = "1"\n',             # not TOML
    b'[identity]\nnote = """\nnumber = "2"\n"""\nnumber = "1"\n',     # a line that only looks like the part
])
def test_a_sheet_of_another_shape_is_refused_and_not_spoilt(identity: bytes) -> None:
    with pytest.raises(InvalidSubmission):
        put(identity + BARE if identity.startswith(b"identity") else BARE + identity, number="3")


@pytest.mark.parametrize("parts", [{"number": "a" * 1001}, {"approver": "a\x00b"}, {"legal_basis": ("a",) * 101}])
def test_a_line_that_may_not_be_is_named(parts: dict[str, identity_sheet.Said]) -> None:
    with pytest.raises(InvalidSubmission) as refused:
        put(BARE, **parts)
    assert list(refused.value.problems) == list(parts)
