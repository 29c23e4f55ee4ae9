"""Drawing a draft: bpmn-js with our own panel. The page is the one of the staff's pages that needs a script; the table and files do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import BundleRefused, EngineError, NotAllowed, NotFound, StaleRevision
from engine.types import LintFinding, Text
from webui import context, limits, sop_drafts, sops, uploads, words
from webui.document_words import NAMES

pages = Blueprint("studio", __name__, url_prefix="/sop/gambar")
BUILT = "dist"  # in the folder of static files: what `make assets` builds
SENSITIVITIES = {
    "C0": Text("umum", "public"), "C1": Text("internal", "internal"), "C2": Text("data pribadi umum", "general personal data"),
    "C3": Text("data pribadi spesifik", "specific personal data"), "C4": Text("sangat terbatas", "restricted")}

Answer = str | Response | tuple[str, int]
Said = Response | tuple[Response, int]


@pages.get("/<draft_id>")
def show(draft_id: str) -> Answer:
    """The draft's diagram, to be drawn on; a draft nobody edits now is shown as it stands."""
    try:
        board = context.engine().sops.drawing_board(context.actor(), draft_id, file=request.args.get("berkas", "")[:200])
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        if isinstance(refusal, BundleRefused):
            return sop_drafts.page_of(draft_id, problem=sop_drafts.why(refusal), place="berkas"), 422
        return redirect(url_for("sop_drafts.show", draft_id=draft_id), code=303)
    return render_template("sop_drawing.html", board=board, draft=board.summary, built=_built(), given=_given(board))


@pages.post("/<draft_id>/simpan")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def save(draft_id: str) -> Said:
    """The next revision, if nobody saved one since the drawing was opened."""
    try:
        detail = context.engine().sops.save_drawing(
            context.actor(), draft_id, uploads.read(request.files.getlist("files")), lanes=_lanes(),
            expected_revision=request.form.get("revision", 0, type=int), note=request.form.get("note", ""))
    except (NotFound, NotAllowed):
        raise
    except (EngineError, uploads.UploadRefused) as refusal:
        return jsonify(problem=sop_drafts.why(refusal)), 409 if isinstance(refusal, StaleRevision) else 422
    return jsonify(revision=detail.summary.revision, findings=_rows(detail.findings))


@pages.post("/<draft_id>/lain")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def branch(draft_id: str) -> Said:
    """Another draft with this drawing, where somebody else saved this one meanwhile."""
    try:
        detail = context.engine().sops.branch_drawing(
            context.actor(), draft_id, uploads.read(request.files.getlist("files")), lanes=_lanes(), note=request.form.get("note", ""),
            at_revision=request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except (EngineError, uploads.UploadRefused) as refusal:
        return jsonify(problem=sop_drafts.why(refusal)), 422
    return jsonify(address=url_for("studio.show", draft_id=detail.summary.id))


@pages.post("/<draft_id>/periksa")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def check(draft_id: str) -> Said:
    """What the check says of the drawing as it is; nothing is saved."""
    try:
        found = context.engine().sops.check_drawing(
            context.actor(), draft_id, uploads.read(request.files.getlist("files")), lanes=_lanes())
    except (NotFound, NotAllowed):
        raise
    except (EngineError, uploads.UploadRefused) as refusal:
        return jsonify(problem=sop_drafts.why(refusal)), 422
    return jsonify(findings=_rows(found))


@pages.post("/<draft_id>/syarat")
@limits.limiter.limit("240 per minute", key_func=limits.per_account)
def check_expression(draft_id: str) -> Said:
    """Why a FEEL text cannot be read, or which of its names nothing gives a value to; "" where it may stand."""
    problem = context.engine().sops.check_expression(context.actor(), draft_id, request.form.get("text", "")[:20_000])
    return jsonify(problem="" if problem is None else problem.in_language(context.language()))


def _lanes() -> dict[str, str]:
    """Lane -> role, as the script sends them: one field "name" and one "role" for each."""
    return dict(zip(request.form.getlist("lane")[:100], request.form.getlist("role")[:100], strict=False))


def _built() -> dict[str, str] | None:
    """The names of the built script and style sheet; None where this installation was made without them."""
    manifest = Path(current_app.static_folder or "") / BUILT / "manifest.json"
    try:
        names: dict[str, str] = json.loads(manifest.read_text("utf-8"))
    except OSError:
        return None
    return names


def _given(board: Any) -> dict[str, Any]:
    """The board as the script reads it, in the reader's language."""
    say = context.say
    return {
        "lanes": dict(board.lanes), "roles": [(role, words.role_word(role)) for role in board.roles],
        "file": board.file, "findings": _rows(board.findings), "start_form": board.start_form, "decisions": board.decisions,
        "fixed": board.fixed, "operations": board.operations,
        "clauses": board.clauses, "processes": board.processes, "warnings": board.warnings,
        "sensitivities": [(code, say(text)) for code, text in SENSITIVITIES.items()],
        "documents": [(code, say(NAMES[code]) if code in NAMES else "") for code in sorted({*NAMES, *board.documents})],
        "forms": [{"key": form.key, "title": say(form.title), "fields": [_asked(field) for field in form.fields]} for form in board.forms],
    }


def _asked(field: Any) -> dict[str, Any]:
    return {"key": field.key, "label": context.say(field.label), "type": field.type,
            "options": [(value, context.say(label)) for value, label in field.options]}


def _rows(findings: tuple[LintFinding, ...]) -> list[dict[str, str]]:
    """Findings as the script shows them, the worst first."""
    return [{
        "code": one.code, "severity": one.severity.value, "word": words.severity_word(severity), "element_id": one.element_id or "",
        "place": one.file + (f":{one.line}" if one.line else ""), "message": context.say(one.message), "instead": context.say(one.instead),
    } for severity, found in sops.by_severity(findings) for one in found]
