"""A small engine in memory with the front door's signatures, so that pages can be looked at and tested alone.

It keeps real state (claims, drafts, completions, sessions) and answers like the real one refuses: with errors of
`engine.errors`. It runs no process: what opens after a task is given by a short list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine import authorization, errors
from engine.audit import DualRole
from engine.clock import ManualClock
from engine.idempotency import KeyReused
from engine.results import (
    Account,
    CaseAction,
    CaseDetail,
    CaseSummary,
    Colleague,
    CompletionResult,
    DocumentRow,
    VerifiedDocument,
    FormField,
    FormView,
    HistoryRow,
    InboxFilters,
    Notice,
    Page,
    ReplayReport,
    ReplayVerdict,
    SavedFilter,
    SopDetail,
    SopStep,
    SopSummary,
    StateAt,
    TaskDetail,
    Withdrawal,
)
from engine.scenario_results import Went
from engine.settings import Settings
from engine.types import Actor, ClockKind, InstanceStatus, LintFinding, Severity, TaskSummary, Text, TimeStandard
from tests.support import fake_office
from tests.support.fake_case_file import CaseFile
from tests.support.fake_filings import CaseFilings, FakeFilings
from tests.support.fake_partner import Partner
from tests.support.fake_preferences import FakeJobs, FakePreferences
from tests.support.fake_public import Public
from tests.support.fake_trial import FakeTrial

NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)  # Tuesday 10.30 WIB
PASSPHRASE = "kuda batu hujan pelan"
ANTI_STIGMA = ("Petugas tidak boleh memberi stigma, label, menyakiti, atau mendiskriminasi atas dasar jenis kelamin, "
               "identitas dan ekspresi gender, status kesehatan (HIV), atau lainnya.")
DRAWING = (b'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" viewBox="0 0 300 80"><title>Alur</title>'
           b'<rect x="10" y="10" width="120" height="60" rx="8" fill="none" stroke="currentColor"/></svg>')


def settings(**given: Any) -> Settings:
    """Settings with a key and nothing on disk."""
    return Settings(**{"key": bytes(range(32)), "data_dir": Path("var"), **given})


def text(indonesian: str, english: str) -> Text:
    return Text(indonesian, english)


def a_field(key: str, kind: str, label: tuple[str, str], **more: Any) -> FormField:
    """A field with the defaults most fields have."""
    given = {"help": Text("", ""), "required": False, "steering": False, "sensitivity": "C1", **more}
    return FormField(key=key, type=kind, label=Text(*label), **given)


REVIEW = FormView(
    key="approve_case_report", title=text("Menyetujui laporan kasus", "Approve the case report"),
    help=text("Periksa asesmen, lalu tetapkan layanan yang sesuai.", "Check the assessment, then set the fitting service."),
    clause="kalbar.r1",
    fields=(
        a_field("decision", "choice", ("Keputusan", "Decision"), required=True, steering=True, clause="SOP langkah 1",
                options=(("approved", text("Disetujui", "Approved")), ("returned", text("Dikembalikan", "Returned")))),
        a_field("reason", "longtext", ("Alasan pengembalian", "Reason for returning"), required=True, sensitivity="C2",
                show_if='decision = "returned"', help=text("Apa yang harus dilengkapi operator?", "What must the operator add?")),
        a_field("services", "choices", ("Layanan yang ditetapkan", "Services"), steering=True, options=(
            ("health", text("Kesehatan", "Health")),
            ("legal", text("Penegakan dan bantuan hukum", "Law enforcement and legal aid")),
            ("social", text("Rehabilitasi sosial", "Social rehabilitation")))),
        a_field("incident_on", "date", ("Tanggal kejadian", "Date of the incident"), allow_unknown=True, sensitivity="C3"),
        a_field("contact_at", "datetime", ("Kontak berikutnya", "Next contact")),
        a_field("children", "integer", ("Jumlah anak dalam keluarga", "Children in the family"), sensitivity="C2"),
        a_field("family_told", "boolean", ("Keluarga sudah dihubungi", "The family has been contacted"), required=True),
        a_field("lines", "rows", ("Butir layanan", "Service lines"), fields=(
            a_field("need", "text", ("Kebutuhan", "Need"), required=True),
            a_field("provider", "text", ("Penyelenggara", "Provider")))),
        a_field("hiv_note", "text", ("Catatan kesehatan", "Health note"), sensitivity="C4", masked=True),
    ),
)
STANDARD = TimeStandard(duration="PT10M", clock=ClockKind.WORKING_MINUTES, text="10 menit")


@dataclass
class Kept:
    """One task with what people did to it."""

    detail: TaskDetail
    drafts: dict[str, tuple[Mapping[str, Any], datetime]] = field(default_factory=dict)
    gone: bool = False


class FakeEngine:
    """The six parts over lists in memory. Data of `world()` unless emptied by a test."""

    def __init__(self, now: datetime = NOW) -> None:
        self.clock = ManualClock(now)
        self.accounts: dict[str, Account] = {}
        self.sessions: dict[str, str] = {}
        self.kept: dict[str, Kept] = {}
        self.case_details: dict[str, CaseDetail] = {}
        self.case_notes: dict[str, Any] = {}
        self.notice_rows: list[Notice] = []
        self.findings: tuple[LintFinding, ...] = ()
        self.trials: dict[str, FakeTrial] = {}
        self.started: list[tuple[str, Mapping[str, Any]]] = []
        self.acted: list[tuple[str, str, Mapping[str, Any]]] = []
        self.verdict = ReplayVerdict.CONFIRMED
        self.dual_roles: tuple[DualRole, ...] = ()
        self.documents: dict[str, bytes] = {}
        self.once: dict[str, Any] = {}
        self.filings = FakeFilings()
        self.people = People(self)
        self.jobs = FakeJobs()
        self.public = Public(self)
        self.partner = Partner(self)
        self.tasks = Tasks(self)
        self.cases = Cases(self)
        self.sops = Sops(self)
        self.audit = Audit(self)
        self.desk, self.roster, self.supervision = fake_office.Desk(), fake_office.Roster(), fake_office.Supervision()
        self.reports, self.providers = fake_office.Reports(), fake_office.Providers()

    def allows(self, actor: Actor, action: str) -> bool:
        return authorization.allows(actor, action)


class People(FakePreferences):
    def __init__(self, engine: FakeEngine) -> None:
        super().__init__()
        self._engine = engine

    def sign_in(self, sign_in: str, passphrase: str, *, address: str) -> str:
        account = next((a for a in self._engine.accounts.values() if a.sign_in == sign_in), None)
        if account is None or passphrase != PASSPHRASE:
            raise errors.NotAllowed()
        token = f"token-{len(self._engine.sessions) + 1}"
        self._engine.sessions[token] = account.id
        return token

    def actor_of(self, token: str) -> tuple[Actor, Account] | None:
        account = self._engine.accounts.get(self._engine.sessions.get(token, ""))
        if account is None:
            return None
        return Actor(account_id=account.id, agency_id=account.agency_id, name=account.name,
                     roles=frozenset(account.roles)), account

    def sign_out(self, token: str) -> None:
        self._engine.sessions.pop(token, None)

    def set_language(self, actor: Actor, language: str) -> None:
        self._engine.accounts[actor.account_id] = replace(self._engine.accounts[actor.account_id], language=language)

    def zone(self, actor: Actor) -> ZoneInfo:
        return ZoneInfo("Asia/Pontianak")

    def notices(self, actor: Actor) -> tuple[Notice, ...]:
        return tuple(self._engine.notice_rows)

    def unread_count(self, actor: Actor) -> int:
        return sum(1 for row in self._engine.notice_rows if row.read_at is None)

    def mark_read(self, actor: Actor, notice_id: str) -> None:
        rows = self._engine.notice_rows
        if all(row.id != notice_id for row in rows):
            raise errors.NotFound()
        self._engine.notice_rows = [replace(row, read_at=self._engine.clock.now()) if row.id == notice_id else row for row in rows]


class Tasks:
    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def _kept(self, actor: Actor, task_id: str) -> Kept:
        kept = self._engine.kept.get(task_id)
        if kept is None or not actor.holds(kept.detail.summary.role):
            raise errors.NotFound(task=task_id)
        return kept

    def _box(self, actor: Actor, box: str) -> list[TaskSummary]:
        rows = [k.detail.summary for k in self._engine.kept.values() if actor.holds(k.detail.summary.role) and not k.gone]
        mine = actor.account_id
        return {"aside": [], "mine": [t for t in rows if t.assignee_id == mine and not t.completed_at],
                "pool": [t for t in rows if not t.assignee_id and not t.completed_at],
                "done": [t for t in rows if t.completed_at]}[box]

    def inbox(self, actor: Actor, filters: InboxFilters, page: int = 1) -> Page[TaskSummary]:
        rows, now = self._box(actor, filters.box), self._engine.clock.now()
        rows = [t for t in rows if filters.risk in (None, t.risk)]
        rows = [t for t in rows if not filters.late_only or (t.due_at and t.due_at < now)]
        rows.sort(key=lambda t: (t.due_at is None, t.due_at or now, t.ready_at))
        return Page(rows=tuple(rows[(page - 1) * 25:page * 25]), total=len(rows), number=page)

    def stated_waiting(self, actor: Actor, page: int = 1) -> Page[TaskSummary]:
        rows = tuple(kept.detail.summary for kept in self._engine.kept.values() if kept.detail.summary.stated_at)
        return Page(rows=rows, total=len(rows), number=page)

    def orphans(self, actor: Actor) -> Mapping[str, int]:
        return {}

    def saved_filters(self, actor: Actor) -> tuple[SavedFilter, ...]:
        return ()

    def colleagues(self, actor: Actor) -> tuple[Colleague, ...]:
        return tuple(Colleague(id=one.id, name=one.name, roles=one.roles) for one in self._engine.accounts.values())

    def counts(self, actor: Actor) -> Mapping[str, int]:
        now = self._engine.clock.now()
        boxes = {box: self._box(actor, box) for box in ("mine", "pool", "aside", "done")}
        late = [t for t in boxes["mine"] + boxes["pool"] if t.due_at and t.due_at < now]
        return {**{box: len(rows) for box, rows in boxes.items()}, "late": len(late)}

    def get(self, actor: Actor, task_id: str) -> TaskDetail:
        kept = self._kept(actor, task_id)
        task, (draft, saved_at) = kept.detail.summary, kept.drafts.get(actor.account_id, ({}, None))
        may: set[str] = set()
        if not task.completed_at and not kept.gone:
            may = {"claim"} if not task.assignee_id else set()
            may |= {"unclaim", "complete", "save_draft"} if task.assignee_id == actor.account_id else set()
        return replace(kept.detail, draft=draft, draft_saved_at=saved_at, may=frozenset(may))

    def for_typing(self, actor: Actor, task_id: str) -> TaskDetail:
        return self.get(actor, task_id)

    def _change(self, kept: Kept, **given: Any) -> TaskSummary:
        summary = replace(kept.detail.summary, revision=kept.detail.summary.revision + 1, **given)
        kept.detail = replace(kept.detail, summary=summary)
        return summary

    def claim(self, actor: Actor, task_id: str) -> TaskSummary:
        kept = self._kept(actor, task_id)
        if kept.gone:
            raise errors.TaskGone()
        if kept.detail.summary.assignee_id not in (None, actor.account_id):
            raise errors.TaskAlreadyClaimed(task=task_id)
        return self._change(kept, assignee_id=actor.account_id, assignee_name=actor.name, claimed_at=self._engine.clock.now())

    def unclaim(self, actor: Actor, task_id: str) -> TaskSummary:
        return self._change(self._kept(actor, task_id), assignee_id=None, assignee_name="", claimed_at=None)

    def _ready(self, actor: Actor, kept: Kept, typed: Mapping[str, Any], revision: int) -> None:
        task = kept.detail.summary
        if kept.gone:
            kept.drafts[actor.account_id] = (dict(typed), self._engine.clock.now())
            raise errors.TaskGone(task=task.id)
        if task.assignee_id != actor.account_id:
            raise errors.NotClaimed(task=task.id)
        if revision != task.revision:
            raise errors.StaleRevision(task=task.id)

    def save_draft(self, actor: Actor, task_id: str, submission: Mapping[str, Any], *, expected_revision: int) -> datetime:
        kept = self._kept(actor, task_id)
        self._ready(actor, kept, submission, expected_revision)
        kept.drafts[actor.account_id] = (dict(submission), self._engine.clock.now())
        return self._engine.clock.now()

    def complete(self, actor: Actor, task_id: str, submission: Mapping[str, Any], *, expected_revision: int,
                 idempotency_key: str | None = None, stated_at: datetime | None = None) -> CompletionResult:
        if idempotency_key in self._engine.once:
            result: CompletionResult = self._engine.once[idempotency_key]
            return result
        kept = self._kept(actor, task_id)
        self._ready(actor, kept, submission, expected_revision)
        problems = {f.key: ("Wajib diisi.", "Please answer this.") for f in (kept.detail.form or REVIEW).fields
                    if f.required and f.show_if is None and f.key not in submission}
        if problems:
            raise errors.InvalidSubmission(problems)
        task = self._change(kept, completed_at=self._engine.clock.now(), verdict="on_time", stated_at=stated_at)
        opened = replace(task, id="opened", name="Berkoordinasi dengan petugas pelayanan yang dituju", completed_at=None,
                         due_at=self._engine.clock.now() + timedelta(minutes=40), assignee_id=None)
        result = CompletionResult(instance_id=task.instance_id, case_id=task.case_id, opened=(opened,),
                                  status=InstanceStatus.ACTIVE, verdict="on_time", completed_at=task.completed_at, stated_at=stated_at)
        if idempotency_key is not None:
            self._engine.once[idempotency_key] = result
        return result


class Cases(CaseFile, fake_office.CaseStaffing, CaseFilings):
    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def find(self, actor: Actor, *, business_key: str | None = None, status: str | None = None, page: int = 1) -> Page[CaseSummary]:
        rows = [d.summary for d in self._engine.case_details.values()]
        rows = [r for r in rows if status in (None, r.status) and business_key in (None, r.business_key)]
        return Page(rows=tuple(rows[(page - 1) * 25:page * 25]), total=len(rows), number=page)

    def start(self, actor: Actor, key: str, *, submission: Mapping[str, Any], business_key: str | None = None,
              must_stand: bool = False, idempotency_key: str | None = None, anew: Any = None,
              draft_saved_at: datetime | None = None) -> CompletionResult:
        if must_stand and business_key not in {detail.summary.business_key for detail in self._engine.case_details.values()}:
            raise errors.NotFound(case=business_key)
        if "family_told" not in submission:
            raise errors.InvalidSubmission({"family_told": ("Wajib diisi.", "Please answer this.")})
        if (key, submission) not in self._engine.started:
            self._engine.started.append((key, dict(submission)))
        return CompletionResult(instance_id="i1", case_id=next(iter(self._engine.case_details)), opened=(),
                                status=InstanceStatus.ACTIVE, verdict="")

    def _action(self, actor: Actor, case_id: str, action_id: str) -> CaseAction:
        found = [each for each in self.get(actor, case_id).actions if each.id == action_id and actor.holds(each.role)]
        if not found:
            raise errors.NotFound(action=action_id)
        return found[0]

    def action_form(self, actor: Actor, case_id: str, action_id: str) -> FormView:
        return replace(REVIEW, key=self._action(actor, case_id, action_id).form_key, title=self._action(actor, case_id, action_id).title)

    def act(self, actor: Actor, case_id: str, action_id: str, submission: Mapping[str, Any], *,
            idempotency_key: str | None = None, stated_at: datetime | None = None) -> CompletionResult:
        if idempotency_key in self._engine.once:
            if (case_id, action_id, submission) not in self._engine.acted:
                raise KeyReused()
            return self._engine.once[idempotency_key]
        self._action(actor, case_id, action_id)
        if "family_told" not in submission:
            raise errors.InvalidSubmission({"family_told": ("Wajib diisi.", "Please answer this.")})
        self._engine.once[idempotency_key or ""] = CompletionResult(
            instance_id="i1", case_id=case_id, opened=(), status=InstanceStatus.ACTIVE, verdict="")
        self._engine.acted.append((case_id, action_id, dict(submission)))
        return self._engine.once[idempotency_key or ""]

    def told_form(self, actor: Actor, case_id: str, action_id: str, idempotency_key: str) -> FormView:
        if idempotency_key not in self._engine.once:
            raise errors.NotFound(action=action_id)
        return REVIEW

    def verify_document(self, digest: str) -> VerifiedDocument | None:
        if digest != "0" * 64:
            return None
        return VerifiedDocument(code="F10", agency="UPTD PPA Kota Contoh", zone="Asia/Jakarta", issued_at=NOW, status="issued")

    def get_document(self, actor: Actor, document_id: str) -> tuple[DocumentRow, bytes]:
        for detail in self._engine.case_details.values():
            for row in detail.documents:
                if row.id == document_id:
                    return row, self._engine.documents[document_id]
        raise errors.NotFound()

    def diagram(self, actor: Actor, instance_id: str, *, language: str = "id") -> bytes:
        return DRAWING


class Sops:
    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine
        self.detail: SopDetail | None = None

    def list(self, actor: Actor) -> tuple[SopSummary, ...]:
        return (self.detail.summary,) if self.detail else ()

    startable = newest = list

    def may_start(self, actor: Actor) -> bool:
        return bool(self.startable(actor))

    def drafts(self, actor: Actor) -> tuple[SopSummary, ...]:
        return ()

    def scenario_tallies(self, actor: Actor) -> dict[str, Counter[Went]]:
        return {}

    def withdrawals(self, actor: Actor, deployment_id: str) -> tuple[Withdrawal, ...]:
        return ()

    def start_form(self, actor: Actor, key: str) -> FormView:
        if self.detail is None or key != self.detail.summary.key:
            raise errors.NotFound()
        return replace(REVIEW, key="receive_case", title=Text("Menerima laporan kasus", "Receive a case report"))

    def steps(self, actor: Actor, deployment_id: str) -> tuple[SopStep, ...]:
        return self.get(actor, deployment_id).steps

    def get(self, actor: Actor, deployment_id: str) -> SopDetail:
        if self.detail is None or deployment_id != self.detail.summary.deployment_id:
            raise errors.NotFound()
        return self.detail

    def diagram(self, actor: Actor, deployment_id: str) -> bytes:
        return DRAWING

    def check(self, actor: Actor, files: Mapping[str, bytes]) -> tuple[LintFinding, ...]:
        if any(b"scriptTask" in data for data in files.values()):
            return (LintFinding(code="script-task", severity=Severity.ERROR, file=min(files), line=12, element_id="hitung",
                                message=Text("Tugas skrip tidak dijalankan.", "Script tasks are not run."),
                                instead=Text("Pakai tugas layanan.", "Use a service task.")),)
        return self._engine.findings

    def try_open(self, actor: Actor, files: Mapping[str, bytes]) -> str:
        trial_id = f"trial-{len(self._engine.trials) + 1}"
        self._engine.trials[trial_id] = FakeTrial(self._engine.clock.now())
        return trial_id

    def trial(self, actor: Actor, trial_id: str) -> FakeTrial:
        if trial_id not in self._engine.trials:
            raise errors.NotFound()
        return self._engine.trials[trial_id]


class Audit:
    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def history(self, actor: Actor, instance_id: str) -> tuple[HistoryRow, ...]:
        return next(iter(self._engine.case_details.values())).history

    def acts(self, actor: Actor, case_id: str) -> tuple[Any, ...]:
        return ()

    def decisions(self, actor: Actor, case_id: str) -> tuple[Any, ...]:
        return ()

    def dual_roles(self, actor: Actor) -> tuple[DualRole, ...]:
        return self._engine.dual_roles

    def state_at(self, actor: Actor, instance_id: str, seq: int) -> StateAt:
        rows = self.history(actor, instance_id)
        row = next(r for r in rows if r.seq == seq)
        if self._engine.verdict is ReplayVerdict.BROKEN and seq > 2:
            raise errors.StateCorrupt()
        return StateAt(
            instance_id=instance_id, seq=seq, last_seq=max(r.seq for r in rows), at=row.at, kind=row.kind, definition="ab" * 32, actor_name="",
            actor_role=row.actor_role, element_id=row.element_id, open_elements=("coordinate_provider", ""),
            done_elements={"approve_case_report": 1}, variables={"risk": "high", "decision": "approved", "lines": Decimal(2)},
            submission=REVIEW.fields[:2] + REVIEW.fields[-1:], dues={"coordinate_provider": row.at + timedelta(minutes=40)})

    def diagram(self, actor: Actor, instance_id: str, seq: int, *, language: str = "id") -> bytes:
        return DRAWING

    def replay(self, actor: Actor, instance_id: str) -> ReplayReport:
        broken = self._engine.verdict is ReplayVerdict.BROKEN
        return ReplayReport(instance_id=instance_id, verdict=self._engine.verdict, entries=6, head="ab" * 32,
                            first_bad_seq=3 if broken else None, reason="state-differs" if broken else "")

    verify = replay

    def export_pack(self, actor: Actor, instance_id: str) -> bytes:
        return b'{"format":"kawal-pack-1"}\n'


__all__ = ["ANTI_STIGMA", "NOW", "PASSPHRASE", "REVIEW", "STANDARD", "FakeEngine", "Kept", "settings"]
