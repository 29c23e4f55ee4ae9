"""The end of a case, and its beginning anew."""

from __future__ import annotations

from engine.casefile.case import Case, CaseStatus, Changes, Submission


def termination(case: Case, submission: Submission) -> Changes:
    """The intervention is declared over, or the way out is explained; the forms on the way fill one record."""
    said = {**case.record("termination"), **submission.values}
    return Changes(records={"termination": said}, status=CaseStatus.AWAITING_TERMINATION)


def documentation(case: Case, submission: Submission) -> Changes:
    """Everything is filed: the last step of every variant, and what closes the case."""
    return Changes(records={"documentation": submission.values}, status=CaseStatus.TERMINATED)


def reopening(case: Case, submission: Submission) -> Changes:
    """A new episode; what an earlier termination said is history and no longer this case's."""
    return Changes(records={"reopening": submission.values, "termination": {}}, status=CaseStatus.REOPENED)
