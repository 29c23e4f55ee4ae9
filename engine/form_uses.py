"""Where a form or a question of it is named in the rest of an SOP: what would be without it if its author took it out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping

from engine import bpmn_xml, definitions, errors, forms_schema, safe_xml, sop_toml
from engine.bundle import SopBundle
from engine.editing_results import FieldUse, UsedIn
from engine.model import Flow, Node
from engine.resolving import SHEET
from engine.types import Text

#: Words in quotation marks are answers, not names; an unclosed mark ends where the text ends.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)')
_LONGEST = 20_000  # FEEL reads no longer text

_Names = Callable[[str | None], bool]


def uses(bundle: SopBundle, file: str, key: str) -> tuple[FieldUse, ...]:
    """What names the question `key` of the form in `file`, in the order of the files; each place once.

    Read from the texts, so that a draft that cannot run is answered for, too. A question of the same name in another form counts: both
    answer the same variable.
    """
    word = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")

    def names(text: str | None) -> bool:
        return bool(text) and len(text or "") <= _LONGEST and word.search(_QUOTED.sub('""', text or "")) is not None

    found = [*_in_forms(bundle, file, key, names), *_in_diagrams(bundle, names), *_in_tables(bundle, names),
             *_in_texts(bundle.named(".typ"), UsedIn.DOCUMENT, word), *_in_texts(_scenarios(bundle), UsedIn.SCENARIO, word)]
    return tuple(dict.fromkeys(found))


def opened_by(bundle: SopBundle, file: str) -> tuple[str | Text, ...]:
    """What people call the places that open the form in `file`, or show it; none of a file that cannot be read."""
    return tuple(dict.fromkeys(_openers(bundle, file.rpartition("/")[2].removesuffix(".json"))))


def _openers(bundle: SopBundle, form: str) -> Iterator[str | Text]:
    for path, data in bundle.diagrams().items():
        with contextlib.suppress(errors.BundleRefused):
            processes = bpmn_xml.read_model(data, file=path).processes.values()
            yield from (_node_name(node) for process in processes for node in definitions.nodes_of(process) if node.form == form)
    for path, data in bundle.named(SHEET).items():
        with contextlib.suppress(errors.BundleRefused):
            if sop_toml.read_sop(data, file=path).start_form == form:
                yield Text("Awal kasus", "The beginning of a case")
    for path, data in bundle.forms().items():
        with contextlib.suppress(errors.BundleRefused):
            showing = forms_schema.read_form(data, file=path)
            if form in showing.shows:
                yield showing.title


def _in_forms(bundle: SopBundle, file: str, key: str, names: _Names) -> Iterator[FieldUse]:
    for path, data in bundle.forms().items():
        try:
            form = forms_schema.read_form(data, file=path)
        except errors.BundleRefused:
            continue
        for field in (inner for outer in form.fields for inner in (outer, *outer.fields)):
            if (path, field.key) != (file, key) and (names(field.show_if) or names(field.rule)):
                yield FieldUse(used_in=UsedIn.FORM, file=path, name=field.label)
        if key in form.shows:
            yield FieldUse(used_in=UsedIn.FORM, file=path, name=form.title)


def _in_diagrams(bundle: SopBundle, names: _Names) -> Iterator[FieldUse]:
    for path, data in bundle.diagrams().items():
        try:
            model = bpmn_xml.read_model(data, file=path)
        except errors.BundleRefused:
            continue
        for process in model.processes.values():
            steps = {node.id: node for node in definitions.nodes_of(process)}
            for flow in definitions.flows_of(process):
                if names(flow.condition):
                    yield FieldUse(used_in=UsedIn.DIAGRAM, file=path, name=_flow_name(flow, steps))
            for node in steps.values():
                if any(map(names, _expressions(node))):
                    yield FieldUse(used_in=UsedIn.DIAGRAM, file=path, name=_node_name(node))


def _expressions(node: Node) -> Iterator[str | None]:
    for event in node.events:
        yield from (event.condition, event.timer_text)
    if node.standard is not None:
        yield node.standard.start_from
    if node.loop is not None:
        loop = node.loop
        yield from (loop.cardinality, loop.completion, loop.condition)
        if loop.for_each is not None:
            yield from (loop.for_each.collection, " ".join(loop.for_each.collect))
    yield from node.arguments.values()
    yield from (mapping.source for mapping in (*node.input_mappings, *node.output_mappings))


def _flow_name(flow: Flow, steps: Mapping[str, Node]) -> str:
    """A flow by its own words and those of the question it answers."""
    asked = steps.get(flow.source)
    return " · ".join(part for part in (asked.name if asked is not None else "", flow.name or flow.id) if part)


def _node_name(node: Node) -> str:
    return node.name or node.id


def _in_tables(bundle: SopBundle, names: _Names) -> Iterator[FieldUse]:
    for path, data in bundle.named(".dmn").items():
        try:
            root = safe_xml.safe_root(data, path, root=None)
        except errors.BundleRefused:
            continue
        for decision in root.iterfind("{*}decision"):
            if any(names(text.text) for text in decision.iterfind(".//{*}text")):
                yield FieldUse(used_in=UsedIn.TABLE, file=path, name=decision.get("name") or decision.get("id") or "")


def _scenarios(bundle: SopBundle) -> dict[str, bytes]:
    return {path: data for path, data in bundle.named(".toml").items() if "scenarios/" in path}


def _in_texts(files: Mapping[str, bytes], used_in: UsedIn, word: re.Pattern[str]) -> Iterator[FieldUse]:
    for path, data in files.items():
        if word.search(data.decode("utf-8", "replace")) is not None:
            yield FieldUse(used_in=used_in, file=path, name=path.rpartition("/")[2].rpartition(".")[0])
