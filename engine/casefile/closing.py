"""The end of a case, and its beginning anew."""

from __future__ import annotations

from collections.abc import Mapping

from engine.casefile import approval, ownership
from engine.casefile.case import Case, CaseStatus, Changes, Submission
from engine.types import Value


def termination(case: Case, submission: Submission) -> Changes:
    """The end is proposed, and decided; the forms on the way fill one record. Returned, the case goes on."""
    returned = submission.text("termination_decision") == approval.RETURNED
    return Changes(records={"termination": approval.proposed(case, "termination", submission)},
                   status=CaseStatus.IN_SERVICE if returned else CaseStatus.AWAITING_TERMINATION)


def documentation(case: Case, submission: Submission) -> Changes:
    """Everything is filed: the last step of every variant, and what closes the case."""
    return Changes(records={"documentation": submission.values}, status=CaseStatus.TERMINATED)


def reopening(case: Case, submission: Submission) -> Changes:
    """A new episode is asked for and, once approved, begins here: responsibility is this agency's, what an earlier termination
    or transfer said is history.
    """
    records: dict[str, Mapping[str, Value]] = {"reopening": approval.proposed(case, "reopening", submission)}
    if submission.text("reopen_decision") != approval.APPROVED:
        return Changes(records=records)
    return Changes(records={**records, "termination": {}, **_no_transfer(case)}, status=CaseStatus.REOPENED)


def break_glass(case: Case, submission: Submission) -> Changes:
    """Somebody asks to see what they may not see, and another allows it."""
    return Changes(records={"break_glass": approval.proposed(case, "break_glass", submission)})


def _no_transfer(case: Case) -> dict[str, Mapping[str, Value]]:
    return {name: {} for name in ("transfer", ownership.TRANSFER_HANDOVER, ownership.RESPONSIBILITY) if case.record(name)}
