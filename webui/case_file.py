"""The parts of a case page, each an address of its own: no script, and a part that is not asked for is not read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask_babel import gettext as _

from engine.errors import EngineError
from engine.results import CaseHead, CasePart, DocumentRow, InstanceSummary, Part, RecordView
from webui import access_words, context, timeline

pages = Blueprint("case_file", __name__, url_prefix="/kasus/<case_id>")
ATTACHMENT = "LAMPIRAN"
ENDPOINTS = {
    "linimasa": "case_file.show_timeline", "asesmen": "case_file.assessment", "rencana": "case_file.plan", "layanan": "case_file.services",
    "konferensi": "case_file.conferences", "dokumen": "case_file.documents", "persetujuan": "case_file.consents", "akses": "access.log",
    "sop": "case_file.process", "catatan": "notes.index", "simfoni": "simfoni.show"}
TAB_OF = {Part.ASSESSMENT: "asesmen", Part.PLAN: "rencana", Part.SERVICES: "layanan", Part.CONFERENCES: "konferensi",
          Part.CONSENTS: "persetujuan"}


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One part of the page: its key, its word, its address."""

    key: str
    word: str
    url: str


@pages.get("/linimasa")
def show_timeline(case_id: str) -> Response:
    """What happened, the latest first."""
    part = context.engine().cases.timeline(context.actor(), case_id)
    return page("case_timeline.html", part, "linimasa", history=timeline.with_acts(part.content.history, part.content.acts))


@pages.get("/asesmen")
def assessment(case_id: str) -> Response:
    """What was assessed."""
    return _records(case_id, "asesmen", Part.ASSESSMENT, title=_("Asesmen"), empty=_("Belum ada asesmen."))


@pages.get("/konferensi")
def conferences(case_id: str) -> Response:
    """Who met about the case, and what they decided."""
    return _records(case_id, "konferensi", Part.CONFERENCES, title=_("Konferensi kasus"), empty=_("Belum ada konferensi kasus."))


@pages.get("/persetujuan")
def consents(case_id: str) -> Response:
    """What the beneficiary agreed to, refused, took back."""
    return _records(case_id, "persetujuan", Part.CONSENTS, title=_("Persetujuan"), empty=_("Belum ada persetujuan yang tercatat."), hint=_(
        "Siapa yang menyetujui, bagi siapa datanya, kelompok data yang mana, sampai kapan, dan apa yang ditarik."))


@pages.get("/rencana")
def plan(case_id: str) -> Response:
    """The plan, version by version, and where each line stands."""
    part = context.engine().cases.plan(context.actor(), case_id)
    return page("case_plan.html", part, "rencana", groups=by_record(part.content.records))


@pages.get("/layanan")
def services(case_id: str) -> Response:
    """Services and referrals by line of the plan."""
    part = context.engine().cases.services(context.actor(), case_id)
    return page("case_services.html", part, "layanan", groups=by_record(part.content.records))


@pages.get("/dokumen")
def documents(case_id: str) -> Response:
    """Letters and what was attached."""
    part = context.engine().cases.documents(context.actor(), case_id)
    rows: tuple[DocumentRow, ...] = part.content
    return page("case_documents.html", part, "dokumen", issued=[row for row in rows if row.code != ATTACHMENT],
                attached=[row for row in rows if row.code == ATTACHMENT])


@pages.get("/sop")
def process(case_id: str) -> Response:
    """The SOP of one instance: the drawing, and every step as text."""
    asked = request.args.get("proses")
    part = context.engine().cases.process(context.actor(), case_id, asked)
    shown = part.content.instance
    return page("case_process.html", part, "sop", shown=shown, drawing=_drawing(shown) if shown is not None else None)


@pages.post("/cetak")
def printed(case_id: str) -> str:
    """A copy to print, with its number on every sheet. By POST: taking one is itself recorded."""
    part = context.engine().cases.printed(context.actor(), case_id)
    return render_template(
        "case_print.html", head=part.head, case=part.head.summary, copy=part.content, broken_from=part.broken_from,
        person_words=access_words.person, groups=by_record(part.content.records),
        history=timeline.with_acts(part.content.history, part.content.acts))


def page(template: str, part: CasePart[Any], key: str, **more: Any) -> Response:
    """A part under the head of its case. Names that were asked for disappear by themselves."""
    head = part.head
    names_for = _seconds_until(head.names_until)
    response = make_response(render_template(
        template, head=head, case=head.summary, part=part.content, broken_from=part.broken_from, tab=key,
        person_words=access_words.person, names_for=names_for, tabs=tabs(head.summary.id, with_log="access_log" in head.may), **more))
    if names_for:
        response.headers["Refresh"] = str(names_for)  # a screen left alone shows names no longer than that, without any script
    return response


def tabs(case_id: str, *, with_log: bool) -> list[Tab]:
    """The parts in their order; the access log only for who may read it."""
    found = [
        ("ringkasan", _("Ringkasan")), ("linimasa", _("Linimasa")), ("catatan", _("Catatan")), ("asesmen", _("Asesmen")),
        ("rencana", _("Rencana")),
        ("layanan", _("Layanan & rujukan")), ("konferensi", _("Konferensi")), ("dokumen", _("Dokumen")),
        ("persetujuan", _("Persetujuan")), *([("akses", _("Akses"))] if with_log else []), ("sop", _("SOP"))]
    return [Tab(key=key, word=word, url=address(case_id, key)) for key, word in found]


def address(case_id: str, key: str) -> str:
    """Where a part of the case stands; an unknown one is the first."""
    return url_for(ENDPOINTS.get(key, "cases.show"), case_id=case_id)


def address_of(case_id: str, record: str) -> str:
    """Where a record is read."""
    return address(case_id, TAB_OF.get(context.engine().cases.part_of(record), ""))


def by_record(rows: Iterable[RecordView]) -> list[tuple[str, list[RecordView]]]:
    """Records of one name together, the latest version first; the names in the order of their latest version, newest first."""
    found: OrderedDict[str, list[RecordView]] = OrderedDict()
    for row in rows:
        found.setdefault(row.record, []).insert(0, row)
    return sorted(found.items(), key=lambda group: group[1][0].at, reverse=True)


def instance_of(head: CaseHead, instance_id: str) -> InstanceSummary:
    """The instance if it belongs to this case; naming another case's answers like a page that does not exist."""
    found = next((row for row in head.instances if row.id == instance_id), None)
    if found is None:
        abort(404)
    return found


def _records(case_id: str, key: str, which: Part, **words: str) -> Response:
    part = context.engine().cases.records(context.actor(), case_id, which)
    return page("case_records.html", part, key, groups=by_record(part.content), **words)


def _seconds_until(until: datetime | None) -> int:
    return 0 if until is None else max(1, ceil((until - context.now()).total_seconds()))


def _drawing(shown: InstanceSummary) -> bytes | None:
    try:
        drawn: bytes = context.engine().cases.diagram(context.actor(), shown.id, language=context.language())
        return drawn
    except EngineError:
        return None  # a diagram without layout, or not the actor's to see: the page stands without a picture
