"""What `kawal coverage` finds: one defect planted at a time in an agency without any, and as many changes that are none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from engine import coverage
from tests.support import bpmn

Files = dict[str, str]
Change = Callable[[Files], None]

SOURCE, AGENCY = "contoh/source.txt", "contoh/agency.toml"
DRAWING, SHEET = "contoh/kasus/kasus.bpmn", "contoh/kasus/sop.toml"
LENT_DRAWING, LENT_SHEET = "common/rujuk/rujuk.bpmn", "common/rujuk/sop.toml"
ADOPTED_DRAWING, ADOPTED_SHEET = "asal/lapor/lapor.bpmn", "contoh/lapor/sop.toml"


def clause(clause_id: str, kind: str, text: str, *elements: str, reason: str = "") -> str:
    named = ", ".join(f'"{one}"' for one in elements)
    return f'[[clause]]\nid = "{clause_id}"\nkind = "{kind}"\ntext = "{text}"\nelements = [{named}]\nreason = "{reason}"\nsha256 = "@"\n'


def laned(process_id: str, lanes: Mapping[str, str], *parts: str) -> str:
    drawn = "".join(
        f'<bpmn:lane id="{process_id}_{number}" name="{name}">'
        + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes.split()) + "</bpmn:lane>"
        for number, (name, nodes) in enumerate(lanes.items()))
    return bpmn.document(bpmn.process(process_id, f'<bpmn:laneSet id="{process_id}_lanes">{drawn}</bpmn:laneSet>', *parts)).decode()


def late(host: str, duration: str, clock: str, text: str) -> str:
    return bpmn.boundary(f"{host}_overdue", host, bpmn.timer(duration), interrupting=False, extra=bpmn.standard(clock, text=text))


FIXTURE: Mapping[str, str] = {
    SOURCE: """UNIT CONTOH
Judul SOP\tPengelolaan Kasus
Tanggal Efektif\t6 Maret 2023
Dasar Hukum\tUndang-Undang Nomor 12 Tahun 2022
Peringatan\t<ul>- Petugas dilarang melakukan stigma. </ul>
No.\tKegiatan\tPelaksana\tKelengkapan\tWaktu\tOutput
1\tMemeriksa laporan kasus\tKEPALA UNIT\tFormulir pengaduan\t10 menit\tHasil asesmen
2\tMerujuk penerima manfaat\tPENDAMPING\tSurat rujukan kesehatan dan formulir\ttergantung jenis layanan\tBerita acara
\tBelum terpenuhi
3\tMenutup kasus\tPENDAMPING\t\t10 menit\tLaporan layanan
Persyaratan
membawa KTP dan Kartu Keluarga
Rencana dibuat paling lama 5 (lima) hari kerja
Menerima pengaduan
""",
    AGENCY: """code = "contoh"
name = "Unit Contoh"
[roles]
head_of_unit = { title = { id = "Kepala Unit Contoh", en = "Head" }, aliases = ["KEPALA UNIT"] }
companion = { title = { id = "Pendamping PPA", en = "Companion" }, aliases = ["Pendamping"] }
intake_operator = { title = { id = "Penerima pengaduan", en = "Operator" }, aliases = [] }
[parameters]
handover_performer = { value = "companion" }
""" + clause("kop", "heading", "UNIT CONTOH", reason="Kepala halaman")
        + "".join(clause(f"label.{number}", "heading", text, reason="Nama kolom atau bagian") for number, text in enumerate(
            ["Judul SOP", "No", "Tanggal Efektif", "Dasar Hukum", "Peringatan", "Persyaratan",
             "Kegiatan\\tPelaksana\\tKelengkapan\\tWaktu\\tOutput"])),
    SHEET: """key = "kasus"
