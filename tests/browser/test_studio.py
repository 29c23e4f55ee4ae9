"""The drawing page in a real browser: what it opens it saves whole, by keyboard alone, and nobody's work is overwritten."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from engine.bundle import SopBundle
from engine.lint import guarded, lint
from engine.types import LintFinding, Severity, Text
from storage import drafts
from tests.browser.conftest import Visit
from tests.browser.drawing import add_task_after, pick, type_into
from tests.support import office as offices
from tests.support.not_run import not_run
from tests.support.office import Office
from tests.support.same_bpmn import differences
from webui import limits
from webui.app import create_app

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "kuda batu hujan pelan sekali"
SOPS = sorted(ROOT.glob("bpmn/*/*/*.bpmn"))
MIWG = sorted((ROOT.parent / "shared" / "examples" / "miwg").glob("*.bpmn"))
HOSTILE = sorted((ROOT / "tests" / "hostile" / "corpus").glob("*.bpmn"))
DIAGRAM = "pengelolaan-kasus.bpmn"
#: What bpmn-js draws as of old and then writes down: the cross of a gateway, the page of a sub-process that is drawn closed.
ADDED = re.compile(r"@isMarkerVisible: None -> 'true'$|: 1 -> [2-9] of \{[^}]*\}BPMNDiagram$")
#: What the check says here: the rules have their own tests, and take seconds over a whole SOP.
SAID = LintFinding(code="choice-without-default", severity=Severity.ADVICE, file=DIAGRAM, line=119, element_id="is_report_approved",
                   message=Text("Gerbang ini tidak mempunyai alur bawaan.", "This gateway has no default flow."),
                   instead=Text("Tandai satu.", "Mark one."))

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Studio:
    """Kalbar's office with its process owner, served, and one browser of theirs."""

    def __init__(self, office: Office, chromium: Browser, site: str) -> None:
        self.office, self.chromium, self.site = office, chromium, site
        self.owner = office.hire("Pemilik", "process_owner")

    def visit(self, **options: Any) -> Visit:
        limits.limiter.reset()
        context = self.chromium.new_context(accept_downloads=True, **options)
        context.set_default_timeout(20_000)
        visit = Visit(context, self.site)
        self.sign_in(visit.open("/masuk"))
        return visit

    def sign_in(self, page: Page) -> None:
        page.fill("#sign_in", "pemilik.rekaan")
        page.fill("#passphrase", PASSPHRASE)
        page.click("main button")
        page.wait_for_url(lambda address: "/masuk" not in address)

    def draft(self, files: dict[str, bytes]) -> str:
        found: str = self.office.engine.sops.save_draft(self.owner, files).summary.id
        return found

    def saved(self, draft_id: str, file: str) -> bytes:
        with self.office.database.reading() as uow:
            row = drafts.get(uow, draft_id)
            assert row is not None
            return drafts.files(uow, draft_id, row.revision)[file]


