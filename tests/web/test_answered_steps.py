"""What changes for many stories is settled once for all of them, and the files written anew: pages as a browser posts them."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from engine import scenario_check
from engine.scenario import read_scenario
from tests.support import new_question, new_step
from tests.support import office as offices
from tests.support.new_step import NAME, STEP
from tests.unit.test_table_scenario import ASK, TABLE
from tests.web import test_sop_drafts
from tests.web.conftest import Browser
from tests.web.test_sop_drafts import House, begin
from tests.web.test_trying import file_of

house = test_sop_drafts.house  # the fixture
STORY = "a01_rujukan_kesehatan"
CHOSEN = {"nama": STORY}


@pytest.fixture
def asked(house: House) -> tuple[Browser, str, str]:
    """An owner with a draft whose one story stops at a new step; the draft's page, and that of its scenarios."""
    return played(house, new_step.with_new_step(offices.with_stories(STORY).files))


def played(house: House, files: Mapping[str, bytes]) -> tuple[Browser, str, str]:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    packed.seek(0)
    assert owner.post(f"{draft}/berkas", {"revision": "1", "files": (packed, "sop.zip")}, on=draft).status_code == 303
    scenarios = draft.replace("/draf/", "/skenario/")
    assert owner.post(scenarios, {}, on=scenarios).status_code == 303
    return owner, draft, scenarios


def carried(page: str) -> dict[str, Any]:
    """What a page sends along unseen of what was typed one page earlier."""
    found, minutes = re.search(r'name="jawaban" value="([^"]*)"', page), re.search(r'name="menit" value="(\d+)"', page)
    assert found is not None and minutes is not None
    return {"jawaban": html.unescape(found[1]), "menit": minutes[1]}


def test_a_step_is_answered_once_and_the_stories_are_written_anew(house: House, asked: tuple[Browser, str, str]) -> None:
    owner, draft, scenarios = asked
    step = f"{scenarios}/langkah/{STEP}"
    page = owner.get(scenarios).text
    assert f"1 skenario berhenti di langkah “{NAME}”" in page and step in page
    page = owner.get(step).text
    assert 'name="f.opinion"' in page and "sebagai Manajer Kasus" in page and f'value="{STORY}" checked' in page
    more = owner.post(f"{step}/baris", {**CHOSEN, "f.opinion": "Puas", "add_row": "f.asked_again", "menit": "5"}, on=step).text
    assert 'name="f.asked_again.0.asked_on.d"' in more and 'value="Puas"' in more and 'inputmode="numeric" value="5"' in more

    none = owner.post(step, {"f.opinion": "Puas"}, on=step)
    assert none.status_code == 422 and "Pilih sedikitnya satu skenario" in none.text and 'value="Puas"' in none.text
    bad = owner.post(step, {**CHOSEN, "f.opinion": ""}, on=step)
    assert bad.status_code == 422 and 'id="f-opinion-masalah"' in bad.text and f"ditolak di cerita {STORY}" in bad.text
    offered = owner.post(step, {**CHOSEN, "f.opinion": "Puas", "menit": "15"}, on=step)
    assert offered.status_code == 200 and "Sebelum langkah 10" in offered.text and "dikerjakan Manajer Kasus" in offered.text
    assert "11.35" in offered.text and "13.20" in offered.text and "13.35" in offered.text, "old and new line by line"
    assert STEP.encode() not in file_of(house, draft, f"scenarios/{STORY}.toml"), "nothing is saved yet"

    consent = {**CHOSEN, **carried(offered.text), "revision": test_sop_drafts.revision(offered.text)}
    assert json.loads(consent["jawaban"]) == {"opinion": "Puas"}
    stale = owner.post(f"{step}/simpan", {**consent, "revision": "1"}, on=step)
    assert stale.status_code == 409 and "Sudah diubah orang lain" in stale.text
    assert owner.post(f"{step}/simpan", {**consent, "jawaban": "[["}, on=step).status_code == 404, "so nobody saw it played"
    for strange in ('{"opinion": 1.5}', '{"opinion": {"a": [1]}}', "[" * 99_999):
        assert owner.post(step, {**CHOSEN, "jawaban": strange}, on=step).status_code in (404, 409, 422)
    assert owner.post(f"{step}/simpan", consent, on=step).status_code == 303
    page = owner.get(scenarios).text
    assert page.count("berjalan seperti tertulis") == 1 and "berhenti" not in page
    told = read_scenario(file_of(house, draft, f"scenarios/{STORY}.toml"))
    assert (told.steps[9].complete, told.steps[9].submission) == (STEP, {"opinion": "Puas"})
    assert owner.get(step).status_code == 404, "nothing stops there any more"


