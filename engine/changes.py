"""One difference between two versions of an SOP, and how much it weighs: the one place that says what stands out in red."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.types import Text


class Weight(StrEnum):
    """What a change means for those who work by the SOP, the heaviest first."""

    SAFEGUARD = "safeguard"  #: An approval, a consent or a secret is no longer kept as it was.
    DUTY = "duty"            #: What somebody does, who does it, by when or in which order.
    REST = "rest"            #: What is filled in or printed within a step, and words: every step is owed as before.


#: The kinds that change what is owed. A table is among them: its rows choose the steps that follow.
_OWED: Final = frozenset({
    "step_added", "step_removed", "step_renamed", "step_moved", "form_changed", "inputs_changed", "outputs_changed", "behaviour_changed",
    "lane_changed", "role_changed", "start_roles_changed",
    "time_added", "time_changed", "time_removed",
    "node_added", "node_removed", "order_changed", "condition_changed", "correlation_changed",
    "decision_added", "decision_removed", "decision_row_added", "decision_row_changed", "decision_row_removed",
    "decision_expression_changed"})


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference. `element_id` is of the diagram, "" where it is about none; `before` and `after` are as the files say them.

    `grave`: it touches an approval, a consent or a secret. `steers`: it is about an answer by which the SOP chooses its way.
    """

    kind: str
    element_id: str
    before: str
    after: str
    text: Text
    grave: bool
    steers: bool = False

    @property
    def weight(self) -> Weight:
        """How much it weighs; `SAFEGUARD` and `DUTY` are shown in red."""
        if self.grave:
            return Weight.SAFEGUARD
        return Weight.DUTY if self.steers or self.kind in _OWED else Weight.REST
