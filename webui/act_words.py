"""What people decided about a case beside its SOPs' steps, in a sentence."""

from __future__ import annotations

from flask_babel import gettext as _

from engine.results import CaseAct


def what(act: CaseAct) -> str:
    """What was done, and whom it concerns where the reader may know."""
    name = act.about
    match act.what:
        case "assign_owner":
            return _("Kasus ditugaskan kepada %(name)s", name=name) if name else _("Kasus ditugaskan")
        case "declare_conflict":
            return _("Benturan kepentingan dicatat: %(name)s", name=name) if name else _("Benturan kepentingan dicatat")
        case "lift_conflict":
            return _("Benturan kepentingan dicabut: %(name)s", name=name) if name else _("Benturan kepentingan dicabut")
        case "suspend":
            return _("Proses dijeda: %(sop)s", sop=act.sop_title)
        case "resume":
            return _("Proses dilanjutkan: %(sop)s", sop=act.sop_title)
        case "cancel":
            return _("Proses dibatalkan: %(sop)s", sop=act.sop_title)
        case "change_tables":
            return _("Kalender atau parameter instansi berubah; tenggat dihitung ulang: %(sop)s", sop=act.sop_title)
        case "migrate":
            old, new = act.versions
            return _("Proses dipindahkan dari versi %(old)s ke versi %(new)s: %(sop)s", old=old, new=new, sop=act.sop_title)
    return {
        "note": _("Catatan ditulis"), "made_anew": _("Dibuat sebagai kasus baru walau ada yang mirip"),
        "issue_partner_link": _("Tautan untuk mitra rujukan dibuat"), "revoke_partner_link": _("Tautan untuk mitra rujukan dicabut"),
        "partner_progress": _("Mitra rujukan memberi kabar"), "simfoni_entry": _("Ditandai sudah dimasukkan ke Simfoni PPA"),
        "simfoni_taken_back": _("Tanda Simfoni PPA dicabut"),
    }.get(act.what, act.what)
