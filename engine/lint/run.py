"""`lint`: every rule over every file of a bundle, in a stable order, whatever the bytes are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from engine import bpmn_xml, definitions, resolving, sop_toml
from engine.bundle import SopBundle, printable
from engine.errors import BundleRefused, EngineError
from engine.lint import (
    rules_activities,
    rules_care,
    rules_choices,
    rules_data,
    rules_drawing,
    rules_duties,
    rules_events,
    rules_expressions,
    rules_flows,
    rules_foreign,
    rules_ids,
    rules_letters,
    rules_library,
    rules_mediation,
    rules_messages,
    rules_runaway,
    rules_rounds,
    rules_schema,
    rules_scopes,
    rules_secrecy,
    rules_soundness,
    rules_sop,
    rules_tables,
    rules_time,
    rules_wording,
    rules_writing,
)
from engine.lint.registry import Hit, Rule
from engine.lint.subject import Diagram, Sop
from engine.lint.support import MAX_HITS, ONLY_WHEN_RUN
from engine.types import LintFinding, Severity, Text

RULES: dict[str, Rule] = {}
for _module in (
    rules_schema,
    rules_ids,
    rules_flows,
    rules_events,
    rules_activities,
    rules_time,
    rules_expressions,
    rules_choices,
    rules_scopes,
    rules_runaway,
    rules_rounds,
    rules_soundness,
    rules_writing,
    rules_data,
    rules_drawing,
    rules_foreign,
    rules_sop,
    rules_tables,
    rules_library,
    rules_care,
    rules_duties,
    rules_secrecy,
    rules_mediation,
    rules_messages,
    rules_letters,
    rules_wording,
):
    for _code, _rule in _module.rules.rules.items():
        if _code in RULES:
            raise ValueError(f"lint code {_code} stands for two rules")
        RULES[_code] = _rule

_ALWAYS = frozenset({"schema", "missing-id", "duplicate-id", "unknown-sop-word"})  # an ambiguous file stays one, run or not
_ORDER = {Severity.ERROR: 0, Severity.RULE: 1, Severity.ADVICE: 2}
# What a rule may trip over in a file nobody imagined. The file is then refused, with the rule's code, rather than let in unchecked.
_STUMBLES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError, OSError, EngineError)
_NO_DIAGRAM = (
    Text("Tidak ada diagram BPMN di dalam berkas SOP.", "There is no BPMN diagram in the SOP."),
    Text("Tambahkan berkas .bpmn.", "Add a .bpmn file."),
)
_UNCHECKED = (
    Text("Pemeriksaan ini tidak dapat diselesaikan pada berkas ini.", "This check could not be finished on this file."),
    Text(
        "Simpan ulang dari studio; bila tetap, laporkan kode temuan ini.",
        "Save it again from the studio; if it stays, report this code.",
    ),
)
_MORE = (
    Text("Masih ada temuan serupa di berkas ini.", "There are more findings of this kind in this file."),
    Text("Perbaiki yang sudah disebut, lalu periksa lagi.", "Mend those named, then check again."),
)


def lint(bundle: SopBundle, *, operations: frozenset[str] = frozenset()) -> list[LintFinding]:
    """Everything wrong with a bundle, errors first; an empty list means it may be deployed.

    `operations` are the names a service task may call; empty means the caller does not know them. Needs no database, never
    raises, whatever the bytes are. For bytes of strangers use `guarded.lint_guarded`, which also bounds time and memory.
    """
    sop = Sop(bundle=bundle, operations=operations)
    found = list(_read(sop))
    for rule in RULES.values():
        if rule.on_sop is not None:
            found += _apply(rule, rule.on_sop, sop, "")
        elif rule.on_diagram is not None:
            for diagram in sop.diagrams:
                found += _apply(rule, rule.on_diagram, diagram, diagram.file)
    return sorted(found, key=lambda f: (_ORDER[f.severity], f.file, f.line or 0, f.element_id or "", f.code))


def _apply(rule: Rule, check: Callable[[Any], Iterable[Hit]], subject: Any, file: str) -> list[LintFinding]:
    found: dict[tuple[str, int | None, str | None, str], LintFinding] = {}
    per_file: Counter[str] = Counter()
    try:
        for hit in check(subject):
            drawn = isinstance(subject, Diagram) and subject.owner.get(hit.element_id or "") in subject.sop.pictures
            finding = _finding(rule, hit, file, drawn)
            per_file[finding.file] += 1
            if per_file[finding.file] <= MAX_HITS:
                found.setdefault((finding.file, finding.line, finding.element_id, finding.message.en), finding)
            elif per_file[finding.file] == MAX_HITS + 1:
                found[(finding.file, None, None, "")] = LintFinding(
                    code=rule.code,
                    severity=finding.severity,
                    file=finding.file,
                    line=None,
                    element_id=None,
                    message=_MORE[0],
                    instead=_MORE[1],
                )
    except _STUMBLES:
        found[("", None, None, "")] = LintFinding(
            code=f"unchecked-{rule.code}",
            severity=Severity.ERROR,
            file=printable(file),
            line=None,
            element_id=None,
            message=_UNCHECKED[0],
            instead=_UNCHECKED[1],
        )
    return list(found.values())


def _finding(rule: Rule, hit: Hit, file: str, drawn: bool) -> LintFinding:
    """Nothing of the file's content passes but ids, shortened and printable, and words of BPMN itself. `drawn`: it is about a
    process that is only a picture."""
    word = hit.word if isinstance(hit.word, Text) else Text(hit.word, hit.word)
    severity = hit.severity or rule.severity
    if drawn and severity is Severity.ERROR and rule.code not in _ALWAYS:
        severity = Severity.ADVICE if rule.code in ONLY_WHEN_RUN else Severity.RULE
    # An id with `~` was made up while reading, for an element that has none; nobody could look for it in the file.
    element_id = printable(hit.element_id)[:120] if hit.element_id and "~" not in hit.element_id else None
    return LintFinding(
        code=rule.code,
        severity=severity,
        file=printable(hit.file if hit.file is not None else file),
        line=hit.line,
        element_id=element_id,
        message=Text(*(said + (f" ({more})" if more else "") for said, more in ((rule.message.id, word.id), (rule.message.en, word.en)))),
        instead=rule.instead,
    )


def _read(sop: Sop) -> Iterator[LintFinding]:
    """Read every file of the bundle into `sop`; what cannot be read is a finding."""
    bundle = sop.bundle
    yield from _read_sheets(sop)
    diagrams = bundle.diagrams()
    if not diagrams and not (sop.sheet and sop.sheet.only_lends):
        yield LintFinding(
            code="no-diagram",
            severity=Severity.ERROR,
            file="",
            line=None,
            element_id=None,
            message=_NO_DIAGRAM[0],
            instead=_NO_DIAGRAM[1],
        )
    for file, data in diagrams.items():
        try:
            root = bpmn_xml.safe_root(data, printable(file))
            sop.diagrams.append(Diagram(file=file, root=root, model=bpmn_xml.read_root(root, printable(file)), sop=sop))
        except BundleRefused as refusal:
            yield from refusal.findings
    forms = {}
    for file, data in bundle.forms().items():
        try:
            form = definitions.form_of(data, file)
            forms[form.key] = form
        except BundleRefused as refusal:
            yield from refusal.findings
    sop.forms, sop.form_files = forms, frozenset(sop.form_key(file) for file in bundle.forms())
    if "agency.toml" in bundle.files:
        try:
            sop_toml.read_agency(bundle.files["agency.toml"])
        except BundleRefused as refusal:
            yield from refusal.findings
    yield from _read_decisions(sop)


def _read_sheets(sop: Sop) -> Iterator[LintFinding]:
    sheets = {}
    for folder in resolving.folders(sop.bundle.files):
        if f"{folder}{resolving.SHEET}" in sop.bundle.files:
            try:
                sheets[folder] = sop_toml.read_folder(sop.bundle.files, folder)
            except BundleRefused as refusal:
                sop.unread_sheets = True
                yield from refusal.findings
    sop.sheets = sheets


def _read_decisions(sop: Sop) -> Iterator[LintFinding]:
    tables = sop.bundle.named(".dmn")
    if not tables:
        return
    known, files = {}, {}
    for file, data in tables.items():
        try:
            read = definitions.tables_of(data)
        except BundleRefused as refusal:
            sop.unread_decisions = True
            yield from (
                LintFinding(
                    code=f.code,
                    severity=f.severity,
                    file=printable(file),
                    line=f.line,
                    element_id=f.element_id,
                    message=f.message,
                    instead=f.instead,
                )
                for f in refusal.findings
            )
            continue
        files[file] = tuple(read.names)
        for name in read.names:
            if name in known:
                yield LintFinding(
                    code="duplicate-decision",
                    severity=Severity.ERROR,
                    file=printable(file),
                    line=None,
                    element_id=None,
                    message=Text("Dua keputusan memakai nama yang sama.", "Two decisions have the same name."),
                    instead=Text("Beri setiap keputusan nama sendiri.", "Give each decision a name of its own."),
                )
            known[name] = read
    sop.decisions, sop.decision_files = known, files
