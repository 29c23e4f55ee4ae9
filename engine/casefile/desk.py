"""What people ask of the office itself: complaints about a service, and requests about their data."""

from __future__ import annotations

from engine.casefile.case import Case, Changes, Submission, gathered


def complaint(case: Case, submission: Submission) -> Changes:
    """A complaint from its arrival to its evaluation: the forms on the way fill one record."""
    return Changes(records={"complaint": gathered(case, "complaint", submission)})


def data_request(case: Case, submission: Submission) -> Changes:
    """A request to see, correct, restrict or delete one's data (UU 27/2022), and its answer."""
    return Changes(records={"data_request": gathered(case, "data_request", submission)})
