"""Conditions that no answer makes true: ways that are never taken, questions that are never asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from engine import feel
from engine.forms_schema import Field, FieldType, Form
from engine.lint.answerable import Source, Values, answer, cases, compiled, distinct, how_many, source
from engine.lint.answers import MOST
from engine.lint.registry import ADVICE, RULE, Catalogue, Hit
from engine.lint.rules_time import is_expression
from engine.lint.subject import Diagram, Placed, Sop
from engine.types import Severity, Value

rules = Catalogue()
_CLOCK = re.compile(r"\b(?:now|today)\s*\(")
_TIME = re.compile(r"R\d*/|-?P|\d{4}-")
Told = Callable[[str], Source | None]
#: One answer of each kind that cannot be listed, to hold against a literal of another kind.
_ONE: Mapping[FieldType, Value] = {FieldType.TEXT: "x", FieldType.LONGTEXT: "x", FieldType.CHOICE: "x", FieldType.BOOLEAN: True,
                                   FieldType.INTEGER: Decimal(1), FieldType.DECIMAL: Decimal(1), FieldType.DATE: date(2026, 1, 5)}


@rules.diagram_rule(
    "condition-never-true",
    RULE,
    ("Syarat ini tidak pernah terpenuhi, apa pun jawabannya: alur ini tidak pernah dilalui.",
     "No answer makes this condition true: this flow is never taken."),
    ("Samakan dengan pilihan di formulir atau jawaban tabelnya; tulis kata di antara tanda kutip.",
     "Bring it in line with the form's options or the table's answers; write words between quotation marks."),
)
def condition_never_true(diagram: Diagram) -> Iterator[Hit]:
    """The work behind it is left out without a word, or every case stops there. Advice where only an
    alternative in it never holds, or a table is read: of its answers some may be kept for later."""
    for placed in diagram.placed:
        def told(name: str, at: Placed = placed) -> Source | None:
            return source(diagram.sop, at.scope, at.node, name)

        for flow in placed.node.outgoing:
            read = compiled(flow.condition) if flow.condition is not None and flow.id != placed.node.default_flow else None
            if read is None:
                continue
            is_shut = _never(read, told) or _is_bare(read, told, diagram.sop)
            if is_shut and not any(found.words for name in read.names if (found := told(name)) is not None):
                yield diagram.hit(flow)
            elif is_shut or any(_never(part, told) for part in _alternatives(read)):
                yield Hit(element_id=flow.id, line=flow.line, file=diagram.file, severity=ADVICE)


@rules.sop_rule(
    "question-never-asked",
    RULE,
    ("Isian wajib ini tidak pernah ditanyakan: syarat tampilnya tidak pernah terpenuhi.",
     "This compulsory question is never asked: no answer makes its condition true."),
    ("Samakan showIf dengan pilihan pertanyaan yang dibacanya.", "Bring showIf in line with the options of the question it reads."),
)
def question_never_asked(sop: Sop) -> Iterator[Hit]:
    """What the SOP demands stays out of every case. Advice where the question may be left empty."""
    for form in sop.forms.values():
        for outer in form.fields:
            for field in (outer, *outer.fields):
                read = compiled(field.show_if) if field.show_if else None
                if read is not None and _never(read, _asked(sop, form, outer)):
                    severity: Severity = RULE if field.required else ADVICE
                    yield Hit(element_id=field.key, file=f"forms/{form.key}.json", severity=severity)


@rules.diagram_rule(
    "timer-reads-no-time",
    RULE,
    ("Pewaktu ini membaca jawaban yang bukan waktu.", "This timer reads an answer that is no time."),
    ("Pakai tanggal atau lama waktu.", "Use a date or a length of time."),
)
def timer_reads_no_time(diagram: Diagram) -> Iterator[Hit]:
    """Every case would stop there as an incident."""
    for placed, event in diagram.events:
        read = compiled(event.timer_text) if event.timer_text and is_expression(event.timer_text) else None
        if read is None or not read.names:
            continue
        given = {name: _listed(source(diagram.sop, placed.scope, placed.node, name)) for name in sorted(read.names)}
        if all(given.values()) and how_many(given) <= MOST and not any(
                _is_time(answer(read, case)) for case in cases(given)):
            yield diagram.hit(placed)


def _is_time(value: Value) -> bool:
    """Whether a timer may take it: a text that begins as dates and durations are written, too."""
    return bool(_TIME.match(value)) if isinstance(value, str) else isinstance(value, date | timedelta | feel.MonthsDuration)


def _asked(sop: Sop, form: Form, holder: Field) -> Told:
    """What the names in a condition of the form can be: its own questions first, then those of any other form."""
    def told(name: str) -> Source | None:
        beside = [field for field in holder.fields if field.key == name]
        own = beside or [field for field in form.fields if field.key == name]
        found = own or [field for each in sop.forms.values() for field in each.steering if field.key == name]
        is_given_else = not own and any(node.result == name or any(mapping.target == name for mapping in node.output_mappings)
                                        for diagram in sop.diagrams for node in (placed.node for placed in diagram.placed))
        return Source(questions=tuple(found)) if found and not is_given_else else None

    return told


def _listed(told: Source | None) -> Values:
    """Every value of a name, null where nothing was asked yet among them; none where they cannot be listed."""
    values = told.values if told is not None else None
    return distinct((*values, None)) if values else ()


def _never(condition: feel.Expression, told: Told) -> bool:
    """Whether no answer makes it true; False also where the files do not say what can be answered."""
    if _CLOCK.search(condition.source):
        return False
    known = {name: _listed(told(name)) for name in sorted(condition.names)}
    if all(known.values()) and how_many(known) <= MOST:
        return not any(answer(condition, case) is True for case in cases(known))
    if parts := condition.joined("and"):
        return any(_never(part, told) for part in parts)
    if parts := condition.joined("or"):
        return all(_never(part, told) for part in parts)
    return _is_of_another_kind(condition, told)


def _is_of_another_kind(condition: feel.Expression, told: Told) -> bool:
    """Whether it compares answers with a literal that is of none of their kinds, and so never holds."""
    if (compared := condition.compared()) is None or compared[1] is None or (found := told(compared[0])) is None:
        return False
    name, literal = compared
    kinds = [_ONE.get(question.type) for question in found.questions]
    if not kinds or found.words or any(kind is None or type(kind) is type(literal) for kind in kinds):
        return False
    return not any(answer(condition, {name: kind}) is True for kind in (*kinds, None))


def _is_bare(condition: feel.Expression, told: Told, sop: Sop) -> bool:
    """Whether it names, as if somebody gave it a value, an option of what it reads: a word without its quotation marks."""
    unknown = condition.required - sop.given
    return bool(unknown) and any(value in unknown for name in condition.required - unknown for value in _listed(told(name))
                                 if isinstance(value, str))


def _alternatives(condition: feel.Expression) -> Iterator[feel.Expression]:
    """The conditions of which one is enough, at any depth."""
    for part in condition.joined("or"):
        yield part
        yield from _alternatives(part)
    for part in condition.joined("and"):
        yield from _alternatives(part)
