"""A form's file with one question changed, moved, added or taken out: what the author did not touch stays as it was written.

A file comes back byte by byte where nothing changed, else with its own indentation and its own order of words. A heading in a form
belongs to the question that names it and to all that follow; moving and taking out leave every other question under its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from engine import errors, feel, forms_schema
from engine.draft_edits import FieldEdit
from engine.errors import BundleRefused, InvalidSubmission
from engine.form_values import Problem
from engine.forms_schema import FieldType
from engine.types import Text

LONGEST_LABEL, LONGEST_HELP = 300, 2000
_INDENT = re.compile(r"\n([ \t]+)\S")
_CHOICES = (FieldType.CHOICE, FieldType.CHOICES)
#: A table needs a column before it can be saved; its author renames this one.
_FIRST_COLUMN = {"key": "column_1", "type": "text", "label": {"id": "Kolom 1", "en": "Column 1"}, "sensitivity": "C1"}
#: The box of the page that a refusal of the whole form is about.
_BOXES = {"form-field-key": "key", "form-field-twice": "key", "form-field-type": "type", "form-options": "options",
          "form-steering-type": "steering"}
_MOST_NAMED = 8
_Raw = dict[str, Any]


def with_field(data: bytes, file: str, edit: FieldEdit, *, key: str = "", parent: str = "", after: str | None = None) -> bytes:
    """The form with the question `key` as typed, or with a new one where `key` is "".

    `parent` is the table that the question is a column of, "" for the form itself. `after` names the question it shall follow, "" for
    the first place, None for where it stands, a new one last.

    Raises:
        InvalidSubmission: by the box of the page; `lets_go` where the type typed cannot have the options or columns there are.
        NotFound: there is no such question, or nothing to place it after.
        BundleRefused: the form cannot be read.
    """
    form = read(data, file)
    fields = _fields_of(form, parent)
    _check(edit)
    place = _place(fields, key) if key else len(fields)
    before = fields[place] if key else {}
    _check_loss(before, edit)
    changed = _changed(before, edit)
    if not key:
        fields.insert(place if after is None else _place(fields, after) + 1 if after else 0, changed)
    else:
        fields[place] = changed
        if after is not None and after != key:
            _put_after(fields, place, after, keeps_heading="group" in changed and changed["group"] != before.get("group"))
    return _written(data, form, file)


def moved(data: bytes, file: str, key: str, *, parent: str = "", up: bool) -> bytes:
    """The form with a question one place up or down; at the edge of a part it first joins the next part. At the end nothing changes.

    Raises:
        NotFound, BundleRefused: as `with_field`.
    """
    form = read(data, file)
    fields = _fields_of(form, parent)
    place = _place(fields, key)
    beside = place + (-1 if up else 1)
    if 0 <= beside < len(fields):
        headings = headings_of(fields)
        if headings[place] == headings[beside]:
            fields[place], fields[beside] = fields[beside], fields[place]
        else:
            headings[place] = headings[beside]
        _reheaded(fields, headings)
    return _written(data, form, file)


def without_field(data: bytes, file: str, key: str, *, parent: str = "") -> bytes:
    """The form without a question.

    Raises:
        InvalidSubmission: it is the only column of its table.
        NotFound, BundleRefused: as `with_field`.
    """
    form = read(data, file)
    fields = _fields_of(form, parent)
    place = _place(fields, key)
    if parent and len(fields) == 1:
        raise InvalidSubmission({"": ("Tabel perlu paling sedikit satu kolom; hapus tabelnya bila tidak dipakai.",
                                      "A table needs a column; remove the table if nobody needs it.")})
    headings = headings_of(fields)
    del fields[place], headings[place]
    _reheaded(fields, headings)
    return _written(data, form, file)


def with_head(data: bytes, file: str, *, title: Text, help: Text) -> bytes:
    """The form under another title, with another explanation. Raises `InvalidSubmission`, `BundleRefused`."""
    form = read(data, file)
    _refuse(_wrong_texts(("title", title, LONGEST_LABEL, True), ("help", help, LONGEST_HELP, False)))
    _set_text(form, "title", title)
    _set_text(form, "help", help)
    return _written(data, form, file)


def new_form(key: str, title: Text) -> tuple[str, bytes]:
    """Path and bytes of a form that asks nothing yet. Raises `InvalidSubmission`."""
    _refuse(_wrong_texts(("title", title, LONGEST_LABEL, True)))
    if not forms_schema.KEY.match(key):
        raise InvalidSubmission({"key": ("Huruf kecil, angka, dan garis bawah, diawali huruf; paling banyak 64.",
                                         "Lower-case letters, digits and underscores, a letter first; at most 64.")})
    form: _Raw = {"key": key, "fields": []}
    _set_text(form, "title", title)
    return f"forms/{key}.json", (json.dumps(form, ensure_ascii=False, indent=1) + "\n").encode()


# --- reading and writing -----------------------------------------------------------------------------------------


def read(data: bytes, file: str) -> dict[str, Any]:
    """The form as the file says it. Raises `BundleRefused`."""
    forms_schema.read_form(data, file=file)
    form: _Raw = json.loads(data.decode("utf-8-sig"))
    return form


def set_as(before: bytes, form: Mapping[str, Any]) -> bytes:
    """A form with the indentation of the file that says it now; that very file where it says the same."""
    text = before.decode("utf-8-sig")
    if form == json.loads(text):
        return before
    indent = _INDENT.search(text)
    return (json.dumps(form, ensure_ascii=False, indent=indent[1] if indent else None) + ("\n" if text.endswith("\n") else "")).encode()


def _written(before: bytes, form: _Raw, file: str) -> bytes:
    """The file's bytes; refused by box where nobody could fill the form in."""
    after = set_as(before, form)
    if after == before:
        return before
    try:
        forms_schema.read_form(after, file=file)
    except BundleRefused as refused:
        (finding,) = refused.findings
        raise InvalidSubmission({_BOXES.get(finding.code, ""): (finding.message.id, finding.message.en)}) from None
    return after


