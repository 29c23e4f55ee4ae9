"""`engine.partner` in memory: one case with one referral, one link, one session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from engine import errors
from engine.commands.partner import WrongCode
from engine.partner_results import (
    CaseReferrals, NewLink, PartnerFace, PartnerLink, PartnerReferral, PartnerTask, ReferralOut,
)
from engine.results import DocumentRow, FormField, FormView
from engine.types import Actor, Text

TOKEN, CODE, SESSION = "7KQ4-M9XA-21BC-DEFG-HJKM-NPQRST", "123456", "mitra-di-dalam"
CASE, TASK, LINK = "case-1", "task-1", "link-1"
CONTACT = "Ani, kantor 021-000"
NOON = datetime(2026, 11, 11, 5, tzinfo=UTC)
FORM = FormView(key="answer_referral", title=Text("Menjawab permintaan rujukan", "Answer the referral"), help=Text("", ""), clause="", fields=(
    FormField(key="provider_answer", type="choice", label=Text("Jawaban penyelenggara", "Provider's answer"), help=Text("", ""), required=True,
              steering=True, sensitivity="C1", options=(("accepted", Text("Diterima", "Accepted")), ("rejected", Text("Ditolak", "Rejected")))),))
FACE = PartnerFace(agency="UPTD PPA Contoh", zone="Asia/Jakarta", service=Text("Layanan kesehatan", "Health service"), risk="medium",
                   reply_due=NOON, is_reply_late=False, code_lasts=10, code_tries=5)
LETTER = DocumentRow(id="doc-f10", code="F10", title="Surat rujukan", number="001", status="issued", issued_at=NOON, sha256="0" * 64,
                     element_id="issue_referral_letter", media_type="application/pdf")


class Partner:
    """The signatures of `engine.partner.Partner`. Leaving ends what stands."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.is_open = True
        self.codes_asked = 0
        self.sent: list[Mapping[str, Any]] = []
        self.keys: set[str | None] = set()
        self.draft: Mapping[str, Any] = {}

    # --- the partner

    def face(self, token: str) -> PartnerFace:
        self._known(token)
        return FACE

    def ask_code(self, token: str) -> None:
        self._known(token)
        self.codes_asked += 1

    def enter(self, token: str, code: str) -> str:
        self._known(token)
        if code != CODE:
            raise WrongCode()
        return SESSION

    def leave(self, session: str) -> None:
        self.is_open = self.is_open and session != SESSION

    def referral(self, session: str) -> PartnerReferral:
        if session != SESSION or not self.is_open:
            raise errors.NotFound(link="")
        return PartnerReferral(face=FACE, provider="RSUD A", companion="Ani Contoh", contact=CONTACT, consented=("health",), told=(),
                               documents=(LETTER,), task=self._task(), until=None)

    def asked(self, session: str) -> tuple[PartnerTask, str]:
        self.referral(session)
        return self._task(), FACE.zone

    def save_draft(self, session: str, task_id: str, submission: Mapping[str, Any]) -> datetime:
        self.referral(session)
        self.draft = dict(submission)
        return NOON

    def drop_draft(self, session: str, task_id: str) -> None:
        self.draft = {}

    def document(self, session: str, document_id: str) -> tuple[DocumentRow, bytes]:
        self.referral(session)
        if document_id != LETTER.id:
            raise errors.NotFound(document_id=document_id)
        return LETTER, b"%PDF-1.7"

    def answer(self, session: str, task_id: str, submission: Mapping[str, Any]) -> None:
        self.referral(session)
        if not submission:
            raise errors.InvalidSubmission({"provider_answer": ("Wajib diisi.", "Required.")})
        self.draft = {}
        self.sent.append(submission)

    def add_progress(self, session: str, text: str, *, idempotency_key: str | None = None) -> None:
        self.referral(session)
        if not text.strip():
            raise errors.InvalidSubmission({"text": ("Tulis kabarnya.", "Write the news.")})
        if idempotency_key is None or idempotency_key not in self.keys:
            self.sent.append({"text": text})
        self.keys.add(idempotency_key)

    # --- whoever refers

    def referrals(self, actor: Actor, case_id: str) -> CaseReferrals:
        self._of_case(actor, case_id)
        link = PartnerLink(id=LINK, issued_at=NOON, issued_by="Ani Contoh", opened_at=None, revoked_at=None, code=CODE, code_until=NOON)
        return CaseReferrals(case_id=CASE, business_key="KLB-1", rows=(ReferralOut(
            line_no="2", service=FACE.service, provider="RSUD A", task_id=TASK, task_name="Menjawab permintaan rujukan", is_report=False,
            reply_due=NOON, is_reply_late=False, is_covered=True, links=(link,), progress=()),))

    def issue_link(self, actor: Actor, case_id: str, task_id: str, *, contact: str) -> NewLink:
        self._of_case(actor, case_id, task_id)
        if not contact.strip():
            raise errors.InvalidSubmission({"contact": ("Tulis cara menghubungi Anda.", "Write how to reach you.")})
        return NewLink(id=LINK, token=TOKEN, provider="RSUD A")

    def revoke_link(self, actor: Actor, case_id: str, link_id: str) -> None:
        self._of_case(actor, case_id)
        if link_id != LINK:
            raise errors.NotFound(link_id=link_id)

    def proxy_form(self, actor: Actor, case_id: str, task_id: str) -> tuple[FormView, str]:
        self._of_case(actor, case_id, task_id)
        return FORM, "RSUD A"

    def answer_for(self, actor: Actor, case_id: str, task_id: str, submission: Mapping[str, Any]) -> None:
        self._of_case(actor, case_id, task_id)
        if not submission:
            raise errors.InvalidSubmission({"on_behalf_of": ("Tulis siapa yang menyampaikannya.", "Write who said it.")})

    def _task(self) -> PartnerTask:
        return PartnerTask(id=TASK, name="Menjawab", is_report=bool(self.sent), form=FORM, draft=self.draft,
                           draft_saved_at=NOON if self.draft else None)

    def _known(self, token: str) -> None:
        if token != TOKEN or not self.is_open:
            raise errors.NotFound(link="")

    def _of_case(self, actor: Actor, case_id: str, task_id: str = TASK) -> None:
        self._engine.cases.get(actor, case_id)
        if (case_id, task_id) != (CASE, TASK):
            raise errors.NotFound(case_id=case_id)
