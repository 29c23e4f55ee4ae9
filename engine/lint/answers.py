"""What a variable can be at a gateway, as far as the SOP's own files say it: options of the forms and answers of the tables before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain, combinations, product
from math import prod
from typing import Final

from engine import feel, safe_xml
from engine.bpmn_reading import local
from engine.form_values import UNKNOWN_ANSWERS
from engine.forms_schema import Field, FieldType
from engine.lint.subject import Placed, Sop
from engine.model import Node, Scope
from engine.types import Value

MOST: Final = 2_000      # combinations tried; past that nothing is said
_MOST_TICKS: Final = 8   # boxes of one question that may be ticked together
_NOON: Final = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)    # conditions on answers read no clock
_WORD: Final = re.compile(r'\s*"([^"\\]*)"\s*\Z')
_Values = tuple[Value, ...]


def always_leads_on(sop: Sop, gateway: Placed) -> bool:
    """Whether one of its conditions holds whatever was answered. False also where the files do not say what can be answered.

    A question that must be answered counts as answered, also where it is not always shown. Where the one flow into the gateway has a
    condition, only answers that meet it come here.
    """
    conditions = [_compiled(flow.condition) for flow in gateway.node.outgoing if flow.condition is not None]
    before = [_compiled(flow.condition) for flow in gateway.node.incoming if flow.condition is not None]
    met = before if len(gateway.node.incoming) == 1 else []
    names = sorted(frozenset().union(*(one.names for one in (*conditions, *met) if one is not None)))
    values = [_values(sop, gateway, name) for name in names]
    if not names or None in (*conditions, *met) or not all(values) or prod(map(len, values)) > MOST:
        return False
    cases = (dict(zip(names, each, strict=True)) for each in product(*values))
    return all(any(_holds(one, case) for one in conditions) for case in cases if all(_holds(one, case) for one in met))


def nobody_answers(sop: Sop, condition: str) -> bool:
    """Whether a condition reads a name that nothing of the SOP gives a value to: it never holds."""
    read = _compiled(condition)
    return read is not None and not read.required <= sop.given


def _compiled(text: str) -> feel.Expression | None:
    try:
        return feel.compile_expression(text.strip().removeprefix("="))
    except (feel.FeelSyntaxError, feel.FeelLimit):
        return None


def _holds(condition: feel.Expression | None, variables: Mapping[str, Value]) -> bool:
    try:
        return condition is not None and condition.evaluate(variables, now=_NOON) is True
    except feel.FeelLimit:
        return False


def _values(sop: Sop, gateway: Placed, name: str) -> _Values:
    """Every value the variable may have there; none where they cannot be told."""
    found: dict[str, Value] = {}
    for written in _written(sop, gateway.scope, gateway.node, name):
        if not written:
            return ()
        found.update({repr(each): each for each in written})
    return tuple(found.values())


def _written(sop: Sop, scope: Scope, gateway: Node, name: str) -> Iterator[_Values]:
    """What each step that wrote it last, on some way to the gateway, may have written. Where a way begins without one, any form of the
    SOP may have."""
    seen, ahead = {gateway.id}, [gateway]
    while ahead:
        node = ahead.pop()
        before = [scope.nodes[flow.source] for flow in node.incoming if flow.source in scope.nodes]
        if node.type == "boundaryEvent" and node.attached_to in scope.nodes:
            before.append(scope.nodes[node.attached_to])
        if not before:
            yield _values_of(_fields(sop, name))
        for each in before:
            if each.id not in seen:
                seen.add(each.id)
                form = sop.forms.get(each.form or "")
                field = form.field(name) if form is not None else None
                if field is not None and field.steering:
                    yield _values_of([field])
                elif each.decision is not None and (each.result or each.decision) == name:
                    yield _answers(sop, each.decision)
                else:
                    ahead.append(each)


def _fields(sop: Sop, name: str) -> list[Field]:
    return [field for form in sop.forms.values() for field in form.fields if field.key == name and field.steering]


def _values_of(fields: Iterable[Field]) -> _Values:
    found: list[Value] = []
    for field in fields:
        options = [option.value for option in field.options]
        if field.type is FieldType.BOOLEAN and field.required:
            found += [True, False]
        elif field.type is FieldType.CHOICE and field.required:
            found += options
        elif field.type is FieldType.CHOICES and field.required and len(options) <= _MOST_TICKS:
            found += map(list, chain.from_iterable(combinations(options, many) for many in range(1, len(options) + 1)))
        else:
            return ()
        found += UNKNOWN_ANSWERS if field.allow_unknown else ()
    return tuple(found)


def _answers(sop: Sop, decision: str) -> _Values:
    """The words that a decision may answer with; none where one of its answers is anything else than a word."""
    for file, names in sop.decision_files.items():
        if decision in names:
            root = safe_xml.safe_root(sop.bundle.files[file], file, root=None)
            (drawn,) = [each for each in root.iter("{*}decision") if decision in (each.get("id"), each.get("name"))][:1] or [None]
            said = [] if drawn is None else [
                _WORD.match("".join(each.itertext())) for each in drawn.iter("{*}outputEntry", "{*}literalExpression")
                if local(each.getparent()) in ("rule", "decision")]
            return tuple(each[1] for each in said if each is not None) if all(said) else ()
    return ()
