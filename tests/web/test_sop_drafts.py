"""The process owner changes a time with the keyboard alone, the head of unit puts it in force: the real engine, forms as a browser posts them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from engine.bundle import SopBundle
from engine.lint import guarded, lint
from engine.settings import Settings
from engine.types import LintFinding
from tests.support import office as offices
from tests.support.office import Office
from tests.web.conftest import Browser, boxes
from webui import limits
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"
DIAGRAM = "pengelolaan-kasus.bpmn"
CHECKED: dict[str, list[LintFinding]] = {}


def checked_once(bundle: SopBundle, *, operations: frozenset[str]) -> list[LintFinding]:
    if bundle.digest not in CHECKED:
        CHECKED[bundle.digest] = lint(bundle, operations=operations)
    return CHECKED[bundle.digest]


class House:
    """Kalbar's pages, and who changes its SOP."""

    def __init__(self, office: Office, settings: Settings) -> None:
        self.office = office
        operator = office.engine.people.operator("kalbar")
        for role in ("process_owner", "head_of_unit", "companion", "auditor"):
            office.engine.people.create_account(operator, sign_in=role.replace("_", "-"), name=f"Rekaan {role}", passphrase=PASSPHRASE,
                                                roles=[role], demo=True)
        self.app = create_app(office.engine, settings=settings)

    def person(self, role: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(self.app)
        assert browser.sign_in(role.replace("_", "-"), PASSPHRASE).status_code == 303
        return browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "lint_guarded", checked_once)
        office = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}", bundle=offices.with_stories("a01_rujukan_kesehatan"))
        yield House(office, office.engine.settings)
        office.database.close()


def begin(house: House, owner: Browser, **files: object) -> str:
    """A draft of the newest version; the address of its page."""
    newest = re.search(r'href="(/sop/[0-9a-f]{32})"', owner.get("/sop").text.split("Judul")[-1])
    assert newest is not None
    response = owner.post(f"{newest[1]}/draf", dict(files), on=newest[1])
    assert response.status_code == 303, response.text
    return str(response.headers["Location"])


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_a_time_is_changed_in_the_table_proposed_and_approved_by_another(house: House) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    path = begin(house, owner)
    time = {"element_id": "coordinate_provider", "unit": "working_minutes", "wording": "", "revision": revision(owner.get(path).text)}
    refused = owner.post(f"{path}/waktu", {**time, "amount": "0"}, on=path)
    assert refused.status_code == 422 and "Isi angka dari 1 sampai 9999" in refused.text
    assert owner.post(f"{path}/waktu", {**time, "amount": "30"}, on=path).status_code == 303
    page = owner.get(path).text
    assert "40 menit (jam kerja) menjadi 30 menit (jam kerja)" in page
    assert "Sahkan" not in page, "whoever edits is offered no approval"
    stale = owner.post(f"{path}/waktu", {**time, "amount": "20"}, on=path)
    assert stale.status_code == 422 and "Sudah diubah orang lain" in stale.text
    day = (house.office.clock.now() + timedelta(days=6)).date()
    proposal = {"decree": "188/12/2026", **boxes("effective_from", day), "reason": "Lebih cepat", "revision": revision(page)}
    assert owner.post(f"{path}/ajukan", {**proposal, "effective_from.d": "besok"}, on=path).status_code == 422
    hindered = owner.post(f"{path}/ajukan", proposal, on=path)
    assert hindered.status_code == 422 and "1 skenario tidak berjalan seperti tertulis, atau belum sempat dimainkan: a01_rujukan_kesehatan." in hindered.text
    assert 'name="terima.a01_rujukan_kesehatan"' in hindered.text and "Lebih cepat" in hindered.text, "what was typed is not lost"
    accepted = {"terima.a01_rujukan_kesehatan": "Memang dipercepat"}
    assert owner.post(f"{path}/ajukan", {**proposal, **accepted}, on=path).status_code == 303

    mine = re.search(rf'action="({path}/tarik/[0-9a-f]+)"', owner.get(path).text)
    assert mine is not None and "/tarik/" not in head.get(path).text
    assert owner.post(mine[1], on=path).status_code == 303
    page = owner.get(path).text
    assert "Ditarik kembali oleh pengusulnya" in page and 'value="188/12/2026"' in page and "Lebih cepat</textarea>" in page
    assert owner.post(mine[1], on=path).status_code == 422
    assert "Memang dipercepat</textarea>" in page
    waiting = re.compile(r'href="/sop"><span class="number">(\d+)<')
    assert waiting.findall(head.get("/meja").text) == ["0"]
    assert owner.post(f"{path}/ajukan", {**proposal, **accepted, "revision": revision(page)}, on=path).status_code == 303

    assert "menunggu pengesahan Anda" in head.get("/pemberitahuan").text
    assert waiting.findall(head.get("/meja").text) == ["1"], "it stands on the desk of those who approve"
    assert path in head.get("/sop").text
    page = head.get(path).text
    approve = re.search(rf'action="({path}/sahkan/[0-9a-f]+)"', page)
    assert approve is not None and "name=\"amount\"" not in page
    assert "Alasan pengusul: Memang dipercepat" in page and "Langkah 2: tenggat tugas" in page, "who approves sees what is accepted"
    assert page.count("<code>a01_rujukan_kesehatan</code>") == page.count("Langkah 2: tenggat tugas") == 1, "and once"
    assert "scenario-otherwise" not in page and "skenario tidak berjalan seperti tertulis." not in page and 'id="diterima"' in page
    assert page.index('href="#pengesahan"') < page.index('id="perubahan"'), "what she came for is the first thing of the page"
    assert 'href="#pengesahan"' not in owner.get(path).text
    wrong = head.post(approve[1], {"reason": "Sudah dibahas", "passphrase": "bukan frasa sandi saya"}, on=path)
    assert wrong.status_code == 422 and "bukan milik Anda" in wrong.text and "bukan frasa" not in wrong.text
    assert "Sudah dibahas" in wrong.text, "what was typed is not lost"
    assert owner.post(approve[1], {"reason": "x", "passphrase": PASSPHRASE}, on=path).status_code == 404
    assert head.post(approve[1], {"reason": "Sudah dibahas", "passphrase": PASSPHRASE}, on=path).status_code == 303
    listed = head.get("/sop").text
    assert "Disahkan, belum berlaku" in listed and "188/12/2026" in listed


