"""Expressions and names: FEEL everywhere, read at deployment, in no other tool's dialect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from engine import feel, form_names
from engine.bpmn_reading import local, text_of
from engine.decision_graph import Node
from engine.feel import functions
from engine.forms_schema import RESERVED
from engine.lint.registry import ADVICE, ERROR, RULE, Catalogue, Hit
from engine.lint.rules_time import is_expression
from engine.lint.subject import Diagram, Sop

rules = Catalogue()
_FOREIGN = re.compile(r"[$#]\{|==|&&|\|\||\bnew\s+\w|execution\.|\.\w+\(|\bimport\b|__\w+__")
# A name or code that its own engine fills in while it runs; here it would be waited for letter by letter.
_FILLED = re.compile(r"[$#]\{|\A\s*=")
# Also ends where the text ends: an unclosed quotation mark must not make the search start anew at each escape.
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)')
_LONGEST = 20_000  # FEEL reads no longer text

_EXPRESSION_TAGS = (
    "conditionExpression",
    "condition",
    "timeDate",
    "timeDuration",
    "timeCycle",
    "loopCondition",
    "loopCardinality",
    "completionCondition",
    "transformation",
    "from",
    "dataPath",
    "messagePath",
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_EXPLAINING = frozenset({"annotationEntry", "textAnnotation", "inputValues", "outputValues"})


def expressions(diagram: Diagram) -> Iterator[tuple[str, Hit]]:
    """Every FEEL text of a file with where it stands."""
    for flow in diagram.flows:
        if flow.condition is not None:
            yield flow.condition, diagram.hit(flow)
    for placed in diagram.placed:
        node, here = placed.node, diagram.hit(placed)
        for event in node.events:
            if event.condition is not None:
                yield event.condition, here
            if event.timer_text and is_expression(event.timer_text):
                yield event.timer_text, here
        if node.standard is not None and node.standard.start_from:
            yield node.standard.start_from, here
        if node.loop is not None:
            loop = node.loop
            texts = (loop.for_each.collection if loop.for_each else None, loop.cardinality, loop.completion, loop.condition)
            yield from ((text, here) for text in texts if text)
        yield from ((text, here) for text in node.arguments.values())
        yield from ((m.source, here) for m in (*node.input_mappings, *node.output_mappings) if m.is_expression)
    for paths in diagram.model.correlation_paths.values():
        yield from ((path, Hit(file=diagram.file)) for path in paths.values())
    for process in diagram.model.processes.values():
        yield from ((path, diagram.hit(process)) for key in process.correlation_keys.values() for path in key.values())


@rules.diagram_rule(
    "foreign-expression",
    ERROR,
    ("Ungkapan ini ditulis dalam bahasa alat lain.", "This expression is in another tool's language."),
    ('Tulis dalam FEEL: risk = "high" and age < 18.', 'Write FEEL: risk = "high" and age < 18.'),
)
def foreign_expression(diagram: Diagram) -> Iterator[Hit]:
    """JUEL, XPath, Python and the like would be read as something else, or not at all (design.md 6). As the name of a message it is only
    a name: it can be tried, and waits for those very letters.
    """
    for text, hit in expressions(diagram):
        if _foreign(text):
            yield hit
    for placed, event in diagram.events:
        if event.timer_text and not is_expression(event.timer_text) and _foreign(event.timer_text):
            yield diagram.hit(placed)
        if event.kind != "link" and any(_FILLED.search(word or "") for word in (event.name, event.code)):
            yield replace(diagram.hit(placed), severity=RULE)
    yield from (replace(diagram.hit(placed), severity=RULE) for placed in diagram.of_type("sendTask", "receiveTask")
                if _FILLED.search(placed.node.message or ""))


def _is_written(element: Any) -> bool:
    """Whether an expression stands there, and not the bare length or date of a timer."""
    text = text_of(element)
    return bool(text) and (not local(element).startswith("time") or is_expression(text))


def _foreign(text: str) -> bool:
    return len(text) <= _LONGEST and _FOREIGN.search(_STRINGS.sub('""', text)) is not None


@rules.diagram_rule(
    "expression-language",
    ERROR,
    ("Bahasa ungkapan ini bukan FEEL.", "This expression's language is not FEEL."),
    ("Hapus atribut language, dan tulis dalam FEEL.", "Drop the language attribute, and write FEEL."),
)
def expression_language(diagram: Diagram) -> Iterator[Hit]:
    """The file says itself that it means something else."""
    for element in diagram.elements(*_EXPRESSION_TAGS):
        language = (element.get("language") or "").strip().lower()
        if language and "feel" not in language:
            yield diagram.hit(element)


@rules.diagram_rule(
    "expression-unreadable",
    ERROR,
    ("Ungkapan ini tidak dapat dibaca sebagai FEEL.", "This expression cannot be read as FEEL."),
    ("Periksa tanda kurung, tanda kutip dan kata pembandingnya.", "Check brackets, quotation marks and operators."),
)
def expression_unreadable(diagram: Diagram) -> Iterator[Hit]:
    """Found now, it costs a minute; found later, a case stops as an incident."""
    seen: dict[str, bool] = {}
    for text, hit in expressions(diagram):
        if _foreign(text):
            continue  # said by `foreign-expression`, with the better advice
        if text not in seen:
            seen[text] = _readable(text)
        if not seen[text]:
            yield hit


def _readable(text: str) -> bool:
    source = text.strip()
    source = source[1:].strip() if source.startswith("=") else source
    try:
        feel.compile_expression(source)
    except (feel.FeelSyntaxError, feel.FeelLimit):
        return False
    return True


@rules.diagram_rule(
    "unusable-name",
    ERROR,
    ("Nama variabel ini tidak boleh dipakai.", "This variable name may not be used."),
    (
        "Pakai huruf kecil, angka dan garis bawah; bukan kata FEEL, tidak diawali dua garis bawah.",
        "Use lower case, digits and underscores; no word of FEEL, nothing beginning with two underscores.",
    ),
)
def unusable_name(diagram: Diagram) -> Iterator[Hit]:
    """FEEL, or the engine, would read something else under that name."""
    for placed in diagram.placed:
        node = placed.node
        names = [node.result] if node.result else []
        if node.loop is not None and node.loop.for_each is not None:
            names += [node.loop.for_each.item, *node.loop.for_each.collect, *filter(None, [node.loop.for_each.into])]
        names += [name for name in node.arguments if "." not in name]
        if any(name and (not _NAME.match(name) or name.startswith("__") or name in RESERVED - {"item"}) for name in names):
            yield diagram.hit(placed)


@rules.sop_rule(
    "steering-name",
    ERROR,
    ("Nama isian pengarah ini adalah nama fungsi FEEL.", "This steering field has the name of a FEEL function."),
    ("Beri nama lain, misalnya children_count.", "Give it another name, for instance children_count."),
)
def steering_name(sop: Sop) -> Iterator[Hit]:
    """A condition could not tell the answer from the function."""
    for form in sop.forms.values():
        for field in (inner for outer in form.steering for inner in (outer, *outer.fields)):
            if field.key in functions.BUILTINS:
                yield Hit(element_id=field.key, file=f"forms/{form.key}.json")


@rules.sop_rule(
    "steering-type-clash",
    ERROR,
    ("Isian pengarah ini berjenis lain di formulir lain.", "This steering field has another type in another form."),
    ("Pakai satu jenis untuk satu nama, atau beri nama lain.", "Use one type for one name, or another name."),
)
def steering_type_clash(sop: Sop) -> Iterator[Hit]:
    """A variable is one thing: a condition written for a number must not meet a text."""
    kinds: dict[str, str] = {}
    for form in sop.forms.values():
        for field in form.steering:
            if kinds.setdefault(field.key, field.type) != field.type:
                yield Hit(element_id=field.key, file=f"forms/{form.key}.json")


@rules.sop_rule(
    "form-expression",
    ERROR,
    ("Syarat pada formulir ini tidak dapat dibaca sebagai FEEL.", "A condition of this form cannot be read as FEEL."),
    ("Perbaiki showIf atau rule pada isian ini.", "Mend showIf or rule of this field."),
)
def form_expression(sop: Sop) -> Iterator[Hit]:
    """A question that cannot decide whether to show would be asked of nobody, or of everybody."""
    for form in sop.forms.values():
        for field in (inner for outer in form.fields for inner in (outer, *outer.fields)):
            if any(text and not _readable(text) for text in (field.show_if, field.rule)):
                yield Hit(element_id=field.key, file=f"forms/{form.key}.json")


@rules.sop_rule(
    "name-without-answer",
    ADVICE,
    ("Di sini dibaca nama yang tidak dijawab oleh apa pun di SOP ini.", "A name is read here that nothing of this SOP answers."),
    ("Periksa ejaannya, atau tanyakan pada formulir.", "Check its spelling, or ask for it in a form."),
)
def name_without_answer(sop: Sop) -> Iterator[Hit]:
    """A misspelt name is no error of FEEL: the question is never asked, the row never matches, and nobody sees why."""
    for diagram in sop.diagrams:
        yield from _strange_conditions(diagram)
    for form in sop.forms.values():
        for key, names in form_names.unanswered(form, sop.given).items():
            yield Hit(element_id=key, file=f"forms/{form.key}.json", word=_told(names))
    if not sop.diagrams:
        return   # what another SOP borrows is answered there
    for file, decisions in sop.decision_files.items():
        for name in decisions:
            for node in sop.decisions[name].needed(name)[-1:]:
                if strange := sorted(free_names(node) - sop.given - sop.decisions[name].declared):
                    yield Hit(element_id=node.id or node.name, line=node.element.sourceline, file=file, word=_told(strange))


def _strange_conditions(diagram: Diagram) -> Iterator[Hit]:
    """Those of gateways and events; not where a message that begins something may bring the name, nor of what the SOP hands over so."""
    known = diagram.sop.given | {name for each in diagram.sop.diagrams for placed in each.placed for name in placed.node.arguments}
    told = {placed.process.id for placed, event in diagram.events if placed.node.type == "startEvent" and event.kind == "message"}
    for placed in diagram.placed:
        conditions = [(flow.condition, flow.line, flow.id) for flow in placed.node.outgoing]
        conditions += [(event.condition, placed.node.line, placed.node.id) for event in placed.node.events]
        for text, line, key in conditions if placed.process.id not in told else ():
            if text is not None and (strange := sorted(form_names.names_of(text.strip().removeprefix("=")) - known)):
                yield Hit(element_id=key, line=line, file=diagram.file, word=_told(strange))


def free_names(node: Node) -> frozenset[str]:
    """What the texts of a decision need to be given; none of a text that has names of its own with spaces."""
    found: set[str] = set()
    for text in node.element.iterfind(".//{*}text"):
        source = text.text or ""
        if local(text.getparent()) == "inputEntry":
            with suppress(feel.FeelSyntaxError, feel.FeelLimit):
                found |= feel.compile_unary_tests(source).required
        elif local(text.getparent()) not in _EXPLAINING:
            found |= form_names.names_of(source)
    parameters = {each.get("name") for each in node.element.iterfind(".//{*}formalParameter")}
    return frozenset(found - parameters)


def _told(names: Iterable[str]) -> str:
    return ", ".join(name for name in names if _NAME.match(name))


@rules.diagram_rule(
    "default-expression-language",
    ADVICE,
    ("Berkas menyebut bahasa ungkapan bawaan selain FEEL.", "The file names another default expression language than FEEL."),
    (
        "Periksa setiap syarat: di sini dibaca sebagai FEEL. Sesudahnya expressionLanguage pada definitions boleh dihapus.",
        "Look at each condition: it is read as FEEL here. Then expressionLanguage on definitions may be dropped.",
    ),
)
def default_expression_language(diagram: Diagram) -> Iterator[Hit]:
    """Most tools write XPath here without meaning it; each expression is read as FEEL all the same. Another language is named
    where an expression stands in it.
    """
    language = (diagram.root.get("expressionLanguage") or "").lower()
    if language and "feel" not in language:
        yield Hit(line=diagram.root.sourceline, file=diagram.file, word=local(diagram.root))
        if "xpath" not in language:
            yield from (diagram.hit(element) for element in diagram.elements(*_EXPRESSION_TAGS)
                        if not element.get("language") and _is_written(element))
