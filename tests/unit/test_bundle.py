"""The files of an SOP: names that may be, links that may not, a digest that tells two bundles apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import bundle as bundles
from engine import toml_files
from engine.bundle import SopBundle
from engine.errors import BundleRefused


def refusal(files: dict[str, bytes]) -> str:
    with pytest.raises(BundleRefused) as caught:
        SopBundle.from_files(files)
    return caught.value.findings[0].code


@pytest.mark.parametrize("name", [
    "../sop.toml", "a/../../b", "/etc/passwd", "a//b", "", ".", "a/.", "C:/x", "a\\b", "a\0b", "a\nb", "x" * 201,
    "a\u202eb", "\ud800",  # a right-to-left override hides an ending; a lone surrogate is no name on any disk
])
def test_a_name_that_leaves_the_folder_is_refused(name: str) -> None:
    assert refusal({name: b""}) == "bundle-path"


def test_names_are_normalised_and_two_spellings_of_one_are_refused() -> None:
    assert list(SopBundle.from_files({"./forms/e\u0301.json": b""}).files) == ["forms/é.json"]
    assert refusal({"a.bpmn": b"", "./a.bpmn": b""}) == "bundle-duplicate-path"
    assert refusal({"A.bpmn": b"", "a.bpmn": b""}) == "bundle-duplicate-path"


def test_too_much_is_refused() -> None:
    assert refusal({}) == "bundle-empty"
    assert refusal({f"f{n}": b"" for n in range(bundles.MAX_FILES + 1)}) == "bundle-too-many-files"
    assert refusal({"a": b"x" * bundles.MAX_TOTAL_BYTES, "b": b"x"}) == "bundle-too-big"


def test_a_folder_is_read_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "a.json").write_bytes(b"{}")
    (tmp_path / "x.bpmn").write_bytes(b"<x/>")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"")
    (tmp_path / ".DS_Store").write_bytes(b"")
    assert dict(SopBundle.from_dir(tmp_path).files) == {"forms/a.json": b"{}", "x.bpmn": b"<x/>"}
    assert dict(SopBundle.from_dir(tmp_path / "x.bpmn").files) == {"x.bpmn": b"<x/>"}


@pytest.mark.parametrize("link", ["x.bpmn", "forms"])
def test_symbolic_links_are_refused(tmp_path: Path, link: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "sop").mkdir()
    (tmp_path / "sop" / link).symlink_to(tmp_path / "real")
    with pytest.raises(BundleRefused) as caught:
        SopBundle.from_dir(tmp_path / "sop")
    assert caught.value.findings[0].code == "bundle-symlink"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleRefused):
        SopBundle.from_dir(tmp_path / "none")


names = st.text("abc/", min_size=1, max_size=6).filter(lambda s: all(s.split("/")))
files = st.dictionaries(names, st.binary(max_size=6), min_size=1, max_size=4)


@given(files, files)
def test_two_bundles_have_one_digest_only_if_they_are_the_same(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    same = SopBundle.from_files(one).digest == SopBundle.from_files(other).digest
    assert same == (one == other)


@given(files)
def test_the_order_files_came_in_does_not_matter(given_files: dict[str, bytes]) -> None:
    backwards = dict(reversed(given_files.items()))
    assert SopBundle.from_files(given_files).digest == SopBundle.from_files(backwards).digest


def test_an_unreadable_sheet_is_no_sheet() -> None:
    assert SopBundle.from_files({"sop.toml": b"key = 'x'"}).toml == {"key": "x"}
    for broken in (b"\xff", b"x = [" * 5000, b"x = 1" + b"0" * 5000, b"=", b"x" * (toml_files.MAX_TOML_BYTES + 1)):
        assert SopBundle.from_files({"sop.toml": broken}).toml == {}
