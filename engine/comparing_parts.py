"""What changed in the parts of an SOP that are not drawn: forms field by field, decision tables row by row, documents, identity sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from engine import consent_gates, resolving, safe_xml
from engine.changes import Change
from engine.definitions import Definition
from engine.forms_schema import Field, Form
from engine.types import Text

APPROVED: Final = "approved"
_FACTS: Final = (   # attribute of a field, and what people call it
    ("required", Text("wajib", "required")), ("type", Text("jenis", "type")), ("sensitivity", Text("kerahasiaan", "sensitivity")),
    ("steering", Text("menentukan alur", "steers the process")), ("show_if", Text("syarat tampil", "shown when")),
    ("rule", Text("aturan isian", "rule")), ("allow_unknown", Text("boleh tidak tahu", "may be unknown")),
    ("label", Text("label", "label")))
#: What is asked stays the same, whatever these say.
_WORDS_BESIDE: Final = (
    ("help", Text("bantuan", "help")), ("group", Text("judul kelompok", "heading")), ("clause", Text("pasal", "clause")))


_Cells = tuple[str, ...]   # of one row


def approves(form: Form | None) -> bool:
    """Whether somebody answers "approved" or otherwise in this form, and the process heeds it."""
    return form is not None and any(option.value == APPROVED for field in form.steering for option in field.options)


def forms(old: Definition, new: Definition) -> Iterator[Change]:
    """Fields added, removed and changed in the forms both versions have, and forms only one has."""
    for key, form in new.forms.items():
        was = old.forms.get(key)
        if was is None:
            yield _row("form_added", "", key, False, f"Formulir baru: “{form.title.id}”.", f"New form: “{form.title.en}”.")
            continue
        grave = approves(form) or approves(was) or consent_gates.is_consent(was) or consent_gates.is_consent(form)
        if (was.record or "") != (form.record or ""):
            yield _row("form_changed", was.record or "", form.record or "", grave, f"Formulir “{form.title.id}” membuat catatan lain.",
                       f"The form “{form.title.en}” makes another record.")
        if (was.title, was.help) != (form.title, form.help):
            yield _row("form_reworded", was.title.id, form.title.id, False,
                       f"Judul atau penjelasan formulir “{form.title.id}” ditulis ulang; isiannya tetap.",
                       f"Title or explanation of the form “{form.title.en}” reworded; its fields stay.")
        yield from _fields(form.title, was.fields, form.fields, grave)
    for key, form in old.forms.items():
        if key not in new.forms:
            grave = approves(form) or consent_gates.is_consent(form)
            yield _row("form_removed", key, "", grave, f"Formulir dihapus: “{form.title.id}”.", f"Form removed: “{form.title.en}”.")


def _fields(title: Text, before: Sequence[Field], after: Sequence[Field], grave: bool) -> Iterator[Change]:
    """Columns of a table in a form are its fields, one level down."""
    old, new = ({field.key: field for field in fields} for fields in (before, after))
    for key, field in new.items():
        was = old.get(key)
        if was is None:
            yield _row("field_added", "", key, grave, f"Isian baru pada “{title.id}”: “{field.label.id}”.",
                       f"New field in “{title.en}”: “{field.label.en}”.", steers=field.steering)
        else:
            yield from _field(title, was, field, grave)
    for key, field in old.items():
        if key not in new:
            yield _row("field_removed", key, "", grave, f"Isian dihapus dari “{title.id}”: “{field.label.id}”.",
                       f"Field removed from “{title.en}”: “{field.label.en}”.", steers=field.steering)


def _field(title: Text, was: Field, field: Field, grave: bool) -> Iterator[Change]:
    key, steers = field.key, was.steering or field.steering
    what, beside = ([word for name, word in facts if getattr(was, name) != getattr(field, name)] for facts in (_FACTS, _WORDS_BESIDE))
    if what:
        yield _row("field_changed", key, key, grave,
                   f"Isian “{field.label.id}” pada “{title.id}” berubah: {', '.join(w.id for w in what)}.",
                   f"The field “{field.label.en}” in “{title.en}” changes: {', '.join(w.en for w in what)}.", steers=steers)
    if beside:
        yield _row("field_reworded", key, key, False,
                   f"Isian “{field.label.id}” pada “{title.id}” ditulis ulang: {', '.join(w.id for w in beside)}; yang ditanyakan tetap.",
                   f"The field “{field.label.en}” in “{title.en}” is reworded: {', '.join(w.en for w in beside)}; what is asked stays.")
    had, has = ({option.value: option.label for option in each.options} for each in (was, field))
    if list(had) != list(has):
        yield _row("field_changed", ", ".join(had), ", ".join(has), grave,
                   f"Pilihan “{field.label.id}” pada “{title.id}” berubah: {_answers(had).id} menjadi {_answers(has).id}.",
                   f"The choices of “{field.label.en}” in “{title.en}”: {_answers(had).en} is now {_answers(has).en}.", steers=steers)
    for value in (value for value in has if value in had and had[value] != has[value]):
        yield _row("field_changed", value, value, grave,
                   f"Bunyi pilihan pada “{field.label.id}” di “{title.id}” berubah: “{had[value].id}” menjadi “{has[value].id}”.",
                   f"The wording of a choice of “{field.label.en}” in “{title.en}”: “{had[value].en}” is now “{has[value].en}”.",
                   steers=steers)
    yield from _fields(Text(f"{title.id} / {field.label.id}", f"{title.en} / {field.label.en}"), was.fields, field.fields, grave)


def _answers(options: Mapping[str, Text]) -> Text:
    return Text(", ".join(f"“{label.id}”" for label in options.values()), ", ".join(f"“{label.en}”" for label in options.values()))


def decisions(old: Definition, new: Definition) -> Iterator[Change]:
    """How a decision table picks, its columns, rows added, removed and changed; decisions written as an expression, as a whole."""
    before, after = _decided(old), _decided(new)
    for name, now in after.items():
        if name not in before:
            yield _row("decision_added", "", name, False, f"Keputusan baru: {name}.", f"New decision: {name}.")
            continue
        was = before[name]
        if not was.policy and not now.policy:
            had, has = was.rows[0][0], now.rows[0][0]
            if had != has:
                yield _row("decision_expression_changed", had, has, False, f"Ungkapan {name} berubah: {had} menjadi {has}.",
                           f"The expression of {name}: {had} is now {has}.")
            continue
        if not was.policy or not now.policy:
            yield _row("decision_expression_changed", was.policy, now.policy, False,
                       f"{name} kini ditulis sebagai {'tabel' if now.policy else 'ungkapan'}.",
                       f"{name} is now written as {'a table' if now.policy else 'an expression'}.")
            continue
        if was.policy != now.policy:
            yield _row("decision_row_changed", was.policy, now.policy, False,
                       f"Cara memilih baris pada {name} berubah: {was.policy} menjadi {now.policy}.",
                       f"How {name} picks its rows: {was.policy} is now {now.policy}.")
        if was.columns != now.columns:
            had, has = "; ".join(was.columns), "; ".join(now.columns)
            yield _row("decision_row_changed", had, has, False, f"Kolom pada {name} berubah: {had} menjadi {has}.",
                       f"The columns of {name}: {had} is now {has}.")
        yield from _decision_rows(name, was.rows, now.rows)
    for name in before:
        if name not in after:
            yield _row("decision_removed", name, "", False, f"Keputusan dihapus: {name}.", f"Decision removed: {name}.")


def _decision_rows(name: str, old: Sequence[_Cells], new: Sequence[_Cells]) -> Iterator[Change]:
    """Rows are numbered from 1 as the table shows them: in the new version where they are new, else in the old one."""
    for change, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, now = (" | ".join("; ".join(row) for row in rows) for rows in (old[i1:i2], new[j1:j2]))
        first, last = (j1 + 1, j2) if change == "insert" else (i1 + 1, i2)
        at = f"{first}" if first == last else f"{first}–{last}"
        if change == "insert":
            yield _row("decision_row_added", "", now, False, f"Baris baru {at} pada {name}: {now}.", f"New row {at} in {name}: {now}.")
        elif change == "delete":
            yield _row("decision_row_removed", was, "", False, f"Baris {at} dihapus dari {name}: {was}.",
                       f"Row {at} removed from {name}: {was}.")
        elif change == "replace":
            yield _row("decision_row_changed", was, now, False, f"Baris {at} pada {name} berubah: {was} menjadi {now}.",
                       f"Row {at} in {name}: {was} is now {now}.")


@dataclass(frozen=True)
class _Decided:
    """A decision as it is told: how it picks and what its columns are, "" and none for an expression, whose one row it is."""

    policy: str
    columns: _Cells
    rows: Sequence[_Cells]


def _decided(definition: Definition) -> dict[str, _Decided]:
    found: dict[str, _Decided] = {}
    for path, data in definition.files.items():
        if path.lower().endswith(".dmn"):
            for decision in safe_xml.safe_root(data, path, root=None).iter("{*}decision"):
                table = next(decision.iter("{*}decisionTable"), None)
                found[str(decision.get("name"))] = _Decided("", (), [(_said(decision),)]) if table is None else _Decided(
                    " ".join(filter(None, (table.get("hitPolicy") or "UNIQUE", table.get("aggregation")))),
                    tuple(_said(one) or str(one.get("name") or "") for one in table if _local(one) in ("input", "output")),
                    [tuple(_said(cell) for cell in rule if _local(cell).endswith("Entry")) for rule in table.iter("{*}rule")])
    return found


def _said(element: Any) -> str:
    return " ".join(" ".join(text.text.split()) for text in element.iter("{*}text") if text.text)


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def documents(old: Definition, new: Definition) -> Iterator[Change]:
    """Documents the SOP makes: added, removed, or with another template."""
    for code, (document, folder) in new.documents.items():
        was = old.documents.get(code)
        if was is None:
            yield _row("document_added", "", code, False, f"Dokumen baru: {code} {document.title.id}.",
                       f"New document: {code} {document.title.en}.")
        elif was[0] != document or _template(old, *was) != _template(new, document, folder):
            yield _row("document_changed", code, code, was[0].leaves != document.leaves, f"Dokumen {code} {document.title.id} berubah.",
                       f"Document {code} {document.title.en} changes.")
    for code, (document, _) in old.documents.items():
        if code not in new.documents:
            yield _row("document_removed", code, "", False, f"Dokumen dihapus: {code} {document.title.id}.",
                       f"Document removed: {code} {document.title.en}.")


def _template(definition: Definition, document: Any, folder: str) -> bytes | None:
    return definition.files.get(f"{folder}documents/{document.template}.typ")


def identity(old: Definition, new: Definition) -> Iterator[Change]:
    """Title and parts of the identity sheet."""
    parts = {"title": (old.sheet.title.id, new.sheet.title.id), **{
        name: (old.sheet.identity.get(name), new.sheet.identity.get(name)) for name in (*new.sheet.identity, *old.sheet.identity)}}
    for name, (was, now) in parts.items():
        if was != now:
            yield _row("identity_changed", name, name, False, f"Lembar identitas berubah: {name}.", f"The identity sheet changes: {name}.")


#: What a changed file of a kind would have been told by, had anybody said it.
_TELLS: Final = (
    (".bpmn", ("step_", "node_", "lane_", "time_", "form_changed", "inputs_", "outputs_", "sensitivity_", "behaviour_", "order_",
               "condition_", "answer_", "correlation_", "id_")),
    (".dmn", ("decision_",)),
    (".json", ("form_", "field_")),
    (".typ", ("document_",)),
    (".toml", ("role_", "start_roles_", "identity_", "document_")))


def other_files(old: Definition, new: Definition, *, said: Collection[str]) -> Iterator[Change]:
    """Files that differ though no row tells of their kind: where shapes stand, clauses, notes."""
    for path in sorted(old.files.keys() | new.files.keys()):
        if old.files.get(path) == new.files.get(path) or _is_story(path):
            continue
        tells = next((kinds for ending, kinds in _TELLS if path.endswith(ending)), ())
        if not tells or not any(kind.startswith(tells) for kind in said):
            yield _row("file_changed", path if path in old.files else "", path if path in new.files else "", False,
                       f"Berkas {path} berubah dalam hal yang tidak disebut di atas (letak gambar, catatan, klausul).",
                       f"The file {path} changes in what is not told above (layout, notes, clauses).")


def stories(old: Definition, new: Definition) -> Iterator[Change]:
    """The scenarios by which the SOP is checked, each kind of change in one row: many are written anew where one time changes."""
    before, after = ({path: data for path, data in each.files.items() if _is_story(path)} for each in (old, new))
    gone, come = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    anew = sorted(path for path in before.keys() & after.keys() if before[path] != after[path])
    for kind, paths, indonesian, english in (
            ("scenario_removed", gone, "Skenario dihapus, tidak lagi diperiksa", "Scenarios removed, no longer checked"),
            ("scenario_added", come, "Skenario baru", "New scenarios"),
            ("scenario_changed", anew, "Skenario ditulis ulang", "Scenarios written anew")):
        if paths:
            names = ", ".join(path.rpartition("/")[2].removesuffix(".toml") for path in paths)
            yield _row(kind, names if paths is not come else "", names if paths is not gone else "", False,
                       f"{indonesian} ({len(paths)}): {names}.", f"{english} ({len(paths)}): {names}.")


def _is_story(path: str) -> bool:
    return resolving.inside(path).startswith("scenarios/")


def _row(kind: str, before: str, after: str, grave: bool, indonesian: str, english: str, *, steers: bool = False) -> Change:
    return Change(kind=kind, element_id="", before=before, after=after, text=Text(indonesian, english), grave=grave, steers=steers)