def test_the_wording_left_standing_follows_another_number_and_one_typed_stays(house: House) -> None:
    owner = house.person("process_owner")
    path = begin(house, owner)

    def saved(**typed: str) -> str:
        cell = owner.get(path).text.split('name="element_id" value="coordinate_provider"')[1].split("</form>")[0]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', cell))
        wording = re.search(r'name="wording"[^>]* value="([^"]*)"', cell)
        assert wording is not None
        number = revision(owner.get(path).text)
        sent = {"element_id": "coordinate_provider", "unit": "working_minutes", "revision": number, "wording": wording[1], **hidden, **typed}
        assert owner.post(f"{path}/waktu", sent, on=path).status_code == 303
        return owner.get(path).text

    page = saved(amount="25")
    assert "menjadi 25 menit (jam kerja)" in page and 'value="25 menit"' in page and "time-contradictory" not in page
    assert 'value="paling lama 25 menit"' in saved(amount="25", wording="paling lama 25 menit")
    assert 'value="setengah jam"' in saved(amount="30", wording="setengah jam")
    assert 'value="2 hari kerja"' in saved(amount="2", unit="working_days"), "another clock is another time, too"


def test_the_library_gives_the_sops_own_number_and_the_way_to_change_it_stands_first(house: House) -> None:
    owner = house.person("process_owner")
    library = owner.get("/sop").text
    assert "Nomor 065/ /UPT PPA" in library and "nomor belum ditetapkan dalam SOP" not in library.split("Nomor 065")[1].split("</th>")[0]
    newest = re.search(r'href="(/sop/[0-9a-f]{32})"', library.split("Judul")[-1])
    assert newest
    page, other = owner.get(newest[1]).text, house.person("companion").get(newest[1]).text
    assert page.index(f'action="{newest[1]}/draf"') < page.index('id="h-diagram"')
    assert f'action="{newest[1]}/draf"' not in other


