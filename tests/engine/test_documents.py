"""Documents on the whole product: the number typed from a register, who signed, what the QR code leads to, and what is refused."""

from __future__ import annotations

import base64
import io
import json
import shutil
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdf
import pytest
import segno

import engine as front_door
import handlers
from engine import Stage
from engine.errors import InvalidSubmission, NotFound
from engine.results import CompletionResult
from engine.scenario import inbox
from engine.types import Actor
from webui import stage

KALBAR = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar"
STORY = front_door.read_scenario((KALBAR / "pengelolaan-kasus" / "scenarios" / "a01_rujukan_kesehatan.toml").read_bytes())
CANARY = "RAHASIA-SEKALI"


def picture() -> str:
    """A white square as PNG, in base64."""
    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + b"\xff" * 8 for _ in range(8))
    png = (b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
           + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))
    return base64.b64encode(png).decode()


SIGNED = {"name": "Lestari Contoh", "position": "Kepala UPTD PPA", "method": "drawn", "content": picture()}


@pytest.fixture(scope="module")
def sop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kalbar's SOP, whose coordinator also signs the letter and may type its number from the unit's own register."""
    folder = tmp_path_factory.mktemp("bpmn") / "kalbar"
    shutil.copytree(KALBAR, folder)
    shutil.copytree(KALBAR.parent / "common", folder.parent / "common")
    process = folder / "pengelolaan-kasus"
    form = json.loads((process / "forms" / "coordinate_provider.json").read_text("utf-8"))
    form["fields"] += [
        {"key": "document_number", "type": "text", "label": {"id": "Nomor surat"}, "steering": True, "sensitivity": "C1"},
        {"key": "signer_signature", "type": "signature", "label": {"id": "Tanda tangan"}, "sensitivity": "C2"}]
    (process / "forms" / "coordinate_provider.json").write_text(json.dumps(form), "utf-8")
    letter = process / "documents" / "surat-rujukan.typ"
    letter.write_text(letter.read_text("utf-8").replace("signature([Manajer Kasus,], [])", """[
      #for one in data.signatures [#one.name, #one.position, #one.method \\
        #if one.image != none { image(one.image, width: 2cm, alt: "Tanda tangan " + one.name) }]]"""), "utf-8")
    for file, old, new in (
        ("pengelolaan-kasus.bpmn", """<sop:argument name="code" value='"F10"' />""",
         """<sop:argument name="code" value='"F10"' /><sop:argument name="document_number" value="document_number" />"""),
        ("sop.toml", 'code = "F13"', 'code = "F13"\nsensitivity = "C4"'),
    ):
        text = (process / file).read_text("utf-8")
        assert old in text
        (process / file).write_text(text.replace(old, new), "utf-8")
    return process


@contextmanager
def office(sop: Path) -> Iterator[Stage]:
    with stage.raised(sop, STORY.at) as raised:
        raised.clock.advance(STORY.at - raised.clock.now())
        yield raised


def started(of: Stage, **more: Any) -> CompletionResult:
    return of.engine.cases.start(of.actor_of("intake_operator"), "pengelolaan-kasus", submission={**STORY.submission, **more})


def do(of: Stage, case: CompletionResult, element: str, role: str, submission: Mapping[str, Any]) -> None:
    actor = of.actor_of(role)
    task = next(one for one in inbox(of, [actor]) if one.element_id == element and one.case_id == case.case_id)
    claimed = of.engine.tasks.claim(actor, task.id)
    of.engine.tasks.complete(actor, task.id, submission, expected_revision=claimed.revision)
    of.work()


def coordinated(of: Stage, case: CompletionResult, **more: Any) -> None:
    of.work()
    do(of, case, "approve_case_report", "case_manager", {"decision": "approved", "assessment_is_relevant": True})
    again(of, case, **more)


def again(of: Stage, case: CompletionResult, **more: Any) -> None:
    do(of, case, "coordinate_provider", "case_manager", {
        "provider": "RSUD A", "provider_kind": "health", "provider_answer": "accepted", **more})


def letters(of: Stage, case: CompletionResult, code: str = "F10") -> list[tuple[Any, str]]:
    """The documents of that code with their text."""
    manager = of.actor_of("case_manager")
    found = []
    for row in of.engine.cases.get(manager, case.case_id).documents:
        if row.code == code:
            content = of.engine.cases.get_document(manager, row.id)[1]
            found.append((row, " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())))
    return found


def incidents(of: Stage) -> list[str]:
    return [one.code for one in of.engine.jobs.incidents(of.actor_of("case_manager"))]


def test_a_number_typed_from_the_register_stands_on_the_letter_and_is_never_used_again(sop: Path) -> None:
    with office(sop) as of:
        first, second = started(of), started(of, alias_code="KLB-K-02")
        coordinated(of, first, document_number="065/12/UPT-PPA")
        [(row, text)] = letters(of, first)
        assert row.number == "065/12/UPT-PPA" and row.number in text

        of.work()
        do(of, second, "approve_case_report", "case_manager", {"decision": "approved", "assessment_is_relevant": True})
        for same in ("065/12/UPT-PPA", "  065/12/upt-ppa "):
            with pytest.raises(InvalidSubmission) as refused:
                again(of, second, document_number=same)
            assert refused.value.problems.keys() == {"document_number"}
            assert "065" not in str(refused.value.problems)
        again(of, second, document_number="066/12/UPT-PPA")
        assert letters(of, second)[0][0].number == "066/12/UPT-PPA"


def test_without_a_typed_number_the_series_counts_on_and_passes_over_what_was_typed(sop: Path) -> None:
    with office(sop) as of:
        first, second = started(of), started(of, alias_code="KLB-K-02")
        coordinated(of, first, document_number="001/F10/UPT-PPA/2026")
        coordinated(of, second)
        assert letters(of, second)[0][0].number == "002/F10/UPT-PPA/2026"
        auditor = of.actor_of("auditor")
        assert [(gap.series, gap.number, gap.written) for gap in of.engine.cases.number_gaps(auditor)] == [("F10", 1, "")]
        assert of.engine.cases.number_gaps(auditor, year=2020) == ()


def test_a_signature_is_printed_with_its_picture_and_kept_beside_the_letter(sop: Path) -> None:
    with office(sop) as of:
        case = started(of)
        coordinated(of, case, signer_signature=SIGNED)
        [(row, text)] = letters(of, case)
        assert "Lestari Contoh, Kepala UPTD PPA, drawn" in text
        content = of.engine.cases.get_document(of.actor_of("case_manager"), row.id)[1]
        assert pypdf.PdfReader(io.BytesIO(content)).pages[0].images
        attached = of.engine.cases.get(of.actor_of("case_manager"), case.case_id).documents
        assert [one.media_type for one in attached if one.code == "LAMPIRAN"] == ["image/png"]
        # That form also takes a reply of class C3 as a file: whoever may not see the class sees none of its files.
        assert not [one for one in of.engine.cases.get(of.actor_of("auditor"), case.case_id).documents if one.code == "LAMPIRAN"]


def test_the_qr_code_leads_to_a_page_that_knows_this_letter_and_no_other(sop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    real = segno.make
    monkeypatch.setattr(segno, "make", lambda text, **how: drawn.append(text) or real(text, **how))
    with office(sop) as of:
        worker = handlers.Worker(of.engine.jobs, handlers.functions(handlers.Desk(engine=of.engine, base_url="https://kawal.example/")),
                                 worker_id="w")
        case = started(of)
        of.work()
        do(of, case, "approve_case_report", "case_manager", {"decision": "approved", "assessment_is_relevant": True})
        actor = of.actor_of("case_manager")
        task = next(one for one in inbox(of, [actor]) if one.element_id == "coordinate_provider")
        claimed = of.engine.tasks.claim(actor, task.id)
        of.engine.tasks.complete(actor, task.id, {"provider": "RSUD A", "provider_kind": "health", "provider_answer": "accepted"},
                                 expected_revision=claimed.revision)
        worker.run_until_idle()
        [place] = drawn
        address, _, digest = place.rpartition("/")
        assert address == "https://kawal.example/verifikasi"
        found = of.engine.cases.verify_document(digest)
        assert found is not None and (found.code, found.agency) == ("F10", "UPT Perlindungan Perempuan dan Anak Provinsi Kalimantan Barat")
        assert digest[:32] in letters(of, case)[0][1].replace(" ", "")
        for other in ("0" * 64, digest[:-1], digest.upper(), ""):
            assert of.engine.cases.verify_document(other) is None


def test_without_a_consent_for_this_provider_no_letter_leaves_and_no_number_is_lost(sop: Path) -> None:
    with office(sop) as of:
        case = started(of)
        coordinated(of, case, provider="Klinik B")            # she agreed to RSUD A
        assert letters(of, case) == []
        assert incidents(of) == ["consent-missing"]
        assert of.engine.cases.number_gaps(of.actor_of("auditor")) == ()


def test_what_nobody_may_read_is_in_no_letter(sop: Path) -> None:
    """Not even in what the template is given: C4 in no document but one of that class, names and story in none that leaves."""
    secret = {"safe_contact": CANARY, "assessment_psychological": CANARY, "reporter_name": CANARY}
    of_hers = {"full_name": f"Ani {CANARY}", "nik": CANARY, "address_domicile": CANARY, "chronology": CANARY}
    with office(sop) as of:
        told: dict[str, str] = {}
        source_of = of.engine.cases.letter_source

        def listening(call: Any, **about: Any) -> Any:
            source = source_of(call, **about)
            told[about["code"]] = json.dumps(source.data)
            return source

        of.engine.cases.letter_source = listening
        case = started(of, **secret, **dict.fromkeys(of_hers, "biasa"))
        coordinated(of, case)
        assert CANARY not in told["F10"]

        other = started(of, **of_hers, alias_code="KLB-K-02")
        coordinated(of, other, coordination_note=f"Mohon dibantu, namanya Ani {CANARY}.")
        [(_row, text)] = letters(of, other)
        letter = json.loads(told["F10"])
        assert letter["records"]["referral"]["coordination_note"] == "Mohon dibantu, namanya KLB-K-02."
        assert "chronology" not in letter["records"]["identification"] and CANARY not in text and "KLB-K-02" in text
        assert letter["case"]["risk"] == "" and letter["release"] == {"receiver": "health", "name": "RSUD A", "basis": "consent"}


@pytest.mark.parametrize(("named", "provider", "kind", "is_told"), [
    ("Klinik VCT Contoh", "Klinik VCT Contoh", "health", True), ("Klinik VCT Contoh", "RSUD A", "health", False),
    ("", "Klinik VCT Contoh", "health", False), ("Klinik VCT Contoh", "Klinik VCT Contoh", "social", False)])
def test_hiv_stands_in_the_clinics_copy_only(sop: Path, named: str, provider: str, kind: str, is_told: bool) -> None:
    with office(sop) as of:
        told: list[dict[str, Any]] = []
        source_of = of.engine.cases.letter_source
        of.engine.cases.letter_source = lambda call, **about: told.append(dict((made := source_of(call, **about)).data)) or made
        case = started(of, hiv=True, consent_status="not_yet")
        of.work()
        do(of, case, "approve_case_report", "case_manager", {"decision": "approved", "assessment_is_relevant": True})
        do(of, case, "record_consent", "companion", {
            "consent_status": "given", "giver": "beneficiary", "explained_limits": True, "receivers": [kind],
            "given_at": STORY.at})
        do(of, case, "record_hiv_consent", "companion", {
            "special_consent": "given", "special_giver": "beneficiary", "special_receiver": named, "special_data": CANARY,
            "special_given_at": STORY.at})
        again(of, case, provider=provider, provider_kind=kind)
        [letter] = told
        assert (CANARY in json.dumps(letter)) is is_told
        assert letter["release"]["name"] == provider


def test_a_document_of_a_class_is_there_only_for_who_may_see_it(sop: Path) -> None:
    with office(sop) as of:
        story = front_door.Story(STORY, of, key="pengelolaan-kasus", file="a01")
        assert story.begin() and all(story.do(number) for number in range(1, 1 + len(STORY.steps))), story.result(ended=False).problems
        case_id = of.engine.cases.find(of.actor_of("case_manager")).rows[0].id

        def seen(role: str) -> dict[str, str]:
            return {row.code: row.id for row in of.engine.cases.get(of.actor_of(role), case_id).documents}

        assert "F13" in seen("companion") and "F13" not in seen("intake_operator") and "F10" in seen("intake_operator")
        hidden = seen("companion")["F13"]
        clerk: Actor = of.actor_of("intake_operator")
        with pytest.raises(NotFound):
            of.engine.cases.get_document(clerk, hidden)
