"""Files too large, too deep or too many: refused by name, before they cost anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import engine
from tests.hostile import attempt, bombs, cage


@pytest.mark.parametrize("name", [*bombs.REFUSED, *bombs.REFUSED_BESIDE])
def test_a_bomb_is_refused_in_bounded_time_and_memory(name: str) -> None:
    make, code = (bombs.REFUSED | bombs.REFUSED_BESIDE)[name]
    ended = cage.run(lambda: attempt.tried(make()))

    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ())
    wanted = [found for found in ended.answer["refused"] if found == code or (name in bombs.REFUSED_BESIDE and found.startswith(code))]
    assert wanted, ended.answer["refused"]
    assert ended.answer["count"] < 3_000


@pytest.mark.parametrize(("name", "code"), [
    ("../x.bpmn", "bundle-path"),
    ("/etc/x.bpmn", "bundle-path"),
    ("a/../../x.bpmn", "bundle-path"),
    ("..\\x.bpmn", "bundle-path"),
    ("C:x.bpmn", "bundle-path"),
    ("x.bpmn\0.txt", "bundle-path"),
    ("a//x.bpmn", "bundle-path"),
    ("x\u202enpmb.exe", "bundle-path"),
    ("x\n.bpmn", "bundle-path"),
    ("\ud800.bpmn", "bundle-path"),
    ("x" * 300 + ".bpmn", "bundle-path"),
    ("", "bundle-path"),
    (".", "bundle-path"),
])
def test_a_path_that_leaves_the_folder_is_refused(name: str, code: str) -> None:
    with pytest.raises(engine.BundleRefused) as refused:
        engine.SopBundle.from_files({name: bombs.simple()})
    assert [finding.code for finding in refused.value.findings] == [code]
    assert refused.value.findings[0].file.isprintable()


@pytest.mark.parametrize(("files", "code"), [
    ({}, "bundle-empty"),
    ({f"{n}.txt": b"" for n in range(501)}, "bundle-too-many-files"),
    ({f"{n}.txt": b"x" * 1_048_576 for n in range(11)}, "bundle-too-big"),
    ({"x.bpmn": b"", "X.BPMN": b""}, "bundle-duplicate-path"),
    ({"e\u0301.bpmn": b"", "\u00e9.bpmn": b""}, "bundle-duplicate-path"),
    ({"x.bpmn": b"", "./x.bpmn": b""}, "bundle-duplicate-path"),
], ids=["none", "five hundred and one", "eleven megabytes", "case", "accent", "dot"])
def test_a_bundle_that_is_none_is_refused(files: dict[str, bytes], code: str) -> None:
    with pytest.raises(engine.BundleRefused) as refused:
        engine.SopBundle.from_files(files)
    assert [finding.code for finding in refused.value.findings] == [code]


@pytest.mark.parametrize(("plant", "code"), [
    (lambda folder: (folder / "x.bpmn").symlink_to("/etc/passwd"), "bundle-symlink"),
    (lambda folder: (folder / "forms").symlink_to("/etc"), "bundle-symlink"),
    (lambda folder: (folder / "x.bpmn").symlink_to("nowhere"), "bundle-symlink"),
    (lambda folder: os.mkfifo(folder / "x.bpmn"), "bundle-unreadable"),
    (lambda folder: (folder / "x.bpmn").write_bytes(b" " * 11_000_000), "bundle-too-big"),
    (lambda folder: [(folder / f"{n}.txt").write_bytes(b"") for n in range(501)], "bundle-too-many-files"),
], ids=["link", "linked folder", "link to nowhere", "pipe", "eleven megabytes", "too many"])
def test_a_hostile_folder_is_refused(plant: Callable[[Path], object], code: str, tmp_path: Path) -> None:
    plant(tmp_path)
    with pytest.raises(engine.BundleRefused) as refused:
        engine.SopBundle.from_dir(tmp_path)
    assert [finding.code for finding in refused.value.findings] == [code]


@pytest.mark.parametrize("path", ["/dev/zero", "/proc/self/environ", "/nowhere"])
def test_a_device_is_no_folder(path: str) -> None:
    with pytest.raises(engine.BundleRefused):
        found = engine.SopBundle.from_dir(path)
        engine.Trial.open(found, now=attempt.NOON)
