"""What an agency's SOP needs beyond a diagram that runs: people, forms, sources, documents."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from engine import resolving, table_scenario
from engine.authorization import ABSTRACT_ROLES, KNOWN_ROLES
from engine.forms_schema import SENSITIVITIES
from engine.lint.registry import ADVICE, ERROR, RULE, Catalogue, Hit
from engine.lint.subject import Diagram, Placed, Sop
from engine.scenario_file import ScenarioUnreadable, read_scenario
from engine.sop_toml import CLAUSE_KINDS, SHEET_KINDS, SOURCE_KINDS

rules = Catalogue()
HUMAN = ("userTask", "manualTask", "task")
_KNOWN_FILE = re.compile(
    r"sop\.toml|extends/[^/]+/[^/]+/sop\.toml|agency\.toml|source\.txt|README\.md|[^/]+\.dmn|forms/[^/]+\.json|documents/.+|scenarios/[^/]+\.toml"
)


def _humans(diagram: Diagram) -> Iterator[Placed]:
    return diagram.of_type(*HUMAN)


def _for_a_role(diagram: Diagram) -> Iterator[Placed]:
    """What the role of a lane does: people's tasks, and what waits in a case for a message that an officer writes down."""
    yield from _humans(diagram)
    for placed in diagram.of_type("intermediateCatchEvent", "boundaryEvent", "receiveTask", "startEvent"):
        if placed.node.form and (placed.node.type != "startEvent" or placed.holder is not None):
            yield placed


@rules.diagram_rule(
    "task-without-form",
    RULE,
    ("Tugas orang ini tidak mempunyai formulir.", "This person's task has no form."),
    ("Isi sop:form dengan kunci formulir di folder forms.", "Give sop:form the key of a form in the forms folder."),
)
def task_without_form(diagram: Diagram) -> Iterator[Hit]:
    """Deploying to an agency refuses it: there would be nothing to fill in and nothing to prove (design.md 4)."""
    return (diagram.hit(p) for p in _humans(diagram) if not p.node.form)


@rules.diagram_rule(
    "form-missing",
    RULE,
    ("Formulir yang disebut di sini tidak ada di folder forms.", "The form named here is not in the forms folder."),
    ("Tambahkan forms/<kunci>.json, atau perbaiki kuncinya.", "Add forms/<key>.json, or correct the key."),
)
def form_missing(diagram: Diagram) -> Iterator[Hit]:
    """The task would open on an empty page."""
    for placed in diagram.placed:
        if placed.node.form and placed.node.form not in diagram.sop.form_files:
            yield diagram.hit(placed)


@rules.sop_rule(
    "form-unused",
    ADVICE,
    ("Formulir ini tidak dipakai oleh langkah mana pun.", "No step uses this form."),
    ("Hapus, atau sebut di sop:form.", "Remove it, or name it in sop:form."),
)
def form_unused(sop: Sop) -> Iterator[Hit]:
    """Forms nobody opens grow old unseen. Those of a folder that only lends are opened elsewhere; a sheet nobody can read may name one."""
    if (sop.sheet is not None and sop.sheet.only_lends) or sop.unread_sheets:
        return
    used = {p.node.form for diagram in sop.diagrams for p in diagram.placed}
    used |= {sheet.start_form for sheet in sop.sheets.values()} | {name for form in sop.forms.values() for name in form.shows}
    for path in sop.bundle.forms():
        if sop.form_key(path) not in used and resolving.folder_of(path) == "":
            yield Hit(file=path)


@rules.sop_rule(
    "shown-unknown",
    RULE,
    ("Formulir ini memperlihatkan sesuatu yang tidak diterangkan.", "This form shows something that is not described."),
    ("Tambahkan forms/<nama variabel>.json yang menerangkannya, atau hapus dari shows.",
     "Add forms/<name of the variable>.json that describes it, or take it out of shows."),
)
def shown_unknown(sop: Sop) -> Iterator[Hit]:
    """Nobody could read it, and nobody has said who may."""
    for path in sop.bundle.forms():
        form = sop.forms.get(sop.form_key(path))
        for name in form.shows if form is not None else ():
            if name not in sop.forms or not sop.forms[name].fields:
                yield Hit(element_id=name, file=path)


@rules.diagram_rule(
    "no-lanes",
    RULE,
    ("Proses ini tidak mempunyai lajur pelaksana.", "This process has no lanes."),
    ("Gambar satu lajur untuk setiap pelaksana.", "Draw a lane for each role."),
)
def no_lanes(diagram: Diagram) -> Iterator[Hit]:
    """Nobody would see its tasks."""
    for process in diagram.model.processes.values():
        if process.nodes and not process.lanes and any(p.process is process for p in _for_a_role(diagram)):
            yield diagram.hit(process)


