"""Which names a condition reads that nothing of its SOP gives: a misspelt one is no error of FEEL, only never true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from engine import bpmn_xml, definitions, errors, feel, forms_schema
from engine.bundle import SopBundle
from engine.forms_schema import Field, Form
from engine.model import Model, Node

#: What the engine and its operations put beside the answers.
ALWAYS = frozenset({"parameters", "risk", "case_number", "item", "partial", "?"})


def unknown(bundle: SopBundle, form: Form) -> Mapping[str, tuple[str, ...]]:
    """By key of a question, the names in its conditions that no form, step or table of the SOP answers; a hint, never a refusal."""
    return unanswered(form, given(bundle)) if _conditional(form) else {}


def unanswered(form: Form, known: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """The same where `known` is what the SOP gives."""
    own = known | {field.key for outer in form.fields for field in (outer, *outer.fields)}
    return {field.key: strange for field in _conditional(form)
            if (strange := tuple(sorted((names_of(field.show_if) | names_of(field.rule)) - own)))}


def _conditional(form: Form) -> list[Field]:
    return [field for outer in form.fields for field in (outer, *outer.fields) if field.show_if or field.rule]


def strange(bundle: SopBundle, source: str) -> tuple[str, ...]:
    """The names in one expression that nothing of the SOP gives; none where it is no FEEL."""
    names = names_of(source)
    return tuple(sorted(names - given(bundle))) if names else ()


def given(bundle: SopBundle) -> frozenset[str]:
    """Every name that something of the SOP gives a value to, and those that the engine gives."""
    return named(_forms(bundle), _models(bundle))


def named(forms: Iterable[Form], models: Iterable[Model]) -> frozenset[str]:
    """The same of an SOP that has been read."""
    return ALWAYS | frozenset(_variables(forms, models))


def names_of(source: str | None) -> frozenset[str]:
    """What an expression needs to be given; nothing where there is none, or no FEEL."""
    try:
        return feel.compile_expression(source).required if source else frozenset()
    except (feel.FeelSyntaxError, feel.FeelLimit):
        return frozenset()


def _forms(bundle: SopBundle) -> Iterator[Form]:
    for path, data in bundle.forms().items():
        with suppress(errors.BundleRefused):
            yield forms_schema.read_form(data, file=path)


def _models(bundle: SopBundle) -> Iterator[Model]:
    for path, data in bundle.diagrams().items():
        with suppress(errors.BundleRefused):
            yield bpmn_xml.read_model(data, file=path)


def _variables(forms: Iterable[Form], models: Iterable[Model]) -> Iterator[str]:
    """Every name that some answer, table, loop or mapping could give a value to."""
    for form in forms:
        yield from (field.key for outer in form.steering for field in (outer, *outer.fields))
        yield from form.shows
    for model in models:
        for process in model.processes.values():
            yield from (*process.data_inputs, *process.data_outputs, *process.data_objects.values())
            for node in definitions.nodes_of(process):
                yield from _given(node)


def _given(node: Node) -> Iterator[str]:
    yield from (mapping.target for mapping in (*node.input_mappings, *node.output_mappings))
    if node.result:
        yield node.result
    if node.body is not None:
        yield from node.body.data_objects.values()
    if node.loop is not None and node.loop.for_each is not None:
        loop = node.loop.for_each
        yield from (loop.item, *loop.collect, *([loop.into] if loop.into else []))
