"""Files a process owner sends: a diagram, several files, or a zip of an SOP folder. Bounded before anything is read."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO

from werkzeug.datastructures import FileStorage

XML_BYTES = 2 * 1024 * 1024
TOTAL_BYTES = 10 * 1024 * 1024
FILES = 500
DEEPEST = 7  # sop/uses/common/dokumen/documents/...
_NAME = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}\Z")
_XML = (".bpmn", ".dmn", ".xml")


class UploadRefused(Exception):
    """These files are too many, too large, or named in a way that could point outside their folder."""

    def __init__(self, reason: str) -> None:
        self.reason = reason  # empty | too-large | too-many | bad-name | bad-zip
        super().__init__(reason)


def read(sent: Iterable[FileStorage]) -> dict[str, bytes]:
    """The files by relative name; a single zip is unpacked. Names are checked, never used to open anything."""
    files: dict[str, bytes] = {}
    for storage in sent:
        if not storage.filename:
            continue
        content = storage.read(TOTAL_BYTES + 1)
        if content[:4] == b"PK\x03\x04":
            files.update(_unzip(content))
        else:
            files[_safe(storage.filename.replace("\\", "/").rsplit("/", 1)[-1])] = content
        _check(files)
    if not files:
        raise UploadRefused("empty")
    return files


def _unzip(content: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) > FILES:
                raise UploadRefused("too-many")
            left = TOTAL_BYTES
            for info in members:
                # Read at most one byte beyond what is left: the size a zip declares is only a claim.
                with archive.open(info) as member:
                    data = member.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise UploadRefused("too-large")
                files[_safe(info.filename)] = data
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise UploadRefused("bad-zip") from error
    return _without_common_folder(files)


def _without_common_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """Drop the one folder everything sits in, as zips of a folder have it."""
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) == 1 and all("/" in name for name in files):
        return {name.split("/", 1)[1]: data for name, data in files.items()}
    return files


def _safe(name: str) -> str:
    parts = name.split("/")
    if len(parts) > DEEPEST or not all(_NAME.match(part) and ".." not in part for part in parts):
        raise UploadRefused("bad-name")
    return name


def _check(files: dict[str, bytes]) -> None:
    if len(files) > FILES:
        raise UploadRefused("too-many")
    if sum(map(len, files.values())) > TOTAL_BYTES:
        raise UploadRefused("too-large")
    if any(len(data) > XML_BYTES for name, data in files.items() if name.lower().endswith(_XML)):
        raise UploadRefused("too-large")
