"""How each kind of entry in a case's own chain is told again: (context, case row so far, entry) -> case row after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from engine.case_chain import CaseEntry
from engine.commands import assignment, conflicts, made_anew, notes, partner, simfoni
from engine.executor import Context
from storage.cases import CaseRow

RETOLD: Final[Mapping[str, Callable[[Context, CaseRow, CaseEntry], CaseRow]]] = {
    assignment.ASSIGN: assignment.retell,
    conflicts.DECLARE: conflicts.retell_declared,
    conflicts.LIFT: conflicts.retell_lifted,
    notes.NOTE: notes.retell,
    made_anew.MADE_ANEW: made_anew.retell,
    simfoni.ENTRY: simfoni.retell,
    **dict.fromkeys((partner.ISSUE, partner.REVOKE, partner.PROGRESS), partner.retell),
}
