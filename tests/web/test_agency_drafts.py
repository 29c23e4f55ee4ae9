"""The pages on which changes of hours and parameters are written: refusals beside their box, nothing typed lost, drafts written on."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import boxes
from tests.web.test_agency_tables import DAY, PASSPHRASE, WHY, House, house

__all__ = ["house"]
PAGE = "/kalender-instansi"
WEEK = {f"{box}.{day}": text for day in range(5) for box, text in (("open", "09.00"), ("close", "17.00"), ("break", "12.00–13.00"))}


def value(page: str, name: str) -> str:
    """What a box of a page holds."""
    (found,) = re.findall(rf'<input[^>]* name="{re.escape(name)}"[^>]*>', page)
    held = re.search(r' value="([^"]*)"', found)
    return held[1] if held else ""


def test_weekly_hours_are_written_corrected_taken_back_and_approved(house: House) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    first = house.office.clock.now().date() + 3 * DAY
    assert value(owner.get(f"{PAGE}/jam").text, "open.0") == "07.30", "the boxes begin as it is"
    given = {**WEEK, **boxes("first", first), **WHY}
    refused = owner.post(f"{PAGE}/jam", {**given, "close.1": "08.00", "break.2": "siang", "first.d": ""}, on=f"{PAGE}/jam")
    assert refused.status_code == 422 and 'id="first-masalah"' in refused.text and 'id="break.2-masalah"' in refused.text
    assert re.findall(r'<li><a href="#([^"]*)">', refused.text) == ["first-d", "close.1", "break.2"], "as the page has them"
    refused = owner.post(f"{PAGE}/jam", {**given, "close.1": "08.00", "break.2": "siang"}, on=f"{PAGE}/jam")
    assert refused.status_code == 422 and (value(refused.text, "close.1"), value(refused.text, "break.2")) == ("08.00", "siang")
    assert 'id="close.1-masalah"' in refused.text and 'id="break.2-masalah"' in refused.text and 'id="open.0-masalah"' not in refused.text
    assert '<a href="#close.1">Selasa: ' in refused.text and "Diumumkan pagi ini" in refused.text
    page = owner.post(f"{PAGE}/jam", given, on=f"{PAGE}/jam").headers["Location"]
    shown = owner.get(page).text
    assert "07.30–12.00, 13.00–16.00" in shown and "09.00–12.00, 13.00–17.00" in shown and "Ubah draf ini" in shown

    (edit,) = re.findall(rf'href="({PAGE}/jam\?dari=[^"]*)"', shown)
    again = owner.get(edit).text
    assert (value(again, "close.0"), value(again, "first.d"), value(again, "change")) == ("17.00", str(first.day), page.rsplit("/", 1)[1])
    assert owner.get(edit.replace("/jam", "/musim")).status_code == 404 and head.get(edit).status_code == 404
    changed = owner.post(f"{PAGE}/jam", {**given, "close.0": "18.00", "change": page.rsplit("/", 1)[1]}, on=edit)
    assert changed.headers["Location"] == page and "09.00–12.00, 13.00–18.00" in owner.get(page).text

    owner.post(f"{page}/ajukan", on=page)
    assert "Tarik kembali" in owner.get(page).text and "Tarik kembali" not in head.get(page).text
    assert head.post(f"{page}/tarik", on=page).status_code == 404
    assert owner.post(f"{page}/tarik", on=page).status_code == 303 and "Draf, belum diajukan" in owner.get(page).text
    waiting = f'href="{PAGE}"><span class="number">'
    assert f"{waiting}0<" in head.get("/meja").text
    owner.post(f"{page}/ajukan", on=page)
    assert f"{waiting}1<" in head.get("/meja").text, "it stands on the desk of those who approve"
    earlier = {"reason": "Sesuai", "passphrase": PASSPHRASE, "proposed_at": "2026-11-10T00:00:00+00:00"}
    assert value(head.get(page).text, "proposed_at") and head.post(f"{page}/sahkan", earlier, on=page).status_code == 422
    wrong = head.post(f"{page}/kembalikan", {"reason": " "}, on=page)
    assert wrong.status_code == 422 and wrong.text.count('class="problem"') == 1
    head.post(f"{page}/kembalikan", {"reason": "Jumat belum disesuaikan"}, on=page)
    (again_from,) = re.findall(rf'href="({PAGE}/jam\?dari=[^"]*)"', owner.get(page).text)
    shown = owner.get(again_from).text
    assert value(shown, "close.0") == "18.00" and 'name="change"' not in shown, "a new draft"
    page = owner.post(f"{PAGE}/jam", {**given, "on_holidays": "yes"}, on=again_from).headers["Location"]
    owner.post(f"{page}/ajukan", on=page)
    assert head.post(f"{page}/sahkan", {"reason": "Sesuai", "passphrase": PASSPHRASE}, on=page).status_code == 303
    changed, kept = (owner.get(f"{PAGE}/jam?mulai={first.isoformat()}{more}").text for more in ("&ubah=1", ""))
    assert [(value(each, "open.0"), value(each, "first.d")) for each in (changed, kept)] == [("09.00", str(first.day)), ("07.30", str(first.day))]
    seen = house.person("companion", "en").get(PAGE).text
    assert "09:00–12:00, 13:00–17:00" in seen and "Open on public holidays" in seen and "Propose" not in seen


@pytest.mark.parametrize(("shape", "given"), [
    ("musim", {"name": "Ramadan 1448 H", **WEEK}), ("satu-hari", {"name": "Rapat kerja", "open.day": "10", "close.day": "12"})])
def test_a_season_and_a_day_are_written_and_changed_from_where_they_stand(house: House, shape: str, given: dict[str, str]) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    day = house.office.clock.now().date() + 30 * DAY
    days = {**boxes("first", day), **boxes("last", day + 9 * DAY)} if shape == "musim" else boxes("day", day)
    assert owner.post(f"{PAGE}/{shape}", {**given, **days, **WHY, "name": ""}, on=f"{PAGE}/{shape}").status_code == 422
    undated = owner.post(f"{PAGE}/{shape}", {**given, **WHY}, on=f"{PAGE}/{shape}").text
    assert re.findall(r'aria-describedby="((?:[a-z]+-bantuan )?(?:first|last|day)-masalah)"', undated) == (
        ["first-bantuan first-masalah", "last-masalah"] if shape == "musim" else ["day-bantuan day-masalah"])
    page = owner.post(f"{PAGE}/{shape}", {**given, **days, **WHY}, on=f"{PAGE}/{shape}").headers["Location"]
    owner.post(f"{page}/ajukan", on=page)
    assert head.post(f"{page}/sahkan", {"reason": "Sesuai", "passphrase": PASSPHRASE}, on=page).status_code == 303
    assert given["name"] in owner.get(page).text
    asked = "musim" if shape == "musim" else "hari"
    links = dict.fromkeys(re.findall(rf'href="({PAGE}/[a-z-]*\?{asked}={day.isoformat()})"', owner.get(PAGE).text))
    change, end = [link for link in links if "/hari?" not in link]
    assert value(owner.get(change).text, "name") == given["name"]
    ended = owner.post(end.partition("?")[0], {**({"of": day.isoformat()} if shape == "musim" else days), **WHY}, on=end)
    assert ended.status_code == 303
    assert given["name"] in owner.get(ended.headers["Location"]).text
    assert owner.get(f"{PAGE}/akhir-musim?musim=2026-02-19").status_code == 404, "over"
    assert owner.post(f"{PAGE}/akhir-musim", {"of": "kapan", **WHY}, on=PAGE).status_code == 404


def test_a_role_that_nobody_holds_is_said_to_both_and_needs_a_reason(house: House) -> None:
    owner, head, page = house.person("process_owner"), house.person("head_of_unit"), f"{PAGE}/parameter/case_authority"
    assert owner.get(f"{PAGE}/parameter/survey_channel").status_code == 404
    change = owner.post(page, {"value": "supervisor", **WHY}, on=page).headers["Location"]
    shown = owner.get(change).text
    assert "tidak seorang pun" in shown and "Mengapa tetap diusulkan" in shown
    refused = owner.post(f"{change}/ajukan", {"accepted": ""}, on=change)
    assert refused.status_code == 422 and 'id="accepted-masalah"' in refused.text
    assert owner.post(f"{change}/ajukan", {"accepted": "Diangkat pekan depan"}, on=change).status_code == 303
    shown = head.get(change).text
    assert "tidak seorang pun" in shown and "Diangkat pekan depan" in shown
    assert value(owner.get(f"{PAGE}/parameter/unassigned_after").text, "value") == "3"
