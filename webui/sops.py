"""SOPs in force: diagram, text, identity sheet, findings; and checking a file before anybody deploys it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from engine.errors import BundleRefused, EngineError
from engine.types import LintFinding, Severity
from webui import context, limits, uploads

SHEETS = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
EXPORTS = {"bpmn": "application/xml", "svg": "image/svg+xml", "zip": "application/zip"}
pages = Blueprint("sops", __name__, url_prefix="/sop")


@pages.get("")
def index() -> str:
    """Every SOP version the actor may read."""
    return index_page()


def index_page(*, problem: str = "") -> str:
    """The list of versions and drafts; `problem` is what keeps files from becoming a draft."""
    engine, actor = context.engine(), context.actor()
    reads = context.may("sop.read_drafts")
    return render_template("sops.html", sops=engine.sops.list(actor), drafts=engine.sops.drafts(actor) if reads else (), problem=problem,
                           tallies=engine.sops.scenario_tallies(actor) if reads else {})


@pages.get("/<deployment_id>")
def show(deployment_id: str) -> str:
    """One version: what it prints, how it is drawn, what the check says about it."""
    return version_page(deployment_id)


def version_page(deployment_id: str, *, problem: str = "", place: str = "files") -> str:
    """The page of one version; `problem` is what was wrong, at the `place` of the page that it is about."""
    detail = context.engine().sops.get(context.actor(), deployment_id)
    try:
        drawing = context.engine().sops.diagram(context.actor(), deployment_id)
    except EngineError:
        drawing = None  # no layout: the text says everything the picture would
    others = [sop for sop in context.engine().sops.list(context.actor()) if sop.key == detail.summary.key]
    withdrawals = context.engine().sops.withdrawals(context.actor(), deployment_id) if context.may("sop.read_drafts") else ()
    return render_template("sop.html", detail=detail, sop=detail.summary, drawing=drawing, problem=problem, place=place,
                           standing=next(one for one in others if one.deployment_id == deployment_id), versions=others,
                           withdrawals=withdrawals, may_decide="head_of_unit" in context.actor().roles and context.may("sop.approve"),
                           findings=by_severity(detail.findings), typed=request.form)


@pages.get("/<deployment_id>/sop-ap.<form>")
def sop_ap(deployment_id: str, form: str) -> Response:
    """The classic SOP-AP sheet, to print or to work on."""
    content = context.engine().sops.sop_ap(context.actor(), deployment_id, form=form)
    return Response(content, mimetype=SHEETS[form], headers={"Content-Disposition": f'attachment; filename="sop-ap.{form}"'})


@pages.get("/<deployment_id>/ekspor.<suffix>")
def export(deployment_id: str, suffix: str) -> Response:
    """The diagram, its drawing or the whole folder, of a version or a draft."""
    content = context.engine().sops.export(context.actor(), deployment_id, form=suffix)
    return Response(content, mimetype=EXPORTS[suffix], headers={"Content-Disposition": f'attachment; filename="sop.{suffix}"'})


@pages.get("/periksa")
def check_page() -> str:
    """Where a file is handed in."""
    return render_template("check.html", findings=None)


@pages.post("/periksa")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def check() -> str | tuple[str, int]:
    """Say in words what would keep these files from running; if nothing does, they can be tried at once."""
    try:
        files = uploads.read(request.files.getlist("files"))
    except uploads.UploadRefused as refusal:
        return render_template("check.html", findings=None, problem=why(refusal.reason)), 422
    findings = list(context.engine().sops.check(context.actor(), files))
    trial_id = None
    if not any(finding.severity is Severity.ERROR for finding in findings) and context.may("sop.try"):
        try:
            trial_id = context.engine().sops.try_open(context.actor(), files)
        except BundleRefused as refused:
            findings = list(refused.findings)
    return render_template("check.html", findings=by_severity(findings), names=sorted(files), trial_id=trial_id)


def by_severity(findings: Sequence[LintFinding]) -> list[tuple[Severity, list[LintFinding]]]:
    """Findings gathered by severity, the worst first."""
    return [(severity, found) for severity in Severity
            if (found := [finding for finding in findings if finding.severity is severity])]


def why(reason: str) -> str:
    """What is wrong with files that were sent, in the reader's language."""
    return {
        "empty": _("Pilih satu berkas .bpmn, beberapa berkas, atau satu berkas .zip berisi folder SOP."),
        "too-large": _("Berkas paling besar 10 MB; satu diagram BPMN paling besar 2 MB."),
        "too-many": _("Paling banyak %(most)s berkas dalam satu SOP.", most=uploads.FILES),
        "bad-name": _("Nama berkas hanya boleh berisi huruf, angka, titik, spasi, garis bawah, dan tanda hubung."),
        "bad-zip": _("Berkas .zip ini tidak dapat dibaca. Buat ulang, lalu kirim lagi."),
    }[reason]
