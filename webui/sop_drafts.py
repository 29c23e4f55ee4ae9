"""How an SOP is changed: a draft is edited in the classic table or by files, compared, proposed, and approved by another person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine import ClockKind, TimeStandard
from engine.errors import BundleRefused, EngineError, InvalidSubmission, NotAllowed, NotFound
from webui import context, forms, limits, scenario_words, sops, uploads

pages = Blueprint("sop_drafts", __name__, url_prefix="/sop")
#: What a person may count a time in: the value of the choice -> clock, and the duration of so many.
UNITS = {
    "working_minutes": (ClockKind.WORKING_MINUTES, "PT{}M"), "working_days": (ClockKind.WORKING_DAYS, "P{}D"),
    "elapsed_minutes": (ClockKind.ELAPSED, "PT{}M"), "elapsed_hours": (ClockKind.ELAPSED, "PT{}H"),
    "elapsed_days": (ClockKind.ELAPSED, "P{}D"),
}
MOST = 9999
NAMED = 5
ACCEPTED = "terima."   # begins the name of the reason that accepts a scenario

Answer = str | Response | tuple[str, int]


@pages.get("/draf/<draft_id>")
def show(draft_id: str) -> Answer:
    """The draft as it stands, and what the viewer may do with it."""
    return _page(context.engine().sops.draft(context.actor(), draft_id))


@pages.post("/<deployment_id>/draf")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def begin(deployment_id: str) -> Answer:
    """A new draft of this version; with files it says what they say."""
    actor, engine = context.actor(), context.engine()
    try:
        files = uploads.read(request.files.getlist("files")) if any(sent.filename for sent in request.files.getlist("files")) else None
        draft = engine.sops.draft_of(actor, deployment_id) if files is None else engine.sops.save_draft(
            actor, files, based_on=deployment_id)
    except (NotFound, NotAllowed):
        raise
    except (EngineError, uploads.UploadRefused) as refusal:
        return sops.version_page(deployment_id, problem=why(refusal)), 422
    return redirect(url_for("sop_drafts.show", draft_id=draft.summary.id), code=303)


@pages.post("/draf")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def begin_from_files() -> Answer:
    """A new draft from files alone: of the SOP whose key they name, or of one there is none of yet."""
    try:
        draft = context.engine().sops.save_draft(context.actor(), uploads.read(request.files.getlist("files")))
    except (NotFound, NotAllowed):
        raise
    except (EngineError, uploads.UploadRefused) as refusal:
        return sops.index_page(problem=why(refusal)), 422
    return redirect(url_for("sop_drafts.show", draft_id=draft.summary.id), code=303)


@pages.post("/<deployment_id>/salin")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def copy(deployment_id: str) -> Answer:
    """A draft of another SOP that says what this version says."""
    try:
        draft = context.engine().sops.copy_of(
            context.actor(), deployment_id, key=request.form.get("key", ""), title=request.form.get("title", ""))
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return sops.version_page(deployment_id, problem=why(refusal), place="salin"), 422
    return redirect(url_for("sop_drafts.show", draft_id=draft.summary.id), code=303)


@pages.post("/draf/<draft_id>/berkas")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def upload(draft_id: str) -> Answer:
    """The next revision, from files: one diagram, several, or a zip."""
    return _change(draft_id, lambda actor, revision: context.engine().sops.save_draft(
        actor, uploads.read(request.files.getlist("files")), draft_id=draft_id, expected_revision=revision,
        note=request.form.get("note", "")))


@pages.post("/draf/<draft_id>/waktu")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def set_time(draft_id: str) -> Answer:
    """The next revision, with another time standard on one step."""
    element_id = request.form.get("element_id", "")
    return _change(draft_id, lambda actor, revision: context.engine().sops.set_time(
        actor, draft_id, element_id, _standard(), expected_revision=revision), place=f"waktu-{element_id}")


@pages.post("/draf/<draft_id>/pulihkan")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def restore(draft_id: str) -> Answer:
    """The next revision, with the files of an earlier one."""
    return _change(draft_id, lambda actor, revision: context.engine().sops.restore_revision(
        actor, draft_id, request.form.get("number", 0, type=int), expected_revision=revision), place="riwayat")


@pages.post("/draf/<draft_id>/ajukan")
def propose(draft_id: str) -> Answer:
    """Lay the draft before those who approve."""
    return _change(draft_id, lambda actor, revision: context.engine().sops.propose(
        actor, draft_id, decree=request.form.get("decree", ""), effective_from=_day(),
        reason=request.form.get("reason", ""), expected_revision=revision, accepted=_accepted()), place="pengesahan")


@pages.post("/draf/<draft_id>/cabut")
def withdraw(draft_id: str) -> Answer:
    """Give the draft up."""
    return _change(draft_id, lambda actor, _revision: context.engine().sops.withdraw_draft(actor, draft_id))


@pages.post("/draf/<draft_id>/sahkan/<proposal_id>")
@limits.limiter.limit("10 per minute", key_func=limits.per_account)
def approve(draft_id: str, proposal_id: str) -> Answer:
    """One approval; the passphrase is asked again."""
    return _change(draft_id, lambda actor, _revision: context.engine().sops.approve(
        actor, proposal_id, reason=request.form.get("reason", ""), passphrase=request.form.get("passphrase", ""),
        address=request.remote_addr or "", draft_id=draft_id), place="pengesahan")


@pages.post("/draf/<draft_id>/kembalikan/<proposal_id>")
def send_back(draft_id: str, proposal_id: str) -> Answer:
    """Back to its editors."""
    return _change(draft_id, lambda actor, _revision: context.engine().sops.send_back(
        actor, proposal_id, reason=request.form.get("reason", ""), draft_id=draft_id), place="pengesahan")


@pages.post("/draf/<draft_id>/tarik/<proposal_id>")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def take_back(draft_id: str, proposal_id: str) -> Answer:
    """The viewer's own proposal is a draft again."""
    return _change(draft_id, lambda actor, _revision: context.engine().sops.take_back(
        actor, proposal_id, draft_id=draft_id), place="pengesahan")


