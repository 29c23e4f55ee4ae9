"""What was said about consent, in the order it was said: what `release` reads before anything leaves the agency.

Records keep what holds now; a consent is judged by its history (given, narrowed, taken back), so its statements are kept beside
them, over all instances of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from engine.casefile import plan
from engine.casefile.case import Case, Submission
from engine.casefile.release_consent import Addressee, Coverage, Said, coverage, receiver_of
from engine.types import Value

STATEMENTS: Final = "statements"
_WHOLE: Final = frozenset({"consent", "hiv_consent", "withdrawal"})
#: What other records say about it in passing: an intake that came with a consent, a plan that names its providers.
_IN_PASSING: Final = ("plan_lines", "consent_status", "other_basis", "legal_basis_if_none", "receivers", "providers", "withhold_from")
_GIVEN: Final[frozenset[Value]] = frozenset({"given", "agreed", "yes"})
_OF_LINES: Final = ("line_no", "provider")


def with_statement(case: Case, record: str, submission: Submission) -> dict[str, Mapping[str, Value]]:
    """The list with this submission at its end, as records; none where it says nothing about consent."""
    values = submission.values if record in _WHOLE else {key: submission.values[key] for key in _IN_PASSING if key in submission.values}
    if not values:
        return {}
    said = {key: _lines(value) if key == "plan_lines" else value for key, value in values.items()}
    return {STATEMENTS: {"said": [*_rows(case), {"record": record, "line_no": submission.line_no, "values": said}]}}


def said(case: Case) -> tuple[Said, ...]:
    """Every statement, the oldest first."""
    return tuple(
        Said(record=str(row["record"]), values=row["values"], line_no=None if row["line_no"] is None else str(row["line_no"]))
        for row in _rows(case))


def covers_handover(case: Case, line_no: str | None, *, on: date) -> Coverage:
    """Whether what was said lets the provider of this line (or, where no line is named, of the latest referral) be told.

    Where nobody wrote down who the provider is, a consent that stands is enough for the handover, never for a letter.
    """
    to = provider_of(case, line_no)
    if to is None:
        line = plan.rows_by_line(case.record("plan").get("plan_lines")).get(line_no or "", {})
        stands = {case.record("consent").get("consent_status"), line.get("line_decision")} & _GIVEN
        return Coverage(is_consented=bool(stands))
    return coverage(to, said(case), on=on)


def provider_of(case: Case, line_no: str | None) -> Addressee | None:
    """Who was asked to serve this line (or, where no line is named, of the latest referral); None: nobody wrote that down."""
    line = plan.rows_by_line(case.record("plan").get("plan_lines")).get(line_no or "", {})
    referral = case.record("referral")
    asked = referral if referral.get("line_no") == line_no else {}
    kind = str(line.get("provider_kind") or asked.get("provider_kind") or "")
    name = str(line.get("provider_asked") or line.get("provider") or asked.get("provider") or "")
    return Addressee(kind=receiver_of(kind), name=name, line_no=line_no) if kind or name else None


def _lines(value: Value) -> Value:
    return [{key: row[key] for key in _OF_LINES if key in row} for row in plan.rows_by_line(value).values()]


def _rows(case: Case) -> list[Mapping[str, Value]]:
    kept = case.record(STATEMENTS).get("said")
    return [row for row in kept if isinstance(row, Mapping)] if isinstance(kept, list | tuple) else []
