"""`engine.public` in memory: two agencies, one with every door open. Receipts and codes are kept as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from engine import errors
from engine.public_results import (
    Door, MeasuredPromise, PromisedTime, PublicAgency, PublicPromises, PublicReceipt, PublicSop, PublicSopDetail, PublicStage,
)
from engine.results import FormField, FormView, SopStep
from engine.types import Text

CODE = "7KQ4-M9XA-21BC-DEFG-HJKM-NPQRST"
SURVEY_CODE = "AAAA-BBBB-CCCC-DDDD"
PROMISED = PromisedTime(step="Memberikan tanggapan", text="24 jam", clause="paling lama 24 jam sejak diterima")


def _field(key: str, kind: str, label: str, *, options: tuple[str, ...] = (), required: bool = False, show_if: str | None = None) -> FormField:
    return FormField(key=key, type=kind, label=Text(label, f"{label} (en)"), help=Text("", ""), required=required, steering=False,
                     sensitivity="C3", options=tuple((one, Text(one, one)) for one in options), show_if=show_if)


FORMS = {
    Door.REPORT: FormView(key="public_report", title=Text("Laporan", "Report"), help=Text("", ""), clause="", fields=(
        _field("danger_now", "boolean", "Apakah ada bahaya sekarang?", required=True),
        _field("what_happened", "choices", "Apa yang terjadi?", options=("physical", "other"), required=True),
        _field("account_given", "longtext", "Ceritakan singkat"),
        _field("contact_consent", "boolean", "Bolehkah petugas menghubungi Anda?", required=True),
        _field("contact_detail", "text", "Nomor", required=True, show_if="contact_consent = true"))),
    Door.COMPLAINT: FormView(key="open_complaint", title=Text("Keluhan", "Complaint"), help=Text("", ""), clause="", fields=(
        _field("text", "longtext", "Materi keluhan", required=True),)),
    Door.SURVEY: FormView(key="skm_response", title=Text("Survei", "Survey"), help=Text("", ""), clause="", fields=(
        *(_field(f"u{number}", "choice", f"U{number}", options=("1", "2", "3", "4")) for number in range(1, 10)),)),
}
SOP = PublicSop(key="pengelolaan-kasus", kind="case", title=Text("Pengelolaan Kasus", "Case management"), number="065/UPT PPA", version=1,
                effective_from=date(2026, 3, 6), deployment_id="dep-1")


class Public:
    """Everything that was sent stands in `sent`; every receipt typed in stands in `asked`."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.sent: list[tuple[str, Door, Mapping[str, Any], str]] = []
        self.messages: list[str] = []
        self.asked: list[str] = []
        self.codes = {SURVEY_CODE}
        self.answers: list[Mapping[str, Any]] = []
        self.stage = PublicStage.RECEIVED
        self._slips = 0

    def agencies(self) -> tuple[tuple[str, str], ...]:
        return ("kalbar", "UPT PPA Provinsi Kalimantan Barat"), ("depok", "UPTD PPA Kota Depok")

    def agency(self, code: str) -> PublicAgency:
        names = dict(self.agencies())
        if code not in names:
            raise errors.NotFound(agency=code)
        doors = frozenset(Door) if code == "kalbar" else frozenset({Door.REPORT})
        return PublicAgency(code=code, name=names[code], doors=doors, sops=frozenset({"pengelolaan-kasus"}))

    def code_of(self, actor: Any) -> str:
        return "kalbar"

    def slip(self) -> str:
        self._slips += 1
        return f"slip-{self._slips}"

    def form(self, code: str, door: Door) -> FormView:
        if door not in self.agency(code).doors:
            raise errors.NotFound(door=door.value)
        return FORMS[door]

    def send(self, code: str, door: Door, submission: Mapping[str, Any], *, slip: str) -> PublicReceipt:
        problems = {f.key: ("Isi bagian ini.", "Fill in this field.") for f in self.form(code, door).fields
                    if f.required and not f.show_if and submission.get(f.key) in (None, "", [])}
        if problems:
            raise errors.InvalidSubmission(problems)
        if (code, door, submission, slip) not in self.sent:
            self.sent.append((code, door, submission, slip))
        return PublicReceipt(code=CODE, at=self._engine.clock.now(), zone="Asia/Pontianak",
                             promised=(PROMISED,) if door is Door.COMPLAINT else ())

    def status(self, code: str, receipt: str) -> PublicStage:
        self.agency(code)
        self.asked.append(receipt)
        if receipt != CODE:
            raise errors.NotFound(receipt="")
        return self.stage

    def add_message(self, code: str, receipt: str, text: str) -> None:
        self.status(code, receipt)
        self.messages.append(text)

    def withdraw(self, code: str, receipt: str) -> None:
        self.status(code, receipt)
        self.stage = PublicStage.WITHDRAWN

    def answer_survey(self, code: str, survey_code: str, submission: Mapping[str, Any]) -> None:
        self.form(code, Door.SURVEY)
        if survey_code not in self.codes:
            raise errors.NotFound(door=Door.SURVEY.value)
        self.codes.remove(survey_code)
        self.answers.append(submission)

    def issue_survey_codes(self, actor: Any, count: int) -> tuple[str, ...]:
        if not 1 <= count <= 50:
            raise errors.InvalidSubmission({"count": ("Antara 1 dan 50.", "Between 1 and 50.")})
        return tuple(f"CODE-{number:04d}" for number in range(count))

    def sops(self, code: str) -> tuple[PublicSop, ...]:
        self.agency(code)
        return (SOP,)

    def sop(self, code: str, key: str) -> PublicSopDetail:
        self.agency(code)
        if key != SOP.key:
            raise errors.NotFound(sop=key)
        step = SopStep(element_id="t", name="Menyetujui laporan", lane="Manajer Kasus", role="case_manager", standard_text="10 menit",
                       clauses=(), inputs=(), outputs=())
        return PublicSopDetail(sop=SOP, identity={"number": "065/UPT PPA", "approver": ""}, steps=(step,), drawing=None)

    def sop_ap(self, code: str, key: str) -> bytes:
        self.sop(code, key)
        return b"%PDF-1.7"

    def promises(self, code: str) -> PublicPromises:
        self.agency(code)
        until = self._engine.clock.now()
        measured = (MeasuredPromise(sop=SOP.title, promised=PROMISED, count=12, on_time=91),
                    MeasuredPromise(sop=SOP.title, promised=PromisedTime(step="Lain", text="10 menit", clause=""), count=None, on_time=None))
        return PublicPromises(since=until - timedelta(days=365), until=until, zone="Asia/Pontianak", measured=measured,
                              settlements=("Loket ditambah setelah keluhan waktu tunggu.",))
