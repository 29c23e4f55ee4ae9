"""The auditor's desk: any instance step by step, its verification, and the evidence to take away."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from engine.errors import EngineError, StateCorrupt
from engine.results import CaseHead, ReplayReport
from webui import access_words, case_file, context, timeline

pages = Blueprint("replay", __name__, url_prefix="/kasus/<case_id>/putar-ulang/<instance_id>")


@pages.get("")
def show(case_id: str, instance_id: str) -> str:
    """The instance as it stood after journal entry `langkah`; the last one unless the address says otherwise."""
    return _page(case_id, instance_id)


@pages.post("/verifikasi")
def verify(case_id: str, instance_id: str) -> str:
    """Run the journal through the interpreter again and compare every digest."""
    case_file.instance_of(_head(case_id), instance_id)
    return _page(case_id, instance_id, context.engine().audit.verify(context.actor(), instance_id))


@pages.post("/bukti")
def pack(case_id: str, instance_id: str) -> Response:
    """The pack that `python -m engine.replay` verifies elsewhere. By POST: taking evidence away is itself recorded."""
    case_file.instance_of(_head(case_id), instance_id)
    content = context.engine().audit.export_pack(context.actor(), instance_id)
    ending, kind = ("zip", "application/zip") if content[:2] == b"PK" else ("pack", "application/octet-stream")
    response = Response(content, mimetype=kind)
    safe = "".join(c for c in instance_id if c.isascii() and c.isalnum())[:12]
    response.headers["Content-Disposition"] = f'attachment; filename="bukti-{safe}.{ending}"'
    return response


def _head(case_id: str) -> CaseHead:
    head: CaseHead = context.engine().cases.overview(context.actor(), case_id).head
    return head


def _page(case_id: str, instance_id: str, report: ReplayReport | None = None) -> str:
    head = _head(case_id)
    instance = case_file.instance_of(head, instance_id)
    rows = context.engine().audit.history(context.actor(), instance_id)
    steps = timeline.entries(rows)
    last = max((step.seq for step in steps), default=1)
    last = max(last, instance.seq)  # a pause moves no element, and is an entry all the same
    asked = request.values.get("langkah", last, type=int)
    number = max(1, min(last, asked))
    state, drawing = None, None
    try:
        state = context.engine().audit.state_at(context.actor(), instance_id, number)
        drawing = context.engine().audit.diagram(context.actor(), instance_id, number, language=context.language())
    except EngineError:
        pass  # a broken journal cannot be shown beyond its break; the page says so and offers verification
    acts = timeline.beside(steps, context.engine().audit.acts(context.actor(), case_id))
    chain_broken, decisions = False, {}
    try:
        decisions = timeline.beside(steps, context.engine().audit.decisions(context.actor(), case_id))
    except StateCorrupt:
        chain_broken = True
    names = {row.element_id: row.element_name for row in rows if row.element_id and row.element_name}
    return render_template("replay.html", case=head.summary, instance=instance, steps=steps,
                           number=number, last=last, state=state, drawing=drawing, names=names, report=report,
                           acts=acts, words=access_words, decisions=decisions, chain_broken=chain_broken)
