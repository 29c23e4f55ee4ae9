"""A form's file merged question by question, and within a question property by property."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from engine import form_edit
from engine.merging.weighing import ORDER, Side, Unmergeable, Weighing
from engine.errors import BundleRefused
from engine.types import Text

HEAD = ""   # the part that is the form itself; no question has that key
_NAMES = {
    "label": ("pertanyaan", "question"), "help": ("penjelasan", "help"), "type": ("jenis isian", "kind of field"),
    "options": ("pilihan", "options"), "required": ("wajib diisi", "required"), "showIf": ("kapan tampil", "when it is shown"),
    "rule": ("aturan", "rule"), "sensitivity": ("kelas data", "data class"), "steering": ("mengarahkan alur", "steers the process"),
    "group": ("bagian", "part of the form"), "clause": ("pasal sumber", "source clause"), "fields": ("kolom", "columns"),
    "allowUnknown": ("boleh belum diketahui", "may be unknown"), "title": ("judul", "title"), ORDER: ("urutan", "order")}
_Raw = dict[str, Any]


def merged(weighing: Weighing, base: bytes, in_force: bytes, draft: bytes) -> bytes:
    """The form, set as the version in force sets it. Raises `Unmergeable` where one of the three cannot be read."""
    was, mine, theirs = (_read(each, weighing.file) for each in (base, in_force, draft))
    parts = [_parts(form) for form in (was, mine, theirs)]
    weighing.title = partial(_title, {**parts[0], **parts[2], **parts[1]})
    taken = weighing.sides(*parts)
    kept = [key for key in taken if key != HEAD]
    order = weighing.order(HEAD, [[key for key in each if key != HEAD] for each in parts], kept)
    from_side = {Side.IN_FORCE: parts[1], Side.DRAFT: parts[2]}

    def made(key: str) -> _Raw:
        said = {name: from_side[side].get(key, {}).get(name) for name, side in taken[key].items()}
        return {name: value for name, value in said.items() if value is not None}

    return form_edit.set_as(in_force, {**made(HEAD), "fields": _headed([made(key) for key in order])})


def _title(questions: Mapping[str, Any], part: str, name: str) -> Text:
    about = _NAMES.get(name, (name, name))
    if part == HEAD:
        return Text(f"Formulir: {about[0]}", f"Form: {about[1]}")
    label = questions[part].get("label", {})
    asked = Text(label.get("id", part), label.get("en") or label.get("id", part))
    return Text(f"“{asked.id}”: {about[0]}", f"“{asked.en}”: {about[1]}") if name else Text(f"“{asked.id}”", f"“{asked.en}”")


def _read(data: bytes, file: str) -> _Raw:
    try:
        return form_edit.read(data, file)
    except BundleRefused:
        raise Unmergeable() from None


def _parts(form: _Raw) -> dict[str, _Raw]:
    """The form itself and its questions; each says the heading it stands under, so that none slips under another one."""
    heads = form_edit.headings_of(form["fields"])
    return {HEAD: {name: value for name, value in form.items() if name != "fields"},
            **{field["key"]: {**field, "group": heading} for field, heading in zip(form["fields"], heads, strict=True)}}


def _headed(fields: list[_Raw]) -> list[_Raw]:
    """Each heading once, where it begins."""
    current = None
    for field in fields:
        heading = field.pop("group", None)
        if heading is not None and heading != current:
            field["group"] = current = heading
    return fields