def test_two_versions_stand_side_by_side_in_words_and_drawings(house: House) -> None:
    owner = house.person("process_owner")
    path = begin(house, owner)
    owner.post(f"{path}/waktu", {"element_id": "document_case", "unit": "working_minutes", "wording": "45 menit", "amount": "45",
                                 "revision": "1"}, on=path)
    compare = re.search(r'href="(/sop/banding/[0-9a-f]+/[0-9a-f]+)"', owner.get(path).text)
    assert compare is not None
    page = owner.get(compare[1]).text
    assert "menjadi 45 menit" in page and page.count("<svg xmlns") == 2 and page.count("is-changed") >= 2
    red = page.split('class="changes is-duty"')[1].split("</div>")[0]
    assert "Langkah, pelaksana, waktu, atau urutan berubah" in red and "menjadi 45 menit" in red and "<svg" in red, "a word and a sign, too"
    places = re.findall(r'<a class="key changed" href="#([^"]+)">', page)
    assert len(places) == len(set(places)) == 2 and all(page.count(f'id="{place}"') == 1 for place in places)
    assert 'class="changes is-safeguard"' not in page and page.count('<span class="key added">') == 2
    for sheet in re.findall(r'href="(/sop/[0-9a-f]{32}/sop-ap\.xlsx)"', page):
        assert owner.get(sheet).status_code == 200
    assert house.person("companion").get(compare[1]).status_code == 404, "drafts are not everybody's"


def test_what_a_draft_does_to_running_cases_stands_on_a_page_of_its_own(house: House) -> None:
    started = house.office.start()
    owner = house.person("process_owner")
    path = begin(house, owner)
    owner.post(f"{path}/waktu", {"element_id": "approve_case_report", "unit": "working_minutes", "wording": "", "amount": "15",
                                 "revision": "1"}, on=path)
    effects = re.search(r'href="(/sop/akibat/[0-9a-f]+)"', owner.get(path).text)
    assert effects is not None
    page = owner.get(effects[1]).text
    assert "Aman" in page and "Manajer Kasus" in page and "dihitung ulang" in page
    assert started.case_id not in page
    assert 'name="kasus"' not in page and "/pindahkan" not in page     # nobody moves cases to a draft
    assert house.person("companion").get(effects[1]).status_code == 404


def test_one_diagram_becomes_a_draft_and_a_gate_removed_stands_in_red(house: House) -> None:
    owner = house.person("process_owner")
    drawn = (offices.SOP / DIAGRAM).read_bytes().replace(b">hiv = true<", b'>hiv = true and risk = "high"<')
    path = begin(house, owner, files=(io.BytesIO(drawn), "gambar-baru.bpmn"))
    page = owner.get(path).text
    assert "Menyangkut pengesahan, persetujuan, atau kerahasiaan" in page and "tidak lagi bekerja seperti semula" in page
    broken = drawn.replace(b">PT40M<", b">40 menit<").replace(b">PT30M<", b">30 menit<")
    assert owner.post(f"{path}/berkas", {"files": (io.BytesIO(broken), DIAGRAM), "revision": "1"}, on=path).status_code == 303
    page = owner.get(path).text
    assert "timer-unusable" in page and "belum dapat dibandingkan" in page
    refused = owner.post(f"{path}/ajukan", {"decree": "1", **boxes("effective_from", date(2027, 1, 4)), "reason": "x", "revision": "2"}, on=path)
    assert refused.status_code == 422 and "timer-unusable" in refused.text
    assert owner.post(f"{path}/cabut", on=path).status_code == 303
    assert "Dicabut" in owner.get(path).text and f"{path}/berkas" not in owner.get(path).text


def test_a_finding_says_what_its_element_is_called_and_leads_to_it_on_the_drawing(house: House) -> None:
    owner = house.person("process_owner")
    drawn = (offices.SOP / DIAGRAM).read_bytes().replace(b">PT40M<", b">PT45M<")
    path = begin(house, owner, files=(io.BytesIO(drawn), DIAGRAM))
    page = owner.get(path).text
    draft = path.rpartition("/")[2]
    assert f'href="/sop/gambar/{draft}?berkas={DIAGRAM}#coordinate_provider_overdue"' in page
    assert re.search(r"Berkoordinasi dengan petugas pelayanan yang dituju[^<]* <code>coordinate_provider_overdue</code>", page)
    assert "SOP baris 2" in page, "its row of the printed SOP"
    owner.post(f"{path}/cabut", on=path)
    closed = owner.get(path).text
    assert "<code>coordinate_provider_overdue</code>" in closed and "/sop/gambar/" not in closed


