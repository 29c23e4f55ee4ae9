"""Who signed, as what, and how: drawn on screen, a thumbprint, or a scan of a signed paper, each held by its SHA-256.

A certified electronic signature would be a further method (`certified`): its answer would carry the provider's token in place of
an image, and `form_values` would have it checked by a client that stands with the other outside clients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine import seal
from engine.executor import Context
from engine.forms_schema import Field, FieldType
from engine.types import Value
from storage import documents, instances

_SHOWN: Final = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature under a document, by the question it answers."""

    record: str
    field: str
    label: str
    name: str
    position: str
    method: str
    sha256: str
    media_type: str

    @property
    def file(self) -> str:
        """What its image is called for a template; empty where there is none that a page can show (a scan as PDF)."""
        ending = _SHOWN.get(self.media_type)
        return f"signature-{self.sha256[:32]}.{ending}" if ending else ""

    def as_data(self) -> dict[str, Any]:
        """What a template is told of it."""
        return {"record": self.record, "field": self.field, "label": self.label, "name": self.name, "position": self.position,
                "method": self.method, "sha256": self.sha256, "media_type": self.media_type}


def of(said: Mapping[str, Mapping[str, Value]], fields: Mapping[tuple[str, str], Field]) -> list[Signature]:
    """The signatures among these answers, in their order."""
    found = []
    for record, values in said.items():
        for key, value in values.items():
            asked = fields.get((record, key))
            if asked is not None and asked.type is FieldType.SIGNATURE and isinstance(value, Mapping):
                found.append(Signature(record=record, field=key, label=asked.label.id, **{
                    part: str(value.get(part, "")) for part in ("name", "position", "method", "sha256", "media_type")}))
    return found


def images(context: Context, row: instances.InstanceRow, signed: Sequence[Signature]) -> dict[str, bytes]:
    """The images to print, by the name templates know them under. A file that is gone or altered is not shown."""
    wanted = {one.sha256: one.file for one in signed if one.file}
    if not wanted or row.case_id is None:
        return {}
    key = context.case_key(row.case_id, row.wrapped_key)
    found: dict[str, bytes] = {}
    for kept in documents.uploads(context.uow, row.case_id, wanted):
        if kept.ciphertext is not None:
            found[wanted[kept.sha256]] = seal.unseal(key, kept.ciphertext, bound_to=f"document:{kept.id}")
    return found
