"""A BPMN file drawn with any tool: first a report of what it would be here, element by element, then a draft."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections import Counter
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from engine.errors import BundleRefused, EngineError, InvalidSubmission, NotAllowed, NotFound
from engine.types import Text
from webui import context, limits, sop_drafts, sops, uploads

pages = Blueprint("imports", __name__, url_prefix="/sop/impor")
#: The worst first, as people read a report.
VERDICTS = ("refused", "incomplete", "adapted", "drawn", "runs")
KINDS = {
    "process": Text("Proses", "Process"), "lane": Text("Lajur", "Lane"), "task": Text("Tugas", "Task"),
    "userTask": Text("Tugas orang", "User task"), "manualTask": Text("Tugas manual", "Manual task"),
    "serviceTask": Text("Tugas layanan", "Service task"), "sendTask": Text("Tugas kirim", "Send task"),
    "receiveTask": Text("Tugas terima", "Receive task"), "scriptTask": Text("Tugas skrip", "Script task"),
    "businessRuleTask": Text("Tugas keputusan", "Decision task"),
    "callActivity": Text("Panggilan SOP lain", "Call activity"), "subProcess": Text("Subproses", "Sub-process"),
    "transaction": Text("Transaksi", "Transaction"), "adHocSubProcess": Text("Subproses bebas", "Ad-hoc sub-process"),
    "startEvent": Text("Kejadian awal", "Start event"), "endEvent": Text("Kejadian akhir", "End event"),
    "intermediateCatchEvent": Text("Kejadian antara", "Intermediate event"),
    "intermediateThrowEvent": Text("Kejadian antara", "Intermediate event"),
    "boundaryEvent": Text("Kejadian tepi", "Boundary event"),
    "exclusiveGateway": Text("Gerbang pilihan", "Exclusive gateway"),
    "parallelGateway": Text("Gerbang sejajar", "Parallel gateway"),
    "inclusiveGateway": Text("Gerbang inklusif", "Inclusive gateway"),
    "eventBasedGateway": Text("Gerbang menunggu kejadian", "Event-based gateway"),
    "complexGateway": Text("Gerbang kompleks", "Complex gateway"), "sequenceFlow": Text("Alur", "Flow"),
    "messageFlow": Text("Alur pesan", "Message flow"), "textAnnotation": Text("Catatan", "Note"),
    "association": Text("Asosiasi", "Association"), "group": Text("Kelompok", "Group"),
    "category": Text("Kategori", "Category"), "dataStore": Text("Simpanan data", "Data store"),
    "dataStoreReference": Text("Simpanan data", "Data store"), "dataObjectReference": Text("Objek data", "Data object"),
    "message": Text("Pesan", "Message"), "signal": Text("Sinyal", "Signal"), "error": Text("Galat", "Error"),
    "escalation": Text("Eskalasi", "Escalation"), "participant": Text("Pelaku", "Participant"),
    "collaboration": Text("Kerja sama", "Collaboration"),
}
#: What a file name may not hold on the server; browsers and people write it all the same: `proses (1).bpmn`.
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_. -]")

Answer = str | Response | tuple[str, int]


@pages.get("")
def show() -> Answer:
    """Where the file is handed in."""
    return render_template("sop_import.html", report=None)


@pages.post("")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def read() -> Answer:
    """The report; nothing is stored."""
    try:
        files = uploads.read(_plainly_named(request.files.getlist("files")))
        return _report(context.engine().sops.read_import(context.actor(), files), _packed(files))
    except BundleRefused as refused:
        return render_template("sop_import.html", report=None, refused=sops.by_severity(refused.findings)), 422
    except (InvalidSubmission, uploads.UploadRefused) as refusal:
        packed = isinstance(refusal, uploads.UploadRefused) and refusal.reason in ("bad-name", "bad-zip")   # of what a zip holds
        problem = _("Pilih satu berkas BPMN (.bpmn atau .xml). Gambar alat lain disimpan dahulu di alatnya sebagai BPMN 2.0.")
        return render_template("sop_import.html", report=None, problem=problem if packed else sop_drafts.why(refusal)), 422


@pages.post("/draf")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def make() -> Answer:
    """A draft of a new SOP, or of one there is, from the file of the report."""
    engine, actor, form = context.engine(), context.actor(), request.form
    try:
        files = _unpacked(form.get("file", ""), form.get("packed", ""))
        report = engine.sops.read_import(actor, files)
    except (InvalidSubmission, BundleRefused, uploads.UploadRefused):
        return render_template("sop_import.html", report=None, problem=_("Berkas itu tidak terbaca lagi. Pilih sekali lagi.")), 422
    lanes = {name: role for number, (name, _guess) in enumerate(report.lanes) if (role := form.get(f"lane-{number}", "")) in report.roles}
    try:
        if form.get("of"):
            draft = engine.sops.save_draft(actor, {report.file: report.content}, based_on=form["of"], note=report.file)
        else:
            draft = engine.sops.import_draft(actor, files, key=form.get("key", ""), title=form.get("title", ""), kind=form.get("kind", ""),
                                             lanes=lanes)
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return _report(report, _packed(files), problem=sop_drafts.why(refusal)), 422
    return redirect(url_for("sop_drafts.show", draft_id=draft.summary.id), code=303)


def _plainly_named(sent: list[FileStorage]) -> list[FileStorage]:
    """A diagram may be called anything where it comes from: only its title is offered from the name."""
    for one in sent:
        last = (one.filename or "").replace("\\", "/").rpartition("/")[2]
        one.filename = _NOT_IN_NAMES.sub("_", last).replace("..", "_")[-100:].lstrip(". -")
    return sent


def _report(report: Any, packed: str, *, problem: str = "") -> str:
    counts = Counter(element.verdict.value for element in report.elements)
    by_verdict = {verdict: [one for one in report.elements if one.verdict.value == verdict] for verdict in VERDICTS}
    running = {one.id: one.name for one in report.elements if one.kind == "process" and one.verdict.value != "drawn"}
    begins = running.get(report.process_id, "") if len(running) > 1 else ""
    return render_template(
        "sop_import.html", report=report, begins=begins, packed=packed, problem=problem, counts=counts, by_verdict=by_verdict,
        verdicts=VERDICTS, typed=request.form, sops=context.engine().sops.newest(context.actor()), element_word=_element_word,
        by_severity=sops.by_severity)


def _element_word(kind: str) -> str:
    return context.say(KINDS[kind]) if kind in KINDS else kind


def _packed(files: dict[str, bytes]) -> str:
    """The file as a form field, so that the report needs no store between its two pages."""
    (data,) = files.values()
    return base64.b64encode(zlib.compress(data, 9)).decode()


def _unpacked(name: str, packed: str) -> dict[str, bytes]:
    """Bounded as an upload is; what it holds is read anew by every guard."""
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), uploads.XML_BYTES + 1)
    except (zlib.error, binascii.Error, ValueError) as error:
        raise uploads.UploadRefused("empty") from error
    if not data or len(data) > uploads.XML_BYTES:
        raise uploads.UploadRefused("too-large")
    return {name[:100]: data}