@rules.diagram_rule(
    "outside-lane",
    RULE,
    ("Tugas ini tidak berada di lajur mana pun.", "This task stands in no lane."),
    ("Letakkan di lajur pelaksananya.", "Put it into the lane of who does it."),
)
def outside_lane(diagram: Diagram) -> Iterator[Hit]:
    """Nobody would see it in the inbox, or among the actions of a case."""
    return (diagram.hit(p) for p in _for_a_role(diagram) if p.process.lanes and not p.node.lane)


@rules.diagram_rule(
    "lane-of-nobody",
    RULE,
    ("Lajur ini menyebut elemen yang tidak ada di prosesnya.", "This lane names an element that its process does not hold."),
    ("Simpan ulang dari studio.", "Save it again from the studio."),
)
def lane_of_nobody(diagram: Diagram) -> Iterator[Hit]:
    """The file and the drawing say different things."""
    for process in diagram.model.processes.values():
        for lane in process.lanes:
            held = (diagram.by_id.get(node_id) for node_id in lane.node_ids)
            if any(placed is None or placed.process is not process for placed in held):
                yield diagram.hit(lane)


@rules.diagram_rule(
    "in-two-lanes",
    RULE,
    ("Elemen ini berada di dua lajur sekaligus.", "This element stands in two lanes at once."),
    ("Letakkan di satu lajur.", "Put it into one lane."),
)
def in_two_lanes(diagram: Diagram) -> Iterator[Hit]:
    """Two roles would each believe the other does it. An inner lane may repeat what its outer lane holds."""
    for process in diagram.model.processes.values():
        owners: dict[str, tuple[str, ...]] = {}
        for lane in process.lanes:
            for node_id in lane.node_ids:
                path, before = (*lane.path, lane.name), owners.get(node_id)
                nested = before is not None and (path[: len(before)] == before or before[: len(path)] == path)
                if before is not None and not nested:
                    yield Hit(element_id=node_id, file=diagram.file)
                owners.setdefault(node_id, path)


@rules.diagram_rule(
    "lane-without-role",
    RULE,
    ("Lajur ini tidak mempunyai peran di sop.toml.", "This lane has no role in sop.toml."),
    ("Tambahkan namanya di bagian [lanes].", "Add its name under [lanes]."),
)
def lane_without_role(diagram: Diagram) -> Iterator[Hit]:
    """The printed name of a lane is not a group of people."""
    sheet = diagram.sop.sheet_of(diagram.file)
    if sheet is not None:
        used = {p.node.lane for p in _for_a_role(diagram)}
        for process in diagram.model.processes.values():
            for lane in process.lanes:
                if lane.name in used and lane.name not in sheet.lanes:
                    yield diagram.hit(lane)


@rules.sop_rule(
    "role-unknown",
    RULE,
    ("Peran ini tidak dikenal.", "This role is unknown."),
    ("Pakai peran dari docs/architecture.md.", "Use a role that docs/architecture.md lists."),
)
def role_unknown(sop: Sop) -> Iterator[Hit]:
    """No account can hold it: its tasks and notices would wait for nobody."""
    known = KNOWN_ROLES | ABSTRACT_ROLES
    for folder, sheet in sop.sheets.items():
        for role in (*sheet.lanes.values(), *sheet.start_roles):
            if role not in known:
                yield Hit(element_id=role or None, file=f"{folder}sop.toml")
    for diagram in sop.diagrams:
        for placed in diagram.of_type("serviceTask", "sendTask"):
            role = placed.node.arguments.get("role", "") if placed.node.operation == "notice.send" else ""
            # A role that is computed is known only when it runs; the text of one stands in quotes.
            if role.startswith('"') and role.endswith('"') and role.count('"') == 2 and role.strip('"') not in known:
                yield diagram.hit(placed)


@rules.sop_rule(
    "no-sheet",
    RULE,
    ("Lembar identitas sop.toml tidak ada.", "There is no identity sheet sop.toml."),
    ("Tambahkan sop.toml menurut docs/architecture.md.", "Add sop.toml as docs/architecture.md shows."),
)
def no_sheet(sop: Sop) -> Iterator[Hit]:
    """Without it nobody knows on what legal ground the SOP stands, nor who its lanes are."""
    if "sop.toml" not in sop.bundle.files:
        yield Hit(file="sop.toml")


