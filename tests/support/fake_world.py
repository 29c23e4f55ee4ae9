"""Invented people, cases and tasks for the fake engine: late ones, long names, empty lists, masked fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from engine.results import (
    Account,
    CaseAction,
    CaseDetail,
    CaseSummary,
    DocumentRow,
    Handover,
    HistoryRow,
    InstanceSummary,
    Notice,
    RecordView,
    SopDetail,
    SopStep,
    SopSummary,
    TaskDetail,
)
from engine.types import InstanceStatus, LintFinding, Severity, TaskSummary, Text
from tests.support.fake_engine import ANTI_STIGMA, NOW, REVIEW, STANDARD, FakeEngine, Kept, a_field

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AGENCY = "UPT PPA Provinsi Kalimantan Barat"
NAMES = (
    ("approve_case_report", "Menyetujui seluruh Laporan Kasus untuk menetapkan layanan yang sesuai (Lanjutan SOP Pengaduan)"),
    ("coordinate_provider", "Berkoordinasi dengan petugas pelayanan yang dituju, menginformasikan hasil asesmen, rencana intervensi "
                            "dan kebutuhan khusus (anak, difabel, HIV, bencana, konflik)"),
    ("review_results", "Mereview hasil layanan"),
    ("decide_intervention_complete", "Memutuskan intervensi layanan selesai"),
)


def account(key: str, name: str, role: str, language: str = "id") -> Account:
    return Account(id=f"acc-{key}", sign_in=key, name=name, agency_id="ag-kalbar", agency_name=AGENCY, roles=(role,), language=language,
                   demo=True)


def world(engine: FakeEngine | None = None) -> FakeEngine:
    """A fake engine on an ordinary Tuesday morning."""
    engine = engine or FakeEngine()
    for who in (account("manajer", "Dayang Rekaan", "case_manager"), account("pendamping", "Lestari Contoh", "companion"),
                account("auditor", "Bonifasius Umpama", "auditor"), account("pemilik", "Theresia Misalnya", "process_owner")):
        engine.accounts[who.id] = who
    _tasks(engine)
    _case(engine)
    _sop(engine)
    engine.notice_rows = [
        Notice(id="n1", at=NOW - 20 * MINUTE, code="task_overdue", text=Text("Tugas melewati tenggatnya.", "A task is past its due time."),
               case_id="case-1",
               task_id="task-1", read_at=None),
        Notice(id="n2", at=NOW - DAY, code="task_waiting", text=Text("Tugas baru di antrean tim Anda.", "A new task waits for your team."),
               case_id="case-1",
               task_id=None, read_at=NOW - HOUR),
    ]
    return engine


def _tasks(engine: FakeEngine) -> None:
    # number, step, due from now, warned?, risk, held by the manager?
    table = (
        (1, 0, -2 * DAY - 3 * HOUR, "high", True), (2, 1, -25 * MINUTE, "medium", True), (3, 0, 4 * MINUTE, "high", True),
        (4, 1, 3 * HOUR, "low", True), (5, 2, None, "", True), (6, 3, 3 * DAY, "medium", True),
        (7, 0, -HOUR, "high", False), (8, 1, 30 * MINUTE, "low", False), (9, 2, None, "medium", False),
    )
    for number, step, due, risk, mine in table:
        element, name = NAMES[step]
        task = TaskSummary(
            id=f"task-{number}", instance_id="i1", element_id=element, name=name, lane="Manajer Kasus", role="case_manager",
            ready_at=NOW - DAY, due_at=NOW + due if due is not None else None,
            warn_at=NOW - MINUTE if number in (1, 2, 3, 7) else (NOW + DAY if due is not None else None),
            standard=STANDARD if due is not None else None, case_id="case-1", business_key=f"KLB-2026-{number + 40:06d}",
            sop_title="Pengelolaan Kasus", risk=risk, assignee_id="acc-manajer" if mine else None,
            assignee_name="Dayang Rekaan" if mine else "", claimed_at=NOW - HOUR if mine else None, form_key="approve_case_report",
            opens_case=True)
        engine.kept[task.id] = Kept(detail=TaskDetail(
            summary=task, form=REVIEW, draft={}, draft_saved_at=None, warnings=(ANTI_STIGMA,),
            clause_texts=("Menyetujui seluruh Laporan Kasus untuk menetapkan layanan yang sesuai (Lanjutan SOP Pengaduan)",),
            grounds=(("proposal", "Usulan: laporan yang belum lengkap dikembalikan"),),
            inputs=("F04 Asesmen kebutuhan",), outputs=("F10 Surat pengantar rujukan",),
            why_mine=Text("Langkah ini milik Manajer Kasus, peran yang Anda pegang.",
                          "This step belongs to the case manager, a role you hold."),
            why_due=Text("10 menit jam kerja sejak tugas siap, menurut SOP langkah 1.", "10 working minutes from when the task was ready, "
                         "SOP step 1."),
            after_this=Text("Tugas “Berkoordinasi dengan petugas pelayanan” untuk Manajer Kasus, 40 menit.",
                            "Task “Coordinate with the provider” for the case manager, 40 minutes."), may=frozenset()))
    finished = replace(engine.kept["task-6"].detail.summary, id="task-10", completed_at=NOW - 2 * HOUR, verdict="late", overrun=35 * MINUTE)
    engine.kept["task-10"] = Kept(detail=replace(engine.kept["task-6"].detail, summary=finished))


def _case(engine: FakeEngine) -> None:
    steps = (("", "start", "entered", "intake_operator", ""),
             ("approve_case_report", "complete_task", "completed", "case_manager", "on_time"),
             ("coordinate_provider", "complete_task", "completed", "case_manager", "late"),
             ("hand_over_referral", "complete_task", "completed", "companion", "on_time"),
             ("monitor_beneficiary", "fire_timer", "entered", "system", ""),
             ("review_results", "complete_task", "completed", "case_manager", ""))
    names = dict(NAMES) | {"hand_over_referral": "Merujuk/melimpahkan penerima manfaat dan menyerahkan dokumen",
                           "": "Laporan kasus diterima",
                           "monitor_beneficiary": "Memantau kondisi melalui koordinasi dengan penyedia"}
    history = tuple(
        HistoryRow(seq=n, at=NOW - DAY + n * HOUR, recorded_at=NOW - DAY + n * HOUR, actor_name="", actor_role=role, kind=kind,
                   element_id=element or "start", element_name=names[element], happened=happened, verdict=verdict)
        for n, (element, kind, happened, role, verdict) in enumerate(steps, start=1))
    for number in range(1, 4):
        case_id = f"case-{number}"
        summary = CaseSummary(id=case_id, business_key=f"KLB-2026-{40 + number:06d}", status="open" if number < 3 else "closed",
                              risk=("high", "medium", "low")[number - 1], sop_title="Pengelolaan Kasus", opened_at=NOW - number * DAY,
                              owner_name="Dayang Rekaan", stage="Koordinasi rujukan",
                              next_due_at=NOW - 25 * MINUTE if number == 1 else None)
        instance = InstanceSummary(id=f"i{number}", sop_key="pengelolaan-kasus", sop_title="Pengelolaan Kasus", version=1,
                                   digest="c0ffee" * 10, process_id="kalbar_pengelolaan_kasus", status=InstanceStatus.ACTIVE,
                                   started_at=NOW - DAY,
                                   ended_at=None, seq=6)
        document = DocumentRow(id=f"doc-{number}", code="F10", title="Surat rujukan", number="065/12/UPT PPA", status="issued",
                               issued_at=NOW - 5 * HOUR, sha256="5eed" * 16, element_id="coordinate_provider", media_type="application/pdf")
        engine.documents[document.id] = b"%PDF-1.7 rekaan"
        record = RecordView(record="identification", version=2, at=NOW - DAY, fields=(
            a_field("alias", "text", ("Nama samaran", "Alias"), value="Melati"),
            a_field("name", "text", ("Nama", "Name"), sensitivity="C3", masked=True),
            a_field("age", "integer", ("Usia", "Age"), value=Decimal(14)),
            a_field("born", "date", ("Tanggal lahir", "Date of birth"), value="unknown", allow_unknown=True),
            a_field("lines", "rows", ("Butir layanan", "Service lines"), value=[{"need": "Pemeriksaan kesehatan"}],
                    fields=(a_field("need", "text", ("Kebutuhan", "Need")),))))
        withdrawal = CaseAction(
            id="i1.7", instance_id="i1", element_id="consent_withdrawn", message="consent_withdrawn", name="Persetujuan ditarik",
            title=Text("Catat penarikan persetujuan", "Record a withdrawal of consent"), form_key="withdraw_consent", role="case_manager")
        waiting = tuple(k.detail.summary for k in engine.kept.values() if number == 1 and k.detail.summary.id in ("task-2", "task-5"))
        engine.case_details[case_id] = CaseDetail(
            summary=summary, instances=(instance,) if number < 3 else (), open_tasks=waiting, history=history if number < 3 else (),
            documents=(document,) if number < 3 else (), records=(record,) if number < 3 else (),
            flags=(Text("Anak", "Child"),) if number == 1 else (), actions=(withdrawal,) if number == 1 else (),
            came_from=Handover(agency="bandung", agency_name="UPTD PPA Kota Bandung", reference="5EED5EED5EED5EED", at=NOW) if number == 2 else None,
            handed_over=(Handover(agency="depok", agency_name="UPTD PPA Kota Depok", reference="C0FFEEC0FFEEC0FF", at=NOW),)
            if number == 2 else ())


def _sop(engine: FakeEngine) -> None:
    summary = SopSummary(deployment_id="dep-1", key="pengelolaan-kasus", agency_code="kalbar", title="Pengelolaan Kasus", version=1,
                         digest="c0ffee" * 10, effective_from=date(2023, 3, 6), running=12, findings=1)
    steps = tuple(
        SopStep(element_id=element, name=name, lane="Manajer Kasus", role="case_manager", standard_text=standard, clauses=(f"baris {n}",),
                inputs=("Asesmen",) if n == 1 else (), outputs=())
        for n, ((element, name), standard) in enumerate(zip(NAMES, ("10 menit", "40 menit", "", ""), strict=True), start=1))
    engine.sops.detail = SopDetail(
        summary=summary, steps=steps, files={}, process_id="kalbar_pengelolaan_kasus",
        identity={"number": "065/ /UPT PPA", "effective": date(2023, 3, 6), "revised": "",
                  "legal_basis": [{"text": "UU 12/2022 TPKS", "needs_legal_review": False},
                                  {"text": "PP 58/2005", "needs_legal_review": True}],
                  "warnings": [{"text": ANTI_STIGMA, "show_on_tasks": True}], "equipment": ["Form rujukan kasus", "Resume kasus"]},
        findings=(LintFinding(code="clause-gap", severity=Severity.ADVICE, file="sop.toml", line=None, element_id="review_results",
                              message=Text("Langkah ini tidak berkutipan SOP.", "This step quotes no clause."),
                              instead=Text("Tambahkan kutipan pada peta klausul.", "Add a quote to the clause map.")),))
