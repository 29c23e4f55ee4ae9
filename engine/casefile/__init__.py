"""The case file as a projection of submissions: `apply(record, case, submission) -> changes`, pure, one function per record."""

from engine.casefile.case import Case, CaseStatus, Changes, LineStatus, Submission, after
from engine.casefile.records import PROJECTORS, apply, flags, rebuilt, sensitivity_of

__all__ = [
    "PROJECTORS", "Case", "CaseStatus", "Changes", "LineStatus", "Submission", "after", "apply", "flags", "rebuilt",
    "sensitivity_of",
]
