"""What the drawing page of a draft needs beside the drawing: the diagram's text, and what a step of it may be given to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from engine import bpmn_xml, decisions, definitions, errors, feel, form_names, forms_schema, safe_xml, sop_toml
from engine.authorization import ABSTRACT_ROLES, OUTSIDE, STAFF
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.definitions import Definition
from engine.draft_files import own_diagrams
from engine.executor import Context
from engine.forms_schema import Form
from engine.model import Model
from engine.sop_refusals import DraftClosed
from engine.sop_results import AskedField, DraftState, DrawingBoard, FormChoice
from engine.sop_toml import SHEET_KINDS, SopSheet
from engine.types import Severity, Text
from engine.versions import draft_findings, draft_summary
from storage import drafts

LONGEST_CLAUSE = 90
_Read = TypeVar("_Read")


def board(context: Context, draft_id: str, file: str) -> DrawingBoard:
    """The board of one diagram of a draft; `file` "" for its first own one.

    Raises:
        NotFound: the draft or the diagram is none of the agency's.
        DraftClosed: nobody edits it now.
        BundleRefused: the diagram is no XML that may be handed to a browser.
    """
    row = commands.own(context, draft_id)
    if row.state != DraftState.DRAFT:
        raise DraftClosed()
    bundle = SopBundle.from_files(commands.files_of(context, row))
    own = own_diagrams(bundle.files)
    chosen = file or next(iter(own), "")
    if chosen not in own:
        raise errors.NotFound(file=chosen)
    sheet = _sheet(bundle)
    findings = draft_findings(context, row)
    runs = not any(finding.severity is Severity.ERROR for finding in findings)
    read = (_lenient(partial(bpmn_xml.read_model, data, file=path)) for path, data in bundle.diagrams().items())
    models = [model for model in read if model is not None]
    return DrawingBoard(
        summary=draft_summary(context, row), file=chosen, files=tuple(own), text=safe_xml.safe_text(bundle.files[chosen], chosen),
        findings=findings, fixed=_fixed(context, row), start_form=sheet.start_form or "",
        forms=tuple(_choice(form) for form in _forms(bundle)),
        decisions=_decisions(bundle, definitions.load(bundle) if runs else None), operations=tuple(sorted(context.executor.operations)),
        documents=tuple(sorted({code for one in _steps(models) for code in one})), clauses=_clauses(sheet),
        processes=tuple(_processes(models, chosen)), warnings=tuple(_warnings(sheet.identity)),
        lanes=sheet.lanes, roles=(*STAFF, *OUTSIDE, *sorted(ABSTRACT_ROLES)))


def _fixed(context: Context, row: drafts.DraftRow) -> tuple[str, ...]:
    """The ids of the version a draft was begun from."""
    if row.based_on is None:
        return ()
    processes = context.executor.definition(context.uow, row.based_on).processes
    nodes = {node.id for process in processes.values() for node in definitions.nodes_of(process)}
    return tuple(sorted(nodes | {flow.id for process in processes.values() for flow in definitions.flows_of(process)}))


def clauses_of(bundle: SopBundle) -> tuple[tuple[str, str], ...]:
    """The clauses that a step or a question may carry out: ids and words."""
    return _clauses(_sheet(bundle))


def problem_of(source: str, bundle: SopBundle) -> Text | None:
    """Why a text is no FEEL expression of this SOP, by the reader that runs it later, or which of its names nothing saved gives a
    value to: a hint, since what is drawn and not saved yet may give it. None: neither, or nothing was written."""
    written = source.strip()
    written = written[1:].strip() if written.startswith("=") else written
    if not written:
        return None
    try:
        feel.compile_expression(written)
    except (feel.FeelSyntaxError, feel.FeelLimit) as wrong:
        return Text(wrong.message("id"), wrong.message("en"))
    names = ", ".join(form_names.strange(bundle, written))
    return Text(f"Tidak ada isian atau langkah tersimpan yang memberi nilai kepada: {names}.",
                f"No saved question or step gives a value to: {names}.") if names else None


def _lenient(read: Callable[[], _Read]) -> _Read | None:
    """A draft may be broken anywhere: what cannot be read offers nothing, and the findings say why."""
    try:
        return read()
    except errors.EngineError:
        return None


def _sheet(bundle: SopBundle) -> SopSheet:
    return _lenient(partial(sop_toml.read_folder, bundle.files, "")) or SopSheet()


def _forms(bundle: SopBundle) -> list[Form]:
    read = (_lenient(partial(forms_schema.read_form, data, file=file)) for file, data in bundle.forms().items())
    return sorted((form for form in read if form is not None), key=lambda form: form.key)


def _choice(form: Form) -> FormChoice:
    return FormChoice(key=form.key, title=form.title, fields=tuple(
        AskedField(key=field.key, label=field.label, type=field.type.value, options=tuple((one.value, one.label) for one in field.options))
        for field in form.steering))


def _decisions(bundle: SopBundle, definition: Definition | None) -> tuple[str, ...]:
    if definition is not None:
        return tuple(sorted(definition.decisions))
    read = (_lenient(partial(decisions.read_decisions, data)) for data in bundle.named(".dmn").values())
    return tuple(sorted({name for one in read if one is not None for name in one.names}))


def _steps(models: Iterable[Model]) -> Iterator[tuple[str, ...]]:
    """The document codes of every step of the SOP and of what it borrows."""
    for model in models:
        for process in model.processes.values():
            for node in definitions.nodes_of(process):
                yield (*node.inputs, *node.outputs)


def _processes(models: Iterable[Model], but: str) -> Iterator[tuple[str, str]]:
    """What a step may call: the processes of the other diagrams."""
    for model in models:
        if model.file != but:
            yield from ((process.id, process.name or process.id) for process in model.processes.values() if process.nodes)


def _clauses(sheet: SopSheet) -> tuple[tuple[str, str], ...]:
    """The clauses a step may carry out; what the sheet itself carries out is none of them."""
    return tuple((one.id, one.text if len(one.text) <= LONGEST_CLAUSE else f"{one.text[:LONGEST_CLAUSE]}…")
                 for one in sheet.clauses if one.kind not in SHEET_KINDS)


def _warnings(identity: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The warnings of the identity sheet, and whether tasks show them."""
    said = identity.get("warnings")
    for one in said if isinstance(said, list) else ():
        if isinstance(one, dict):
            yield str(one.get("text", "")), one.get("show_on_tasks") is True
        else:
            yield str(one), False
