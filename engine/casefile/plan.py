"""The plan of services: its lines, their consent, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping

from engine.casefile.case import Case, CaseStatus, Changes, LineStatus, Submission, gathered, line_key
from engine.types import Value

#: Fields of a submission that belong to the plan, whatever form brings them.
PLAN_FIELDS = frozenset({"plan_goals", "plan_lines", "adaptation_reason", "drafted_with_beneficiary"})
_OF_REVIEW = {
    "fulfilled": LineStatus.FULFILLED, "not_fulfilled": LineStatus.NOT_FULFILLED, "cancelled": LineStatus.CANCELLED,
    "another_provider": LineStatus.PLANNED,
}

Line = Mapping[str, Value]


def plan(case: Case, submission: Submission) -> Changes:
    """A plan drafted or revised. A line that stood before keeps its status and what is not said anew; one left out of a
    revision is cancelled, not lost."""
    return Changes(records={"plan": drafted(case, submission.values)})


def plan_agreement(case: Case, submission: Submission) -> Changes:
    """The beneficiary's word on the plan."""
    return Changes(records={"plan_agreement": submission.values})


def plan_approval(case: Case, submission: Submission) -> Changes:
    """The authority's word on a revised plan."""
    approved = submission.text("plan_decision") == "approved"
    return Changes(records={"plan_approval": submission.values}, status=CaseStatus.PLANNED if approved else None)


def review(case: Case, submission: Submission) -> Changes:
    """The report was approved or returned; or results were held against the plan, line by line."""
    records: dict[str, Mapping[str, Value]] = {"review": submission.values}
    reviews = rows_by_line(submission.values.get("line_reviews"))
    if reviews and case.record("plan"):
        records["plan"] = with_lines(case, {number: _reviewed(row) for number, row in reviews.items()})
    return Changes(records=records, status=_status_after_review(submission), risk=submission.text("risk") or None)


def case_conference(case: Case, submission: Submission) -> Changes:
    """Colleagues, or several providers, decide together: called, held and written down."""
    return Changes(records={"case_conference": gathered(case, "case_conference", submission)})


def drafted(case: Case, values: Mapping[str, Value]) -> dict[str, Value]:
    """The plan record that `values` make of the one there was."""
    before = rows_by_line(case.record("plan").get("plan_lines"))
    given = rows_by_line(values.get("plan_lines"))
    lines: list[Value] = [
        {"line_status": LineStatus.PLANNED.value, **before.get(number, {}), **row} for number, row in given.items()]
    lines += [
        {**row, "line_status": row["line_status"] if _is_over(row) else LineStatus.CANCELLED.value}
        for number, row in before.items() if number not in given]
    return {**{key: values[key] for key in sorted(PLAN_FIELDS & values.keys())}, "plan_lines": lines}


def with_lines(case: Case, changes: Mapping[str, Line]) -> dict[str, Value]:
    """The plan record with some lines changed; a number the plan does not have is left out."""
    record = case.record("plan")
    lines = rows_by_line(record.get("plan_lines"))
    return {**record, "plan_lines": [{**row, **changes.get(number, {})} for number, row in lines.items()]}


def with_line_status(case: Case, line_no: str | None, status: LineStatus) -> dict[str, Mapping[str, Value]]:
    """The new status of one line as records; none where the submission is about no line of a known plan."""
    return with_line(case, line_no, {"line_status": status.value})


def with_line(case: Case, line_no: str | None, change: Line) -> dict[str, Mapping[str, Value]]:
    """The change of one line as records; none where nothing changes or the submission is about no line of a known plan."""
    if not change or line_no is None or line_no not in rows_by_line(case.record("plan").get("plan_lines")):
        return {}
    return {"plan": with_lines(case, {line_no: change})}


def rows_by_line(rows: Value) -> dict[str, dict[str, Value]]:
    """Rows by line number, in their order; rows without a number are numbered by their place, so that none is lost."""
    found: dict[str, dict[str, Value]] = {}
    for place, row in enumerate(rows if isinstance(rows, list | tuple) else (), start=1):
        if isinstance(row, Mapping):
            number = line_key(row["line_no"]) if row.get("line_no") is not None else f"#{place}"
            found[number] = dict(row)
    return found


def _reviewed(row: Line) -> dict[str, Value]:
    status = _OF_REVIEW.get(str(row.get("line_status")))
    kept = {key: value for key, value in row.items() if key in ("next_contact_at", "finding") and value is not None}
    return {**kept, **({"line_status": status.value} if status is not None else {})}


def _status_after_review(submission: Submission) -> CaseStatus | None:
    if submission.text("decision") == "rejected":
        return CaseStatus.TERMINATED  # back to the complaints SOP: for this SOP the case is over
    if submission.text("decision") == "approved" or submission.text("review_outcome") == "adapt":
        return CaseStatus.PLANNED
    return CaseStatus.IN_SERVICE if submission.text("review_outcome") == "not_fulfilled" else None


def _is_over(row: Line) -> bool:
    return row.get("line_status") in {LineStatus.FULFILLED.value, LineStatus.REFUSED.value, LineStatus.CANCELLED.value}
