"""An instance of a case paused, continued, or ended before its time: what it does to the clocks is said before anything is sent."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.errors import InstanceNotActive, InvalidSubmission
from webui import case_file, context

pages = Blueprint("runs", __name__, url_prefix="/kasus/<case_id>/proses/<instance_id>")
VERBS = {"jeda": "suspend", "lanjutkan": "resume", "batalkan": "cancel"}


@pages.get("/<verb>")
def show(case_id: str, instance_id: str, verb: str) -> Response:
    """What would happen, and the reason that is asked for."""
    return _page(case_id, instance_id, verb)


@pages.post("/<verb>")
def decide(case_id: str, instance_id: str, verb: str) -> AnyResponse | tuple[Response, int]:
    """Do it."""
    act = VERBS.get(verb) or abort(404)
    try:
        context.engine().cases.decide_run(context.actor(), case_id, instance_id, act, reason=request.form.get("reason", "")[:2000])
    except (InvalidSubmission, InstanceNotActive) as refusal:
        return _page(case_id, instance_id, verb, refusal.message(context.language())), 422
    flash(f"run-{act}", "ok")
    return redirect(url_for("case_file.process", case_id=case_id, proses=instance_id), code=303)


def _page(case_id: str, instance_id: str, verb: str, problem: str = "") -> Response:
    act = VERBS.get(verb) or abort(404)
    part = context.engine().cases.run_of(context.actor(), case_id, instance_id)
    return case_file.page("case_run.html", part, "sop", verb=verb, act=act, problem=problem, typed=request.form,
                          paused=[each for each in part.content.clocks if each.pauses],
                          running=[each for each in part.content.clocks if not each.pauses])