def test_what_a_form_refuses_is_answered_once_and_the_stories_are_written_anew(house: House) -> None:
    form = "coordinate_provider"
    files = new_question.with_questions(offices.with_stories(STORY).files, form, new_question.QUESTION, new_question.WHY)
    owner, draft, scenarios = played(house, files)
    place, title = f"{scenarios}/formulir/{form}", json.loads(files[f"forms/{form}.json"])["title"]["id"]
    page = owner.get(scenarios).text
    assert f"1 skenario berhenti karena formulir “{title}” menolak isiannya" in page and place in page
    assert "tidak ada yang hilang. (Kemendesakan)" in page, "the question by its words"
    page = owner.get(place).text
    assert 'name="f.urgency"' in page and 'name="f.why"' in page and 'name="f.provider"' not in page and 'name="menit"' not in page

    blank = owner.post(place, CHOSEN, on=place)
    assert blank.status_code == 422 and 'id="f-urgency-masalah"' in blank.text and f"ditolak di cerita {STORY}" in blank.text
    offered = owner.post(place, {**CHOSEN, "f.urgency": "later"}, on=place)
    assert offered.status_code == 200 and "Jawaban: Kemendesakan" in offered.text and "tidak dijawab" in offered.text
    assert "<strong>Nanti</strong>" in offered.text and "Langkah 2" in offered.text
    assert b"urgency" not in file_of(house, draft, f"scenarios/{STORY}.toml"), "nothing is saved yet"

    consent = {**CHOSEN, **carried(offered.text), "revision": test_sop_drafts.revision(offered.text)}
    for strange in ("[[", "{}", '{"urgency": 1.5}', '{"provider": "x"}', "[" * 99_999):
        assert owner.post(place, {**CHOSEN, "jawaban": strange}, on=place).status_code in (409, 422), strange
        assert owner.post(f"{place}/simpan", {**consent, "jawaban": strange}, on=place).status_code in (404, 409), strange
    stale = owner.post(f"{place}/simpan", {**consent, "revision": "1"}, on=place)
    assert stale.status_code == 409 and "Sudah diubah orang lain" in stale.text
    assert owner.post(f"{place}/simpan", consent, on=place).status_code == 303
    assert owner.get(scenarios).text.count("berjalan seperti tertulis") == 1
    assert read_scenario(file_of(house, draft, f"scenarios/{STORY}.toml")).steps[1].submission["urgency"] == "later"
    assert owner.get(place).status_code == 404 and owner.get(place.replace("formulir", "lain")).status_code == 404


def test_it_is_played_bit_by_bit_and_the_page_says_how_far_it_is(asked: tuple[Browser, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    owner, _, scenarios = asked
    step = f"{scenarios}/langkah/{STEP}"
    with monkeypatch.context() as patch:
        patch.setattr(scenario_check, "play", lambda *_, **__: None)   # there was no time for any
        waiting = owner.post(step, {**CHOSEN, "f.opinion": "Puas", "menit": "16"}, on=step)
    assert waiting.status_code == 200 and "0 dari 1 skenario sudah dimainkan" in waiting.text and "data-goes-on" in waiting.text
    offered = owner.post(step, {**CHOSEN, **carried(waiting.text)}, on=step)
    assert "11.36" in offered.text and "Simpan sebagai revisi baru" in offered.text


def test_only_who_may_edit_the_draft_meets_the_page(house: House, asked: tuple[Browser, str, str]) -> None:
    _, _, scenarios = asked
    step, head = f"{scenarios}/langkah/{STEP}", house.person("head_of_unit")
    assert head.get(step).status_code == 404 and head.post(step, {**CHOSEN, "f.opinion": "x"}).status_code == 404
    assert "Jawab sekali" not in head.get(scenarios).text


def test_questions_to_a_table_whose_rows_moved_are_written_anew(house: House) -> None:
    asking = ASK + 'rule = 2\ngives = { within = "PT24H", times = 2 }\n'
    more = {"tunggu.dmn": TABLE, "scenarios/tunggu.toml": asking.encode()}
    owner, draft, scenarios = played(house, {**offices.with_stories(STORY).files, **more})
    page = owner.get(scenarios).text
    assert "Pertanyaan 1: baris wait yang cocok: 1; tertulis: 2" in page and "question" not in page
    offered = owner.get(f"{scenarios}/tulis").text
    assert "Baris yang cocok: wait" in offered and "within: PT24H" in offered and "within: PT48H" in offered
    consent = {"nama": "tunggu", "revision": test_sop_drafts.revision(offered)}
    assert owner.post(f"{scenarios}/tulis", consent, on=f"{scenarios}/tulis").status_code == 303
    assert owner.get(scenarios).text.count("berjalan seperti tertulis") == 2
    assert file_of(house, draft, "scenarios/tunggu.toml").decode() == asking.replace("rule = 2", "rule = 1").replace("24H", "48H")
