"""SOPs that stand on other folders: whether what they adopt and use is there, once, and ends somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import resolving
from engine.definitions import local_name
from engine.lint.registry import ADVICE, ERROR, Catalogue, Hit
from engine.lint.subject import Sop

rules = Catalogue()


def _named(sop: Sop) -> Iterator[tuple[str, str, str]]:
    """Every folder a sheet names: the file that names it, the name, and where its sheet would stand in the bundle."""
    for folder, sheet in sop.sheets.items():
        file = f"{folder}{resolving.SHEET}"
        for name in sheet.uses:
            yield file, name, f"uses/{name}/{resolving.SHEET}"
        for layer, raw in resolving.layers(sop.bundle.files, folder):
            if raw.get("extends"):
                at = f"{folder}extends/{layer}/{resolving.SHEET}" if layer else file
                yield at, str(raw["extends"]), f"{folder}extends/{raw['extends']}/{resolving.SHEET}"


@rules.sop_rule(
    "uses-path",
    ERROR,
    ("Nama folder ini bukan folder SOP.", "This is not the name of an SOP's folder."),
    ('Tulis sebagai "instansi/sop", misalnya "common/merujuk".', 'Write it as "agency/sop", such as "common/merujuk".'),
)
def uses_path(sop: Sop) -> Iterator[Hit]:
    """A name such as ../../etc would take files from outside the library."""
    return (Hit(element_id=name, file=file) for file, name, _ in _named(sop) if not resolving.is_folder_name(name))


@rules.sop_rule(
    "uses-missing",
    ERROR,
    ("Folder yang disebut di uses atau extends tidak ada.", "A folder named in uses or extends is not there."),
    (
        "Perbaiki namanya; bila mengunggah, sertakan folder itu sebagai uses/<instansi>/<sop>.",
        "Correct the name; in an upload, send that folder along as uses/<agency>/<sop>.",
    ),
)
def uses_missing(sop: Sop) -> Iterator[Hit]:
    """Its processes, forms and letters would be missing from the case."""
    for file, name, sheet in _named(sop):
        if resolving.is_folder_name(name) and sheet not in sop.bundle.files:
            yield Hit(element_id=name, file=file)


@rules.sop_rule(
    "uses-cycle",
    ERROR,
    ("Folder ini kembali memakai dirinya sendiri.", "This folder comes back to itself."),
    ("Putuskan lingkaran di uses atau extends.", "Break the circle in uses or extends."),
)
def uses_cycle(sop: Sop) -> Iterator[Hit]:
    """Nobody could say which of the two stands on the other."""
    used = {folder: tuple(f"uses/{name}/" for name in sheet.uses) for folder, sheet in sop.sheets.items()}
    for folder in used:
        if folder and _reaches(used, folder):
            yield Hit(file=f"{folder}{resolving.SHEET}")
    for folder in sop.sheets:
        adopted = [str(raw.get("extends") or "") for _, raw in resolving.layers(sop.bundle.files, folder)]
        if len(set(adopted)) < len(adopted):
            yield Hit(file=f"{folder}{resolving.SHEET}")


def _reaches(used: Mapping[str, tuple[str, ...]], folder: str) -> bool:
    """Whether a folder uses itself, directly or through others."""
    waiting, seen = list(used[folder]), set[str]()
    while waiting:
        name = waiting.pop()
        if name == folder:
            return True
        if name not in seen:
            seen.add(name)
            waiting += used.get(name, ())
    return False


@rules.sop_rule(
    "uses-unused",
    ADVICE,
    ("Tidak ada yang dipakai dari folder ini.", "Nothing of this folder is used."),
    ("Hapus dari uses.", "Take it out of uses."),
)
def uses_unused(sop: Sop) -> Iterator[Hit]:
    """Its files would be kept for decades with every version, read by nobody."""
    for folder, sheet in sop.sheets.items():
        for name in dict.fromkeys(sheet.uses):
            lent = f"uses/{name}/"
            if lent in sop.sheets and not _lends(sop, lent):
                yield Hit(element_id=name, file=f"{folder}{resolving.SHEET}")


def _lends(sop: Sop, folder: str) -> bool:
    """Whether anything outside a used folder needs something in it."""
    own = [diagram for diagram in sop.diagrams if resolving.folder_of(diagram.file) == folder]
    others = [placed.node for diagram in sop.diagrams if diagram not in own for placed in diagram.placed]
    processes = {key for diagram in own for key in diagram.model.processes}
    if any(local_name(node.called_element) in processes for node in others if node.called_element):
        return True
    forms = {sop.form_key(path) for path in sop.bundle.forms() if path.startswith(folder)}
    start = sop.sheet.start_form if sop.sheet else None
    if start in forms or any(node.form in forms for node in others):
        return True
    tables = {name for file, names in sop.decision_files.items() if file.startswith(folder) for name in names}
    if any(node.decision in tables for node in others):
        return True
    codes = {document.code for document in sop.sheets[folder].documents}
    # A letter's code is named by a step's outputs, or by the FEEL text of an operation's argument.
    return any(code in node.outputs or any(f'"{code}"' in text for text in node.arguments.values()) for node in others for code in codes)


@rules.sop_rule(
    "duplicate-form",
    ERROR,
    ("Dua formulir memakai kunci yang sama.", "Two forms have the same key."),
    ("Beri setiap formulir kunci sendiri.", "Give each form a key of its own."),
)
def duplicate_form(sop: Sop) -> Iterator[Hit]:
    """A task would open one of the two by chance."""
    seen: set[str] = set()
    for path in sop.bundle.forms():
        if sop.form_key(path) in seen:
            yield Hit(file=path)
        seen.add(sop.form_key(path))


@rules.sop_rule(
    "duplicate-document",
    ERROR,
    ("Dua dokumen memakai kode yang sama.", "Two documents have the same code."),
    ("Beri setiap dokumen kode sendiri.", "Give each document a code of its own."),
)
def duplicate_document(sop: Sop) -> Iterator[Hit]:
    """Nobody would know which of the two letters a step issues; an SOP's own goes before one that it uses."""
    seen: set[tuple[bool, str]] = set()
    for folder, sheet in sop.sheets.items():
        for document in sheet.documents:
            if (folder == "", document.code) in seen:
                yield Hit(element_id=document.code, file=f"{folder}{resolving.SHEET}")
            seen.add((folder == "", document.code))


@rules.sop_rule(
    "adopted-identity",
    ADVICE,
    (
        "Lembar identitas ini masih milik SOP yang diadopsi.",
        "This identity sheet is still that of the adopted SOP.",
    ),
    (
        "Isi [identity] dengan nomor, tanggal dan penetap instansi sendiri.",
        "Give [identity] with the number, date and approver of your own agency.",
    ),
)
def adopted_identity(sop: Sop) -> Iterator[Hit]:
    """Another agency's head would stand on the sheet as having decided this SOP."""
    for name, raw in resolving.layers(sop.bundle.files):
        if name == "" and raw.get("extends") and "identity" not in raw:
            yield Hit(file=resolving.SHEET)

