"""Folders that stand on others: what a bundle of one holds, whose lanes count, and what an adopter changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from engine import definitions, resolving
from engine.bundle import SopBundle
from engine.errors import BundleRefused
from engine.lint.run import lint
from engine.types import Severity
from tests.support.bpmn import call, document, end, flows, process, start, user


def laned(process_id: str, lane: str, *parts: str, nodes: str) -> bytes:
    refs = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes.split())
    lanes = f'<bpmn:laneSet id="{process_id}_ls"><bpmn:lane id="{process_id}_l" name="{lane}">{refs}</bpmn:lane></bpmn:laneSet>'
    return document(process(process_id, lanes, *parts))


MAIN = laned("depok_kasus", "Kepala", start("a"), user("review"), call("go", "common_rujuk"), end("z"),
             flows("a", "review", "go", "z"), nodes="review")
LENT = laned("common_rujuk", "Kepala", start("b"), user("refer"), end("y"), flows("b", "refer", "y"), nodes="refer")
LIBRARY: Mapping[str, bytes] = {
    "depok/kasus/kasus.bpmn": MAIN,
    "depok/kasus/sop.toml": b'key = "kasus"\nagency = "depok"\nprocess = "depok_kasus"\nuses = ["common/rujuk"]\n'
                            b'[lanes]\n"Kepala" = "head_of_unit"\n[[clause]]\nid = "depok.a"\ntext = "x"\nelements = ["review"]\n'
                            b'sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"',
    "common/rujuk/rujuk.bpmn": LENT,
    "common/rujuk/sop.toml": b'agency = "common"\nkey = "rujuk"\nuses = ["common/surat"]\n[lanes]\n"Kepala" = "case_authority"\n',
    "common/rujuk/scenarios/a.toml": b"",
    "common/surat/sop.toml": b'agency = "common"\nkey = "surat"\n[[document]]\ncode = "F10"\ntemplate = "rujukan"\n',
    "common/surat/documents/rujukan.typ": b"",
    "common/surat/documents/rujukan.sample.json": b"{}",
    "bogor/kasus/sop.toml": b'extends = "depok/kasus"\nagency = "bogor"\n[lanes]\n"Kepala" = "supervisor"\n',
}


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def test_used_folders_come_along_and_theirs_too(tmp_path: Path) -> None:
    files = SopBundle.from_dir(write(tmp_path, LIBRARY) / "depok" / "kasus").files
    assert set(files) == {
        "kasus.bpmn", "sop.toml", "uses/common/rujuk/rujuk.bpmn", "uses/common/rujuk/sop.toml", "uses/common/surat/sop.toml",
        "uses/common/surat/documents/rujukan.typ", "uses/common/surat/documents/rujukan.sample.json"}


def test_a_complete_bundle_needs_no_library(tmp_path: Path) -> None:
    whole = SopBundle.from_dir(write(tmp_path / "library", LIBRARY) / "bogor" / "kasus")
    alone = write(tmp_path / "elsewhere" / "x" / "y", whole.files)
    assert SopBundle.from_dir(alone).digest == SopBundle.from_files(whole.files).digest == whole.digest
    assert [f.code for f in lint(whole) if f.severity is Severity.ERROR] == []


def test_a_lane_is_read_in_the_folder_that_draws_it(tmp_path: Path) -> None:
    definition = definitions.load(SopBundle.from_dir(write(tmp_path, LIBRARY) / "depok" / "kasus"))
    assert definition.main_process == "depok_kasus"
    assert definition.role_of("review", {"case_authority": "supervisor"}) == "head_of_unit"
    assert definition.role_of("refer", None) == "case_authority"
    assert definition.role_of("refer", {"case_authority": "supervisor"}) == "supervisor"
    assert definition.documents["F10"][1] == "uses/common/surat/"


def test_an_adopter_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    bundle = SopBundle.from_dir(write(tmp_path, LIBRARY) / "bogor" / "kasus")
    sheet = definitions.load(bundle).sheet
    assert (sheet.key, sheet.agency, sheet.process, sheet.lanes) == ("kasus", "bogor", "depok_kasus", {"Kepala": "supervisor"})
    assert [(clause.id, clause.origin) for clause in sheet.clauses] == [("depok.a", "depok/kasus")]
    assert bundle.files["kasus.bpmn"] == MAIN and bundle.toml["agency"] == "bogor"
    assert "uses/common/rujuk/rujuk.bpmn" in bundle.files


def test_an_adopters_own_files_and_rows_win(tmp_path: Path) -> None:
    own = {"bogor/kasus/sop.toml": LIBRARY["bogor/kasus/sop.toml"] + b'[[clause]]\nid = "depok.a"\ntext = "y"\nelements = ["review"]',
           "bogor/kasus/kasus.bpmn": MAIN.replace(b'id="review"', b'id="review" name="Periksa"')}
    definition = definitions.load(SopBundle.from_dir(write(tmp_path, {**LIBRARY, **own}) / "bogor" / "kasus"))
    assert definition.element("review").name == "Periksa"
    assert [(clause.text, clause.origin) for clause in definition.sheet.clauses] == [("y", "")]


def test_who_adopts_without_an_agency_does_not_pass_for_the_other(tmp_path: Path) -> None:
    bundle = SopBundle.from_dir(write(tmp_path, {**LIBRARY, "bogor/kasus/sop.toml": b'extends = "depok/kasus"'}) / "bogor" / "kasus")
    assert "agency" not in bundle.toml
    assert ("sheet-incomplete", "agency") in {(f.code, f.element_id) for f in lint(bundle)}


def test_adopting_in_a_circle_is_said_and_ends(tmp_path: Path) -> None:
    files = {**LIBRARY, "depok/kasus/sop.toml": b'extends = "bogor/kasus"\nagency = "depok"'}
    assert "uses-cycle" in {f.code for f in lint(SopBundle.from_dir(write(tmp_path, files) / "bogor" / "kasus"))}


def test_using_in_a_circle_is_said_and_ends(tmp_path: Path) -> None:
    files = {**LIBRARY, "common/surat/sop.toml": b'agency = "common"\nuses = ["depok/kasus"]'}
    assert "uses-cycle" in {f.code for f in lint(SopBundle.from_dir(write(tmp_path, files) / "depok" / "kasus"))}


@pytest.mark.parametrize("name", ["../../etc", "/etc/x", "common", "common/rujuk/forms", "common/..", "", "a/b\\n", "C:/x"])
def test_a_name_that_leaves_the_library_is_never_looked_up(name: str) -> None:
    asked: list[str] = []
    resolving.resolved({"sop.toml": f'uses = ["{name}"]\nextends = "{name}"'.encode()}, lambda one: asked.append(one) or {})
    assert asked == []


def test_a_link_out_of_the_library_is_refused(tmp_path: Path) -> None:
    root = write(tmp_path / "library", {name: data for name, data in LIBRARY.items() if not name.startswith("common/")})
    write(tmp_path / "outside", {"rujuk/sop.toml": b""})
    (root / "common").symlink_to(tmp_path / "outside")
    with pytest.raises(BundleRefused) as caught:
        SopBundle.from_dir(root / "depok" / "kasus")
    assert caught.value.findings[0].code == "bundle-symlink"


def test_a_folder_that_only_lends_needs_no_diagram(tmp_path: Path) -> None:
    found = lint(SopBundle.from_dir(write(tmp_path, LIBRARY) / "common" / "surat"))
    assert [(f.code, f.element_id) for f in found] == [("sheet-incomplete", "title")]


def test_a_used_folder_from_which_nothing_is_used_is_named(tmp_path: Path) -> None:
    more = {"common/sisa/sop.toml": b'agency = "common"', "depok/kasus/sop.toml": LIBRARY["depok/kasus/sop.toml"].replace(
        b'["common/rujuk"]', b'["common/rujuk", "common/sisa", "common/surat"]')}
    found = lint(SopBundle.from_dir(write(tmp_path, {**LIBRARY, **more}) / "depok" / "kasus"))
    assert sorted(f.element_id or "" for f in found if f.code == "uses-unused") == ["common/sisa", "common/surat", "common/surat"]
