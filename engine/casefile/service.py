"""Services while they run: finding a provider, handing over, staying in touch, hearing of results."""

from __future__ import annotations

from engine.casefile import ownership, plan
from engine.casefile.case import Case, CaseStatus, Changes, LineStatus, Submission, gathered
from engine.types import Value


def referral(case: Case, submission: Submission) -> Changes:
    """A provider was asked, and answers, in one form or in several. Accepted: the line is on its way to that provider; else it
    waits for another. Recalled because the beneficiary took her consent back, it waits for her.
    """
    line_no, asked = submission.line_no, submission.text("provider")
    before = case.record("referral")
    is_same = not asked and before.get("line_no") == line_no    # an answer adds to what was asked; asking begins anew
    said: dict[str, Value] = {**(before if is_same else {}), **submission.values, **({} if line_no is None else {"line_no": line_no})}
    line: dict[str, Value] = {"provider_asked": asked} if asked else {}
    if asked and submission.text("provider_kind"):
        line["provider_kind"] = submission.text("provider_kind")
    if submission.text("referral_status") in _TAKEN_BACK:
        line["line_status"] = LineStatus.AWAITING_CONSENT.value
    elif submission.text("provider_answer") == "accepted":
        line |= {"line_status": LineStatus.IN_REFERRAL.value, **({"provider": said["provider"]} if said.get("provider") else {})}
    elif submission.text("provider_answer"):
        line["line_status"] = LineStatus.PLANNED.value
    return Changes(records={"referral": said, **plan.with_line(case, line_no, line)})


def handover(case: Case, submission: Submission) -> Changes:
    """The beneficiary and the documents were handed over; from here on the case is in service. Minutes of a transfer are another
    thing: they move responsibility.
    """
    if ownership.is_of_transfer(submission):
        return ownership.transfer_handover(case, submission)
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


def shelter(case: Case, submission: Submission) -> Changes:
    """A stay in a shelter from its explanation to leaving: the forms on the way fill one record."""
    return Changes(records={"shelter": gathered(case, "shelter", submission)})


def police_report(case: Case, submission: Submission) -> Changes:
    """The report to the police, its receipt, or the legal review instead."""
    return Changes(records={"police_report": gathered(case, "police_report", submission)})


_TAKEN_BACK = frozenset({"recalled", "revoked"})
