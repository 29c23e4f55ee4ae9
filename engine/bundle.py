"""The files of one SOP, wherever they came from: a folder, an upload, the studio's draft."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine import resolving
from engine.errors import BundleRefused
from engine.types import LintFinding, Severity, Text

MAX_FILES = 500
MAX_TOTAL_BYTES = 10 * 1024 * 1024
MAX_PATH = 200

_REFUSALS = {
    "bundle-empty": ("Tidak ada berkas di dalamnya.", "There is no file in it."),
    "bundle-path": (
        "Nama berkas keluar dari folder SOP atau memuat huruf yang tidak boleh.",
        "A file name leaves the SOP's folder or holds characters it may not.",
    ),
    "bundle-symlink": (
        "Berkas tautan (symlink) tidak boleh ada di folder SOP.",
        "A symbolic link may not stand in an SOP's folder.",
    ),
    "bundle-duplicate-path": ("Dua berkas bernama sama.", "Two files have the same name."),
    "bundle-too-many-files": (f"Lebih dari {MAX_FILES} berkas.", f"More than {MAX_FILES} files."),
    "bundle-too-big": ("Berkas-berkas ini lebih besar dari 10 MiB.", "The files are larger than 10 MiB together."),
    "bundle-unreadable": ("Berkas tidak dapat dibaca.", "A file cannot be read."),
}
_INSTEAD = Text(
    "Susun folder SOP seperti di bpmn/README.md lalu unggah kembali.",
    "Arrange the SOP's folder as bpmn/README.md shows, then hand it in again.",
)


@dataclass(frozen=True)
class SopBundle:
    """The files of one SOP by their path inside its folder. Build it with `from_dir` or `from_files`."""

    files: Mapping[str, bytes]

    @classmethod
    def from_dir(cls, path: str | os.PathLike[str]) -> SopBundle:
        """Every file below `path` but hidden ones, with the folders its `sop.toml` adopts and uses; `path` may also be one file.

        Those folders stand beside it: `uses = ["common/merujuk"]` of `bpmn/depok/kasus` is `bpmn/common/merujuk`.

        Raises:
            BundleRefused: a symbolic link, a name that may not be, too many files or bytes.
        """
        root = Path(path)
        if root.is_symlink() or not root.exists():
            raise _refused("bundle-symlink" if root.is_symlink() else "bundle-unreadable", root.name)
        if root.is_file():
            return cls.from_files({root.name: _read(root, root.name)})
        library = Path(os.path.abspath(root)).parent.parent
        return cls.from_files(resolving.resolved(_below(root), lambda name: _lent(library, name)))

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> SopBundle:
        """The given files, names normalised (NFC, no leading `./`).

        Raises:
            BundleRefused: as `from_dir`.
        """
        if not files:
            raise _refused("bundle-empty", "")
        if len(files) > MAX_FILES:
            raise _refused("bundle-too-many-files", "")
        kept: dict[str, bytes] = {}
        spellings: set[str] = set()
        for name, data in files.items():
            path = normalised(name)
            if path.casefold() in spellings:
                raise _refused("bundle-duplicate-path", path)
            spellings.add(path.casefold())
            kept[path] = bytes(data)
        if sum(map(len, kept.values())) > MAX_TOTAL_BYTES:
            raise _refused("bundle-too-big", "")
        return cls(MappingProxyType(dict(sorted(kept.items()))))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the sorted (path, bytes) pairs, each with its length, so that no two bundles run together."""
        hashed = hashlib.sha256(b"kawal-bundle-1")
        for path, data in sorted(self.files.items()):
            name = path.encode("utf-8")
            hashed.update(b"%d:%s%d:" % (len(name), name, len(data)))
            hashed.update(data)
        return hashed.hexdigest()

    @cached_property
    def toml(self) -> Mapping[str, Any]:
        """`sop.toml` parsed, over the sheet it adopts; {} if there is none or it cannot be read (lint says which)."""
        return resolving.merged(resolving.layers(self.files))

    def named(self, suffix: str) -> dict[str, bytes]:
        """The files whose name ends in `suffix`, in path order."""
        return {path: data for path, data in self.files.items() if path.lower().endswith(suffix)}

    def forms(self) -> dict[str, bytes]:
        """The form files, the used folders' among them."""
        return {
            path: data
            for path, data in self.files.items()
            if path.endswith(".json") and resolving.inside(path).startswith("forms/")
        }

    def diagrams(self) -> dict[str, bytes]:
        """The BPMN files: `*.bpmn`, `*.bpmn.xml`, `*.bpmn20.xml`; a bundle of one XML file is taken to be one."""
        found = {
            path: data
            for path, data in self.files.items()
            if path.lower().endswith((".bpmn", ".bpmn2", ".bpmn.xml", ".bpmn20.xml"))
        }
        if not found and len(self.files) == 1:
            (path,) = self.files
            if not path.lower().endswith((".dmn", ".toml", ".json", ".typ")):
                return dict(self.files)
        return found


def normalised(name: str) -> str:
    """`name` as a path inside a bundle.

    Raises:
        BundleRefused: `bundle-path`.
    """
    path = unicodedata.normalize("NFC", name)
    while path.startswith("./"):
        path = path[2:]
    parts = path.split("/")
    wrong = (
        not path
        or len(path) > MAX_PATH
        or "\\" in path
        or ":" in path
        or any(part in ("", ".", "..") for part in parts)
        or (not (path.isascii() and path.isprintable())   # nearly every name is, and a bundle has hundreds
            and any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for letter in path))
    )
    if wrong:
        raise _refused("bundle-path", path)
    return path


def printable(path: str) -> str:
    """A path that may stand in a finding: printable, short."""
    return "".join(letter if letter.isprintable() else "?" for letter in path[:MAX_PATH])


def _below(root: Path) -> dict[str, bytes]:
    """Every file below a folder but hidden ones, by relative path."""
    files: dict[str, bytes] = {}
    size = 0
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__pycache__")))
        for name in [*folders, *sorted(names)]:
            if (Path(folder) / name).is_symlink():
                raise _refused("bundle-symlink", name)
        for name in sorted(names):
            if name.startswith("."):
                continue
            relative = (Path(folder) / name).relative_to(root).as_posix()
            files[relative] = _read(Path(folder) / name, relative)
            size += len(files[relative])
            if len(files) > MAX_FILES:
                raise _refused("bundle-too-many-files", relative)
            if size > MAX_TOTAL_BYTES:
                raise _refused("bundle-too-big", relative)
    return files


def _lent(library: Path, name: str) -> dict[str, bytes]:
    """The files of another folder of the library; {} where there is none."""
    agency, sop = name.split("/")
    folder = library / agency / sop
    if (library / agency).is_symlink() or folder.is_symlink():
        raise _refused("bundle-symlink", name)
    return _below(folder) if folder.is_dir() else {}


def _read(path: Path, relative: str) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > MAX_TOTAL_BYTES:
            raise _refused("bundle-too-big" if path.is_file() else "bundle-unreadable", relative)
        return path.read_bytes()
    except OSError:
        raise _refused("bundle-unreadable", relative) from None


def _refused(code: str, path: str) -> BundleRefused:
    indonesian, english = _REFUSALS[code]
    return BundleRefused(
        [
            LintFinding(
                code=code,
                severity=Severity.ERROR,
                file=printable(path),
                line=None,
                element_id=None,
                message=Text(indonesian, english),
                instead=_INSTEAD,
            )
        ]
    )