agency = "contoh"
process = "kasus"
title = { id = "Pengelolaan Kasus", en = "Case management" }
uses = ["common/rujuk"]
[lanes]
"Kepala" = "head_of_unit"
"Pendamping" = "companion"
[identity]
effective = 2023-03-06
legal_basis = [{ text = "Undang-Undang Nomor 12 Tahun 2022", needs_legal_review = false }]
warnings = [{ text = "Petugas dilarang melakukan stigma.", show_on_tasks = true }]
[[document]]
code = "F01"
title = { id = "Laporan pengaduan", en = "Report" }
aliases = ["Formulir pengaduan"]
[[document]]
code = "F03"
title = { id = "Hasil asesmen", en = "Assessment" }
[[document]]
code = "F13"
title = { id = "Laporan layanan", en = "Report on the service" }
[[source]]
elements = ["withdrawn"]
text = "Penarikan persetujuan"
kind = "law"
[[source]]
elements = ["issue_report"]
text = "Dibuat otomatis"
kind = "proposal"
""" + clause("judul", "identity", "Pengelolaan Kasus") + clause("efektif", "identity", "6 Maret 2023")
        + clause("dasar", "legal_basis", "Undang-Undang Nomor 12 Tahun 2022")
        + clause("ingat", "warning", "Petugas dilarang melakukan stigma.")
        + clause("r1", "step", "Memeriksa laporan kasus", "check_report")
        + clause("r1.oleh", "role", "KEPALA UNIT", "check_report", "is_met")
        + clause("r1.perlu", "input", "Formulir pengaduan", "check_report")
        + clause("r1.waktu", "time", "10 menit", "check_report_overdue")
        + clause("r1.hasil", "output", "Hasil asesmen", "check_report")
        + clause("r2", "step", "Merujuk penerima manfaat", "refer", "hand_over")
        + clause("r2.oleh", "role", "PENDAMPING", "hand_over")
        + clause("r2.perlu", "input", "Surat rujukan kesehatan dan formulir", "hand_over")
        + clause("r2.waktu", "time", "tergantung jenis layanan", "hand_over")
        + clause("r2.hasil", "output", "Berita acara", "hand_over")
        + clause("r2.kembali", "branch", "Belum terpenuhi", "is_met")
        + clause("r3", "step", "Menutup kasus", "close_case")
        + clause("r3.waktu", "time", "10 menit", "close_case")
        + clause("r3.hasil", "product", "Laporan layanan", "issue_report")
        + clause("syarat", "requirement", "membawa KTP dan Kartu Keluarga", "report_form")
        + clause("rencana", "time", "Rencana dibuat paling lama 5 (lima) hari kerja", "plan_overdue"),
    "contoh/kasus/forms/report_form.json": '{"key": "report_form", "title": {"id": "Laporan", "en": "Report"}, "fields": []}',
    DRAWING: laned(
        "kasus", {"Kepala": "check_report plan is_met", "Pendamping": "refer close_case issue_report"},
        bpmn.start("came"),
        bpmn.user("check_report", name="Memeriksa laporan kasus", sop_inputs="F01", sop_outputs="F03"),
        late("check_report", "PT10M", "working_minutes", "10 menit"),
        bpmn.service("remind", "notice.send"), bpmn.end("reminded"), bpmn.flows("check_report_overdue", "remind", "reminded"),
        bpmn.user("plan", name="Menyusun rencana", sop_clause="rencana"), late("plan", "P5D", "working_days", "5 hari kerja"),
        bpmn.boundary("withdrawn", "plan", '<bpmn:messageEventDefinition messageRef="m"/>', extra="").replace(
            'id="withdrawn"', 'id="withdrawn" name="Persetujuan ditarik" sop:form="report_form"'),
        bpmn.exclusive("is_met"), bpmn.call("refer", "common_rujuk"),
        bpmn.user("close_case", name="Menutup kasus"), late("close_case", "PT10M", "working_minutes", "10 menit"),
        bpmn.service("issue_report", "document.issue", arguments={"code": '"F13"'}), bpmn.end("closed"),
        bpmn.flows("came", "check_report", "plan", "is_met", "close_case", "issue_report", "closed"),
        bpmn.flow("is_met", "refer", "not met").replace("<bpmn:sequenceFlow", '<bpmn:sequenceFlow name="Belum terpenuhi"'),
        bpmn.flow("refer", "is_met"),
    ).replace("<bpmn:process", '<bpmn:message id="m" name="m"/><bpmn:process', 1),
    LENT_SHEET: """agency = "common"
