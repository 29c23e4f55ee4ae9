"""What is taken in and found out at the start: who, what happened, how great the risk, what is needed."""

from __future__ import annotations

from collections.abc import Mapping

from engine.casefile import plan
from engine.casefile.case import Case, CaseStatus, Changes, Submission, gathered
from engine.types import Value

#: Fields that say something about consent although the intake form asks them.
_CONSENT_FIELDS = ("consent_status", "consent_evidence")


def identification(case: Case, submission: Submission) -> Changes:
    """The report as received and identified. A plan and a consent that came with it become records of their own."""
    values = submission.values
    own = {key: value for key, value in gathered(case, "identification", submission).items() if key not in plan.PLAN_FIELDS}
    records: dict[str, Mapping[str, Value]] = {"identification": own}
    if values.get("plan_lines"):
        records["plan"] = plan.drafted(case, values)
    if submission.text("consent_status"):
        records["consent"] = {**case.record("consent"), **{key: values[key] for key in _CONSENT_FIELDS if key in values}}
    status = CaseStatus.UNDER_REVIEW if case.status in (CaseStatus.RECEIVED, CaseStatus.REOPENED) else None
    return Changes(records=records, status=status, risk=_risk(submission))


def assessment(case: Case, submission: Submission) -> Changes:
    """A biopsychosocial assessment, first or repeated. A level of risk found by it is the case's from now on."""
    return Changes(records={"assessment": submission.values}, risk=_risk(submission))


def emergency(case: Case, submission: Submission) -> Changes:
    """What was done at once for somebody in danger: it comes before any paper."""
    return Changes(records={"emergency": gathered(case, "emergency", submission)}, risk=_risk(submission))


def outreach(case: Case, submission: Submission) -> Changes:
    """Going to somebody who did not come: what was heard, whether it holds, what was found there."""
    return Changes(records={"outreach": gathered(case, "outreach", submission)}, risk=_risk(submission))


def _risk(submission: Submission) -> str | None:
    return submission.text("risk") or submission.text("risk_level") or None
