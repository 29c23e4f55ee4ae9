"""Which record a submission makes, by the name its form gives: one function each, applied in journal order.

Dropping all records and applying every submission of the journals again gives the same records (design.md 3, invariant 3).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from engine.casefile import closing, consent, desk, intake, mediation, ownership, plan, service, statements
from engine.casefile.case import Case, Changes, Submission, after
from engine.types import Text, Value

Projector = Callable[[Case, Submission], Changes]

PROJECTORS: Final[Mapping[str, Projector]] = {
    "identification": intake.identification,
    "emergency": intake.emergency,
    "outreach": intake.outreach,
    "assessment": intake.assessment,
    "plan": plan.plan,
    "intervention_plan": plan.plan,
    "plan_agreement": plan.plan_agreement,
    "plan_approval": plan.plan_approval,
    "review": plan.review,
    "case_conference": plan.case_conference,
    "consent": consent.consent,
    "hiv_consent": consent.hiv_consent,
    "withdrawal": consent.withdrawal,
    "family_coordination": consent.family_coordination,
    "referral": service.referral,
    "handover": service.handover,
    "follow_up": service.follow_up,
    "provider_report": service.provider_report,
    "shelter": service.shelter,
    "mediation": mediation.mediation,
    "police_report": service.police_report,
    "transfer": ownership.transfer,
    "termination": closing.termination,
    "documentation": closing.documentation,
    "reopening": closing.reopening,
    "break_glass": closing.break_glass,
    "complaint": desk.complaint,
    "data_request": desk.data_request,
}

#: Records whose very existence tells something: their class is that of the record's name.
_SENSITIVITY: Final[Mapping[str, str]] = {
    "hiv_consent": "C4", "family_coordination": "C3", "police_report": "C3", "withdrawal": "C3", "shelter": "C3",
    "consent_shelter_admission": "C3", "consent_shelter_exit": "C3",
    "statements": "C4",
}

#: A flag of the case page: the field of the identification that raises it, its class, and what people read.
_FLAGS: Final[tuple[tuple[str, str, Text], ...]] = (
    ("is_child", "C3", Text("Anak", "Child")),
    ("disability", "C3", Text("Penyandang disabilitas", "Person with a disability")),
    ("hiv", "C4", Text("Status kesehatan khusus", "Special health status")),
    ("guardian_is_alleged_perpetrator", "C3", Text("Wali adalah terlapor", "The guardian is the alleged perpetrator")),
    ("disaster", "C3", Text("Situasi bencana", "Disaster")),
    ("conflict_situation", "C3", Text("Situasi konflik", "Conflict")),
    ("is_tpks", "C3", Text("Dugaan TPKS", "Suspected sexual violence (TPKS)")),
    ("trafficking", "C3", Text("Perdagangan orang", "Trafficking")),
    ("foreign", "C3", Text("Unsur asing", "Foreign element")),
)
_CONSENT_FLAGS: Final[Mapping[str, Text]] = {
    "not_yet": Text("Persetujuan belum ada", "No consent yet"),
    "refused": Text("Persetujuan ditolak", "Consent refused"),
    "withdrawn": Text("Persetujuan ditarik", "Consent withdrawn"),
}


def apply(record: str, case: Case, submission: Submission) -> Changes:
    """What a submission that makes `record` changes in the case file.

    A name without a function of its own (an agency's own record) is kept as it was sent: nothing typed is lost.
    """
    projector = PROJECTORS.get(record)
    changes = projector(case, submission) if projector is not None else Changes(records={record: submission.values})
    changes = mediation.without_mediation(case, changes)
    return replace(changes, records={**changes.records, **statements.with_statement(case, record, submission)})


def rebuilt(submissions: Iterable[tuple[str, Submission]]) -> Case:
    """The case file that these submissions (record, submission), in journal order, lead to."""
    case = Case()
    for record, submission in submissions:
        case = after(case, apply(record, case, submission))
    return case


def sensitivity_of(record: str) -> str:
    """The class of a record's existence: a viewer without it must not even see that there is one."""
    return _SENSITIVITY.get(record, "C1")


def flags(case: Case, allowed: Collection[str]) -> tuple[Text, ...]:
    """What whoever works on the case must not overlook, of the classes they may see."""
    known = case.record("identification")
    found = [text for key, sensitivity, text in _FLAGS if known.get(key) is True and sensitivity in allowed]
    status: Value = case.record("consent").get("consent_status")
    if isinstance(status, str) and status in _CONSENT_FLAGS and "C2" in allowed:
        found.append(_CONSENT_FLAGS[status])
    return tuple(found)