def _fields_of(form: _Raw, parent: str) -> list[_Raw]:
    fields: list[_Raw] = form["fields"]
    if not parent:
        return fields
    columns: list[_Raw] | None = fields[_place(fields, parent)].get("fields")
    if not columns:
        raise errors.NotFound(field=parent)
    return columns


def _place(fields: list[_Raw], key: str) -> int:
    found = next((place for place, field in enumerate(fields) if field["key"] == key), None)
    if found is None:
        raise errors.NotFound(field=key)
    return found


# --- headings ----------------------------------------------------------------------------------------------------


def headings_of(fields: list[dict[str, Any]]) -> list[Any]:
    """What each question stands under, as written; None before the first heading."""
    heading, found = None, []
    for field in fields:
        heading = field.get("group") or heading
        found.append(heading)
    return found


def _reheaded(fields: list[_Raw], headings: list[Any]) -> None:
    """Writes headings where the questions would otherwise stand under others than `headings` says."""
    current = None
    for field, heading in zip(fields, headings, strict=True):
        if heading != current and heading is not None:
            field["group"] = current = heading
        elif field.get("group", current) != current:
            del field["group"]


def _put_after(fields: list[_Raw], place: int, after: str, *, keeps_heading: bool) -> None:
    headings = headings_of(fields)
    field, heading = fields.pop(place), headings.pop(place)
    to = _place(fields, after) + 1 if after else 0
    if not keeps_heading:
        heading = headings[to - 1] if to else headings[0] if headings else None
    fields.insert(to, field)
    headings.insert(to, heading)
    _reheaded(fields, headings)


# --- one question ------------------------------------------------------------------------------------------------


def _changed(before: Mapping[str, Any], edit: FieldEdit) -> _Raw:
    """The question as typed; what its type cannot have goes."""
    field = {**before, "key": edit.key, "type": edit.type}
    _set_text(field, "label", edit.label)
    _set_text(field, "help", edit.help)
    _set(field, "required", edit.required, False)
    _set(field, "steering", edit.steering, False)
    _set(field, "sensitivity", edit.sensitivity, "C1" if before else None)
    if edit.type not in _CHOICES:
        field.pop("options", None)
    elif edit.options is not None:
        _set_options(field, edit.options)
    _set(field, "showIf", _condition(edit.show_if), "")
    _set(field, "rule", _condition(edit.rule), "")
    _set(field, "clause", edit.clause.strip(), "")
    _set(field, "allowUnknown", edit.allow_unknown, False)
    _set_text(field, "group", edit.heading)
    if edit.type != FieldType.ROWS:
        field.pop("fields", None)
    elif not field.get("fields"):
        field["fields"] = [dict(_FIRST_COLUMN)]
    return field


