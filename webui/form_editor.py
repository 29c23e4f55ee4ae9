"""The forms of a draft, question by question: every change the draft's next revision, beside it the form as staff will see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import FieldEdit
from engine.errors import BundleRefused, EngineError, InvalidSubmission, NotAllowed, NotFound, StaleRevision
from engine.types import Text
from webui import context, forms, limits, sop_drafts, sops
from webui.studio import SENSITIVITIES

pages = Blueprint("form_editor", __name__, url_prefix="/sop/formulir")

Answer = str | Response | tuple[str, int]


def type_words() -> dict[str, str]:
    """What a question may take, as its author reads it."""
    return {
        "text": _("Teks satu baris"), "longtext": _("Teks beberapa baris"), "choice": _("Satu dari beberapa pilihan"),
        "choices": _("Beberapa pilihan"), "boolean": _("Ya atau tidak"), "integer": _("Bilangan bulat"), "decimal": _("Bilangan"),
        "date": _("Tanggal"), "datetime": _("Tanggal dan jam"), "file": _("Berkas"), "signature": _("Tanda tangan"),
        "rows": _("Tabel: beberapa baris dengan kolom"),
    }


@pages.get("/<draft_id>")
def show(draft_id: str) -> Answer:
    """One form: its questions in order, and how staff will see it; whoever may not change it reads it."""
    return _page(draft_id, request.args.get("berkas", ""))


@pages.post("/<draft_id>/kepala")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def save_head(draft_id: str) -> Answer:
    """The form's title, and what stands above its questions."""
    file = request.form.get("berkas", "")
    return _change(draft_id, file, lambda actor, revision: context.engine().sops.save_form_head(
        actor, draft_id, file, title=_text("title"), help=_text("help"), expected_revision=revision), place="kepala")


@pages.post("/<draft_id>/pindah")
@limits.limiter.limit("120 per minute", key_func=limits.per_account)
def move(draft_id: str) -> Answer:
    """One question, or one column of a table, a place up or down."""
    file, parent, up = request.form.get("berkas", ""), request.form.get("tabel", ""), "naik" in request.form
    key = request.form.get("naik" if up else "turun", "")
    return _change(draft_id, file, lambda actor, revision: context.engine().sops.move_field(
        actor, draft_id, file, key, parent=parent, up=up, expected_revision=revision), place="isian", parent=parent)


@pages.post("/<draft_id>/hapus")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def remove(draft_id: str) -> Answer:
    """The form without a question."""
    file, parent, key = (request.form.get(name, "") for name in ("berkas", "tabel", "isian"))
    return _change(draft_id, file, lambda actor, revision: context.engine().sops.remove_field(
        actor, draft_id, file, key, parent=parent, expected_revision=revision), place="isian", parent=parent)


@pages.post("/<draft_id>/baru")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def add(draft_id: str) -> Answer:
    """A form that asks nothing yet."""
    def act() -> Answer:
        file = context.engine().sops.add_form(context.actor(), draft_id, key=request.form.get("key", "").strip(), title=_text("title"),
                                              expected_revision=request.form.get("revision", 0, type=int))
        return redirect(url_for("form_editor.show", draft_id=draft_id, berkas=file), code=303)

    return _told(draft_id, act, lambda problem, wrong, status: (_page(
        draft_id, request.form.get("berkas", ""), problem=problem, wrong=wrong, place="baru"), status))


@pages.post("/<draft_id>/buang")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def remove_form(draft_id: str) -> Answer:
    """The draft without a form that nothing uses."""
    file = request.form.get("berkas", "")

    def act() -> Answer:
        context.engine().sops.remove_form(context.actor(), draft_id, file, expected_revision=request.form.get("revision", 0, type=int))
        return redirect(url_for("form_editor.show", draft_id=draft_id), code=303)

    return _told(draft_id, act, lambda problem, wrong, status: (
        _page(draft_id, file, problem=problem, wrong=wrong, place="pemakaian"), status))


@pages.get("/<draft_id>/isian")
def field(draft_id: str) -> Answer:
    """One question to change; without a key a new one. Where nobody edits it now, the form shows it."""
    asked = request.args
    file = asked.get("berkas", "")[:300]
    if not context.engine().sops.form_board(context.actor(), draft_id, file=file).summary.is_editable:
        return redirect(url_for("form_editor.show", draft_id=draft_id, berkas=file), code=303)
    return _field_page(draft_id, file, asked.get("isian", ""), asked.get("tabel", ""))


@pages.post("/<draft_id>/isian")
@limits.limiter.limit("120 per minute", key_func=limits.per_account)
def save_field(draft_id: str) -> Answer:
    """The question as typed; refused with what to mend beside each box, and nothing typed is lost."""
    file, key, parent = (request.form.get(name, "") for name in ("berkas", "isian", "tabel"))
    after = request.form.get("after", "-")
    typed = FieldEdit(key="", type="", label=Text("", ""))

    def act() -> Answer:
        nonlocal typed
        typed, wrong = _typed()
        if wrong:
            raise InvalidSubmission(wrong)
        context.engine().sops.save_field(
            context.actor(), draft_id, file, typed, key=key, parent=parent, after=None if after == "-" else after,
            expected_revision=request.form.get("revision", 0, type=int))
        if typed.type == "rows" or parent:
            return _columns(draft_id, file, parent or typed.key)
        return redirect(url_for("form_editor.show", draft_id=draft_id, berkas=file, _anchor=f"q-{typed.key}"), code=303)

    return _told(draft_id, act, lambda problem, wrong, status: (_field_page(
        draft_id, file, key, parent, typed=typed, problem=problem, wrong=wrong, after=after), status))


# --- inside -------------------------------------------------------------------------------------------------------


