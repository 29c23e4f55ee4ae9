"""What a decision of an SOP may answer, for everything that its inputs can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from engine import feel
from engine.decisions import Decisions
from engine.lint.answerable import NOON, Values, answer, cases, distinct, how_many
from engine.types import Value

#: As many inputs are tried of a decision or condition; past that, ones spread over all of them.
MOST_TRIED: Final = 1_000
_MOST_BESIDE: Final = 500
_STRIDE: Final = 1_000_003   # a prime, so that no input is tried twice


def outcomes(table: Decisions, decision: str, choices: Mapping[str, Values]) -> Values:
    """Every value that it may give; where it gives none the case would stop."""
    found: list[Value] = []
    for inputs in spread(_told_apart(table, decision, choices)):
        outcome = table.evaluate(decision, inputs, now=NOON)
        if any(problem.code == "limit" for problem in outcome.problems):
            break
        if not outcome.problems:
            found.append(outcome.value)
    return distinct(found)


def read_by(table: Decisions, decision: str) -> frozenset[str]:
    """The names whose values a decision may ask for, declared or not."""
    texts, tested, _ = _texts(table, decision)
    return frozenset({name for node in table.needed(decision) for each in node.inputs for name in each.names}
                     | {name for text in texts for name in text.names} | tested)


def spread(choices: Mapping[str, Values]) -> Iterator[dict[str, Value]]:
    """Every combination of one value for each name; where they are more than can be tried, of boxes ticked together one at a time, then
    some of them, spread over all."""
    if how_many(choices) > MOST_TRIED:
        choices = {name: tuple(value for value in values if not isinstance(value, list) or len(value) == 1) or values
                   for name, values in choices.items()}
    total = how_many(choices)
    if total <= MOST_TRIED:
        yield from cases(choices)
        return
    for turn in range(MOST_TRIED):
        number, picked = turn * _STRIDE % total, {}
        for name, values in choices.items():
            number, place = divmod(number, len(values))
            picked[name] = values[place]
        yield picked


def _told_apart(table: Decisions, decision: str, choices: Mapping[str, Values]) -> Mapping[str, Values]:
    """Of values that every text of the decision takes alike, whatever the others are, the first."""
    texts, tested, is_whole = _texts(table, decision)
    if not is_whole:
        return choices
    found = dict(choices)
    for name in choices.keys() - tested:
        reading = [text for text in texts if name in text.names]
        beside = [{other: found.get(other, ()) for other in text.names - {name}} for text in reading]
        if all(all(each.values()) for each in beside) and sum(map(how_many, beside)) <= _MOST_BESIDE:
            found[name] = tuple(_by_what_is_said(found[name], name, reading, beside))
    return found


def _by_what_is_said(values: Values, name: str, reading: list[feel.Expression], beside: list[dict[str, Values]]) -> Iterable[Value]:
    said: dict[str, Value] = {}
    for value in values:
        key = repr([answer(text, {**others, name: value}) for text, each in zip(reading, beside, strict=True) for others in cases(each)])
        said.setdefault(key, value)
    return said.values()


def _texts(table: Decisions, decision: str) -> tuple[list[feel.Expression], frozenset[str], bool]:
    """The expressions of a decision and of those it asks, the names its cells read beside their own, and whether that is all it says."""
    texts: list[feel.Expression] = []
    tested: set[str] = set()
    is_whole = True
    for node in table.needed(decision):
        names = [name for each in (*node.inputs, *node.requires) for name in each.names]
        for drawn in node.element.iter("{*}text"):
            text, holder = "".join(drawn.itertext()), drawn.getparent().tag.rpartition("}")[2]
            if holder == "text" or not text.strip() or holder in ("annotationEntry", "textAnnotation"):
                continue
            try:
                if holder in ("inputEntry", "inputValues", "outputValues", "allowedValues"):
                    tested |= feel.compile_unary_tests(text, names=names).names
                else:
                    texts.append(feel.compile_expression(text, names=names))
            except (feel.FeelSyntaxError, feel.FeelLimit):
                is_whole = False
    made = {name for node in table.needed(decision) for name in node.names}
    return texts, frozenset(tested - made), is_whole and bool(texts)