def test_a_draft_that_cannot_run_says_what_is_wrong_and_where_to_mend_it_instead_of_being_compared(house: House) -> None:
    owner = house.person("process_owner")
    broken = (offices.SOP / DIAGRAM).read_bytes().replace(b">PT40M<", b">40 menit<")
    path = begin(house, owner, files=(io.BytesIO(broken), DIAGRAM))
    draft = path.rpartition("/")[2]
    newest = re.search(r'href="/sop/([0-9a-f]{32})">dari versi', owner.get(path).text)
    assert newest is not None
    for asked in (f"/sop/banding/{newest[1]}/{draft}", f"/sop/banding/{draft}/{newest[1]}", f"/sop/{draft}/sop-ap.pdf",
                  f"/sop/{draft}/ekspor.svg", f"/sop/akibat/{draft}"):
        answer = owner.get(asked)
        assert answer.status_code == 422 and "Didahului perubahan lain" not in answer.text, asked
        assert "Draf ini belum dapat dijalankan" in answer.text and "timer-unusable" in answer.text, asked
        assert f'href="{path}"' in answer.text and f'href="/sop/gambar/{draft}"' in answer.text, asked
    assert owner.get(f"/sop/{draft}/ekspor.bpmn").status_code == 200, "its files are there all the same"


def test_a_line_led_elsewhere_is_marked_in_both_drawings(house: House) -> None:
    owner = house.person("process_owner")
    drawn = (offices.SOP / DIAGRAM).read_bytes().replace(
        b'sourceRef="is_report_in_order" targetRef="receive_completion_report"', b'sourceRef="is_report_in_order" targetRef="check_and_forward"')
    path = begin(house, owner, files=(io.BytesIO(drawn), DIAGRAM))
    compare = re.search(r'href="(/sop/banding/[0-9a-f]+/[0-9a-f]+)"', owner.get(path).text)
    assert compare is not None
    old, new = owner.get(compare[1]).text.split('id="h-menjadi"')
    assert 'class="edge sequenceFlow is-removed"' in old and 'class="edge sequenceFlow is-added"' in new


def test_a_folder_sent_without_saying_of_what_is_a_change_of_the_sop_it_names(house: House) -> None:
    owner, packed = house.person("process_owner"), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(offices.SOP.rglob("*")):
            if path.is_file():
                archive.writestr(f"sop/{path.relative_to(offices.SOP)}", path.read_bytes().replace(b"Melakukan pendokumentasian", b"Mengarsipkan"))
    response = owner.post("/sop/draf", {"files": (io.BytesIO(packed.getvalue()), "sop.zip")}, on="/sop")
    assert response.status_code == 303
    page = owner.get(response.headers["Location"]).text
    assert "dari versi" in page and "menjadi “Mengarsipkan”" in page
    assert "uses-missing" not in page, "what it borrows came along"


def test_a_zip_of_another_sop_or_of_nothing_is_refused_where_it_was_sent(house: House) -> None:
    owner = house.person("process_owner")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lain/sop.toml", 'key = "lain"\nagency = "kalbar"\n')
        archive.writestr("lain/x.bpmn", (offices.SOP / DIAGRAM).read_bytes())
    newest = house.office.engine.sops.list(house.office.actor("process_owner"))[0].deployment_id
    response = owner.post(f"/sop/{newest}/draf", {"files": (io.BytesIO(packed.getvalue()), "lain.zip")}, on=f"/sop/{newest}")
    assert response.status_code == 422 and "milik SOP lain" in response.text
    response = owner.post("/sop/draf", {"files": (io.BytesIO(packed.getvalue()), "lain.zip")}, on="/sop")
    assert response.status_code == 303, "of a key that nobody knows yet it is a new SOP"
    page = owner.get(response.headers["Location"]).text
    assert "dari versi" not in page
    alone = owner.post("/sop/draf", {"files": (io.BytesIO((offices.SOP / DIAGRAM).read_bytes()), DIAGRAM)}, on="/sop")
    assert alone.status_code == 422 and "Sertakan sop.toml" in alone.text
    response = owner.post(f"/sop/{newest}/draf", {"files": (io.BytesIO(b"PK\x03\x04rusak"), "rusak.zip")}, on=f"/sop/{newest}")
    assert response.status_code == 422 and "tidak dapat dibaca" in response.text


