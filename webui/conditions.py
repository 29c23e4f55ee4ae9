"""When a field of a form applies, as far as a page can tell: from a `showIf` of comparisons to what the page itself does.

A condition is understood when it compares sibling fields with `=` or `!=` and joins that with `or`, `and`, and one `not(...)`
around the whole. The server decides in any case; a control whose condition is not understood is simply always shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from engine.results import FormField
from webui import context

_COMPARISON = re.compile(r'^\s*(\w+)\s*(!?=)\s*(?:"([^"]*)"|(true|false))\s*$')
_NEGATION = re.compile(r"^\s*not\s*\(([^()]*)\)\s*$", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """A field has this value, or has not."""

    key: str
    value: str
    is_given: bool

    @property
    def denied(self) -> Answer:
        return Answer(self.key, self.value, not self.is_given)


#: Any of the groups holds; a group holds when all its answers do.
Condition = tuple[tuple[Answer, ...], ...]


def read(text: str | None, siblings: Sequence[FormField]) -> Condition:
    """The condition, or nothing for one that a page cannot judge."""
    if not text:
        return ()
    negation = _NEGATION.match(text)
    groups: list[tuple[Answer, ...]] = []
    for part in re.split(r"\s+or\s+", negation[1] if negation else text):
        found = [_COMPARISON.match(one) for one in re.split(r"\s+and\s+", part)]
        groups.append(tuple(Answer(m[1], m[3] if m[3] is not None else m[4], m[2] == "=") for m in found if m is not None))
        if None in found or not {answer.key for answer in groups[-1]} <= {one.key for one in siblings}:
            return ()
    if negation is None:
        return tuple(groups)
    if all(len(group) == 1 for group in groups):
        return (tuple(group[0].denied for group in groups),)
    return tuple((answer.denied,) for answer in groups[0]) if len(groups) == 1 else ()


def for_script(condition: Condition, prefix: str) -> str:
    """The condition for the page's script: groups of [name of the control, value, whether it is given]."""
    return json.dumps([[[f"{prefix}.{one.key}", one.value, one.is_given] for one in group] for group in condition]) if condition else ""


def in_words(condition: Condition, siblings: Sequence[FormField]) -> str:
    """The same for people whose page runs no script."""
    if not condition:
        return ""
    if len(condition) == 1 and _is_one_denial(condition[0]):
        return _("Isi kecuali bila %(condition)s", condition=_alternatives(condition[0], siblings))
    if len({one.key for group in condition for one in group}) == 1 and all(len(g) == 1 and g[0].is_given for g in condition):
        return _("Isi hanya bila %(condition)s", condition=_alternatives([group[0] for group in condition], siblings))
    said = _(", atau ").join(_(" dan ").join(_said(one, siblings) for one in group) for group in condition)
    return _("Isi hanya bila %(condition)s", condition=said)


def _is_one_denial(group: Sequence[Answer]) -> bool:
    return len({one.key for one in group}) == 1 and not any(one.is_given for one in group)


def _alternatives(answers: Sequence[Answer], siblings: Sequence[FormField]) -> str:
    return f"“{_label(answers[0], siblings)}”: {' / '.join(_option(one, siblings) for one in answers)}"


def _said(one: Answer, siblings: Sequence[FormField]) -> str:
    label, option = f"“{_label(one, siblings)}”", _option(one, siblings)
    return f"{label}: {option}" if one.is_given else _("%(field)s selain %(answer)s", field=label, answer=option)


def _label(one: Answer, siblings: Sequence[FormField]) -> str:
    return next(context.say(field.label) for field in siblings if field.key == one.key)


def _option(one: Answer, siblings: Sequence[FormField]) -> str:
    options = next(field.options for field in siblings if field.key == one.key)
    return {"true": _("Ya"), "false": _("Tidak"), **{value: context.say(text) for value, text in options}}.get(one.value, one.value)
