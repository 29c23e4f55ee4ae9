"""Mediation, and where there can be none: sexual violence is not settled outside court (UU 12/2022 Article 23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.casefile import plan
from engine.casefile.case import Case, Changes, LineStatus, Submission, after, gathered
from engine.types import Value

SERVICE = "mediation"
_CLOSED = frozenset({LineStatus.CANCELLED.value, LineStatus.REFUSED.value})


def mediation(case: Case, submission: Submission) -> Changes:
    """Prepared, held, watched over: the forms on the way fill one record."""
    return Changes(records={"mediation": gathered(case, "mediation", submission)})


def is_sexual_violence(records: Mapping[str, Mapping[str, Value]]) -> bool:
    """Whether any record of the case says so: one that was filled in elsewhere counts like the first."""
    return any(values.get("is_tpks") is True or _has(values.get("violence_forms"), "sexual") for values in records.values())


def lines_for_mediation(values: Mapping[str, Value]) -> list[str]:
    """The numbers of plan lines that ask for mediation and are not given up."""
    return [number for number, row in plan.rows_by_line(values.get("plan_lines")).items()
            if row.get("service_type") == SERVICE and row.get("line_status") not in _CLOSED]


def without_mediation(case: Case, changes: Changes) -> Changes:
    """`changes`, and what follows where they show that mediation is impossible: lines planned for it are cancelled."""
    then = after(case, changes)
    if not is_sexual_violence(then.records) or not (lines := lines_for_mediation(then.record("plan"))):
        return changes
    cancelled = plan.with_lines(then, {number: {"line_status": LineStatus.CANCELLED.value} for number in lines})
    return replace(changes, records={**changes.records, "plan": cancelled})


def _has(value: Value, one: str) -> bool:
    return value == one or (isinstance(value, list | tuple) and one in value)
