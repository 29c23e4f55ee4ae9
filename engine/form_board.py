"""What the form pages of a draft need: one form as its file says it, as staff will see it, and where a question of it is used."""

from __future__ import annotations

from collections.abc import Iterator

from engine import draft_reading, drawing_board, errors, form_names, form_uses, forms, forms_schema
from engine.draft_edits import NOTHING, FieldEdit
from engine.draft_reading import written
from engine.editing_results import AuthoredField, FormBoard
from engine.executor import Context
from engine.forms_schema import SENSITIVITIES, Field, Form
from engine.types import Text


def board(context: Context, draft_id: str, file: str, *, key: str = "") -> FormBoard:
    """The board of one form, "" for the first; with where its question `key` is used.

    Raises:
        NotFound: the draft, the version or the form is none of the agency's.
    """
    found = draft_reading.held(context, draft_id)
    bundle = found.bundle
    read = {path: _form(path, data) for path, data in bundle.forms().items()}
    files = draft_reading.listed({path: form.title if form else Text(path, path) for path, form in read.items()})
    chosen = draft_reading.chosen_of(files, file)
    form = read[chosen.path] if chosen is not None else None
    return FormBoard(
        summary=found.summary, files=files, file=chosen, title=written(form.title) if form else NOTHING,
        help=written(form.help) if form else NOTHING, fields=tuple(_authored(form.fields)) if form else (),
        view=forms.to_fill(form, {}, SENSITIVITIES) if form else None,
        findings=found.of(chosen),
        clauses=drawing_board.clauses_of(bundle), uses=form_uses.uses(bundle, chosen.path, key) if chosen is not None and key else (),
        opened_by=form_uses.opened_by(bundle, chosen.path) if chosen is not None else (),
        unknown=form_names.unknown(bundle, form) if form else {})


def _form(path: str, data: bytes) -> Form | None:
    try:
        return forms_schema.read_form(data, file=path)
    except errors.BundleRefused:
        return None


def _authored(fields: tuple[Field, ...]) -> Iterator[AuthoredField]:
    """The questions as their pages show them; each heading stands at the one that begins it."""
    before = NOTHING
    for field in fields:
        heading = NOTHING if field.group == before else field.group
        yield AuthoredField(label=field.label, heading=heading, columns=tuple(_authored(field.fields)), edit=FieldEdit(
            key=field.key, type=field.type.value, label=written(field.label), help=written(field.help), required=field.required,
            allow_unknown=field.allow_unknown, steering=field.steering, sensitivity=field.sensitivity,
            options=tuple((one.value, written(one.label)) for one in field.options), show_if=field.show_if or "", rule=field.rule or "",
            clause=field.clause, heading=written(heading)))
        before = field.group
