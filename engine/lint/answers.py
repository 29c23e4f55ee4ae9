"""What a choice does with what can be answered before it: whether one of its ways is always open, whether one ever is."""

from __future__ import annotations

from typing import Final

from engine import feel
from engine.lint.answerable import Source, Values, answer, cases, comes_to, compiled, how_many, source
from engine.lint.subject import Placed, Sop
from engine.types import Value

MOST: Final = 2_000      # combinations tried; past that nothing is said


def always_leads_on(sop: Sop, gateway: Placed) -> bool:
    """Whether one of its conditions holds whatever was answered. False also where the files do not say what can be. Answers with
    which no way leads here do not count."""
    conditions = [compiled(flow.condition) for flow in gateway.node.outgoing if flow.condition is not None]
    before = [compiled(flow.condition) for flow in gateway.node.incoming if flow.condition is not None]
    names = sorted(frozenset().union(*(one.names for one in (*conditions, *before) if one is not None)))
    if not names or None in conditions:
        return False
    values = {name: _values(source(sop, gateway.scope, gateway.node, name)) for name in names}
    if not all(values.values()) or how_many(values) > MOST:
        return False
    return all(any(_holds(one, case) for one in conditions) or not comes_to(sop, gateway.scope, gateway.node, case)
               for case in cases(values))


def nobody_answers(sop: Sop, condition: str) -> bool:
    """Whether a condition reads a name that nothing of the SOP gives a value to: it never holds."""
    read = compiled(condition)
    return read is not None and not read.required <= sop.given


def _values(found: Source | None) -> Values:
    """All that a variable can be; none where that cannot be told."""
    return () if found is None else found.values or ()


def _holds(condition: feel.Expression | None, variables: dict[str, Value]) -> bool:
    return condition is not None and answer(condition, variables) is True
