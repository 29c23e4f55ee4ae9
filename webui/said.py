"""What a page says once after an act: the browser's cookie holds only the code of it."""

from __future__ import annotations

from flask_babel import gettext as _

from engine.errors import in_words
from engine.results import HandlingAct
from webui import context

REFUSED = "refused "


def said(code: str) -> str:
    """The words of a message's code; none for a code of somebody else's."""
    if code.startswith(REFUSED):
        return context.say(in_words(code.removeprefix(REFUSED)))
    return {
        "none-chosen": _("Pilih dahulu satu tugas atau lebih, lalu tindakannya."),
        "link-revoked": _("Tautan dicabut. Siapa pun yang sedang membukanya ikut keluar."),
        "partner-answered": _("Jawaban terkirim."),
        "partner-reported": _("Laporan terkirim. Terima kasih."),
        "partner-news": _("Kabar terkirim."),
        "partner-over": _("Ini tidak lagi ditunggu: mungkin sudah dijawab. Tidak ada yang berubah."),
        "settings-kept": _("Setelan tersimpan."),
        "calendar-made": _("Alamat kalender baru dibuat. Alamat sebelumnya tidak berlaku lagi."),
        "calendar-revoked": _("Alamat kalender dicabut."),
        "passphrase-changed": _("Frasa sandi diganti. Sesi Anda di perangkat lain sudah berakhir."),
        "incident-resolved": _("Dicoba lagi. Bila gagal lagi, ia muncul lagi di sini."),
        "access-asked": _("Permintaan terkirim kepada penanggung jawab kasus."),
        "run-suspend": _("Proses dijeda. Waktu kerja berhenti; tenggat hukum tetap berjalan."),
        "run-resume": _("Proses dilanjutkan. Tenggat waktu kerja sudah dihitung ulang."),
        "run-cancel": _("Proses dibatalkan. Isian, dokumen, dan jurnalnya tetap tersimpan."),
        "simfoni-marked": _("Tersimpan di kasus ini, dan tampak di linimasa."),
        "note-kept": _("Catatan tersimpan. Versi sebelumnya tetap terbaca."),
        "provider-kept": _("Penyelenggara tersimpan."),
        "provider-checked": _("Tercatat: diperiksa hari ini."),
        "provider-removed": _("Penyelenggara dihapus dari direktori."),
        "filter-saved": _("Saringan tersimpan."),
        "absence-recorded": _("Ketidakhadiran tercatat. Pengganti memegang perannya pada tanggal itu."),
        "absence-ended": _("Ketidakhadiran diakhiri. Pengganti tidak lagi memegang perannya."),
        "handled delegate": _("Tugas didelegasikan. Penerimanya diberi tahu."),
        "handled hand_over": _("Tugas diserahkan. Penerimanya membaca catatan Anda."),
        "handled assign": _("Tugas ditugaskan. Penerimanya diberi tahu."),
        "handled take_back": _("Tugas ditarik kembali."),
        "handled set_aside": _("Tugas ditunda. Muncul lagi pada harinya, atau bila tenggatnya mendekat."),
        "handled bring_back": _("Tugas muncul lagi di “Tugas saya”."),
        "handled ask_help": _("Permintaan bantuan terkirim."),
    }.get(code, "")


def handled_word(act: HandlingAct) -> str:
    """One act in a task's trail, in a sentence."""
    names = {"who": act.actor_name, "to": act.to_name, "from_": act.from_name}
    match act.verb:
        case "delegate":
            return _("%(who)s mendelegasikan kepada %(to)s", **names)
        case "hand_over":
            return _("%(who)s menyerahkan kepada %(to)s", **names)
        case "assign":
            return _("%(who)s menugaskan %(to)s", **names)
        case "take_back":
            return _("%(who)s menarik kembali dari %(from_)s", **names)
        case "take_over":
            return _("%(who)s (Plt.) mengambil alih dari %(from_)s", **names)
        case "set_aside":
            return _("%(who)s menunda", **names)
        case "bring_back":
            return _("%(who)s memunculkan lagi", **names)
        case "ask_help":
            return _("%(who)s meminta bantuan %(to)s", **names)
    return act.verb
