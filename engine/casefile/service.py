"""Services while they run: finding a provider, handing over, staying in touch, hearing of results."""

from __future__ import annotations

from engine.casefile import plan
from engine.casefile.case import Case, CaseStatus, Changes, LineStatus, Submission


def referral(case: Case, submission: Submission) -> Changes:
    """What a provider answered. Accepted: the line is on its way to that provider; else it waits for another."""
    accepted = submission.text("provider_answer") == "accepted"
    provider = submission.text("provider")
    status = LineStatus.IN_REFERRAL if accepted else LineStatus.PLANNED
    more = {"provider": provider} if accepted and provider else {}
    return Changes(records={"referral": submission.values, **plan.with_line_status(case, submission.line_no, status, **more)})


def handover(case: Case, submission: Submission) -> Changes:
    """The beneficiary and the documents were handed over; from here on the case is in service."""
    return Changes(
        records={"handover": submission.values, **plan.with_line_status(case, submission.line_no, LineStatus.IN_DELIVERY)},
        status=CaseStatus.IN_SERVICE)


def follow_up(case: Case, submission: Submission) -> Changes:
    """A contact while services run."""
    return Changes(records={"follow_up": submission.values})


def provider_report(case: Case, submission: Submission) -> Changes:
    """What the provider did and recommends. A line it calls complete is reported; the review decides whether it is fulfilled."""
    records = {"provider_report": submission.values}
    if submission.text("recommendation") == "complete":
        return Changes(records={**records, **plan.with_line_status(case, submission.line_no, LineStatus.REPORTED)})
    return Changes(records=records)


def transfer(case: Case, submission: Submission) -> Changes:
    """Another agency is to take over. Until it accepts and the handover is signed, this one stays responsible."""
    moved = submission.values.get("responsibility_moves_at") is not None
    return Changes(records={"transfer": submission.values}, status=CaseStatus.TERMINATED if moved else CaseStatus.IN_TRANSFER)
