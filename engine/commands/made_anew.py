"""A case was made although another looked like it: why, in the new case's own chain."""

from __future__ import annotations

from typing import Final

from engine import case_chain, reasons
from engine.case_chain import CaseEntry
from engine.executor import Context
from engine.results import Anew
from storage.cases import CaseRow

MADE_ANEW: Final = "made_anew"


def keep(context: Context, row: CaseRow, anew: Anew) -> None:
    """Keeps the reason, and the ids of the cases that were shown as like it. Raises `ReasonWanted`."""
    case_chain.append(context, row, MADE_ANEW, {"reason": reasons.stated(anew.reason), "alike": list(anew.alike)})


def retell(context: Context, row: CaseRow, entry: CaseEntry) -> CaseRow:
    """It changes nothing but what is written."""
    return row
