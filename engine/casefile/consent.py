"""What the beneficiary agrees to, refuses or takes back, and whom the family may know through."""

from __future__ import annotations

from collections.abc import Mapping

from engine.casefile import plan
from engine.casefile.case import Case, Changes, LineStatus, Submission, gathered
from engine.types import Value


def consent(case: Case, submission: Submission) -> Changes:
    """A consent to service, to the lines of a plan, or to one further line. What an earlier one said of other lines stays.
    A consent to something else (admission to a shelter, a photograph) is a record of its own: it neither gives nor takes this one.
    """
    values, kind = submission.values, submission.text("consent_kind")
    if kind == "hiv_referral":
        return hiv_consent(case, submission)
    if kind and kind not in _GENERAL:
        return Changes(records={f"consent_{kind}": values})
    if submission.text("consent_status") == "withdrawn":
        return withdrawal(case, submission)
    records: dict[str, Mapping[str, Value]] = {"consent": {**case.record("consent"), **values}}
    decisions = {number: row.get("line_decision") for number, row in plan.rows_by_line(values.get("line_consents")).items()}
    if submission.line_no is not None and submission.text("line_consent"):
        decisions[submission.line_no] = submission.text("line_consent")
    lines = plan.rows_by_line(case.record("plan").get("plan_lines"))
    changed = {number: _decided(lines[number], decision) for number, decision in decisions.items() if number in lines}
    if changed:
        records["plan"] = plan.with_lines(case, changed)
    return Changes(records=records)


def hiv_consent(case: Case, submission: Submission) -> Changes:
    """The separate written consent of domain.md F06. Every version stands for itself: none fills the gaps of another."""
    return Changes(records={"hiv_consent": submission.values})


def withdrawal(case: Case, submission: Submission) -> Changes:
    """A consent taken back, whole or for some lines (UU PDP 40); what was done under it stays done."""
    numbers = {str(number) for number in _scope(submission)} or None
    receivers = _taken_out(submission)
    if receivers and numbers is None:
        return Changes(records={"withdrawal": submission.values, "consent": _without(case.record("consent"), receivers)})
    lines = plan.rows_by_line(case.record("plan").get("plan_lines"))
    changed = {number: {"line_decision": "withdrawn", "line_status": LineStatus.AWAITING_CONSENT.value}
               for number, row in lines.items()
               if (numbers is None or number in numbers) and row.get("line_status") not in _OVER}
    records: dict[str, Mapping[str, Value]] = {"withdrawal": submission.values}
    if numbers is None:
        records["consent"] = {**case.record("consent"), "consent_status": "withdrawn"}
    if changed:
        records["plan"] = plan.with_lines(case, changed)
    return Changes(records=records)


def family_coordination(case: Case, submission: Submission) -> Changes:
    """Talking with the family, or the decision to leave it out: the two forms fill one record."""
    return Changes(records={"family_coordination": gathered(case, "family_coordination", submission)})


_GENERAL = frozenset({"service", "information_sharing"})
_OVER = frozenset({LineStatus.FULFILLED.value, LineStatus.REFUSED.value, LineStatus.CANCELLED.value, LineStatus.REPORTED.value})
_GIVEN = frozenset({"given", "agreed", "yes"})
_REFUSED = frozenset({"refused", "no"})


def _decided(line: Mapping[str, Value], decision: Value) -> dict[str, Value]:
    changed: dict[str, Value] = {"line_decision": decision}
    if decision in _REFUSED:
        changed["line_status"] = LineStatus.REFUSED.value
    elif decision in _GIVEN and line.get("line_status") in (LineStatus.AWAITING_CONSENT.value, LineStatus.REFUSED.value):
        changed["line_status"] = LineStatus.PLANNED.value
    return changed


def _scope(submission: Submission) -> list[str]:
    return list(plan.rows_by_line(submission.values.get("withdrawn_lines")))


def _taken_out(submission: Submission) -> frozenset[str]:
    named = submission.values.get("withdrawn_receivers")
    return frozenset(str(one) for one in named) if isinstance(named, list | tuple) else frozenset()


def _without(consent: Mapping[str, Value], receivers: frozenset[str]) -> dict[str, Value]:
    named = consent.get("receivers")
    before = named if isinstance(named, list | tuple) else ()
    return {**consent, "receivers": [one for one in before if one not in receivers], "withdrawn_receivers": sorted(receivers)}