@rules.sop_rule(
    "sheet-incomplete",
    RULE,
    ("Lembar identitas sop.toml belum lengkap.", "The identity sheet sop.toml is incomplete."),
    (
        "Isi key, agency, process, title, lanes dan identity (number, effective, approver, legal_basis).",
        "Give key, agency, process, title, lanes and identity (number, effective, approver, legal_basis).",
    ),
)
def sheet_incomplete(sop: Sop) -> Iterator[Hit]:
    """PermenPANRB 35/2012 wants these on every SOP-AP sheet. A folder for others to use is no agency's sheet."""
    sheet = sop.sheet
    if sheet is not None:
        given: dict[str, object] = {"key": sheet.key, "agency": sheet.agency, "title": sheet.title.id}
        if not sheet.is_shared:
            given |= {"process": sheet.process, "lanes": sheet.lanes}
            given |= {name: sheet.identity.get(name) for name in ("number", "effective", "approver", "legal_basis")}
        yield from (Hit(element_id=name, file="sop.toml") for name, value in given.items() if not value)


@rules.sop_rule(
    "sheet-process",
    ERROR,
    ("Proses utama di sop.toml tidak ada di diagram.", "The main process sop.toml names is not in the diagrams."),
    ("Perbaiki process di sop.toml.", "Correct process in sop.toml."),
)
def sheet_process(sop: Sop) -> Iterator[Hit]:
    """A case would start something else, or nothing."""
    for folder, sheet in sop.sheets.items():
        if sheet.process and sop.diagrams and sheet.process not in sop.processes:
            yield Hit(element_id=sheet.process, file=f"{folder}sop.toml")


@rules.sop_rule(
    "start-form-missing",
    RULE,
    ("Formulir awal di sop.toml tidak ada.", "The start form sop.toml names does not exist."),
    ("Tambahkan forms/<kunci>.json.", "Add forms/<key>.json."),
)
def start_form_missing(sop: Sop) -> Iterator[Hit]:
    """Nobody could open a case."""
    if sop.sheet is not None and sop.sheet.start_form and sop.sheet.start_form not in sop.form_files:
        yield Hit(element_id=sop.sheet.start_form, file="sop.toml")


@rules.sop_rule(
    "clause-elements",
    RULE,
    (
        "Klausul atau sumber ini menunjuk elemen yang tidak ada, atau tidak menunjuk apa pun.",
        "This clause or source points at an element that does not exist, or at nothing.",
    ),
    (
        "Isi elements dengan ID elemen pelaksananya, atau reason bila klausul ini tidak dilaksanakan.",
        "Give elements the ids of what carries it out, or a reason where nothing does.",
    ),
)
def clause_elements(sop: Sop) -> Iterator[Hit]:
    """An auditor reads the SOP clause by clause and wants to see each one done."""
    known = {e.get("id") for diagram in sop.diagrams for e in diagram.elements() if e.get("id")}
    known |= sop.form_files | {document.code for sheet in sop.sheets.values() for document in sheet.documents}
    for folder, sheet in sop.sheets.items():
        for clause in sheet.clauses:
            carried_out = clause.elements or clause.reason or clause.kind in SHEET_KINDS
            if not clause.id or not carried_out or not set(clause.elements) <= known:
                yield Hit(element_id=clause.id or None, file=f"{folder}sop.toml")
        for source in sheet.sources:
            if not source.elements or not set(source.elements) <= known:
                yield Hit(element_id=next((one for one in source.elements if one not in known), None), file=f"{folder}sop.toml")


@rules.sop_rule(
    "clause-kind",
    RULE,
    ("Jenis klausul atau sumber ini tidak dikenal.", "This kind of clause or source is unknown."),
    (
        "Pakai jenis klausul di docs/architecture.md; untuk sumber, law atau proposal.",
        "Use a kind of clause that docs/architecture.md lists; for a source, law or proposal.",
    ),
)
def clause_kind(sop: Sop) -> Iterator[Hit]:
    """What a clause states is compared with the diagram by its kind; a source that is neither law nor proposal is none."""
    for folder, sheet in sop.sheets.items():
        for clause in sheet.clauses:
            if clause.kind and clause.kind not in CLAUSE_KINDS:
                yield Hit(element_id=clause.id or None, file=f"{folder}sop.toml")
        for source in sheet.sources:
            if source.kind not in SOURCE_KINDS or not source.text:
                yield Hit(element_id=next(iter(source.elements), None), file=f"{folder}sop.toml")


@rules.sop_rule(
    "clause-quote",
    RULE,
    ("Sidik SHA-256 klausul ini tidak cocok dengan kutipannya.", "This clause's SHA-256 does not fit its quotation."),
    ("Kutip persis dari source.txt dan hitung ulang.", "Quote source.txt exactly and compute it again."),
)
def clause_quote(sop: Sop) -> Iterator[Hit]:
    """The quotation proves which words of the decree the diagram follows."""
    for folder, sheet in sop.sheets.items():
        for clause in sheet.clauses:
            if clause.sha256 != hashlib.sha256(clause.text.encode()).hexdigest():
                yield Hit(element_id=clause.id or None, file=f"{folder}sop.toml")


