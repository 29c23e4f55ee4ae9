"""What somebody hands in as a change of an SOP, completed from the version it changes: nobody has to send what did not change."""

from __future__ import annotations

from collections.abc import Mapping

from engine import errors, resolving
from engine.bundle import SopBundle

_STANDS_ON = ("uses/", "extends/")


def completed(given: SopBundle, before: Mapping[str, bytes]) -> SopBundle:
    """The whole SOP: one diagram takes the place of the one there is; a folder brings along the folders it stands on.

    A folder that adopts another keeps the adopted files it does not replace.

    Raises:
        InvalidSubmission: one diagram alone, and it cannot be told which it replaces.
    """
    if not before:
        return given
    if len(given.files) == 1 and given.diagrams():
        (path, data), = given.files.items()
        own = own_diagrams(before)
        replaced = path if path in own else own[0] if len(own) == 1 else None
        if replaced is None:
            raise errors.InvalidSubmission({"files": ("SOP ini punya beberapa diagram; beri berkas nama yang sama dengan yang diganti.",
                                                      "This SOP has several diagrams; name the file as the one it replaces.")})
        return SopBundle.from_files({**before, replaced: data})
    if any(path.startswith("extends/") for path in before):
        return SopBundle.from_files({**before, **given.files})
    missing = {resolving.folder_of(path) for path in before} - {resolving.folder_of(path) for path in given.files} - {""}
    return SopBundle.from_files({**{path: data for path, data in before.items() if resolving.folder_of(path) in missing}, **given.files})


def own_diagrams(files: Mapping[str, bytes]) -> list[str]:
    """The diagrams that are the SOP's own to change: none of a folder it stands on."""
    return [name for name in SopBundle.from_files(files).diagrams() if not name.startswith(_STANDS_ON)]
