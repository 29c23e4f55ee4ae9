"""What the pages say of a draft's scenarios: how each went, and in words what went otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from engine.results import FormField
from webui import context, forms, words


QUESTIONS = ("rules", "gives", "table-gone", "no-answer")   # what is of a question to a decision table
WHOLE_STEPS = ("gone", "put-in")   # what is of no row of a step, but of one itself


def state_word(scenario: Any) -> str:
    """How it went."""
    return {
        "as_written": _("berjalan seperti tertulis"), "otherwise": _("berjalan lain"), "unreadable": _("berkasnya tidak dapat dibaca"),
        "too_long": _("tidak selesai dalam waktu yang tersedia"), "": _("belum dimainkan"),
        "elsewhere": _("diceritakan untuk instansi lain dan berjalan lain di sini; tidak menghalangi"),
        "changes_sop": _("mengubah SOP di tengah jalan; tidak dimainkan pada draf"),
    }[scenario.state.value]


def went(scenario: Any) -> list[str]:
    """What went otherwise: the first thing, and where the story could not be played on."""
    found = [] if scenario.otherwise is None else [differs(scenario.otherwise)]
    if (stopped := scenario.stopped_at) is not None:
        found = [*found[:stopped is not scenario.otherwise], stops(scenario)]
    return found


def differs(found: Any) -> str:
    """One thing that went otherwise, with the step at which it did."""
    return f"{place(found)}: {_difference(found)}"


def stops(scenario: Any) -> str:
    """Where a story could not be played on."""
    return _("Berhenti di sini: %(why)s", why=differs(scenario.stopped_at))


def rewritten(scenario: Any) -> list[Any]:
    """What its file would say otherwise. Where the story stopped, what is from there on stays as it is written."""
    stopped = scenario.stopped_at
    return [one for one in scenario.differences if stopped is None or one.step != stopped.step or one.what in WHOLE_STEPS]


def place(found: Any) -> str:
    """The step it is about."""
    if found.what == "put-in":
        return _("Sebelum akhirnya") if found.step < 0 else _("Sebelum langkah %(number)s", number=found.step)
    if found.what in QUESTIONS:
        return _("Pertanyaan %(number)s", number=found.step)
    return {0: _("Saat dimulai"), -1: _("Pada akhirnya")}.get(found.step, _("Langkah %(number)s", number=found.step))


def change(found: Any, questions: Sequence[FormField] = ()) -> tuple[str, str, str]:
    """What is written anew: what it is of, what is written, what takes its place. `questions` are those that were answered for all."""
    asked = next((field for field in questions if (found.what, found.name) == ("answered", field.key)), None)
    if asked is not None:
        before, after = (_("tidak dijawab") if one is None else forms.shown_value(replace(asked, value=one))
                         for one in (found.written, found.seen))
        return _("Jawaban: %(field)s", field=context.say(asked.label)), before, after
    if found.what == "put-in":
        at, role = _word("", found.seen), _word("role", found.written)
        return _("Langkah: %(name)s", name=found.name), _("tidak ada"), _("dikerjakan %(role)s, %(at)s", role=role, at=at)
    what = {
        "role": _("Pelaksana"), "due": _("Tenggat"), "verdict": _("Penilaian waktu"), "handling_verdict": _("Penilaian waktu penanganan"),
        "overrun": _("Kelewatan"), "not-open": _("Tugas yang menunggu"), "not-written": _("Tugas yang menunggu"),
        "completed": _("Proses"), "documents": _("Dokumen yang terbit"), "gone": _("Langkah"),
        "rules": _("Baris yang cocok"), "gives": _("Jawaban tabel"), **dict.fromkeys(QUESTIONS[2:], _("Pertanyaan ke tabel")),
    }.get(found.what, found.what)
    before, after = {
        "not-open": (_("menunggu"), _("tidak menunggu")), "not-written": (_("tidak tertulis"), _word(found.what, found.seen)),
        "completed": (_("belum selesai"), _("selesai")), "gone": (_("dikerjakan"), _("dihapus dari cerita")),
        "table-gone": (_("ditanyakan"), _("dihapus dari berkas ini")),
    }.get(found.what) or (_word(found.what, found.written), _word(found.what, found.seen))
    return f"{what}: {found.name}" if found.name else what, before, after


def _difference(found: Any) -> str:
    written, seen = _word(found.what, found.written), _word(found.what, found.seen)
    return {
        "refused": _("%(name)s ditolak: %(seen)s", name=found.name or _("ini"), seen=seen),
        "not-refused": _("%(name)s seharusnya ditolak, tetapi dikerjakan", name=found.name or _("ini")),
        "not-open": _("tugas %(name)s tidak terbuka; yang menunggu: %(others)s", name=found.name, others=found.seen) if found.seen
        else _("tugas %(name)s tidak terbuka", name=found.name),
        "not-written": _("tugas %(name)s terbuka (%(seen)s), tetapi tidak tertulis", name=found.name, seen=seen),
        "role": _("%(name)s untuk %(seen)s, tertulis %(written)s", name=found.name or _("ini"), seen=seen, written=written),
        "due": _("tenggat tugas %(name)s %(seen)s, tertulis %(written)s", name=found.name, seen=seen, written=written),
        "gone": _("langkah %(name)s tidak ada lagi di SOP ini", name=found.name),
        "put-in": _("%(name)s dikerjakan di sini", name=found.name), "answered": _("isian %(name)s dijawab", name=found.name),
        "rules": _("baris %(name)s yang cocok: %(seen)s; tertulis: %(written)s", name=found.name, seen=seen, written=written),
        "gives": _("jawaban tabel %(name)s: %(seen)s; tertulis: %(written)s", name=found.name, seen=seen, written=written),
        "table-gone": _("tabel %(name)s tidak ada lagi di SOP ini", name=found.name),
        "no-answer": _("tabel %(name)s tidak dapat menjawab: %(seen)s", name=found.name, seen=seen),
        "completed": _("prosesnya selesai, tertulis belum") if found.seen else _("prosesnya belum selesai, tertulis selesai"),
        "documents": _("dokumen yang terbit %(seen)s, tertulis %(written)s", seen=seen, written=written),
    }.get(found.what) or _("penilaian waktu %(name)s %(seen)s, tertulis %(written)s", name=found.name, seen=seen, written=written)


def _word(what: str, value: Any) -> str:
    if what in ("rules", "gives"):
        return forms.in_words(value) or _("tidak ada")
    if isinstance(value, Mapping):   # a refusal in both languages, and the fields it is about
        language = "en" if context.language() == "en" else "id"
        fields = ", ".join(value["labels"][language] if "labels" in value else value["fields"])
        return f"{value[language]}{f' ({fields})' if fields else ''}"
    if isinstance(value, datetime):
        return words.exact(value)
    if isinstance(value, timedelta):
        return words.span(value)
    if value in (None, ""):
        return _("tidak ada")
    if what in ("role", "not-written"):
        return ", ".join(words.role_word(role) for role in str(value).split(", "))
    return words.verdict_word(str(value)) if what in ("verdict", "handling_verdict") else str(value)
