"""What holds for every case whatever its diagram says. The rules look at records and the fields everybody knows, at no SOP.

Pure: each is asked with the case file as it stood and what is about to be written, and answers with a refusal or None. Existing
journals are never judged again: a rebuild tells what happened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from engine.casefile import approval, mediation, ownership, statements, telling
from engine.casefile.case import Case, Submission
from engine.casefile.refusals import (
    ConsentMissing,
    EmergencyFirst,
    HandoverBeforeAcceptance,
    MediationForbidden,
    NotResponsible,
    RecordDerived,
    SamePerson,
    SurveyLinked,
)
from engine.errors import EngineError
from engine.types import Value

#: Records the engine makes; a form that names one is refused.
DERIVED: Final = frozenset({ownership.RESPONSIBILITY, ownership.TRANSFER_HANDOVER, statements.STATEMENTS})
#: Records that are papers: in danger they wait until somebody has made her safe.
PAPERS: Final = frozenset({"assessment", "intake_papers"})
EMERGENCY: Final = "emergency"
SURVEY: Final = "skm_response"
#: What only a beneficiary's case has.
_OF_BENEFICIARY: Final = frozenset({"identification", "assessment", "plan", "consent", "emergency", "outreach"})
_MEDIATION_SOP: Final = re.compile(r"(?:^|[^a-z])(?:mediasi|mediation)(?:[^a-z]|$)")
MEDIATION_DOCUMENT: Final = "F20"

Records = Mapping[str, Mapping[str, Value]]
Rule = Callable[[str, Case, Submission], EngineError | None]


def refusal(record: str, case: Case, submission: Submission) -> EngineError | None:
    """Why this submission may not be written to this case; None: it may."""
    return next((found for rule in _RULES if (found := rule(record, case, submission)) is not None), None)


def correction_refusal(record: str, case: Case, submission: Submission) -> EngineError | None:
    """As `refusal`, for new answers in the place of old ones: what depends on how far the case had come was judged then."""
    rules: tuple[Rule, ...] = (_derived, _mediation, _two_people, _survey, telling.refusal)
    return next((found for rule in rules if (found := rule(record, case, submission)) is not None), None)


def papers_refusal(record: str, case: Case, *, risk: str) -> EngineError | None:
    """As `refusal`, for an SOP that has an emergency step: in a case of high risk it comes before papers."""
    return EmergencyFirst() if record in PAPERS and risk == "high" and not case.record(EMERGENCY) else None


def release_refusal(record: str, case: Case, submission: Submission, *, on: date) -> EngineError | None:
    """As `refusal`: the beneficiary and her papers go to a provider only where she agreed, or the law stands in for her."""
    if record != "handover" or ownership.is_of_transfer(submission):
        return None
    return None if statements.covers_handover(case, submission.line_no, on=on).allows else ConsentMissing()


def is_of_mediation(sop_key: str) -> bool:
    """Whether an SOP or process is about mediation, by its name."""
    return _MEDIATION_SOP.search(sop_key.lower()) is not None


def start_refusal(sop_key: str, records: Records) -> EngineError | None:
    """Why this SOP may not be started for a case of these records."""
    return MediationForbidden() if is_of_mediation(sop_key) and mediation.is_sexual_violence(records) else None


def document_refusal(code: str, records: Records) -> EngineError | None:
    """Why this document may not be made for this case."""
    return MediationForbidden() if code == MEDIATION_DOCUMENT and mediation.is_sexual_violence(records) else None


def _derived(record: str, case: Case, submission: Submission) -> EngineError | None:
    return RecordDerived() if record in DERIVED else None


def _mediation(record: str, case: Case, submission: Submission) -> EngineError | None:
    if not mediation.is_sexual_violence({**case.records, "": {**case.record(record), **submission.values}}):
        return None
    is_asked = bool(mediation.lines_for_mediation(submission.values)) or (
        submission.text("consent_kind") == mediation.SERVICE and submission.text("consent_status") != "refused")
    is_done = record == "mediation" and not _gives_up(submission)
    return MediationForbidden() if is_asked or is_done else None


def _gives_up(submission: Submission) -> bool:
    """Whether a mediation that turned out to be impossible ends here: the only thing that may still be said of it."""
    values = submission.values
    if submission.text("mediation_outcome"):
        return submission.text("mediation_outcome") == "stopped"
    return (values.get("fear_or_pressure") is True or values.get("asks_for_mediation") is False
            or values.get("readiness_assessed") is False or values.get("agreement_kept") == "no")


def _responsibility(record: str, case: Case, submission: Submission) -> EngineError | None:
    is_handover = record == "handover" and ownership.is_of_transfer(submission)
    if ownership.owner(case) and (is_handover or record == "transfer"):
        return NotResponsible()
    return HandoverBeforeAcceptance() if is_handover and not ownership.is_for_accepting(case, submission) else None


def _two_people(record: str, case: Case, submission: Submission) -> EngineError | None:
    alone = approval.approves_alone(record, case, submission)
    return SamePerson() if alone and not approval.dual_role_reason(submission) else None


def _survey(record: str, case: Case, submission: Submission) -> EngineError | None:
    return SurveyLinked() if record == SURVEY and any(case.record(name) for name in _OF_BENEFICIARY) else None


_RULES: Final[tuple[Rule, ...]] = (_derived, _mediation, _responsibility, _two_people, _survey, telling.refusal)
