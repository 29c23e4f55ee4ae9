"""What leaves the library: the diagram as it was saved, its drawing, the whole folder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from engine import drawings, errors, versions
from engine.commands import drafts as commands
from engine.draft_files import own_diagrams
from engine.executor import Context
from engine.render.layout import DiagramWithoutLayout
from storage import drafts

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier instant; the same files give the same bytes


def bpmn(context: Context, version_id: str) -> bytes:
    """The SOP's own diagram, byte by byte. Raises `NotFound` where it has none, or several and no version says which."""
    files = _files(context, version_id)
    own = own_diagrams(files)
    if len(own) > 1:
        version = versions.find(context, version_id)
        own = [version.definition.processes[version.process_id].file]
    if not own:
        raise errors.NotFound(form="bpmn")
    return files[own[0]]


def svg(context: Context, version_id: str) -> bytes:
    """Its drawing. Raises `NotFound` where nothing in it has a place, `BundleRefused` for a draft that cannot run."""
    version = versions.find(context, version_id)
    try:
        return drawings.of_definition(version.definition, version.process_id)
    except DiagramWithoutLayout:
        raise errors.NotFound(form="svg") from None


def folder(context: Context, version_id: str) -> bytes:
    """Every file of it in one zip, with the folders it stands on: uploaded again it is the same SOP."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(_files(context, version_id).items()):
            archive.writestr(zipfile.ZipInfo(path, _EARLIEST), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _files(context: Context, version_id: str) -> Mapping[str, bytes]:
    draft = drafts.get(context.uow, version_id)
    if draft is not None and versions.may_read(context, draft):
        return commands.files_of(context, draft)
    return commands.files_of_version(context, version_id)