@pytest.fixture(scope="module")
def studio(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    if not (ROOT / "webui" / "static" / "dist" / "manifest.json").exists():
        not_run("Node, to build the diagram editor (make assets)", "the drawing page")
    folder = tmp_path_factory.mktemp("studio")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "lint_guarded", lambda bundle, *, operations: [SAID])
        office = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
        server = make_server("127.0.0.1", 0, create_app(office.engine, settings=office.engine.settings), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Studio(office, chromium, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join(timeout=5)
        office.database.close()


def drawn(visit: Visit, draft_id: str, file: str = "") -> Page:
    page = visit.open(f"/sop/gambar/{draft_id}" + (f"?berkas={file}" if file else ""))
    page.wait_for_selector("#studio[data-ready]")
    return page


def test_an_sop_is_changed_by_keyboard_and_loses_nothing_else(studio: Studio) -> None:
    before = (offices.SOP / DIAGRAM).read_bytes()
    drafts_before = {one.id for one in studio.office.engine.sops.drafts(studio.owner)}
    draft_id = studio.draft(dict(SopBundle.from_dir(offices.SOP).files))
    visit = studio.visit()
    colleague = Visit(visit.context, studio.site)
    page, other = drawn(visit, draft_id), drawn(colleague, draft_id)
    expect(page.locator(".mark")).to_have_count(1)
    pick(page, "coordinate_provider")
    expect(page.locator("#p-lane")).to_have_value("serve_line_manajer_kasus")
    type_into(page, "#p-time-angka", "30")
    expect(page.locator("#p-time-bunyi")).to_have_value("30 menit")
    pick(page, "is_report_approved__returned_to_intake")
    type_into(page, "#p-condition", 'decision = "returned')
    expect(page.locator("#p-condition-salah")).to_contain_text("FEEL")
    assert 'decision = "approved"' in page.locator("#p-condition-isian option").evaluate_all("all => all.map(one => one.value)")
    page.locator("#p-condition").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type('decision = "returned"')  # saved without leaving the field
    page.keyboard.press("Control+s")
    expect(page.locator("#studio-keadaan")).to_have_text("Revisi 2 tersimpan.")
    expect(page.locator("#studio-revisi")).to_have_text("2")
    said = differences(before, studio.saved(draft_id, DIAGRAM))
    drawing, process = ([line for line in said if ("/BPMNDiagram" in line) is there] for there in (True, False))
    assert [re.sub(r".*/(\w+\[\w*\]) ", r"\1 ", line) for line in process] == [
        "conditionExpression[] text: 'decision = \"rejected\"' -> 'decision = \"returned\"'",
        "boundaryEvent[coordinate_provider_overdue] @name: '40 menit' -> '30 menit'",
        "standard[] @clause: 'kalbar.r2.waktu' -> None",
        "standard[] @text: '40 menit' -> '30 menit'",
        "timeDuration[] text: 'PT40M' -> 'PT30M'"]
    assert all("BPMNLabel" in line for line in drawing) and len(drawing) <= 4, drawing  # the room that other words take

    pick(other, "coordinate_provider")
    type_into(other, "#p-time-angka", "20")
    other.keyboard.press("Control+s")
    expect(other.locator("#studio-keadaan")).to_contain_text("Sudah diubah orang lain")
    with other.expect_download() as kept:
        other.locator("#studio-tertahan [data-act=bpmn]").click()
    assert b"PT20M" in Path(kept.value.path()).read_bytes(), "what was drawn is not lost"
    other.click("#kunci button")
    other.wait_for_url("**/masuk**")   # locked all the same
    (branch,) = [one for one in studio.office.engine.sops.drafts(studio.owner) if one.revision == 2 and one.id not in drafts_before | {draft_id}]
    assert b"PT20M" in studio.saved(branch.id, DIAGRAM), "as another draft"
    assert b"PT30M" in studio.saved(draft_id, DIAGRAM)
    assert visit.complaints == colleague.complaints == []
    visit.context.close()


@pytest.mark.soak
def test_a_session_that_ends_while_one_draws_costs_nothing(studio: Studio) -> None:
    draft_id = studio.draft(dict(SopBundle.from_dir(offices.SOP).files))
    visit = studio.visit()
    page = drawn(visit, draft_id)
    pick(page, "coordinate_provider")
    type_into(page, "#p-time-angka", "30")
    elsewhere = Visit(visit.context, studio.site)
    elsewhere.open("/sop").click("form[action$='/keluar'] button")
    elsewhere.page.wait_for_url("**/masuk**")
    page.keyboard.press("Control+s")
    expect(page.locator("#studio-keadaan")).to_have_text("Belum tersimpan: sesi yang membuka gambar ini sudah berakhir.")
    with page.expect_popup() as again:
        page.click("#studio-keluar a")
    studio.sign_in(again.value)
    page.bring_to_front()
    page.click("#studio-simpan > button")
    expect(page.locator("#studio-keadaan")).to_have_text("Revisi 2 tersimpan.")
    expect(page.locator("#studio-keluar")).to_be_hidden()
    assert b"PT30M" in studio.saved(draft_id, DIAGRAM)
    assert visit.complaints == []
    visit.context.close()


def test_two_presses_of_a_button_are_one_wish(studio: Studio) -> None:
    draft_id = studio.draft(dict(SopBundle.from_dir(offices.SOP).files))
    visit = studio.visit()
    page = drawn(visit, draft_id)
    pick(page, "coordinate_provider")
    type_into(page, "#p-time-angka", "30")
    page.dblclick("#studio-simpan > button >> nth=0")
    expect(page.locator("#studio-keadaan")).to_have_text("Revisi 2 tersimpan.")
    colleague = {DIAGRAM: studio.saved(draft_id, DIAGRAM)}
    studio.office.engine.sops.save_draft(studio.owner, colleague, draft_id=draft_id, expected_revision=2)
    type_into(page, "#p-time-angka", "20")
    page.keyboard.press("Control+s")
    expect(page.locator("#studio-keadaan")).to_contain_text("Sudah diubah orang lain")
    before = {one.id for one in studio.office.engine.sops.drafts(studio.owner)}
    page.dblclick("#studio-tertahan [data-act=branch]")
    page.wait_for_url(lambda address: draft_id not in address)
    page.wait_for_selector("#studio[data-ready]")
    (branch,) = [one.id for one in studio.office.engine.sops.drafts(studio.owner) if one.id not in before]
    assert b"PT20M" in studio.saved(branch, DIAGRAM)
    visit.context.close()


def test_what_is_typed_in_a_sheet_is_not_left_by_mistake(studio: Studio) -> None:
    draft_id = studio.draft(dict(SopBundle.from_dir(offices.SOP).files))
    visit = studio.visit()
    page = visit.open(f"/sop/tabel/{draft_id}")
    page.click("#kolom .actions a >> nth=0")
    page.wait_for_url("**/kolom?**")   # nothing typed, nothing asked
    page.go_back()
    page.fill("#r0-n0", "belum disimpan")
    page.click("#kolom .actions a >> nth=0", no_wait_after=True)
    expect(page.locator("#r0-n0")).to_have_value("belum disimpan")
    assert visit.complaints == ["dialog"], "asked, and stayed"
    page.click("button[name=add] >> nth=0")
    page.wait_for_selector("#baris .note")   # another row is no leaving, and what came back is still not saved
    page.click("main")
    page.click("#kolom .actions a >> nth=0", no_wait_after=True)
    expect(page.locator("#r0-n0")).to_have_value("belum disimpan")
    assert visit.complaints == ["dialog", "dialog"]
    page.keyboard.press("Alt+l")
    page.wait_for_url("**/masuk**")   # an empty counter asks nobody
    assert visit.complaints == ["dialog", "dialog"]
    visit.context.close()


def test_a_step_is_added_between_two_others_without_a_mouse(studio: Studio) -> None:
    draft_id = studio.draft(dict(SopBundle.from_dir(offices.SOP).files))
    visit = studio.visit()
    page = drawn(visit, draft_id)
    add_task_after(page, "monitor_beneficiary")
    type_into(page, "#p-name", "Menelepon keluarga")
    expect(page.locator("#p-id")).to_have_value("menelepon_keluarga")
    page.select_option("#p-lane", index=1)
    page.select_option("#p-form", "monitor_beneficiary")
    type_into(page, "#p-time-angka", "2")
    page.select_option("#p-time-jam", "working_days")
    pick(page, "monitor_beneficiary__")
    page.select_option("#p-from", "menelepon_keluarga")
    pick(page, "consent_refused")
    expect(page.locator("#p-event-error")).to_have_value("CONSENT_REFUSED")
    type_into(page, "#p-event-error", "CONSENT_WITHDRAWN")
    pick(page, "referral_not_wanted")
    type_into(page, "#p-event-error", "CONSENT_WITHDRAWN")
    pick(page, "kepala_uptd")
    expect(page.locator("#p-role")).to_have_value("head_of_unit")
    page.select_option("#p-role", "supervisor")
    page.keyboard.press("Control+s")
    expect(page.locator("#studio-keadaan")).to_have_text("Revisi 2 tersimpan.")
    definition = SopBundle.from_files({DIAGRAM: studio.saved(draft_id, DIAGRAM)})
    xml = definition.files[DIAGRAM].decode()
    step = re.search(r'<bpmn:userTask id="menelepon_keluarga"[^>]*>', xml)
    assert step is not None and 'sop:form="monitor_beneficiary"' in step[0]
    assert xml.count("<bpmn:flowNodeRef>menelepon_keluarga</bpmn:flowNodeRef>") == 1
    assert re.search(r'<bpmn:boundaryEvent id="menelepon_keluarga_overdue" [^>]*attachedToRef="menelepon_keluarga"', xml)
    assert re.search(r'id="monitor_beneficiary__menelepon_keluarga"', xml) and "<bpmn:timeDuration xsi:type=\"bpmn:tFormalExpression\">P2D<" in xml
    assert len(re.findall(r'sourceRef="menelepon_keluarga"|targetRef="menelepon_keluarga"', xml)) == 2
    tasks = re.findall(r'<bpmn:userTask id="(\w+)"', xml)
    (made,) = re.findall(r'<bpmn:error id="(\w+)" name="CONSENT_WITHDRAWN" errorCode="CONSENT_WITHDRAWN" />', xml)
    assert xml.count(f'errorRef="{made}"') == 2
    assert b'"Kepala UPTD PPA" = "supervisor"' in studio.saved(draft_id, "sop.toml")
    assert tasks[tasks.index("menelepon_keluarga") - 1] == "monitor_beneficiary", "the table of the SOP-AP is read in this order"
    assert visit.complaints == []
    visit.context.close()


def test_on_a_telephone_the_list_and_the_panel_work_and_hostile_words_stay_words(studio: Studio) -> None:
    files = dict(SopBundle.from_dir(offices.SOP).files)
    bad = "&lt;img src=x onerror=alert(1)&gt;&lt;svg onload=alert(2)&gt;"
    files[DIAGRAM] = files[DIAGRAM].replace(b'name="Kasus bernomor"', f'name="{bad}"'.encode()).replace(
        b'name="Manajer Kasus"', f'name="{bad}"'.encode())
    draft_id = studio.draft(files)
    visit = studio.visit(viewport={"width": 360, "height": 740})
    page = drawn(visit, draft_id, f"{DIAGRAM}#coordinate_provider")
    expect(page.locator(".studio-narrow")).to_be_visible()
    expect(page.locator("#p-time-angka")).to_have_value("40")   # as a finding of the draft's page leads here
    pick(page, "document_case")
    expect(page.locator("#p-time-angka")).to_have_value("30")
    pick(page, "case_numbered")
    expect(page.locator("#h-sifat")).to_contain_text("<img src=x")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert visit.complaints == []
    visit.context.close()


@pytest.fixture(scope="module")
def whole(studio: Studio) -> Iterator[Callable[[str, dict[str, bytes], str], bytes]]:
    """What the page writes of a diagram that nobody touched."""
    visit = studio.visit()

    def through(key: str, files: dict[str, bytes], file: str) -> bytes:
        page = drawn(visit, studio.draft(files), file)
        page.locator(".downloads-of summary").click()
        with page.expect_download() as written:
            page.locator(".downloads-of [data-act=bpmn]").click()
        assert visit.complaints == [], key
        return Path(written.value.path()).read_bytes()

    yield through
    visit.context.close()


@pytest.mark.soak
@pytest.mark.parametrize("path", SOPS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_every_shipped_sop_comes_back_whole(path: Path, whole: Callable[..., bytes]) -> None:
    files = dict(SopBundle.from_dir(path.parent).files)
    assert differences(path.read_bytes(), whole(str(path), files, path.name)) == []


@pytest.mark.soak
@pytest.mark.skipif(not MIWG, reason="NOT RUN: ../shared/examples/miwg is not here")
@pytest.mark.parametrize("path", MIWG, ids=lambda path: path.stem)
def test_what_other_tools_drew_comes_back_whole(path: Path, whole: Callable[..., bytes]) -> None:
    sheet = f'key = "{re.sub("[^a-z0-9]", "", path.stem.lower())}"\nagency = "kalbar"\n'.encode()
    said = differences(path.read_bytes(), whole(str(path), {"sop.toml": sheet, path.name: path.read_bytes()}, path.name))
    assert [line for line in said if not ADDED.search(line)] == []


@pytest.mark.soak
@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_file_does_nothing_on_the_page(path: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused before the browser, or drawn as words and lines: no script, no dialog, no request to anybody."""
    monkeypatch.setattr(guarded, "lint_guarded", lint)
    sheet = f'key = "{re.sub("[^a-z0-9]", "", path.stem.lower())}"\nagency = "kalbar"\n'.encode()
    draft_id = studio.draft({"sop.toml": sheet, "x.bpmn": path.read_bytes()})
    visit = studio.visit()
    answer = visit.page.goto(f"{studio.site}/sop/gambar/{draft_id}")
    assert answer is not None and answer.status in (200, 422)
    if answer.status == 200:
        visit.page.wait_for_selector("#studio[data-ready], #studio-keadaan.bad-news")
        for one in visit.page.locator("#elemen button").all()[:12]:
            one.click()
    assert visit.complaints == []
    visit.context.close()


#: Two processes on one sheet, which only shows the first.
SHEET = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:c="http://www.omg.org/spec/BPMN/non-normative/color/1.0" targetNamespace="urn:x">
<process id="p" isExecutable="true"><userTask id="t" name="Memeriksa"/></process><process id="q"><userTask id="u"/></process>
<di:BPMNDiagram id="d"><di:BPMNPlane id="s" bpmnElement="p">
<di:BPMNShape id="t_di" bpmnElement="t" c:background-color="#ffcc00"><dc:Bounds x="100" y="80" width="100" height="80"/></di:BPMNShape>
<di:BPMNShape id="u_di" bpmnElement="u"><dc:Bounds x="300" y="80" width="100" height="80"/></di:BPMNShape>
</di:BPMNPlane></di:BPMNDiagram></definitions>"""
SHEET_OF = b'key = "lembar"\nagency = "kalbar"\n'


def test_what_a_sheet_does_not_show_keeps_its_place(whole: Callable[..., bytes]) -> None:
    assert differences(SHEET.encode(), whole("lembar", {"sop.toml": SHEET_OF, "x.bpmn": SHEET.encode()}, "x.bpmn")) == []


@pytest.mark.parametrize(("sound", "bad"), [
    ('width="100"', 'width="NaN"'), ('width="100"', 'width="-5"'), ('x="100"', 'x="1e308"'), ('y="80"', 'y="lebar"'),
    ('"#ffcc00"', '"url(http://other.test/x)"')])
def test_a_layout_that_cannot_be_drawn_is_said_and_not_tried(sound: str, bad: str, studio: Studio) -> None:
    """Such a number would keep the page busy for ever; such a colour is an address."""
    draft_id = studio.draft({"sop.toml": SHEET_OF, "x.bpmn": SHEET.replace(sound, bad, 1).encode()})
    visit = studio.visit()
    visit.open(f"/sop/gambar/{draft_id}?berkas=x.bpmn")
    expect(visit.page.locator("#studio-keadaan.bad-news")).to_contain_text('"Memeriksa" tidak dapat digambar')
    assert visit.complaints == []
    visit.context.close()