def test_an_sop_is_copied_under_a_key_and_title_of_its_own(house: House) -> None:
    owner = house.person("process_owner")
    newest = house.office.engine.sops.list(house.office.actor("process_owner"))[0].deployment_id
    page = f"/sop/{newest}"
    for key, title, why in (("Kasus Lain", "Kasus lain", "huruf kecil"), ("kasus-lain", " ", "Tulis judul"),
                            ("pengelolaan-kasus", "Kasus lain", "sudah dipakai SOP lain")):
        refused = owner.post(f"{page}/salin", {"key": key, "title": title}, on=page)
        assert refused.status_code == 422 and why in refused.text and f'value="{key}"' in refused.text
    made = owner.post(f"{page}/salin", {"key": "kasus-lain", "title": 'Kasus "lain"'}, on=page)
    assert made.status_code == 303
    (draft,) = (one for one in house.office.engine.sops.drafts(house.office.actor("process_owner")) if one.key == "kasus-lain")
    assert (draft.title.id, draft.based_on, draft.findings) == ('Kasus "lain"', None, 0)
    assert "SOP ini baru" in owner.get(made.headers["Location"]).text
    assert house.person("head_of_unit").post(f"{page}/salin", {"key": "x-y", "title": "x"}, on="/sop").status_code == 404


def test_an_earlier_revision_becomes_the_next_one_and_an_overtaken_draft_says_so(house: House) -> None:
    owner, sops = house.person("process_owner"), house.office.engine.sops
    path = begin(house, owner)
    assert "sejak draf ini dibuat" not in owner.get(path).text
    owner.post(f"{path}/waktu", {"element_id": "document_case", "unit": "working_minutes", "wording": "", "amount": "45", "revision": "1"}, on=path)
    back = {"number": "1", "revision": "2"}
    assert owner.get(path).text.count('form="kembali"') == 1
    assert owner.post(f"{path}/pulihkan", {**back, "revision": "1"}, on=path).status_code == 422
    assert owner.post(f"{path}/pulihkan", {**back, "number": "7"}, on=path).status_code == 404
    assert owner.post(f"{path}/pulihkan", back, on=path).status_code == 303
    page = owner.get(path).text
    assert "revisi 3" in page and "Belum ada yang diubah" in page and "Kembali ke revisi 1" in page
    assert "Kembali ke revisi 1" in owner.get("/sop").text, "what tells it from other drafts of the same SOP"

    files = dict(SopBundle.from_dir(offices.SOP).files)
    sops.deploy(house.office.engine.people.operator("kalbar"), SopBundle.from_files({**files, "catatan.toml": b"# baru"}))
    page = owner.get(path).text
    assert "sejak draf ini dibuat" in page
    newest = sops.list(house.office.actor("process_owner"))[0].deployment_id
    assert f'href="/sop/{newest}"' in page and f'href="{path}/bawa"' in page


def test_an_overtaken_draft_is_carried_over_and_what_both_changed_is_chosen(house: House) -> None:
    owner, sops = house.person("process_owner"), house.office.engine.sops
    path = begin(house, owner)
    time = {"element_id": "monitor_beneficiary", "unit": "working_minutes", "wording": ""}
    owner.post(f"{path}/waktu", {**time, "amount": "45", "revision": "1"}, on=path)
    assert owner.get(f"{path}/bawa").headers["Location"] == path, "nothing overtook it yet"
    version = house.office.actor("process_owner")
    files = dict(sops.get(version, sops.list(version)[0].deployment_id).files)
    files[DIAGRAM] = files[DIAGRAM].replace(b"PT60M", b"PT90M", 1).replace(b"60 menit", b"90 menit")
    sops.deploy(house.office.engine.people.operator("kalbar"), SopBundle.from_files(files))
    page = owner.get(f"{path}/bawa").text
    names = set(re.findall(r'name="(pilih\.[0-9a-f]+)"', page))
    sent = {"revision": "2", "onto": sops.list(version)[0].deployment_id}
    assert names and "PT45M" in page and "PT90M" in page and "PT60M" in page
    refused = owner.post(f"{path}/bawa", sent, on=f"{path}/bawa")
    assert refused.status_code == 422 and "Pilih satu" in refused.text
    assert owner.post(f"{path}/bawa", {**sent, "revision": "1"}, on=path).status_code == 422
    assert owner.post(f"{path}/bawa", {**sent, **dict.fromkeys(names, "draft")}, on=path).headers["Location"] == path
    page = owner.get(path).text
    assert "menjadi 45 menit" in page and "90 menit" in page and "Dibawa ke versi" in page and "sejak draf ini dibuat" not in page
    assert house.person("head_of_unit").get(f"{path}/bawa").status_code == 404