@pages.get("/banding/<old>/<new>")
def compare(old: str, new: str) -> Answer:
    """What changes from one version or draft to another, in words and in both drawings."""
    found = context.engine().sops.compare(context.actor(), old, new, language=context.language())
    return render_template("sop_compare.html", found=found)


def _change(draft_id: str, act: Callable[[Any, int], object], *, place: str = "") -> Answer:
    """Act, then show the draft; a refusal shows it with what was wrong and what was typed."""
    try:
        act(context.actor(), request.form.get("revision", 0, type=int))
    except (NotFound, NotAllowed):
        raise
    except (EngineError, uploads.UploadRefused) as refusal:
        return page_of(draft_id, problem=why(refusal), place=place or "berkas"), 422
    return redirect(url_for("sop_drafts.show", draft_id=draft_id, _anchor=place or None), code=303)


def page_of(draft_id: str, *, problem: str, place: str) -> str:
    """The draft's page with what was wrong, at the place of it that it is about."""
    return _page(context.engine().sops.draft(context.actor(), draft_id), problem=problem, place=place)


def _page(detail: Any, *, problem: str = "", place: str = "") -> str:
    open_one = next((each for each in detail.proposals if each.state == "in_review"), None)
    mine = [role for role in open_one.waits_for if role in context.actor().roles] if open_one is not None else []
    scenarios = _scenarios(detail)
    stands = scenarios is not None and detail.summary.state in ("draft", "in_review")
    accepted = open_one.accepted if open_one is not None and stands else {}   # they stand once, with the proposer's reasons
    taken = [one for one in scenarios.hindering if one.name in accepted] if stands else []
    beside = {one.file for one in taken}
    findings = (*detail.findings, *(each for each in (scenarios.findings if stands else ()) if each.file not in beside))
    return render_template(
        "sop_draft.html", detail=detail, draft=detail.summary, findings=sops.by_severity(findings), found=len(findings),
        proposal=open_one, may_decide=bool(mine) and context.may("sop.approve"), problem=problem, place=place, typed=request.form,
        units=UNITS, scenarios=scenarios, taken=taken,
        hindering=[one for one in scenarios.hindering if one not in taken] if stands else [], words=scenario_words, ACCEPTED=ACCEPTED,
        beside={one.file: scenario_words.went(one) for one in (scenarios.scenarios if stands else ())},
        parts={key: amount_of(standard) for key, standard in detail.times.items()})


