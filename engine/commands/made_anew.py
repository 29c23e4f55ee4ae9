"""A case was made although another looked like it: why, in the new case's own chain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine import case_chain
from engine.case_chain import CaseEntry
from engine.executor import Context
from storage.cases import CaseRow

MADE_ANEW: Final = "made_anew"


def keep(context: Context, row: CaseRow, *, reason: str, alike: Sequence[str]) -> None:
    """Keeps the reason, and the ids of the cases that were shown as like it."""
    case_chain.append(context, row, MADE_ANEW, {"reason": reason, "alike": list(alike)})


def retell(context: Context, row: CaseRow, entry: CaseEntry) -> CaseRow:
    """It changes nothing but what is written."""
    return row
