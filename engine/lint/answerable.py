"""What can be answered, as far as an SOP's own files say it: to a question, and by whatever gives a variable its value before a step.

The one reading for every rule that reckons with answers. A question that must be answered counts as answered, also where it is not
always shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, combinations, product
from math import prod
from typing import Final

from engine import feel, safe_xml
from engine.bpmn_reading import local
from engine.form_values import UNKNOWN_ANSWERS
from engine.forms_schema import Field, FieldType
from engine.lint.subject import Sop
from engine.model import Flow, Node, Scope
from engine.types import Value

NOON: Final = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)    # conditions on answers read no clock
_MOST_TICKS: Final = 8   # boxes of one question that may be ticked together
_WORD: Final = re.compile(r'\s*"([^"\\]*)"\s*\Z')
Values = tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What may have given a variable its value: questions, and words that tables answer with."""

    questions: tuple[Field, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def values(self) -> Values | None:
        """Every value; None where they cannot be listed."""
        listed = [to_question(field) for field in self.questions]
        known = [values for values in listed if values is not None]
        if len(known) < len(listed):
            return None
        return distinct(chain(*known, self.words))


def to_question(field: Field) -> Values | None:
    """Every answer a question takes, null among them where it may be left empty; None where they cannot be listed."""
    found: list[Value] = []
    options = [option.value for option in field.options]
    if field.type is FieldType.BOOLEAN:
        found += [True, False]
    elif field.type is FieldType.CHOICE:
        found += options
    elif field.type is FieldType.CHOICES and len(options) <= _MOST_TICKS:
        found += map(list, chain.from_iterable(combinations(options, many) for many in range(1, len(options) + 1)))
    else:
        return None
    is_kept = field.allow_unknown and field.type is FieldType.CHOICE   # that there is no answer; of the others it is null
    found += UNKNOWN_ANSWERS if is_kept else ()
    return (*found, None) if not field.required or field.allow_unknown and not is_kept else tuple(found)


def source(sop: Sop, scope: Scope, node: Node, name: str) -> Source | None:
    """What gave the variable its value last, on some way to the node; None where a way leads through what the files do not tell. Where a
    way begins without one, any form of the SOP may have."""
    questions: list[Field] = []
    words: list[str] = []
    seen, ahead = {node.id}, [node]
    while ahead:
        here = ahead.pop()
        before = [scope.nodes[flow.source] for flow in here.incoming if flow.source in scope.nodes]
        if here.type == "boundaryEvent" and here.attached_to in scope.nodes:
            before.append(scope.nodes[here.attached_to])
        if not before:
            anywhere = [field for form in sop.forms.values() for field in form.steering if field.key == name]
            if not anywhere:
                return None
            questions += anywhere
        for each in before:
            if each.id in seen:
                continue
            seen.add(each.id)
            if each.body is not None and name in written_by(sop, each):
                return None   # which of its steps wrote it last is not told here
            form = sop.forms.get(each.form or "")
            field = form.field(name) if form is not None else None
            if field is not None and field.steering:
                questions.append(field)
            elif each.decision is not None and (each.result or each.decision) == name:
                said = answers_of(sop, each.decision)
                if not said:
                    return None
                words += said
            else:
                ahead.append(each)
    return Source(questions=tuple(dict.fromkeys(questions)), words=tuple(words))


def comes_to(sop: Sop, scope: Scope, node: Node, case: Mapping[str, Value]) -> bool:
    """Whether some way leads to the node with these values: none of its conditions speaks against them, back to where each was given. A
    condition that reads more than them speaks against nothing."""
    start = (node.id, frozenset(case))
    seen, ahead = {start}, [start]
    while ahead:
        here, names = ahead.pop()
        known = {name: case[name] for name in names}
        target = scope.nodes[here]
        before = [(flow.source, _is_open(scope.nodes[flow.source], flow, known)) for flow in target.incoming if flow.source in scope.nodes]
        if target.type == "boundaryEvent" and target.attached_to in scope.nodes:
            before.append((target.attached_to, True))
        if not names or not before:
            return True
        for source_id, may_pass in before:
            giver = scope.nodes[source_id]
            held = all(_says(event.condition, known) is not False for event in giver.events if event.condition is not None)
            left = (source_id, names - written_by(sop, giver))
            if may_pass and (held or left[1] != names) and _may_give(sop, giver, known) and left not in seen:
                seen.add(left)
                ahead.append(left)
    return False


def _may_give(sop: Sop, giver: Node, known: Mapping[str, Value]) -> bool:
    """Whether the form of a step, where it asks for one of these, can be answered so."""
    form = sop.forms.get(giver.form or "")
    asked = [field for field in form.steering if field.key in known] if form is not None else []
    return all((values := to_question(field)) is None or known[field.key] in values or (known[field.key] is None and bool(field.show_if))
               for field in asked)


def _is_open(choice: Node, way: Flow, known: Mapping[str, Value]) -> bool:
    """Whether these values may take a flow: its condition allows them, and no condition before it, or beside a default, surely does."""
    if _says(way.condition, known) is False:
        return False
    if choice.type != "exclusiveGateway":
        return True
    is_default = way.id == choice.default_flow
    others = choice.outgoing if is_default else choice.outgoing[:[flow.id for flow in choice.outgoing].index(way.id)]
    return not any(_says(flow.condition, known) is True for flow in others if flow is not way and flow.id != choice.default_flow)


def written_by(sop: Sop, node: Node) -> frozenset[str]:
    """The names to which a node, or what it holds, may give another value."""
    form = sop.forms.get(node.form or "")
    names = {field.key for field in form.steering} if form is not None else set()
    names |= {mapping.target for mapping in node.output_mappings} | {node.result or node.decision or ""}
    for inner in node.body.nodes.values() if node.body is not None else ():
        names |= written_by(sop, inner)
    return frozenset(names - {""})


def _says(condition: str | None, known: Mapping[str, Value]) -> Value:
    """What a condition gives for these values; null where it reads others, is none, or is no FEEL."""
    read = compiled(condition) if condition is not None else None
    return answer(read, known) if read is not None and read.names <= known.keys() else None


def answers_of(sop: Sop, decision: str, under: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The words that a decision may answer with, also where it passes on what another says; none where one of its answers is anything
    else. `under`: decisions that wait for this one."""
    for file, names in sop.decision_files.items():
        if decision in names:
            root = safe_xml.safe_root(sop.bundle.files[file], file, root=None)
            (drawn,) = [each for each in root.iter("{*}decision") if decision in (each.get("id"), each.get("name"))][:1] or [None]
            answers = drawn.iter("{*}outputEntry", "{*}literalExpression") if drawn is not None else ()
            texts = ["".join(each.itertext()).strip() for each in answers if local(each.getparent()) in ("rule", "decision")]
            said = [(word[1],) if (word := _WORD.match(text)) else answers_of(sop, text, under | {decision})
                    if text in sop.decisions and text not in under | {decision} else () for text in texts]
            return tuple(dict.fromkeys(chain(*said))) if all(said) else ()
    return ()


def cases(choices: Mapping[str, Values]) -> Iterator[dict[str, Value]]:
    """Every combination of one value for each name."""
    return (dict(zip(choices, each, strict=True)) for each in product(*choices.values()))


def how_many(choices: Mapping[str, Values]) -> int:
    """The number of `cases`."""
    return prod(map(len, choices.values()))


def distinct(values: Iterable[Value]) -> Values:
    """Each value once, in order; a list is one, too."""
    return tuple({repr(each): each for each in values}.values())


@lru_cache(maxsize=1024)
def compiled(text: str) -> feel.Expression | None:
    """An expression as the diagram writes it; None for what is no FEEL."""
    try:
        return feel.compile_expression(text.strip().removeprefix("="))
    except (feel.FeelSyntaxError, feel.FeelLimit):
        return None


def answer(expression: feel.Expression, variables: Mapping[str, Value]) -> Value:
    """What the expression gives; null where it would take too much work."""
    try:
        return expression.evaluate(variables, now=NOON)
    except feel.FeelLimit:
        return None