key = "rujuk"
[lanes]
"Yang merujuk" = "handover_performer"
[[document]]
code = "F10"
title = { id = "Surat rujukan", en = "Referral letter" }
[[document]]
code = "F11"
title = { id = "Surat rujukan kesehatan", en = "Referral letter for health" }
[[document]]
code = "F12"
title = { id = "Berita acara", en = "Minutes" }
[[document]]
code = "F12B"
title = { id = "Catatan", en = "Notes" }
aliases = ["Berita acara"]
""",
    LENT_DRAWING: laned(
        "common_rujuk", {"Yang merujuk": "hand_over"}, bpmn.start("asked"),
        bpmn.user("hand_over", name="Menyerahkan penerima manfaat", sop_inputs="F11", sop_outputs="F12"), bpmn.end("told"),
        bpmn.flows("asked", "hand_over", "told"),
    ).replace("Menyerahkan penerima", "Merujuk penerima"),
    "asal/lapor/sop.toml": """key = "lapor"
agency = "asal"
process = "lapor"
title = { id = "Lapor", en = "Report" }
[lanes]
"Penerima" = "intake_operator"
""" + clause("asal.1", "step", "Menerima pengaduan warga lalu mencatat", "receive")
        + clause("asal.waktu", "time", "30 menit", "receive_overdue") + clause("asal.oleh", "role", "Orang lain", "receive"),
    ADOPTED_DRAWING: laned("lapor", {"Penerima": "receive"}, bpmn.start("begin"), bpmn.user("receive", name="Menerima pengaduan"),
                           late("receive", "PT30M", "working_minutes", "30 menit"), bpmn.end("done"), bpmn.flows("begin", "receive", "done")),
    ADOPTED_SHEET: 'extends = "asal/lapor"\nagency = "contoh"\n' + clause("lapor.1", "step", "Menerima pengaduan", "receive"),
}


def swap(file: str, old: str, new: str) -> Change:
    """Puts `new` where `old` stands, which must be one place."""
    def change(files: Files) -> None:
        assert files[file].count(old) == 1, (old, files[file].count(old))
        files[file] = files[file].replace(old, new)
    return change


def in_clause(clause_id: str, old: str, new: str, file: str = SHEET) -> Change:
    """The same inside one clause."""
    def change(files: Files) -> None:
        block = re.search(rf'\[\[clause\]\]\nid = "{re.escape(clause_id)}"\n(?:\w.+\n)*', files[file])
        assert block is not None and block.group().count(old) == 1, (clause_id, old)
        files[file] = files[file].replace(block.group(), block.group().replace(old, new))
    return change


def without(clause_id: str, file: str = SHEET) -> Change:
    def change(files: Files) -> None:
        files[file], dropped = re.subn(rf'\[\[clause\]\]\nid = "{re.escape(clause_id)}"\n(?:\w.+\n)*', "", files[file])
        assert dropped == 1
    return change


def with_also(file: str, more: str) -> Change:
    def change(files: Files) -> None:
        files[file] += more
    return change


def all_of(*changes: Change) -> Change:
    def change(files: Files) -> None:
        for one in changes:
            one(files)
    return change


def sealed(text: str) -> str:
    """Every clause with the hash of its quotation, unless the defect is in the hash."""
    def seal(found: re.Match[str]) -> str:
        quoted = found.group(1).encode().decode("unicode_escape") if "\\" in found.group(1) else found.group(1)
        return found.group().replace('sha256 = "@"', f'sha256 = "{hashlib.sha256(quoted.encode()).hexdigest()}"')
    return re.sub(r'text = "(.*)"\nelements = .*\nreason = .*\nsha256 = "@"', seal, text)


def found(root: Path, change: Change) -> tuple[int, list[tuple[str, str]]]:
    """The percentage, and each difference as (code, place); the place of what no clause quotes is what the source says."""
    files = dict(FIXTURE)
    change(files)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sealed(text) if name.endswith(".toml") else text, "utf-8")
    seen = coverage.of_folder(root / "contoh")
    assert all(one.message.id != one.message.en for one in seen.differences)
    return seen.percent, [(one.code, " ".join(filter(None, (one.sop, one.clause_id, one.element_id))) or one.detail) for one in seen.differences]


def test_the_agency_as_it_stands_is_covered(tmp_path: Path) -> None:
    assert found(tmp_path, lambda files: None) == (100, [])


def test_what_stands_on_a_law_or_a_proposal_is_listed_with_it(tmp_path: Path) -> None:
    found(tmp_path, lambda files: None)
    assert coverage.of_folder(tmp_path / "contoh").grounds == (
        coverage.Ground(sops=("kasus",), kind="law", text="Penarikan persetujuan", elements=("withdrawn",)),
        coverage.Ground(sops=("kasus",), kind="proposal", text="Dibuat otomatis", elements=("issue_report",)))



def at(element_id: str, old: str, new: str, file: str = DRAWING) -> Change:
    """Puts `new` where `old` stands in one element of a drawing."""
    def change(files: Files) -> None:
        drawn = re.search(rf'<bpmn:(\w+) id="{element_id}".*?</bpmn:\1>', files[file])
        assert drawn is not None and drawn.group().count(old) == 1, (element_id, old)
        files[file] = files[file].replace(drawn.group(), drawn.group().replace(old, new))
    return change


def everywhere(file: str, old: str, new: str) -> Change:
    def change(files: Files) -> None:
        assert old in files[file]
        files[file] = files[file].replace(old, new)
    return change


def drawn_too(more: str, file: str = DRAWING) -> Change:
    return swap(file, "</bpmn:process>", more + "</bpmn:process>")


def undrawn(element_id: str) -> Change:
    def change(files: Files) -> None:
        files[DRAWING], gone = re.subn(rf'<bpmn:(\w+) id="{element_id}".*?</bpmn:\1>', "", files[DRAWING])
        files[DRAWING] = re.sub(rf'<bpmn:sequenceFlow id="[^"]*" sourceRef="{element_id}".*?</bpmn:sequenceFlow>', "", files[DRAWING])
        assert gone == 1
    return change


REF = "<bpmn:flowNodeRef>{}</bpmn:flowNodeRef>".format
FOUND_TIME = [("time", "kasus r1.waktu check_report_overdue"), ("standard", "kasus check_report_overdue")]

#: What is done to the agency -> every difference that comes of it, with its place.
DEFECTS: Mapping[str, tuple[Change, list[tuple[str, str]]]] = {
    "a clause names what is not drawn": (in_clause("r3.hasil", "issue_report", "issue_it"), [("lost-element", "kasus r3.hasil issue_it")]),
    "an element has a new id": (everywhere(DRAWING, "close_case", "shut"), [
        ("lost-element", "kasus r3 close_case"), ("lost-element", "kasus r3.waktu close_case"), ("unsourced", "kasus shut"),
        ("standard", "kasus shut_overdue")]),
    "an element of a used folder is gone": (everywhere(LENT_DRAWING, "hand_over", "give"), [
        *(("lost-element", f"kasus {one} hand_over") for one in ("r2", "r2.oleh", "r2.perlu", "r2.waktu", "r2.hasil")),
        ("unsourced", "kasus give")]),
    "a step is called something else": (at("check_report", "Memeriksa", "Menelaah"), [("step", "kasus r1")]),
    "one word within a step's name is another": (at("close_case", "Menutup kasus", "Menutup berkas kasus"), [("step", "kasus r3")]),
    "a step stands in another lane": (all_of(swap(DRAWING, REF("check_report"), ""), swap(DRAWING, REF("refer"), REF("check_report"))),
                                      [("role", "kasus r1.oleh check_report")]),
    "a lane stands for another role": (swap(SHEET, '"Kepala" = "head_of_unit"', '"Kepala" = "companion"'),
                                       [("role", "kasus r1.oleh check_report")]),
    "the lane bears the name, but the agency gives that name to another role": (
        all_of(swap(SHEET, '"Kepala" = "head_of_unit"', '"KEPALA UNIT" = "companion"'), swap(DRAWING, 'name="Kepala"', 'name="KEPALA UNIT"')),
        [("role", "kasus r1.oleh check_report")]),
    "an alias is missing": (swap(AGENCY, 'aliases = ["KEPALA UNIT"]', "aliases = []"), [("role", "kasus r1.oleh check_report")]),
    "an abstract role is somebody else here": (swap(AGENCY, 'value = "companion"', 'value = "head_of_unit"'),
                                               [("role", "kasus r2.oleh hand_over")]),
    "a role is held against nobody": (in_clause("r1.oleh", '"check_report", "is_met"', '"report_form"'), [("role", "kasus r1.oleh")]),
    "other minutes": (at("check_report_overdue", "PT10M", "PT15M"), FOUND_TIME),
    "hours for minutes": (at("check_report_overdue", "PT10M", "PT10H"), FOUND_TIME),
    "the right number on the wrong clock": (at("check_report_overdue", "working_minutes", "elapsed"), FOUND_TIME),
    "the right clock in other words": (at("check_report_overdue", "10 menit", "sepuluh menit"), FOUND_TIME),
    "words without the number": (at("check_report_overdue", "10 menit", "menit"), FOUND_TIME),
    "words of another standard": (at("check_report_overdue", "10 menit", "15 menit"), FOUND_TIME),
    "working days on round clock days": (at("plan_overdue", "working_days", "elapsed"),
                                         [("time", "kasus rencana plan_overdue"), ("standard", "kasus plan_overdue")]),
    "the standard hangs on another task than the row's": (at("check_report_overdue", '"check_report"', '"plan"'),
                                                          [("time", "kasus r1.waktu check_report_overdue")]),
    "the standard is gone": (undrawn("close_case_overdue"), [("time", "kasus r3.waktu close_case")]),
    "a standard on a task that no time clause names": (drawn_too(late("issue_report", "PT10M", "working_minutes", "10 menit")),
                                                       [("standard", "kasus issue_report_overdue")]),
    "a standard where the source gives none": (drawn_too(late("hand_over", "PT60M", "working_minutes", "60 menit"), LENT_DRAWING),
                                               [("standard", "kasus hand_over_overdue")]),
    "a second standard beside the printed one": (
        drawn_too(late("close_case", "PT40M", "working_minutes", "40 menit").replace('"close_case_overdue"', '"close_case_later"')),
        [("standard", "kasus close_case_later")]),
    "a proposal made into a standard": (
        all_of(without("rencana"), swap(SHEET, '["issue_report"]\ntext = "Dibuat', '["issue_report", "plan_overdue"]\ntext = "Dibuat'), at("plan", ' sop:clause="rencana"', "")),
        [("unsourced", "kasus plan"), ("standard", "kasus plan_overdue"), ("no-clause", "Rencana dibuat paling lama 5 lima hari kerja")]),
    "another letter is issued": (at("issue_report", "F13", "F03"), [("output", "kasus r3.hasil")]),
    "a step gives out nothing": (at("check_report", ' sop:outputs="F03"', ""), [("output", "kasus r1.hasil")]),
    "the source names one product more": (
        all_of(swap(SOURCE, "Laporan layanan", "Laporan layanan, berita acara"), in_clause("r3.hasil", "layanan", "layanan, berita acara")),
        [("output", "kasus r3.hasil")]),
    "a document whose name is part of the one that is meant": (at("hand_over", "F11", "F10", LENT_DRAWING), [("input", "kasus r2.perlu")]),
    "an input is asked nowhere": (at("check_report", ' sop:inputs="F01"', ""), [("input", "kasus r1.perlu")]),
    "an input is given out instead": (at("check_report", "sop:inputs", "sop:documents"), [("input", "kasus r1.perlu")]),
    "a branch has another label": (swap(DRAWING, "Belum terpenuhi", "Belum selesai"), [("branch", "kasus r2.kembali")]),
    "a branch has no label": (swap(DRAWING, ' name="Belum terpenuhi"', ""), [("branch", "kasus r2.kembali")]),
    "the label stands at another gateway": (in_clause("r2.kembali", "is_met", "check_report"), [("branch", "kasus r2.kembali")]),
    "one letter of a quotation is another": (in_clause("syarat", "Keluarga", "Keluarge"), [
        ("not-in-source", "kasus syarat"), ("no-clause", "membawa KTP dan Kartu Keluarga")]),
    "a letter is left out at the end of a quotation": (in_clause("syarat", "Keluarga", "Keluarg"), [("no-clause", "Keluarga")]),
    "a quotation is empty": (in_clause("syarat", "membawa KTP dan Kartu Keluarga", ""), [
        ("not-in-source", "kasus syarat"), ("no-clause", "membawa KTP dan Kartu Keluarga")]),
    "the hash is of something else": (in_clause("syarat", "@", "0" * 64), [("hash", "kasus syarat")]),
    "there is no hash": (in_clause("syarat", "@", ""), [("hash", "kasus syarat")]),
    "a clause has no kind": (in_clause("syarat", '"requirement"', '""'), [("kind", "kasus syarat")]),
    "a clause has a kind nobody knows": (in_clause("syarat", '"requirement"', '"need"'), [("kind", "kasus syarat")]),
    "a clause has neither element nor reason": (in_clause("syarat", '"report_form"', ""), [("no-element", "kasus syarat")]),
    "a heading has no reason": (in_clause("kop", "Kepala halaman", "", AGENCY), [("no-element", "kop")]),
    "a clause of the agency has no kind": (in_clause("kop", '"heading"', '""', AGENCY), [("kind", "kop")]),
    "the source says one sentence more": (with_also(SOURCE, "Menolak kasus, lalu memberi tahu.\n"),
                                          [("no-clause", "Menolak kasus lalu memberi tahu")]),
    "a requirement has no clause": (without("syarat"), [("no-clause", "membawa KTP dan Kartu Keluarga")]),
    "one of two rows with the same time has no clause": (without("r3.waktu"), [
        ("standard", "kasus close_case_overdue"), ("no-clause", "10 menit")]),
    "a quotation leaves the number out": (in_clause("r3.waktu", "10 menit", "menit"), [
        ("standard", "kasus close_case_overdue"), ("no-clause", "10")]),
    "what an adopted SOP quotes is no clause of this agency": (without("lapor.1", ADOPTED_SHEET), [("no-clause", "Menerima pengaduan")]),
    "a step nobody asked for": (drawn_too(bpmn.user("extra", name="Mencatat lagi")), [("unsourced", "kasus extra")]),
    "machine work nobody asked for": (drawn_too(bpmn.service("extra", "document.issue")), [("unsourced", "kasus extra")]),
    "a step loses its only clause": (at("plan", ' sop:clause="rencana"', ""), [("unsourced", "kasus plan")]),
    "an action on the case without a ground": (swap(SHEET, '["withdrawn"]', "[]"), [("unsourced", "kasus withdrawn")]),
    "a warning is not on the sheet": (swap(SHEET, 'text = "Petugas dilarang melakukan stigma.", show', 'text = "Petugas wajib ramah.", show'),
                                      [("sheet", "kasus ingat")]),
    "a warning stands among the laws": (all_of(everywhere(SHEET, "\nwarnings = ", "\nx = "), swap(SHEET, "\nlegal_basis", "\nwarnings"),
                                               swap(SHEET, "\nx = ", "\nlegal_basis = ")), [("sheet", "kasus dasar"), ("sheet", "kasus ingat")]),
    "the sheet has another date": (swap(SHEET, "2023-03-06", "2023-03-16"), [("sheet", "kasus efektif")]),
    "the sheet has another title": (swap(SHEET, 'id = "Pengelolaan Kasus"', 'id = "Pengelolaan"'), [("sheet", "kasus judul")]),
}

#: What differs and is no defect.
NO_DEFECTS: Mapping[str, Change] = {
    "white space and letter case of a name": at("check_report", "Memeriksa laporan kasus", "memeriksa  LAPORAN Kasus"),
    "punctuation in a label": swap(DRAWING, "Belum terpenuhi", "belum terpenuhi?"),
    "a step carries part of a clause": at("check_report", "Memeriksa laporan kasus", "Memeriksa laporan"),
    "a step says more than its clause": at("close_case", "Menutup kasus", "Menutup kasus bersama penerima manfaat"),
    "letter case of a standard": at("check_report_overdue", "10 menit", "10 MENIT"),
    "a length written in another unit": at("check_report_overdue", "PT10M", "PT600S"),
    "punctuation of an alias": swap(AGENCY, 'aliases = ["KEPALA UNIT"]', 'aliases = ["Kepala-Unit"]'),
    "the lane's name where the agency knows no such name": all_of(
        swap(AGENCY, 'aliases = ["KEPALA UNIT"]', "aliases = []"), swap(SHEET, '"Kepala"', '"Kepala unit"'),
        swap(DRAWING, 'name="Kepala"', 'name="Kepala unit"')),
    "a name that two roles bear": swap(AGENCY, "aliases = []", 'aliases = ["Kepala Unit"]'),
    "the step's gateway in another lane": all_of(swap(DRAWING, REF("is_met"), ""), swap(DRAWING, REF("refer"), REF("refer") + REF("is_met"))),
    "letter case of a document": swap(SHEET, 'id = "Hasil asesmen"', 'id = "HASIL  Asesmen"'),
    "either document of one name": at("hand_over", '"F12"', '"F12B"', LENT_DRAWING),
    "a document more than the source asks for": at("check_report", '"F01"', '"F01 F10"'),
    "a clause names the document": in_clause("r3.hasil", '"issue_report"', '"F13"'),
    "a date as text": swap(SHEET, "2023-03-06", '"6 Maret 2023"'),
    "letter case and full stop of a warning": swap(SHEET, 'text = "Petugas dilarang melakukan stigma.", show',
                                                   'text = "PETUGAS dilarang melakukan stigma", show'),
    "empty lines and list numbers": swap(SOURCE, "Persyaratan\nmembawa", "\n\nPersyaratan\n\n 4. <p>membawa"),
    "a heading printed on every page": with_also(SOURCE, "UNIT CONTOH\n"),
    "the law asks for the standard": all_of(
        swap(SHEET, '["withdrawn"]', '["withdrawn", "issue_report_overdue"]'),
        drawn_too(late("issue_report", "PT72H", "elapsed", "3 x 24 jam"))),
    "a reminder that is no standard": drawn_too(bpmn.boundary("soon", "issue_report", bpmn.timer("PT1H"), interrupting=False)),
    "somebody is told": drawn_too(bpmn.service("tell", "notice.send")),
    "a reason instead of an element": all_of(in_clause("syarat", '"report_form"', ""), in_clause("syarat", 'reason = ""', 'reason = "Lisan"')),
    "two clauses for one sentence": with_also(SHEET, clause("syarat.lagi", "requirement", "membawa KTP", "report_form")),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found_where_it_is(tmp_path: Path, defect: str) -> None:
    change, expected = DEFECTS[defect]
    percent, differences = found(tmp_path, change)
    assert differences == expected
    assert (percent == 100) == ("no-clause" not in {code for code, _ in expected})


@pytest.mark.parametrize("variant", NO_DEFECTS)
def test_what_is_no_defect_is_not_reported(tmp_path: Path, variant: str) -> None:
    assert found(tmp_path, NO_DEFECTS[variant]) == (100, [])
