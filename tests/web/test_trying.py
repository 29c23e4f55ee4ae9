"""A draft is tried through its own forms, as any role, and the run is kept as a scenario: the real engine, forms as a browser posts them."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest

from engine.bundle import SopBundle
from engine.kept_trial import KeptTrial
from engine.scenario import read_scenario
from tests.support import office as offices
from tests.web import test_sop_drafts
from tests.web.conftest import Browser
from tests.web.test_sop_drafts import House, begin
from tests.web.test_whole_case import forms_of, posted

house = test_sop_drafts.house  # the fixture
STORY = offices.story("a01_rujukan_kesehatan")
FORMS = forms_of(SopBundle.from_dir(offices.SOP))


def opened(owner: Browser, of: str) -> str:
    """A trial of a draft or a version; its address."""
    response = owner.post(f"/sop/coba/buka/{of.rpartition('/')[2]}", {}, on=of)
    assert response.status_code == 303, response.text
    return str(response.headers["Location"])


def chosen(page: str) -> str:
    """What the page's form is of."""
    found = re.search(r'name="work_id" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def filled(form: str, values: Any, **more: str) -> dict[str, Any]:
    return {**posted(FORMS[form]["fields"], dict(values)), **more}


def test_a_draft_is_tried_through_its_forms_and_kept_as_a_scenario(house: House) -> None:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    trial = opened(owner, draft)
    page = owner.get(trial).text
    assert draft in page and "sebagai Operator/Penerima Pengaduan" in page and chosen(page) == "mulai"
    refused = owner.post(f"{trial}/mulai", {"work_id": "mulai"}, on=trial)
    assert refused.status_code == 422 and 'id="f-alias_code-masalah"' in refused.text
    more_rows = owner.post(f"{trial}/baris", filled("receive_case", STORY.submission, work_id="mulai", add_row="f.plan_lines"), on=trial)
    assert 'name="f.plan_lines.1.goal"' in more_rows.text and "Pemulihan luka" in more_rows.text
    assert owner.post(f"{trial}/simpan", {"name": "x", "source": "x"}, on=trial).status_code == 409, "nothing was done yet"
    assert owner.post(f"{trial}/mulai", filled("receive_case", STORY.submission, work_id="mulai"), on=trial).status_code == 303

    page = owner.get(trial).text
    assert "sebagai Manajer Kasus" in page and 'is-now' in page
    assert owner.get(f"{trial}?peran=companion").text.count("sebagai Manajer Kasus") == 0
    bad = owner.post(f"{trial}/selesai", {"work_id": chosen(page), "f.decision": "sesuka hati"}, on=trial)
    assert bad.status_code == 422 and 'id="f-decision-masalah"' in bad.text
    assert "Sampai tenggat berikutnya" in page
    assert owner.post(f"{trial}/maju", {"do": "next"}, on=trial).status_code == 303
    assert owner.post(f"{trial}/selesai", filled("approve_case_report", STORY.steps[0].submission, work_id=chosen(page)),
                      on=trial).status_code == 303
    page = owner.get(trial).text
    gone = owner.post(f"{trial}/selesai", {"work_id": "0" * 32}, on=trial)
    assert gone.status_code == 422

    taken = owner.post(f"{trial}/simpan", {"name": "a01_rujukan_kesehatan", "source": "coba"}, on=trial)
    assert taken.status_code == 422 and "sudah dipakai skenario lain" in taken.text
    for name in ("../lain", "Besar", ""):
        assert owner.post(f"{trial}/simpan", {"name": name, "source": "coba"}, on=trial).status_code == 422
    kept = owner.post(f"{trial}/simpan", {"name": "laporan_disetujui", "source": "Laporan disetujui"}, on=trial)
    assert kept.status_code == 303 and draft in kept.headers["Location"]
    told = read_scenario(file_of(house, draft, "scenarios/laporan_disetujui.toml"))
    assert told.role == "intake_operator" and told.submission["alias_code"] == STORY.submission["alias_code"]
    assert [step.complete for step in told.steps if step.acts_on] == ["approve_case_report"]
    assert told.end == {"completed": False, "documents": []}

    owner.post(f"{draft}/waktu", {"element_id": "coordinate_provider", "unit": "working_minutes", "amount": "30", "wording": "",
                                  "revision": test_sop_drafts.revision(owner.get(draft).text)}, on=draft)
    stale = owner.post(f"{trial}/simpan", {"name": "lagi", "source": "coba"}, on=trial)
    assert stale.status_code == 409 and "Sudah diubah orang lain" in stale.text


def test_a_trial_is_its_openers_alone_and_of_their_agency(house: House) -> None:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    trial = opened(owner, draft)
    companion = house.person("companion")
    assert companion.post(f"/sop/coba/buka/{draft.rpartition('/')[2]}", {}).status_code == 404
    assert companion.get(trial).status_code == 404
    assert owner.post("/sop/coba/buka/" + "0" * 32, {}).status_code == 404
    version = re.search(r'href="(/sop/[0-9a-f]{32})"', owner.get(draft).text)
    assert version is not None
    of_version = opened(owner, version[1])
    assert "Simpan sebagai skenario" not in owner.get(of_version).text
    owner.post(f"{of_version}/mulai", filled("receive_case", STORY.submission, work_id="mulai"), on=of_version)
    assert owner.post(f"{of_version}/simpan", {"name": "x", "source": "x"}, on=of_version).status_code == 404, "a version is no draft"


def test_a_trial_that_cannot_be_repeated_says_so_and_begins_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    trial = opened(owner, draft)
    owner.post(f"{trial}/maju", {"do": "", "amount": "1", "unit": "hours"}, on=trial)
    monkeypatch.setattr(KeptTrial, "_mark", lambda _: "lain")      # as a release that plays otherwise would
    house.office.engine.sops._trials._known.clear()                # and a process that does not know it
    lost = owner.get(trial)
    assert lost.status_code == 409 and "Percobaan ini tidak dapat dilanjutkan" in lost.text and f'href="{draft}"' in lost.text
    again = re.search(r'action="(/sop/coba/buka/[0-9a-f]+)"', lost.text)
    assert again is not None
    begun = owner.post(again[1], {}, on=draft)
    assert begun.status_code == 303 and begun.headers["Location"] != trial


def file_of(house: House, draft: str, path: str) -> bytes:
    """A file of a draft, as it is taken along."""
    packed = house.person("process_owner").get(f"/sop/{draft.rpartition('/')[2]}/ekspor.zip").data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return next(archive.read(name) for name in archive.namelist() if name.endswith(path))


def test_scenarios_are_played_on_the_draft_and_what_goes_otherwise_is_written_anew(house: House) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    draft = begin(house, owner)
    path = draft.replace("/draf/", "/skenario/")
    assert "0 dari 1 skenario sudah dimainkan" in head.get(path).text, "who approves looks at them, too"
    assert head.post(path, {}, on=path).status_code == 404
    assert owner.post(path, {}, on=path).status_code == 303
    page = owner.get(path).text
    assert page.count("berjalan seperti tertulis") == 1 and "tidak berjalan" not in page
    assert "Alur yang belum dilalui" in page and page.count("is-untaken") > 3 and 'stroke-dasharray="7 4"' in page
    changed = {"element_id": "coordinate_provider", "unit": "working_minutes", "amount": "30", "wording": "",
               "revision": test_sop_drafts.revision(owner.get(draft).text)}
    assert owner.post(f"{draft}/waktu", changed, on=draft).status_code == 303
    page = owner.get(draft).text
    listed = f'{draft}">(?:(?!</tr>).)*data-label="Harus diperbaiki">(?:(?!</td>).)*1 skenario '
    assert re.search(listed + "belum dimainkan", owner.get("/sop").text, re.S), "the library does not say that nothing is to be mended"
    assert "1 skenario belum dimainkan pada revisi ini" in page and "scenario-not-played" in page, "what was played was another revision"
    assert owner.get(f"{path}/tulis").status_code == 404, "nobody knows yet what would change"
    owner.post(path, {}, on=path)
    page = owner.get(path).text
    assert "Langkah 2: tenggat tugas" in page and "09.08" in page and "tertulis" in page and "09.18" in page and "data-goes-on" not in page
    page = owner.get(draft).text
    found = page.split('id="temuan"')[1]
    assert "1 skenario tidak berjalan seperti tertulis" in page and "scenario-otherwise" in found and path in found
    assert "Langkah 2: tenggat tugas" in found and "Harus diperbaiki" in found
    assert re.search(listed + "tidak berjalan seperti tertulis", owner.get("/sop").text, re.S), "what is known is said"
    assert house.person("companion").get(path).status_code == 404

    assert head.get(f"{path}/tulis").status_code == 404
    offered = owner.get(f"{path}/tulis").text
    assert 'value="a01_rujukan_kesehatan" checked' in offered and offered.count('data-label="Menjadi"') == 2
    assert "Tenggat: Berkoordinasi" in offered and "tepat waktu" in offered and "<strong>terlambat</strong>" in offered
    consent = {"revision": test_sop_drafts.revision(offered), "nama": "a01_rujukan_kesehatan"}
    assert owner.post(f"{path}/tulis", {**consent, "revision": "1"}, on=path).status_code == 409
    assert head.post(f"{path}/tulis", consent, on=path).status_code == 404
    assert owner.post(f"{path}/tulis", consent, on=path).status_code == 303
    assert owner.get(path).text.count("berjalan seperti tertulis") == 1 and "scenario-" not in owner.get(draft).text.split('id="temuan"')[1]
    assert b'verdict = "late"' in file_of(house, draft, "scenarios/a01_rujukan_kesehatan.toml")


def test_a_scenario_is_dropped(house: House) -> None:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    path = draft.replace("/draf/", "/skenario/")
    dropped = {"revision": "1", "nama": "a01_rujukan_kesehatan"}
    taken_up = owner.post(f"{path}/coba", dropped, on=path)
    assert taken_up.status_code == 303 and "document_case" in owner.get(taken_up.headers["Location"]).text, "played to its end"
    assert owner.post(f"{path}/coba", {"nama": "lain"}, on=path).status_code == 404
    assert owner.post(f"{path}/hapus", {**dropped, "nama": "../sop"}, on=path).status_code == 404
    assert owner.post(f"{path}/hapus", dropped, on=path).status_code == 303
    assert "belum punya skenario" in owner.get(path).text and "scenarios/a01_rujukan_kesehatan.toml" in owner.get(draft).text
