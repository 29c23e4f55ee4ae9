"""Who saw what, and whom a case is about, in the reader's language. Never a name that the engine did not hand out."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from engine.access_results import AccessEntry
from engine.results import MaskedPerson
from webui import context
from webui.record_words import record_word


def person(known: MaskedPerson) -> str:
    """`S*** R*** · P, 14 th`."""
    sex = {"female": _("P"), "male": _("L")}.get(known.sex, "")
    age = "" if known.age is None else _("%(age)s th", age=known.age)
    return " · ".join(each for each in (known.initials, ", ".join(part for part in (sex, age) if part)) if each)


def who(name: str) -> str:
    """A person's name, or their number where the reader judges roles."""
    if name == "system":
        return _("Sistem")
    if name == "partner":
        return _("Mitra rujukan, lewat tautan")
    return _("Petugas %(number)s", number=name[1:]) if name.startswith("#") else name


def what(entry: AccessEntry) -> str:
    """What was done, with the field's own question; ids of documents and instances say nothing to a reader."""
    if entry.what == "unmask":
        record = entry.about.partition(".")[0]
        return _("membuka isian “%(field)s” (%(record)s)", field=context.say(entry.label) if entry.label else entry.about,
                 record=record_word(record))
    if entry.what == "review":
        return _("menilai akses darurat: %(verdict)s", verdict=verdict(entry.about.partition(":")[2]))
    if entry.what == "dual_role":
        return _("menyetujui usulan sendiri: %(record)s", record=record_word(entry.about))
    if entry.what == "read" and entry.about.startswith("referral:"):
        return _("membaca rujukannya")
    if entry.what == "read" and entry.about.startswith("part."):
        return _("membaca kasus: %(part)s", part=part(entry.about.removeprefix("part.")))
    if entry.what == "read" and entry.about not in ("case", "access_log"):
        return _("membaca isian yang dikirim") if ":" in entry.about else _("membaca dokumen")
    return kind(entry.about if entry.about == "access_log" else entry.what)


def kind(of: str) -> str:
    """One kind of entry."""
    return {
        "read": _("membaca kasus"), "access_log": _("membaca log akses"), "names": _("menampilkan nama"), "unmask": _("membuka isian"),
        "print": _("mencetak"), "export": _("mengunduh bukti"), "replay": _("memutar ulang"), "resolve": _("memutuskan insiden"),
        "break_glass": _("membuka lewat akses darurat"), "review": _("menilai akses darurat"),
        "dual_role": _("menyetujui usulan sendiri"), "access_asked": _("meminta akses"),
        "issue_again": _("menerbitkan lagi surat yang batal")}.get(of, of)


def part(name: str) -> str:
    """One part of the case page."""
    return {
        "timeline": _("linimasa"), "assessment": _("asesmen"), "plan": _("rencana"), "services": _("layanan dan rujukan"),
        "conferences": _("konferensi"), "consents": _("persetujuan"), "documents": _("daftar dokumen"), "sop": _("alur"),
        "notes": _("catatan"), "search": _("hasil pencarian"), "simfoni": _("lembar Simfoni"),
        "decision": _("temuan untuk keputusan")}.get(name, name)


def why(entry: AccessEntry) -> str:
    """The reason that was given, with the purpose before it where one was chosen."""
    chosen, colon, said = entry.why.partition(": ")
    return f"{purposes()[chosen]}: {said}" if entry.what == "unmask" and colon and chosen in purposes() else entry.why


def purposes() -> dict[str, str]:
    """What a field may be unmasked for."""
    return {"audit": _("Pemeriksaan atau audit"), "complaint": _("Menangani keluhan"), "court": _("Permintaan pengadilan atau penyidik"),
            "safety": _("Keselamatan penerima manfaat")}


def verdict(found: str) -> str:
    """What a review found."""
    return {"proper": _("wajar"), "improper": _("tidak wajar")}.get(found, found)


def viewed(counts: Mapping[str, int]) -> str:
    """What was done meanwhile: each kind with how often."""
    return "; ".join(f"{kind(of)} {number}×" for of, number in sorted(counts.items())) or _("tidak ada yang dibaca")
