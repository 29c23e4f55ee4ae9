"""What a draft's decisions are made of: columns of a table, the text of an expression, tables begun and removed. Each is a revision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import ColumnEdit
from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound, StaleRevision
from webui import context, forms, limits, sop_drafts, table_editor

pages = Blueprint("table_shape", __name__, url_prefix="/sop/tabel")

Answer = str | Response | tuple[str, int]


@pages.get("/<draft_id>/kolom")
def column(draft_id: str) -> Answer:
    """One column to change; `i` and `o` are a new input and a new answer."""
    asked = request.args
    return _column_page(draft_id, asked.get("berkas", ""), asked.get("tabel", ""), asked.get("kolom", "")[:300])


@pages.post("/<draft_id>/kolom")
@limits.limiter.limit("120 per minute", key_func=limits.per_account)
def save_column(draft_id: str) -> Answer:
    """The column as typed; refused with what to mend beside each box."""
    file, table, place = _place()
    typed = _typed()
    return _changed(
        draft_id, lambda actor, revision: context.engine().sops.save_column(
            actor, draft_id, file, table, typed, column=place, expected_revision=revision),
        lambda problem, wrong: _column_page(draft_id, file, table, place, typed=typed, problem=problem, wrong=wrong))


@pages.post("/<draft_id>/kolom/hapus")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def remove_column(draft_id: str) -> Answer:
    """The table without a column and its cells."""
    file, table, place = _place()
    return _changed(
        draft_id, lambda actor, revision: context.engine().sops.remove_column(
            actor, draft_id, file, table, place, expected_revision=revision),
        lambda problem, wrong: _column_page(draft_id, file, table, place, problem=problem, wrong=wrong))


@pages.post("/<draft_id>/ungkapan")
@limits.limiter.limit("120 per minute", key_func=limits.per_account)
def expression(draft_id: str) -> Answer:
    """A decision that is one FEEL text, as typed: checked, tried, or saved. Only saving stores anything."""
    file, decision, _place_of = _place()
    text = request.form.get("text", "").replace("\r\n", "\n")
    if request.form.get("do") != "save":
        return table_editor.page(draft_id, file, decision, text=text)
    return _changed(
        draft_id, lambda actor, revision: context.engine().sops.save_expression(
            actor, draft_id, file, decision, text, expected_revision=revision),
        lambda problem, wrong: table_editor.page(draft_id, file, decision, text=text, problem=problem, wrong=wrong))


@pages.post("/<draft_id>/baru")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def add(draft_id: str) -> Answer:
    """A table without rows, with one input and one answer."""
    sent = request.form
    first = ColumnEdit(label=sent.get("first", "").strip(), text=sent.get("first", "").strip())
    answer = ColumnEdit(label=sent.get("answer", "").strip(), text=sent.get("answer", "").strip())

    file, table, _place_of = _place()
    return _changed(
        draft_id, lambda actor, revision: context.engine().sops.add_table(
            actor, draft_id, key=sent.get("key", "").strip(), first=first, answer=answer, expected_revision=revision),
        lambda problem, wrong: table_editor.page(
            draft_id, file, table, problem=problem or " ".join(wrong.values()) if "key" not in wrong else "", wrong=wrong, place="baru"),
        then=lambda made: url_for("table_editor.show", draft_id=draft_id, berkas=made))


@pages.post("/<draft_id>/hapus")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def remove(draft_id: str) -> Answer:
    """The draft without a decision that no step asks."""
    file, decision, _place_of = _place()
    return _changed(
        draft_id, lambda actor, revision: context.engine().sops.remove_decision(
            actor, draft_id, file, decision, expected_revision=revision),
        lambda problem, wrong: table_editor.page(draft_id, file, decision, problem=problem or " ".join(wrong.values())),
        then=lambda _summary: url_for("table_editor.show", draft_id=draft_id))


# --- inside -------------------------------------------------------------------------------------------------------


def _place() -> tuple[str, str, str]:
    """File, decision and column that the page is about."""
    file, decision, column_of = (request.form.get(name, "")[:300] for name in ("berkas", "tabel", "kolom"))
    return file, decision, column_of


def _typed() -> ColumnEdit:
    sent = request.form
    return ColumnEdit(label=sent.get("label", ""), text=sent.get("text", "").replace("\r\n", "\n"), type=sent.get("type", ""),
                      values=sent.get("allowed", "").replace("\r\n", "\n"))


def _changed(
    draft_id: str, act: Callable[[Any, int], object], again: Callable[[str, Mapping[str, str]], str], *,
    then: Callable[[Any], str] | None = None,
) -> Answer:
    """Acts, then shows the table; a refusal is told on the page `again` makes: one about the whole, and those by box."""
    file, decision, _place_of = _place()
    try:
        done = act(context.actor(), request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except InvalidSubmission as refusal:
        wrong = forms.problems_of(refusal)
        return again(wrong.pop("", ""), wrong), 422
    except StaleRevision:
        return again(sop_drafts.overtaken(), {}), 409
    except EngineError as refusal:
        return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas"), 422
    shown = url_for("table_editor.show", draft_id=draft_id, berkas=file, tabel=decision, _anchor="kolom")
    return redirect(then(done) if then is not None else shown, code=303)


def _column_page(
    draft_id: str, file: str, decision: str, place: str, *, typed: ColumnEdit | None = None, problem: str = "",
    wrong: Mapping[str, str] = {},
) -> str:
    board = context.engine().sops.table_board(context.actor(), draft_id, file=file[:300], decision=decision[:300])
    table = board.table
    if table is None or not board.summary.is_editable or place[:1] not in ("i", "o"):
        raise NotFound(column=place)
    columns, number = table.inputs if place.startswith("i") else table.outputs, place[1:]
    if number and (not number.isdecimal() or int(number) >= len(columns)):
        raise NotFound(column=place)
    found = columns[int(number)] if number else None
    shown = typed or (ColumnEdit(label=found.label, text=found.text, type=found.type, values=found.values) if found else ColumnEdit(
        label="", text=""))
    return render_template(
        "sop_table_column.html", board=board, draft=board.summary, table=table, edit=shown, found=found, place=place, problem=problem,
        wrong=wrong, type_words=table_editor.column_types(), is_last=len(columns) == 1)