def _scenarios(detail: Any) -> Any:
    """The draft's scenarios; None where it cannot run."""
    return context.engine().sops.scenarios(context.actor(), detail.summary.id) if detail.steps else None


def _accepted() -> dict[str, str]:
    """Scenario -> why it may go otherwise than it is written, as typed."""
    return {name.removeprefix(ACCEPTED): reason for name, reason in request.form.items() if name.startswith(ACCEPTED)}


def amount_of(standard: TimeStandard) -> tuple[str, str]:
    """Number and unit of a standard as its form shows them; ("", unit) for a length that no single unit says."""
    for unit, (clock, pattern) in UNITS.items():
        head, tail = pattern.split("{}")
        number = standard.duration.removeprefix(head).removesuffix(tail)
        if clock == standard.clock and number.isdigit() and standard.duration == pattern.format(number):
            return number, unit
    return "", "working_minutes"


def _standard() -> TimeStandard:
    """What was typed: a number, what it counts, and the wording. Without wording, or where that of another number was left standing,
    the number says itself, as it does on the drawing."""
    amount, unit = request.form.get("amount", 0, type=int), request.form.get("unit", "")
    if unit not in UNITS or not 0 < amount <= MOST:
        raise InvalidSubmission({"amount": ("Isi angka dari 1 sampai 9999, lalu pilih jenis jamnya.",
                                            "Enter a number from 1 to 9999 and choose the kind of clock.")})
    clock, pattern = UNITS[unit]
    words = {"working_minutes": "menit", "working_days": "hari kerja", "elapsed_minutes": "menit", "elapsed_hours": "jam",
             "elapsed_days": "hari"}[unit]
    wording, left = request.form.get("wording", "").strip(), request.form.get("was_wording", "").strip()
    if wording == left and f"{amount} {unit}" != request.form.get("was_time", ""):
        wording = ""
    return TimeStandard(duration=pattern.format(amount), clock=clock, text=wording or f"{amount} {words}")


def _day() -> date:
    found = forms.typed_day(request.form, "effective_from")
    if found is None:
        raise InvalidSubmission({"effective_from": ("Isi tanggal mulai berlaku.", "Enter the day it takes effect.")})
    return found


def overtaken() -> str:
    """Why a page of a draft was not saved that somebody else saved meanwhile; it goes on showing what was typed."""
    return _("Draf ini disimpan orang lain sesudah halaman ini dibuka, jadi belum ada yang disimpan. Yang Anda tulis masih di sini: "
             "periksa dahulu keadaan terbarunya, lalu simpan lagi.")


def why(refusal: EngineError | uploads.UploadRefused) -> str:
    """What was wrong, and what to do instead."""
    if isinstance(refusal, uploads.UploadRefused):
        return sops.why(refusal.reason)
    if isinstance(refusal, InvalidSubmission):
        return " ".join(text[1] if context.language() == "en" else text[0] for text in refusal.problems.values())
    if isinstance(refusal, BundleRefused):
        return _("Draf ini belum dapat diajukan. Perbaiki temuan di bawah: %(codes)s.",
                 codes=", ".join(sorted({finding.code for finding in refusal.findings if finding.severity != "advice"})))
    if refusal.code == "scenario-unaccepted":
        names = refusal.ids["names"]
        listed = ", ".join([*names[:NAMED], *("…" for _left in names[NAMED:NAMED + 1])])
        return _("%(count)s skenario tidak berjalan seperti tertulis, atau belum sempat dimainkan: %(names)s. Perbaiki drafnya, "
                 "tulis ulang skenarionya, atau sebutkan untuk masing-masing mengapa itu diterima.", count=len(names), names=listed)
    if refusal.code == "sign-in-refused":
        return _("Frasa sandi itu bukan milik Anda. Tidak ada yang disahkan.")
    return refusal.message(context.language())