def _change(draft_id: str, file: str, act: Callable[[Any, int], object], *, place: str, parent: str = "") -> Answer:
    """Act, then show the form, or the page of the table whose column it was."""
    def acted() -> Answer:
        act(context.actor(), request.form.get("revision", 0, type=int))
        if parent:
            return _columns(draft_id, file, parent)
        return redirect(url_for("form_editor.show", draft_id=draft_id, berkas=file, _anchor=place), code=303)

    return _told(draft_id, acted, lambda problem, wrong, status: (
        _field_page(draft_id, file, parent, "", problem=problem or " ".join(wrong.values())) if parent
        else _page(draft_id, file, problem=problem, wrong=wrong, place=place), status))


def _columns(draft_id: str, file: str, table: str) -> Answer:
    """The columns of a table stand on its page."""
    return redirect(url_for("form_editor.field", draft_id=draft_id, berkas=file, isian=table, _anchor="kolom"), code=303)


def _told(draft_id: str, act: Callable[[], Answer], page: Callable[[str, Mapping[str, str], int], Answer]) -> Answer:
    """What came of it; a refusal is told on `page`: one about the whole, those by box, and the status. A draft that nobody edits any more
    is shown as it stands."""
    try:
        return act()
    except (NotFound, NotAllowed):
        raise
    except InvalidSubmission as refusal:
        wrong = forms.problems_of(refusal)
        return page(wrong.pop("", ""), wrong, 422)
    except StaleRevision:
        return page(_("Draf ini disimpan orang lain sesudah halaman ini dibuka, jadi belum ada yang disimpan. Yang Anda tulis masih di "
                      "sini: periksa dahulu keadaan terbarunya, lalu simpan lagi."), {}, 409)
    except BundleRefused as refusal:
        return page(sop_drafts.why(refusal), {}, 422)
    except EngineError as refusal:
        return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas"), 422


def _page(draft_id: str, file: str, *, problem: str = "", wrong: Mapping[str, str] = {}, place: str = "") -> str:
    board = context.engine().sops.form_board(context.actor(), draft_id, file=file[:300])
    return render_template(
        "sop_form.html", board=board, draft=board.summary, findings=sops.by_severity(board.findings), type_words=type_words(),
        controls=forms.controls(board.view, {}) if board.view is not None else (), problem=problem, wrong=wrong, place=place,
        typed=request.form)


def _field_page(
    draft_id: str, file: str, key: str, parent: str, *, typed: FieldEdit | None = None, problem: str = "", wrong: Mapping[str, str] = {},
    after: str = "-",
) -> str:
    board = context.engine().sops.form_board(context.actor(), draft_id, file=file[:300], key=key[:100])
    table = next((each for each in board.fields if each.edit.key == parent), None) if parent else None
    if board.view is None or (parent and (table is None or not table.columns)):
        raise NotFound(file=file)
    beside = board.fields if table is None else table.columns
    found = next((each for each in beside if each.edit.key == key), None)
    if key and found is None:
        if typed is None:
            raise NotFound(field=key)
        key = ""   # taken out meanwhile by somebody else: what was typed is offered as a new one
    shown = typed or (found.edit if found else FieldEdit(key="", type="text", label=Text("", "")))
    options = _options_text(shown.options or ())
    return render_template(
        "sop_form_field.html", board=board, draft=board.summary, key=key, parent=parent, table=table, beside=beside, found=found,
        edit=shown, options=request.form.get("options", options) if typed else options,
        type_words=type_words(), sensitivities=SENSITIVITIES, problem=problem, wrong=wrong, after=after,
        was=_options_text(found.edit.options or ()) if found else "")


def _typed() -> tuple[FieldEdit, dict[str, tuple[str, str]]]:
    """What was typed, and what of it no page could show as a question."""
    sent = request.form
    text, wrong = sent.get("options", "").replace("\r\n", "\n").strip(), dict[str, tuple[str, str]]()
    options, kept = _options(text), text == sent.get("was", "").replace("\r\n", "\n").strip()
    if options is None and not kept:
        wrong["options"] = ("Tulis setiap pilihan di barisnya sendiri, misalnya “Membaik”, atau “membaik | Membaik | Improving”.",
                            "Write each option on its own line, such as “Membaik”, or “membaik | Membaik | Improving”.")
    return FieldEdit(
        key=sent.get("key", "").strip(), type=sent.get("type", ""), label=_text("label"), help=_text("help"),
        required="required" in sent, allow_unknown="allow_unknown" in sent, steering="steering" in sent,
        sensitivity=sent.get("sensitivity", ""), options=None if kept else options or (), show_if=sent.get("show_if", ""),
        rule=sent.get("rule", ""), clause=sent.get("clause", ""), heading=_text("heading"), lets_go="lets_go" in sent), wrong


def _text(name: str) -> Text:
    return Text(request.form.get(f"{name}.id", ""), request.form.get(f"{name}.en", ""))


def _options_text(options: tuple[tuple[str, Text], ...]) -> str:
    """One option a line; a line break within a label would make two of one."""
    return "\n".join(" | ".join(part for part in (value, *(" ".join(each.split()) for each in (label.id, label.en))) if part)
                     for value, label in options)


def _options(text: str) -> tuple[tuple[str, Text], ...] | None:
    """The options typed, a label alone with the value made of its words; None where a line is none."""
    made = []
    for line in (line for line in text.splitlines() if line.strip()):
        value, *labels = (part.strip() for part in line.split("|", 2))
        if "|" not in line:
            value, labels = re.sub(r"\W+", "_", value.casefold()).strip("_"), [value]
        if not value or not labels or not labels[0]:
            return None
        made.append((value, Text(labels[0], labels[1] if len(labels) > 1 else "")))
    return tuple(made)