def _set(raw: _Raw, name: str, value: Any, empty: Any) -> None:
    if raw.get(name, empty) != value:
        raw.pop(name, None)
        if value != empty:
            raw[name] = value


def _set_text(raw: _Raw, name: str, text: Text) -> None:
    """Without English the Indonesian stands for both."""
    before = raw.get(name) or {"id": ""}
    indonesian, english = _plain(text.id), _plain(text.en)
    if (before["id"], before.get("en") or before["id"]) == (indonesian, english or indonesian):
        return
    if indonesian:
        raw[name] = {"id": indonesian, **({"en": english} if english else {})}
    else:
        raw.pop(name, None)


def _set_options(raw: _Raw, options: tuple[tuple[str, Text], ...]) -> None:
    before = {str(one.get("value")): one for one in raw.get("options", [])}
    made = []
    for value, label in options:
        option: _Raw = {"value": value, **before.get(value, {})}
        _set_text(option, "label", label)
        made.append(option)
    if made != raw.get("options", []):
        raw["options"] = made


def _plain(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _condition(text: str) -> str:
    """A condition without the `=` that diagrams set before one."""
    return text.strip().removeprefix("=").strip()


def _check(edit: FieldEdit) -> None:
    wrong = _wrong_texts(("label", edit.label, LONGEST_LABEL, True), ("help", edit.help, LONGEST_HELP, False),
                         ("heading", edit.heading, LONGEST_LABEL, False))
    if any(not 1 <= len(label.id.strip()) <= LONGEST_LABEL or len(label.en) > LONGEST_LABEL for _, label in edit.options or ()):
        wrong["options"] = ("Setiap pilihan perlu nilai dan tulisan, paling banyak 300 huruf.",
                            "Each option needs a value and a label, at most 300 characters.")
    for name, text in (("show_if", edit.show_if), ("rule", edit.rule)):
        if (problem := _unreadable(_condition(text))) is not None:
            wrong[name] = problem
    _refuse(wrong)


def _check_loss(before: Mapping[str, Any], edit: FieldEdit) -> None:
    """Nothing that somebody wrote goes with a change of type before its author was told so."""
    options = before.get("options", []) if edit.type not in _CHOICES else []
    columns = [one for one in before.get("fields", []) if one != _FIRST_COLUMN] if edit.type != FieldType.ROWS else []
    if edit.lets_go or not (options or columns):
        return
    labels = [(one["label"]["id"], one["label"].get("en") or one["label"]["id"]) for one in (*options, *columns)]
    listed = [", ".join(f"“{label[place]}”" for label in labels[:_MOST_NAMED]) for place in (0, 1)]
    more = len(labels) - _MOST_NAMED
    kind = ("pilihannya", "its options") if options else ("kolomnya beserta isinya", "its columns with what they say")
    rest = (f", dan {more} lagi", f" and {more} more") if more > 0 else ("", "")
    _refuse({"lets_go": (f"Dengan jenis jawaban ini hilang {kind[0]}: {listed[0]}{rest[0]}.",
                         f"With this type of answer {kind[1]} are lost: {listed[1]}{rest[1]}.")})


def _wrong_texts(*texts: tuple[str, Text, int, bool]) -> dict[str, Problem]:
    return {name: (f"Wajib diisi, paling banyak {longest} huruf." if needed else f"Paling banyak {longest} huruf.",
                   f"Required, at most {longest} characters." if needed else f"At most {longest} characters.")
            for name, text, longest, needed in texts
            if (needed and not text.id.strip()) or max(len(text.id), len(text.en)) > longest}


def _unreadable(source: str) -> Problem | None:
    try:
        if source:
            feel.compile_expression(source)
    except (feel.FeelSyntaxError, feel.FeelLimit) as wrong:
        return wrong.message("id"), wrong.message("en")
    return None


def _refuse(wrong: dict[str, Problem]) -> None:
    if wrong:
        raise InvalidSubmission(wrong)
