"""The decision tables of a draft: rows and cells in one form, checked and tried as typed, saved as the draft's next revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import RuleEdit, TableEdit
from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound, StaleRevision
from webui import context, forms, limits, sop_drafts, sops

pages = Blueprint("table_editor", __name__, url_prefix="/sop/tabel")
MOST_ROWS = 300
INPUT = "masukan."

Answer = str | Response | tuple[str, int]


def policy_words() -> dict[str, str]:
    """What a table does with the rows that hit."""
    return {
        "UNIQUE": _("UNIQUE: paling banyak satu baris yang cocok"), "FIRST": _("FIRST: baris pertama yang cocok, dari atas"),
        "ANY": _("ANY: beberapa boleh cocok bila jawabannya sama"), "PRIORITY": _("PRIORITY: jawaban yang terpenting menurut urutannya"),
        "COLLECT": _("COLLECT: jawaban semua baris yang cocok"), "RULE ORDER": _("RULE ORDER: jawaban semua baris, menurut urutan baris"),
        "OUTPUT ORDER": _("OUTPUT ORDER: jawaban semua baris, menurut urutan jawaban"),
    }


def column_types() -> dict[str, str]:
    """What a column may hold, as its author reads it."""
    return {"": _("apa pun"), "string": _("teks"), "number": _("bilangan"), "boolean": _("ya atau tidak"), "date": _("tanggal"),
            "dateTime": _("tanggal dan jam")}


@pages.get("/<draft_id>")
def show(draft_id: str) -> Answer:
    """One table, as the draft or version has it; whoever may not change it reads it."""
    return page(draft_id, request.args.get("berkas", ""), request.args.get("tabel", ""))


@pages.post("/<draft_id>/coba")
@limits.limiter.limit("120 per minute", key_func=limits.per_account)
def attempt(draft_id: str) -> Answer:
    """What the table answers, as it is written."""
    return page(draft_id, request.form.get("berkas", ""), request.form.get("tabel", ""))


@pages.post("/<draft_id>")
@limits.limiter.limit("120 per minute", key_func=limits.per_account)
def edit(draft_id: str) -> Answer:
    """What was typed: with a row moved, added or taken out, checked, tried, or saved. Only saving stores anything."""
    file, decision = request.form.get("berkas", ""), request.form.get("tabel", "")
    if request.form.get("do") != "save":
        try:
            return page(draft_id, file, decision, typed=_typed(draft_id, file, decision))
        except (NotFound, NotAllowed):
            raise
        except EngineError as refusal:
            return _refused(draft_id, refusal), 422
    return _save(draft_id, file, decision)


def _save(draft_id: str, file: str, decision: str) -> Answer:
    revision = request.form.get("revision", 0, type=int)
    try:
        typed = _typed(draft_id, file, decision)
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return _refused(draft_id, refusal), 422
    try:
        context.engine().sops.save_table(context.actor(), draft_id, file, decision, typed, expected_revision=revision)
    except (NotFound, NotAllowed):
        raise
    except StaleRevision:
        return page(draft_id, file, decision, typed=typed, stale=revision), 409
    except InvalidSubmission as refusal:
        return page(draft_id, file, decision, typed=typed, problem=forms.problems_of(refusal).get("", "")), 422
    except EngineError as refusal:
        return _refused(draft_id, refusal), 422
    return redirect(url_for("table_editor.show", draft_id=draft_id, berkas=file, tabel=decision, _anchor="baris"), code=303)


def _refused(draft_id: str, refusal: EngineError) -> str:
    return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas")


def page(
    draft_id: str, file: str, decision: str, *, typed: TableEdit | None = None, text: str | None = None, problem: str = "",
    stale: int | None = None, place: str = "", wrong: Mapping[str, str] = {},
) -> str:
    """The page of one decision, with what was typed; `wrong` are boxes of what `place` names beside the table itself."""
    tried = {name.removeprefix(INPUT): value[:1000] for name, value in request.form.items() if name.startswith(INPUT)}
    board = context.engine().sops.table_board(
        context.actor(), draft_id, file=file[:300], decision=decision[:300], typed=typed, text=text,
        tried=tried if request.form.get("do") == "try" else None)
    # Where the table's own file was saved by somebody else, what was typed here is never laid over it.
    is_overtaken = stale is not None and request.form.get("digest", "") != board.digest
    return render_template(
        "sop_table.html", board=board, draft=board.summary, findings=sops.by_severity(board.findings), policy_words=policy_words(),
        wrong={**{box: context.say(said) for box, said in board.wrong.items()}, **wrong}, problem=problem, given=tried, place=place,
        type_words=column_types(), sent=request.form,
        stale=stale is not None, is_overtaken=is_overtaken, revision=stale if is_overtaken else board.summary.revision,
        digest=request.form.get("digest", "") if is_overtaken else board.digest,
        is_unsaved=(board.table is not None and board.edit != board.table.edit) or text is not None)


def _typed(draft_id: str, file: str, decision: str) -> TableEdit:
    """The rows as typed, with the row that a button names moved, added or taken out."""
    board = context.engine().sops.table_board(context.actor(), draft_id, file=file[:300], decision=decision[:300])
    if board.table is None:
        raise NotFound(decision=decision)
    shape = {"i": len(board.table.inputs), "o": len(board.table.outputs), "n": len(board.table.notes)}
    sent = request.form
    if not sent.get("rows", "").isdecimal():
        raise InvalidSubmission({"": ("Halaman ini tidak terkirim utuh; barisnya tidak diubah. Kirim lagi.",
                                      "This page was not sent whole; its rows stay as they were. Send it again.")})
    count = min(int(sent["rows"][:6]), max(MOST_ROWS, len(board.table.edit.rules)))
    rules = [_rule(number, shape) for number in range(max(count, 0))]
    new = RuleEdit(row=None, inputs=("-",) * shape["i"], outputs=("",) * shape["o"], notes=("",) * shape["n"])
    for act in ("up", "down", "remove", "add"):
        at = sent.get(act, type=int)
        if at is None or not 0 <= at < max(len(rules), 1):
            continue
        if act == "add":
            rules.insert(at + 1, new)
        elif act == "remove":
            del rules[at:at + 1]
        elif 0 <= (to := at + (1 if act == "down" else -1)) < len(rules):
            rules[at], rules[to] = rules[to], rules[at]
    return TableEdit(policy=sent.get("policy", ""), aggregation=sent.get("aggregation", ""), rules=tuple(rules))


def _rule(number: int, shape: dict[str, int]) -> RuleEdit:
    cells: dict[str, Any] = {kind: tuple(_text(f"r{number}-{kind}{place}") for place in range(many)) for kind, many in shape.items()}
    return RuleEdit(row=request.form.get(f"r{number}", type=int), inputs=cells["i"], outputs=cells["o"], notes=cells["n"])


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()