@rules.diagram_rule(
    "clause-unknown",
    RULE,
    ("Klausul yang disebut elemen ini tidak ada di sop.toml.", "The clause this element names is not in sop.toml."),
    ("Tambahkan klausulnya, atau perbaiki sop:clause.", "Add the clause, or correct sop:clause."),
)
def clause_unknown(diagram: Diagram) -> Iterator[Hit]:
    """The step would claim a ground nobody can read."""
    sheet = diagram.sop.sheet_of(diagram.file)
    if sheet is not None and sheet.clauses:
        known = {clause.id for each in diagram.sop.sheets.values() for clause in each.clauses}
        yield from (diagram.hit(p) for p in diagram.placed if not set(p.node.clause) <= known)


@rules.sop_rule(
    "document-template",
    RULE,
    ("Templat dokumen ini tidak ada di folder documents.", "This document's template is not in the documents folder."),
    ("Tambahkan documents/<nama>.typ dan <nama>.sample.json.", "Add documents/<name>.typ and <name>.sample.json."),
)
def document_template(sop: Sop) -> Iterator[Hit]:
    """The letter could not be issued when the case needs it."""
    for folder, sheet in sop.sheets.items():
        for document in sheet.documents:
            base = f"{folder}documents/{document.template}"
            if not document.code or not {f"{base}.typ", f"{base}.sample.json"} <= sop.bundle.files.keys():
                yield Hit(element_id=document.code or None, file=f"{folder}sop.toml")


@rules.diagram_rule(
    "sensitivity",
    ERROR,
    ("Kelas kerahasiaan ini tidak dikenal.", "This sensitivity class is unknown."),
    ("Pakai C0, C1, C2, C3 atau C4.", "Use C0, C1, C2, C3 or C4."),
)
def sensitivity(diagram: Diagram) -> Iterator[Hit]:
    """A slip here would show to everyone what few may see."""
    return (diagram.hit(p) for p in diagram.placed if p.node.sensitivity is not None and p.node.sensitivity not in SENSITIVITIES)


@rules.diagram_rule(
    "step-without-clause",
    ADVICE,
    ("Tugas ini tidak merujuk klausul mana pun.", "This task refers to no clause."),
    ("Isi sop:clause, atau sebut tugas ini di elements sebuah klausul.", "Give it sop:clause, or name it in a clause's elements."),
)
def step_without_clause(diagram: Diagram) -> Iterator[Hit]:
    """Where the clause map is kept, a step without one has no ground an auditor could read."""
    sheet = diagram.sop.sheet_of(diagram.file)
    if sheet is not None and sheet.clauses:
        mapped = {element for each in diagram.sop.sheets.values() for element in each.grounded}
        yield from (diagram.hit(p) for p in _humans(diagram) if not p.node.clause and p.node.id not in mapped)


@rules.sop_rule(
    "file-not-used",
    ADVICE,
    ("Berkas ini tidak dipakai.", "This file is not used."),
    ("Hapus, atau letakkan menurut bpmn/README.md.", "Remove it, or put it where bpmn/README.md says."),
)
def file_not_used(sop: Sop) -> Iterator[Hit]:
    """It would be kept for decades with the deployment, read by nobody."""
    diagrams = sop.bundle.diagrams()
    for path in sop.bundle.files:
        if path not in diagrams and not _KNOWN_FILE.fullmatch(resolving.inside(path)):
            yield Hit(file=path)
    if sop.unread_sheets:
        return   # they may say so
    used = {"", *(f"uses/{name}/" for sheet in sop.sheets.values() for name in sheet.uses)}
    yield from (Hit(file=folder) for folder in resolving.folders(sop.bundle.files) if folder not in used)


@rules.sop_rule(
    "scenario-unreadable",
    RULE,
    ("Berkas skenario ini tidak dapat dibaca.", "This scenario file cannot be read."),
    ("Perbaiki menurut contoh skenario lain, tulis ulang dari Coba jalankan, atau hapus.",
     "Mend it after another scenario, write it anew from a trial, or remove it."),
)
def scenario_unreadable(sop: Sop) -> Iterator[Hit]:
    """A scenario that is not played proves nothing."""
    for path, data in sop.bundle.files.items():
        if path.startswith("scenarios/") and path.endswith(".toml"):
            try:
                table_scenario.read_questions(data) if table_scenario.asks_tables(data) else read_scenario(data)
            except ScenarioUnreadable:
                yield Hit(file=path)
