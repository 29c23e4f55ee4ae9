"""Files that a process owner may hand in beside a diagram: stories, forms, templates. The studio's pages tell what is wrong with them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

import engine
from engine import errors
from engine.bundle import SopBundle
from engine.render import typst
from tests.hostile import bombs
from tests.support import office as offices
from tests.web import test_sop_drafts
from tests.web.conftest import Browser
from tests.web.test_sop_drafts import House

house = test_sop_drafts.house  # the fixture

BEGUN = 'source = "x"\n[start]\nat = 2026-11-10T08:30:00+07:00\nas = "intake_operator"\n'
STORY = (offices.SOP / "scenarios" / "a01_rujukan_kesehatan.toml").read_text().split("[[step]]")[0]
#: What a word of a story may not be: each is unreadable.
UNREADABLE = {
    "endless-version": BEGUN + '[[step]]\ncomplete = "a"\nversion = inf', "no-version": BEGUN + '[[step]]\ncomplete = "a"\nversion = nan',
    "source": BEGUN.replace('"x"', '{ a = "<script>alert(1)</script>" }'), "role": BEGUN.replace('"intake_operator"', "[1]"),
    "step": STORY + "[[step]]\ncomplete = { a = 1 }", "claim": STORY + "[[step]]\nclaim = [1]", "case": STORY + "[[step]]\nopen = []\ncase = {}",
    "with": STORY + '[[step]]\ncomplete = "a"\nwith = 5', "answers": BEGUN + "with = [1]", "message": STORY + "[[step]]\nmessage = 5",
    "signal": STORY + "[[step]]\nsignal = {}", "start": STORY + "[[step]]\nstart = {}", "timer": BEGUN + "timer = [1]",
    "business-key": BEGUN + "business_key = {}", "verdict": STORY + '[[step]]\ncomplete = "a"\nverdict = {}',
    "row": STORY + "[[step]]\nopen = [{ task = 1, role = {} }]", "documents": BEGUN + '[end]\ndocuments = [1, "a"]',
    "completed": BEGUN + "[end]\ncompleted = {}", "audit": BEGUN + "[[audit]]\nat = 2026-11-10T08:30:00+07:00\naltered = inf",
    "year-1": BEGUN.replace("2026-11-10T08:30:00+07:00", "0001-01-01T00:00:00+14:00"),
    "year-9999": BEGUN.replace("2026-11-10T08:30:00+07:00", "9999-12-31T23:59:59-12:00"),
    "wait": STORY + "[[step]]\nwait_until = 9999-12-31T23:59:59+00:00", "overrun": STORY + '[[step]]\ncomplete = "a"\noverrun = 5',
    "decision": "at = 2026-11-10T08:30:00+07:00\n[[decide]]\ndecision = {}\ngives = 1",
    "given": 'at = 2026-11-10T08:30:00+07:00\n[[decide]]\ndecision = "x"\ngiven = 5\ngives = inf',
    "asked-in-year-1": 'at = 0001-01-01T00:00:00+14:00\n[[decide]]\ndecision = "x"\ngives = 1',
}
#: What may be written and goes otherwise.
OTHERWISE = {
    "unbegun-case": STORY + '[[step]]\nopen = []\ncomplete = "a"\ncase = "kasus-9"', "strange-answers": BEGUN + "with = { a = inf, b = 07:30:00 }",
    "strange-names": BEGUN + 'with = { "<script>alert(1)</script>" = "<img src=x onerror=alert(1)>" }',
    "strange-refusal": STORY + '[[step]]\ncomplete = "<svg onload=alert(1)>"\nrefuse = "<script>alert(1)</script>"',
}
RAW = re.compile(r"<script>alert|<img src=x|<svg onload", re.I)


def draft_of(owner: Browser, files: dict[str, bytes]) -> str:
    """The id of a draft of Kalbar's SOP with these files, and without its own stories."""
    packed = io.BytesIO()
    kept = {path: data for path, data in SopBundle.from_dir(offices.SOP).files.items() if not path.startswith("scenarios/")}
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in {**kept, **files}.items():
            archive.writestr(path, data)
    response = owner.post("/sop/draf", {"files": (io.BytesIO(packed.getvalue()), "sop.zip")}, on="/sop")
    assert response.status_code == 303
    return response.headers["Location"].rsplit("/", 1)[-1]


def test_a_hostile_story_is_told_on_the_page_and_takes_no_page_away(house: House) -> None:
    owner = house.person("process_owner")
    draft = draft_of(owner, {f"scenarios/{name}.toml": text.encode() for name, text in (UNREADABLE | OTHERWISE).items()})
    assert owner.get(f"/sop/draf/{draft}").status_code == 200
    assert owner.post(f"/sop/skenario/{draft}", on=f"/sop/skenario/{draft}").status_code == 303
    page = owner.get(f"/sop/skenario/{draft}")
    assert page.status_code == 200 and not RAW.search(page.text)
    told = dict(re.findall(r"<code>([\w-]+)</code>.*?(berkasnya tidak dapat dibaca|berjalan lain|berjalan seperti tertulis)", page.text, re.S))
    assert told == dict.fromkeys(UNREADABLE, "berkasnya tidak dapat dibaca") | dict.fromkeys(OTHERWISE, "berjalan lain")


def test_half_a_letter_in_a_form_or_a_sample_is_told_and_takes_no_page_away(house: House) -> None:
    owner = house.person("process_owner")
    form = b'{"key": "jahat", "title": {"id": "\\ud800"}, "fields": [{"key": "x", "type": "text", "label": {"id": "\\udfff"}}]}'
    draft = draft_of(owner, {"forms/jahat.json": form, "documents/jahat.typ": b"x", "documents/jahat.sample.json": b'{"a": "\\ud800"}'})
    page = owner.get(f"/sop/draf/{draft}")
    assert page.status_code == 200 and "form-unreadable" in page.text
    assert owner.get(f"/sop/formulir/{draft}?berkas=forms/jahat.json").status_code in (200, 422)
    assert "Tidak ada berkas contoh yang dapat dibaca" in owner.get(f"/sop/dokumen/{draft}?berkas=documents/jahat.typ").text


def test_the_clock_of_a_trial_stops_where_calendars_end() -> None:
    trial = engine.Trial.open(engine.SopBundle.from_files(bombs.diagram(bombs.simple())), now=datetime(8999, 12, 1, tzinfo=UTC))
    for by in (timedelta(days=3660), timedelta.max):
        with pytest.raises(errors.TooFarAhead):
            trial.advance(by)
    trial.advance(timedelta(days=31))
    assert trial.now == datetime(9000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("template", [
    b'#read("/etc/hostname")', b'#read("../order.json")', b'#read("/order.json")', b'#eval("read(\\"/etc/hostname\\")")',
    b'#bibliography("/etc/hostname")', b'#plugin("/proc/self/exe")', b'#csv("/proc/self/environ")', b'#import "@local/x:0.1.0": *',
    b'#image(bytes("<svg xmlns=\\"http://www.w3.org/2000/svg\\" width=\\"9\\" height=\\"9\\"><image href=\\"/etc/hostname\\"/></svg>"))',
])
def test_a_template_reads_nothing_beside_it_and_its_refusal_names_no_place_of_the_machine(template: bytes) -> None:
    with pytest.raises(typst.DocumentFailed) as failed:
        typst.page_of_sample(template, {})
    assert failed.value.said and not re.search(r"/dev/shm|/tmp|kawal-document", failed.value.said)
