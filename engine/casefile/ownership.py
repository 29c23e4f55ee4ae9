"""Which agency answers for the beneficiary. Exactly one does at every moment: this one, until another has accepted the case and
the minutes of its handover bear both signatures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from engine.casefile import approval
from engine.casefile.case import Case, CaseStatus, Changes, Submission
from engine.types import Value

RESPONSIBILITY: Final = "responsibility"
TRANSFER_HANDOVER: Final = "transfer_handover"
_SIGNATURES: Final = ("handed_signature", "received_signature")


def owner(case: Case) -> str:
    """The agency that took the case over; empty: this agency, whose case file it is."""
    return str(case.record(RESPONSIBILITY).get("responsible_agency") or "")


def accepted_by(case: Case) -> str:
    """The agency that accepted to take the case over; empty where none did."""
    said = case.record("transfer")
    return str(said.get("receiving_agency") or "") if said.get("transfer_answer") == "accepted" else ""


def is_of_transfer(submission: Submission) -> bool:
    """Whether handover minutes are those of a transfer; of a referral, responsibility stays."""
    return submission.text("handover_kind") == "transfer"


def is_for_accepting(case: Case, submission: Submission) -> bool:
    """Whether minutes of a transfer are with the agency that accepted. They may leave it unsaid."""
    return bool(accepted_by(case)) and submission.text("receiving_agency") in ("", accepted_by(case))


def transfer(case: Case, submission: Submission) -> Changes:
    """Another agency is asked, answers, and this one's authority decides: the forms on the way fill one record. Asking another
    agency begins anew; what was signed with the one before, or before it refused, is void.
    """
    if owner(case):
        return Changes(records={"transfer": case.record("transfer")})
    asked = submission.text("receiving_agency")
    before = case.record("transfer")
    if asked and asked != before.get("receiving_agency"):
        case = replace(case, records={**case.records, "transfer": {}})
    said = approval.proposed(case, "transfer", submission)
    records: dict[str, Mapping[str, Value]] = {"transfer": said}
    is_accepted = said.get("transfer_answer") == "accepted"
    if case.record(TRANSFER_HANDOVER) and not (is_accepted and accepted_by(case)):
        records[TRANSFER_HANDOVER] = {}
    refused = said.get("transfer_answer") == "refused" or said.get("transfer_decision") == "returned"
    return Changes(records=records, status=CaseStatus.IN_SERVICE if refused else CaseStatus.IN_TRANSFER)


def transfer_handover(case: Case, submission: Submission) -> Changes:
    """Minutes of a transfer, signed at once or one after the other. Without an acceptance they move nothing."""
    if owner(case) or not is_for_accepting(case, submission):
        return Changes(records={"handover": submission.values})
    minutes = {**case.record(TRANSFER_HANDOVER), **submission.values}
    records: dict[str, Mapping[str, Value]] = {"handover": submission.values, TRANSFER_HANDOVER: minutes}
    if not all(minutes.get(signature) for signature in _SIGNATURES):
        return Changes(records=records, status=CaseStatus.IN_TRANSFER)
    records[RESPONSIBILITY] = {"responsible_agency": accepted_by(case), "responsibility_moves_at": minutes.get("handed_at")}
    return Changes(records=records, status=CaseStatus.AWAITING_TERMINATION)
