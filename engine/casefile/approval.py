"""Who proposed what another must approve: the end of a case, its transfer, its reopening, breaking glass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.casefile.case import Case, Submission, gathered
from engine.types import Value

#: Record -> the field in which the approver answers `approved` or `returned`. A submission without it proposes.
DECISIONS: Final[Mapping[str, str]] = {
    "termination": "termination_decision", "transfer": "transfer_decision", "reopening": "reopen_decision",
    "break_glass": "break_glass_decision",
}
APPROVED: Final = "approved"
RETURNED: Final = "returned"
#: Kept with the record: the accounts that filled in what is proposed.
PROPOSERS: Final = "proposed_by_accounts"
_DUAL: Final = ("dual_role", "dual_role_reason")


def proposed(case: Case, record: str, submission: Submission) -> dict[str, Value]:
    """The record after this submission. What is proposed again after it was returned starts anew: the old answer is none to it."""
    answer = DECISIONS[record]
    if submission.text(answer):
        return gathered(case, record, submission)
    before = case.record(record)
    if before.get(answer) == RETURNED:
        before = {key: value for key, value in before.items() if key not in (answer, PROPOSERS, *_DUAL)}
    accounts: list[Value] = sorted({*proposers(before), *submission.behind} - {""})
    return {**before, **submission.values, PROPOSERS: accounts}


def proposers(record: Mapping[str, Value]) -> frozenset[str]:
    """The accounts behind what the record proposes."""
    named = record.get(PROPOSERS)
    return frozenset(str(one) for one in named) if isinstance(named, list | tuple) else frozenset()


def approves_alone(record: str, case: Case, submission: Submission) -> bool:
    """Whether this approves what nobody but the same account has proposed, or had a hand in. A substitute's hand is also that of
    whoever they stand in for: what one proposed the other does not approve."""
    answer = DECISIONS.get(record)
    if answer is None or submission.text(answer) != APPROVED:
        return False
    behind = proposers(case.record(record))
    return not behind or not behind.isdisjoint(submission.behind)


def dual_role_reason(submission: Submission) -> str:
    """Why one person had to do both; empty where that is not said."""
    return submission.text("dual_role_reason").strip() if submission.values.get("dual_role") is True else ""
