"""What the templates may call: times, deadlines, texts, risk, statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g
from flask_babel import gettext as _
from markupsafe import Markup, escape

from engine.results import CaseSummary, FormField, HistoryRow, ReplayVerdict
from engine.types import Happening, LintFinding, Severity, TaskSummary, Text, Value
from webui import act_words, context, deadlines, document_words, forms, inbox, menu, record_words, said, times

#: What the engine calls a step whose class the reader may not see.
LIMITED = "langkah terbatas"


def init_app(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.filters["clause_words"] = forms.clause_words
    app.jinja_env.filters["marked"] = marked
    app.jinja_env.tests["only_indonesian"] = lambda label: isinstance(label, OnlyIndonesian)
    app.jinja_env.filters["grouped"] = forms.grouped
    app.jinja_env.filters["document_word"] = document_words.document_word
    app.jinja_env.filters["where_to_read"] = document_words.where_to_read
    app.jinja_env.globals.update(
        account=context.account, actor=context.actor, said=said.said, handled_word=said.handled_word,
        filter_address=inbox.address, lang=context.language, say=context.say, may=context.may, now=context.now,
        exact=exact, due=due, clock=clock, span=span, overrun=overrun, deadline=deadline, due_tag=due_tag, shown_value=forms.shown_value,
        in_words=forms.in_words, variable_words=forms.variable_words,
        clause_words=forms.clause_words, after_words=after_words, answered=answered, quoted=quoted,
        shown_part=shown_part, file_size=file_size, indonesian=indonesian, sop_word=sop_word, sop_name=sop_name,
        risk_word=risk_word, status_word=status_word, group_word=group_word, role_word=role_word, kind_word=kind_word,
        happened_word=happened_word, act_word=act_words.what, said_all=said_all, step_word=step_word, step_name=step_name,
        stage_names=stage_names, item_word=item_word,
        verdict_word=verdict_word, severity_word=severity_word, same_words=same_words, case_label=case_label, month_names=month_names,
        notice_count=notice_count, menu=menu.menu, picture=picture, record_word=record_words.record_word,
        line_word=record_words.line_word,
        receiver_word=record_words.receiver_word, only_outside=context.only_outside,
    )


def exact(at: datetime) -> str:
    return times.exact(at, context.zone(), language=context.language(), now=context.now())


def due(at: datetime) -> str:
    """When something falls due; midnight is the end of the day before."""
    return times.due(at, context.zone(), language=context.language(), now=context.now())


def clock(at: datetime) -> str:
    return times.clock(at, context.zone(), language=context.language())


def span(length: timedelta) -> str:
    return times.span(length, language=context.language())


def overrun(length: timedelta, task: TaskSummary) -> str:
    return deadlines.overrun(length, task, language=context.language())


def deadline(task: TaskSummary) -> deadlines.Deadline:
    return deadlines.deadline(task, now=context.now(), zone=context.zone(), language=context.language())


def due_tag(case: CaseSummary) -> deadlines.Deadline:
    return deadlines.of_case(case, now=context.now(), zone=context.zone(), language=context.language())


def answered(fields: Sequence[FormField]) -> list[FormField]:
    """The fields of a record that hold an answer, or one that the viewer may not see."""
    return [f for f in fields if f.masked or f.value not in (None, "", [])]


def shown_part(column: FormField, row: Mapping[str, Any]) -> str:
    """One column of a row, in words."""
    return forms.shown_value(replace(column, value=row.get(column.key)))


def after_words(text: Text) -> Markup:
    """What follows a task, without the words that already stand in the heading above it; what reads the same in both languages are the
    names of steps."""
    said, names = (words.removeprefix(heading).strip() for words, heading in (
        (context.say(text), "After this:" if context.language() == "en" else "Setelah ini:"), (text.id, "Setelah ini:")))
    shown = said[:1].upper() + said[1:]
    return indonesian(shown) if said == names else escape(shown)


def quoted(text: str) -> Markup:
    """A clause as its source prints it: the source's own mark for italics is shown as such, everything else as text."""
    return Markup(str(escape(text)).replace("&lt;i&gt;", "<i>").replace("&lt;/i&gt;", "</i>"))  # noqa: S704 - escaped before


