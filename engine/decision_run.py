"""One evaluation of a decision: the budget all its expressions share, and the problems met on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.feel.runtime import Run, Scope
from engine.types import Text

#: A compiled boxed expression.
Logic = Callable[[Scope], Any]

#: Cells of a large table cost little each; a decision may do ten times the work of one expression.
STEPS = 2_000_000

_MESSAGES: dict[str, tuple[str, str]] = {
    "unique-overlap": ("Lebih dari satu aturan cocok, padahal tabel UNIQUE.", "More than one rule matches in a UNIQUE table."),
    "any-differs": ("Aturan yang cocok memberi keluaran berbeda, padahal tabel ANY.",
                    "The matching rules of an ANY table give different outputs."),
    "input-type": ("Nilai masukan bukan dari jenisnya.", "An input value does not belong to its type."),
    "input-allowed-values": ("Nilai masukan di luar nilai yang diizinkan.", "An input value is none of the allowed values."),
    "output-type": ("Hasil bukan dari jenisnya.", "A result does not belong to its type."),
    "output-allowed-values": ("Hasil di luar nilai yang diizinkan.", "A result is none of the allowed values."),
    "aggregation-type": ("Keluaran tidak dapat diagregasi.", "The outputs cannot be aggregated."),
    "limit": ("Keputusan ini melebihi batas kerja satu evaluasi.", "This decision did more work than one evaluation may do."),
    "unknown-decision": ("Tidak ada keputusan dengan nama atau id ini.", "There is no decision with this name or id."),
}


@dataclass(frozen=True, kw_only=True)
class DecisionProblem:
    """Why a decision has no value: a stable code and the element of the file, never a value of the case."""

    code: str
    element_id: str | None
    message: Text

    def __str__(self) -> str:
        return f"{self.code} {self.element_id or '-'}"


class DecisionRun(Run):
    """A FEEL run that also keeps the problems of the decision."""

    __slots__ = ("problems",)

    def __init__(self, now: datetime) -> None:
        super().__init__(now, STEPS)
        self.problems: list[DecisionProblem] = []

    def note(self, code: str, element_id: str | None) -> None:
        """Keep a problem, once."""
        problem = DecisionProblem(code=code, element_id=element_id, message=Text(*_MESSAGES[code]))
        if problem not in self.problems:
            self.problems.append(problem)


def note(run: Run, code: str, element_id: str | None) -> None:
    """Note a problem on the run of a decision."""
    if isinstance(run, DecisionRun):
        run.note(code, element_id)
