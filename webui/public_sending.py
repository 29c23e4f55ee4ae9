"""What people without an account send: a report, a complaint, an answer to the survey, and what they ask by their receipt.

Nothing of it is kept before it is sent: a form that needs mending comes back as it was typed, in the answer to the post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from flask import g, request
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded

from engine.errors import InvalidSubmission, NotFound
from engine.public_results import Door, PublicReceipt
from engine.results import FormView
from engine.types import Value
from webui import context, forms, limits, public
from webui.public import Answer, page

pages = public.blueprint("public_sending")
SENT, ASKED, STEPS = "6 per minute;30 per hour", "6 per minute;40 per hour", "60 per minute"
TYPED = 200  # characters of a code that are read


# --- report -------------------------------------------------------------------------------------------------------------


@pages.get("/<code>/lapor")
def report_page(code: str) -> str:
    """Before anything else: how to leave, and that leaving erases no history."""
    return page("before.html", code)


@pages.post("/<code>/lapor")
@limits.limiter.limit(STEPS)
def report(code: str) -> Answer:
    """One step after the other: danger first, then the calls or the form, then the receipt. Which step it is, is posted."""
    step = request.form.get("step", "")
    if step == "send":
        return _sent(code, Door.REPORT, "report.html")
    if not public.posted_slip().is_fresh:
        return page("before.html", code), 400
    if step in ("calls", "danger"):
        return page(f"{step}.html", code)
    danger = request.form.get("danger", "")
    return _form(code, Door.REPORT, "report.html", {"danger_now": danger == "yes"} if danger in ("yes", "no") else {})


# --- complaint and survey -----------------------------------------------------------------------------------------------


@pages.get("/<code>/keluhan")
def complaint_page(code: str) -> str:
    """The form, or where else to complain for an agency whose SOPs take no complaint in."""
    try:
        return _form(code, Door.COMPLAINT, "complaint.html", {})
    except NotFound:
        return page("no_complaints.html", code)


@pages.post("/<code>/keluhan")
@limits.limiter.limit(STEPS)
def complain(code: str) -> Answer:
    """Send the complaint, or empty the form."""
    if request.form.get("step") == "send":
        return _sent(code, Door.COMPLAINT, "complaint.html")
    status = 200 if public.posted_slip().is_fresh else 400
    return complaint_page(code), status


@pages.get("/<code>/survei")
def survey_page(code: str) -> str:
    """Nine questions; or that no survey is open."""
    try:
        return _form(code, Door.SURVEY, "survey.html", {})
    except NotFound:
        return page("no_survey.html", code)


@pages.post("/<code>/survei")
def survey(code: str) -> Answer:
    """One answer for one code."""
    survey_code = request.form.get("code", "")[:TYPED]
    form = context.engine().public.form(code, Door.SURVEY)
    typed = forms.read(form, request.form)
    problem, status = _refusal()
    if not problem:
        try:
            with limits.limiter.limit(ASKED):
                context.engine().public.answer_survey(code, survey_code, typed)
            return page("thanks.html", code)
        except RateLimitExceeded:
            problem, status = _too_often(), 429
        except NotFound:
            problem, status = _("Kode itu tidak dikenal atau sudah dipakai. Periksa, lalu coba lagi."), 422
        except InvalidSubmission as refusal:
            return _form(code, Door.SURVEY, "survey.html", typed, problems=forms.problems_of(refusal), survey_code=survey_code), 422
    return _form(code, Door.SURVEY, "survey.html", typed, problem=problem, survey_code=survey_code), status


# --- what became of it ----------------------------------------------------------------------------------------------------


@pages.get("/<code>/status")
def status_page(code: str) -> str:
    """Where a receipt is typed in."""
    return page("status.html", code, stage=None, receipt="")


@pages.post("/<code>/status")
def status(code: str) -> Answer:
    """Five words at most. Whatever is no receipt of this agency answers alike."""
    return _asked(code, _only_look)


@pages.post("/<code>/status/pesan")
def message(code: str) -> Answer:
    """Something to add, or taking it back."""
    if request.form.get("step") == "withdraw":
        if request.form.get("sure") != "yes":
            return _asked(code, _only_look, problem=_("Beri tanda bahwa Anda yakin, lalu tekan lagi."))
        return _asked(code, lambda receipt: context.engine().public.withdraw(code, receipt), told="withdrawn")
    text = request.form.get("message", "").replace("\r\n", "\n").strip()
    if not text:
        return _asked(code, _only_look, problem=_("Tulis pesannya dahulu."))
    return _asked(code, lambda receipt: context.engine().public.add_message(code, receipt, text), told="added", typed=text)


# --- inside -----------------------------------------------------------------------------------------------------------------


def _form(code: str, door: Door, template: str, values: Mapping[str, Value], *, problems: Mapping[str, str] | None = None,
          problem: str = "", survey_code: str = "") -> str:
    form: FormView = context.engine().public.form(code, door)
    drawn = forms.controls(form, values, problems)
    loose = forms.loose(drawn, problems) + ([problem] if problem else [])
    return page(template, code, form=form, controls=drawn, summary=forms.summary(drawn), loose=loose,
                has_problems=bool(problems or problem), danger=values.get("danger_now") is True, survey_code=survey_code)


def _sent(code: str, door: Door, template: str) -> Answer:
    form = context.engine().public.form(code, door)
    typed = forms.read(form, request.form)
    problem, status = _refusal()
    if not problem:
        try:
            with limits.limiter.limit(SENT):
                receipt = context.engine().public.send(code, door, typed, slip=public.posted_slip().text)
            return _receipt(code, door, receipt)
        except RateLimitExceeded:
            problem, status = _too_often(), 429
        except InvalidSubmission as refusal:
            return _form(code, door, template, typed, problems=forms.problems_of(refusal)), 422
    return _form(code, door, template, typed, problem=problem), status


def _receipt(code: str, door: Door, receipt: PublicReceipt) -> str:
    g.zone = ZoneInfo(receipt.zone)
    return page("receipt.html", code, receipt=receipt, is_report=door is Door.REPORT)


def _asked(code: str, act: Callable[[str], None], *, problem: str = "", told: str = "", typed: str = "") -> Answer:
    receipt = request.form.get("receipt", "")[:TYPED]
    refused, answer = _refusal()
    stage = None
    if not refused:
        try:
            with limits.limiter.limit(ASKED):
                act(receipt)
                stage = context.engine().public.status(code, receipt)
        except RateLimitExceeded:
            refused, answer = _too_often(), 429
        except NotFound:
            refused, answer = _("Tidak ada laporan dengan kode itu di unit ini. Periksa kodenya, lalu coba lagi."), 422
    if problem and stage is not None:
        answer = 422
    return page("status.html", code, stage=stage, receipt=receipt, problem=refused or problem, told=told if stage is not None else "",
                typed="" if told and stage is not None else typed), answer


def _only_look(_receipt: str) -> None:
    return


def _refusal() -> tuple[str, int]:
    """Why a post is not even looked at: it does not come from a page of ours, or from no person."""
    if not public.posted_slip().is_fresh:
        return _("Halaman ini terlalu lama terbuka. Isian Anda masih ada; tekan kirim sekali lagi."), 400
    if public.fell_into_trap():
        return _("Kosongkan isian bertanda 'kosongkan', lalu tekan kirim sekali lagi."), 422
    return "", 200


def _too_often() -> str:
    return _("Terlalu banyak percobaan dari jaringan ini. Isian Anda masih ada: tunggu satu menit, lalu tekan kirim lagi. "
             "Bila mendesak, telepon 129 atau 112.")