def file_size(text: str) -> str:
    """A number of bytes in kB or MB; nothing for what is no number."""
    if not text.isdecimal():
        return ""
    kilobytes = max(1, int(text) // 1000)
    return f"{kilobytes / 1000:.1f} MB" if kilobytes >= 1000 else f"{kilobytes} kB"


def risk_word(risk: str) -> str:
    """High, medium, low; anything else has not been assessed."""
    return {"high": _("Tinggi"), "medium": _("Sedang"), "low": _("Rendah")}.get(risk, _("Belum dinilai"))


#: What SOPs are about, in the order people meet it; an SOP that says nothing stands under "".
SOP_GROUPS = ("intake", "case", "service", "request", "community", "oversight", "")


def group_word(kind: str) -> str:
    """What the SOPs of one kind are about."""
    return {
        "intake": _("Pengaduan dan penjangkauan"), "case": _("Pengelolaan kasus"), "service": _("Layanan"),
        "request": _("Permintaan dan keluhan"), "community": _("Masyarakat"), "oversight": _("Pemantauan dan mutu"),
    }.get(kind, _("Lainnya"))


def status_word(status: str) -> str:
    """Where a case or an instance stands."""
    return {
        "received": _("Diterima"), "under_review": _("Ditelaah"), "planned": _("Direncanakan"), "in_service": _("Dilayani"),
        "in_transfer": _("Dilimpahkan"), "awaiting_termination": _("Menunggu terminasi"), "terminated": _("Selesai"),
        "reopened": _("Dibuka kembali"), "active": _("Berjalan"), "open": _("Berjalan"), "closed": _("Ditutup"),
        "incident": _("Perlu ditangani"), "completed": _("Selesai"), "cancelled": _("Dibatalkan"), "suspended": _("Ditangguhkan"),
    }.get(str(status), str(status))


def verdict_word(verdict: str) -> str:
    return {
        "on_time": _("tepat waktu"), "late": _("terlambat"), "no_standard": _("tanpa standar"),
        "not_measured": _("tidak terukur: dikerjakan sebelum diambil"), "": "",
        ReplayVerdict.CONFIRMED: _("Terbukti utuh"), ReplayVerdict.BROKEN: _("Rusak"),
        ReplayVerdict.REDACTED: _("Rantai utuh, isi sudah dimusnahkan"),
    }.get(verdict, verdict)


def severity_word(severity: Severity) -> str:
    return {
        Severity.ERROR: _("Tidak dapat dijalankan"), Severity.RULE: _("Harus diperbaiki"), Severity.ADVICE: _("Saran"),
    }[severity]


def same_words(findings: Sequence[LintFinding]) -> list[list[LintFinding]]:
    """Findings that say the same of several places together, in the order of their first place."""
    gathered: dict[tuple[str, Text, Text], list[LintFinding]] = {}
    for finding in findings:
        gathered.setdefault((finding.code, finding.message, finding.instead), []).append(finding)
    return list(gathered.values())


def role_word(role: str) -> str:
    """The abstract role in the reader's language (domain.md 8); an unknown one as it stands."""
    return {
        "head_of_unit": _("Kepala UPTD PPA"), "supervisor": _("Penyelia"), "case_manager": _("Manajer Kasus"),
        "companion": _("Pendamping PPA"), "intake_operator": _("Operator/Penerima Pengaduan"),
        "data_staff": _("Staf data dan informasi"), "external_provider": _("Penyelenggara layanan lain"),
        "dinas_pppa": _("Dinas PPPA"), "shelter_officer": _("Petugas penampungan sementara"),
        "psychologist": _("Psikolog"), "mediator": _("Mediator"), "counsellor": _("Konselor"),
        "puspaga_receiver": _("Penerima laporan Puspaga"), "puspaga_coordinator": _("Koordinator Layanan Puspaga"),
        "puspaga_head": _("Ketua Puspaga"), "service_officer": _("Petugas layanan"),
        "professional": _("Tenaga profesional"), "case_authority": _("Penanggung jawab keputusan kasus"),
        "process_owner": _("Pemilik proses"), "public": _("Masyarakat"), "partner": _("Mitra rujukan, lewat tautan"),
        "auditor": _("Auditor"), "system_admin": _("Admin sistem"),
        "data_protection_officer": _("Petugas pelindungan data"), "system": _("Sistem"), "": "",
    }.get(role, role)


def kind_word(kind: str) -> str:
    """What moved the instance at a journal entry."""
    return {
        "start": _("Proses dimulai"), "complete_task": _("Tugas diselesaikan"), "fire_timer": _("Pewaktu berbunyi"),
        "complete_operation": _("Operasi selesai"), "fail_operation": _("Operasi gagal"),
        "receive_message": _("Pesan diterima"), "receive_signal": _("Sinyal diterima"),
        "retry_element": _("Insiden dicoba ulang"), "change_tables": _("Kalender, parameter, atau risiko berubah"),
        "suspend": _("Ditangguhkan"), "resume": _("Dilanjutkan"), "cancel": _("Dibatalkan"),
        "migrate": _("Dipindahkan ke versi lain"),
        "accept_stated_time": _("waktu yang dinyatakan diterima"), "correct": _("isian dikoreksi"),
        "ask_correction": _("koreksi isian diminta"), "answer_correction": _("permintaan koreksi dijawab"),
        "ask_modify": _("diminta diulang"), "refuse_modify": _("permintaan mengulang ditolak"), "modify": _("diulang dengan persetujuan"),
        "entered": _("dimulai"), "completed": _("selesai"), "cancelled": _("dibatalkan"), "failed": _("gagal"),
        "thrown": _("dikirim"), "caught": _("diterima"),
    }.get(kind, kind)


def happened_word(row: HistoryRow) -> str:
    """What happened to one step; a timer's instant is reached, not received."""
    if row.happened == Happening.CAUGHT and row.kind == "fire_timer":
        return _("tercapai")
    return kind_word(row.happened or row.kind)


def item_word(item: Value) -> str:
    """Which of several services a task is about, told apart in a list by its number in the plan."""
    number = item.get("line_no") if isinstance(item, Mapping) else None
    return "" if number is None else _("Butir %(number)s", number=forms.in_words(number))


def said_all(texts: Sequence[Text]) -> str:
    """Several texts in one line, in the reader's language."""
    return ", ".join(context.say(each) for each in texts)


def step_word(name: str) -> str:
    """A step's name, with a capital as on a page; one that the reader may not see is said to be restricted, in their language."""
    return _("Langkah terbatas") if name in ("", LIMITED) else name[:1].upper() + name[1:]


def indonesian(text: str) -> Markup:
    """Words that exist in Indonesian only, marked as such on a page of another language, for whoever listens to it."""
    return escape(text) if context.language() == "id" or not text else Markup('<span lang="id">{}</span>').format(text)


def step_name(name: str) -> Markup:
    """As `step_word`, in the running text of a page: steps are named in Indonesian only, a restricted one in the reader's language."""
    return escape(step_word(name)) if name in ("", LIMITED) else indonesian(step_word(name))


def stage_names(stage: str) -> Markup:
    """The steps that wait in a case, as a row of a list names them."""
    return Markup("; ").join(step_name(name) for name in stage.split("; "))


def sop_word(title: str, english: str) -> str:
    """What an SOP is called in the reader's language; in Indonesian where it has no other title."""
    return title if context.language() == "id" else english or title


def sop_name(title: str, english: str) -> Markup:
    """As `sop_word`, in the running text of a page."""
    return escape(english) if english and english != title and context.language() != "id" else indonesian(title)


class OnlyIndonesian(str):
    """A cell of a table that exists in Indonesian only: a file gets it as it is, a page of another language marks it (`marked`)."""


def step_cell(name: str) -> str:
    """As `step_name`, in a table that also leaves the house; of a step that its reader may know of."""
    return OnlyIndonesian(step_word(name))


def sop_cell(title: str, english: str) -> str:
    """As `sop_name`, in a table that also leaves the house."""
    return sop_word(title, english) if english else OnlyIndonesian(title)


def marked(cell: str | int) -> Markup:
    """A cell of a table as the page says it."""
    return indonesian(cell) if isinstance(cell, OnlyIndonesian) else escape(cell)


def case_label(business_key: str) -> str:
    """A case as it may be named in a title: its code, never a person."""
    return _("Kasus %(code)s", code=business_key) if business_key else _("Kasus tanpa nomor")


def month_names() -> tuple[str, ...]:
    return times.MONTHS[context.language()]


def notice_count() -> int:
    """Unread notices of the signed-in person, for the header."""
    if g.get("is_error"):
        return 0
    return int(context.engine().people.unread_count(context.actor()))


def picture(svg: Any) -> Markup:
    """A drawing of `engine.render.diagram`, inline. The renderer escapes everything a file brings and writes neither
    script nor style; the Content-Security-Policy would refuse both in any case."""
    text = svg.decode("utf-8") if isinstance(svg, bytes) else str(svg)
    return Markup(text[text.index("<svg"):])  # noqa: S704
