"""Notices an operation sends: a code becomes a verb, never content, in the product and for whoever is told by mail."""

from __future__ import annotations

from engine import errors, own_referrals
from engine.authorization import PROVIDER
from engine.commands import documents, escalations
from engine.definitions import concrete_role
from engine.executor import Context
from engine.types import OperationCall, Text
from storage import notices, randomness, tasks

#: What a notice says, by the code a diagram gives to `notice.send`.
WORDS = {
    "task_overdue": Text("ada tugas yang melewati waktu bakunya", "a task has passed its time standard"),
    "legal_duty_overdue": Text("ada kewajiban hukum yang melewati batas waktunya", "a legal duty has passed its time limit"),
    "task_due_soon": Text("80 % waktu baku sebuah tugas sudah terpakai", "80 % of a task's time standard is used"),
    "task_waiting": Text("ada tugas baru yang menunggu", "a new task waits"),
    "decision_wanted": Text("ada keputusan yang ditunggu", "a decision is awaited"),
    "task_given": Text("sebuah tugas diserahkan kepada Anda", "a task was given to you"),
    "task_taken": Text("sebuah tugas tidak lagi Anda pegang", "you no longer hold a task"),
    "help_wanted": Text("seorang rekan meminta bantuan Anda", "a colleague asks for your help"),
    "public_report": Text("ada laporan masyarakat yang menunggu", "a report from the public waits"),
    "public_complaint": Text("ada keluhan layanan yang menunggu", "a complaint about the service waits"),
    "public_message": Text("ada pesan dari pelapor", "there is a message from the reporter"),
    "case_assigned": Text("Anda kini memegang kasus ini", "you are now in charge of this case"),
    "access_asked": Text("seorang rekan meminta melihat kasus ini", "a colleague asks to see this case"),
    "case_handed_on": Text("kasus ini kini dipegang rekan Anda", "a colleague is now in charge of this case"),
    "task_escalated": Text("tugas lewat tenggat; giliran Anda menindaklanjuti. Mohon buka Kawal.",
                           "a task is past due; it is your turn to follow it up. Please open Kawal."),
    "sop_proposed": Text("ada perubahan SOP yang menunggu pengesahan Anda", "a change of an SOP waits for your approval"),
    "sop_approved": Text("perubahan SOP yang Anda ajukan disahkan", "the change of an SOP you proposed was approved"),
    "sop_sent_back": Text("perubahan SOP yang Anda ajukan dikembalikan", "the change of an SOP you proposed was sent back"),
    "table_proposed": Text("ada perubahan kalender atau parameter instansi yang menunggu pengesahan Anda",
                           "a change of the agency's calendar or parameters waits for your approval"),
    "table_approved": Text("perubahan kalender atau parameter yang Anda usulkan disahkan",
                           "the change of the calendar or of a parameter you proposed was approved"),
    "table_sent_back": Text("perubahan kalender atau parameter yang Anda usulkan dikembalikan",
                            "the change of the calendar or of a parameter you proposed was sent back"),
    "deadline_moved": Text("tenggat tugas Anda bergeser karena kalender atau parameter instansi berubah",
                           "deadlines of your tasks moved because the agency's calendar or parameters changed"),
    "glass_broken": Text("akses darurat dipakai; menunggu penilaian Anda", "emergency access was used; it waits for your review"),
    "field_unmasked": Text("satu isian dibuka samarannya", "one field was unmasked"),
    "access_improper": Text("akses darurat dinilai tidak wajar", "emergency access was found improper"),
    "mail_failed": Text("surel pemberitahuan tidak terkirim; periksa halaman Kendala",
                        "mail of notices was not sent; see the page Incidents"),
    "partner_code": Text("mitra rujukan meminta kode masuk; beri tahukan lewat telepon",
                         "a referral partner asks for a code; tell it by phone"),
    "partner_opened": Text("mitra rujukan membuka rujukannya", "a referral partner opened its referral"),
    "partner_answered": Text("ada jawaban atau kabar dari mitra rujukan", "there is an answer or news from a referral partner"),
    "letter_refused": Text("sebuah surat belum terbit karena persetujuannya belum ada; buka kasusnya",
                           "a letter was not written because a consent is missing; open the case"),
    "information": Text("ada perkembangan yang perlu Anda ketahui", "something happened that you should know"),
}

#: Codes the engine itself sends; no diagram needs to draw them.
OWN = frozenset({"public_report", "public_complaint", "public_message", "task_due_soon", "task_given", "task_taken", "help_wanted",
                 "glass_broken", "field_unmasked", "access_improper", "partner_code", "partner_opened", "partner_answered", "mail_failed",
                 "access_asked", "letter_refused", "case_assigned", "case_handed_on", "task_escalated", "sop_approved",
                 "sop_proposed", "sop_sent_back", "table_proposed", "table_approved", "table_sent_back", "deadline_moved"})


def notify(context: Context, call: OperationCall, *, role: str, code: str) -> None:
    """One notice to everybody who holds `role` today and has no conflict of interest in the case, once per job. Raises `InvalidValue`
    for a code that has no words.

    An abstract role is whoever it is at the case's agency. A partner's person is told of their own provider's referrals only.
    """
    if code not in WORDS:
        raise errors.InvalidValue(notice=code)
    row = documents.instance_of(context, call)
    role = concrete_role(role, context.parameters(row.parameters_digest))
    asked = [each for each in tasks.open_of(context.uow, row.id) if each.role == role] if role == PROVIDER else []
    partners = sorted({one for each in asked for one in own_referrals.people_of(context, each)})
    for account_id, holds in [(None, role), *((each, None) for each in partners)]:
        notices.add(context.uow, notices.NoticeRow(
            id=randomness.new_id(), agency_id=row.agency_id, account_id=account_id, role=holds, at=context.now, code=code,
            case_id=row.case_id, once=call.idempotency_key + (f":{account_id}" if account_id else "")))


def mail_failed(context: Context, agency_id: str) -> None:
    """Tells who looks after the product that mail was given up: once a day, in the product alone."""
    notices.add(context.uow, notices.NoticeRow(
        id=randomness.new_id(), agency_id=agency_id, account_id=None, role="system_admin", at=context.now, code="mail_failed",
        once=f"mail-failed:{agency_id}:{context.local_day().isoformat()}"))


def warn(context: Context) -> int:
    """Tells who holds a task, or could take it, that 80 % of its standard is used: once per task; how many were looked at.

    One that is past its due already gets no warning any more: the diagram's own timer speaks for it.
    """
    found = tasks.to_warn(context.uow, context.now)
    for row in found:
        if row.due_at is not None and row.due_at > context.now:
            for number, (account_id, role) in enumerate(escalations.holder_of(context, row)):
                notices.add(context.uow, notices.NoticeRow(
                    id=randomness.new_id(), agency_id=row.agency_id, account_id=account_id, role=role, at=context.now,
                    code="task_due_soon", case_id=row.case_id, task_id=row.id,
                    once=f"due-soon:{row.id}" + (f":{number}" if number else "")))
    tasks.mark_warned(context.uow, [row.id for row in found], context.now)
    escalations.begin(context, found)
    return len(found)


def words(code: str, business_key: str = "") -> Text:
    """What a notice says, with the case's code before it where there is one."""
    known = WORDS.get(code, WORDS["information"])
    if not business_key:
        return known
    return Text(f"Kasus {business_key}: {known.id}", f"Case {business_key}: {known.en}")
