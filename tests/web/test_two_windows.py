"""One start form in two windows, for two persons: nothing of one comes into the case of the other, and nothing of either is lost unsaid."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import office as offices
from tests.web.conftest import Browser
from tests.web.test_files_kept import KEPT, picture
from tests.web.test_simfoni import Unit
from tests.web.test_whole_case import posted

PAGE = f"/kasus/baru/{offices.KEY}"
AUTOSAVE = {"Accept": "application/json"}


@pytest.fixture
def unit(tmp_path: Path, sqlite_url: str) -> Unit:
    return Unit(tmp_path, sqlite_url)


def hidden(page: str) -> dict[str, str]:
    """What a page says about drafts, and the key of its form."""
    return dict(re.findall(r'name="(draft_seen|draft_told|once)" value="([^"]*)"', page))


def answers(unit: Unit, name: str) -> dict[str, Any]:
    fields = json.loads((offices.SOP / "forms" / "receive_case.json").read_text(encoding="utf-8"))["fields"]
    now = unit.office.clock.now()
    return posted(fields, {**offices.story("a01_rujukan_kesehatan").submission, "full_name": name, "received_at": now,
                           "victim_reported_at": now})


def saved(unit: Unit, ayu: Browser, window: dict[str, Any]) -> str:
    """A draft kept by the script of a page, or by its button."""
    unit.office.clock.advance(timedelta(seconds=20))
    kept = ayu.post(f"{PAGE}/draf", window, on=PAGE, headers=AUTOSAVE)
    assert kept.status_code == 200 and kept.json is not None
    return str(kept.json["at"])


def test_a_case_takes_no_file_from_another_windows_draft_and_leaves_that_draft(unit: Unit) -> None:
    ayu = unit.browser("Ayu")
    first, second = hidden(ayu.get(PAGE).text), hidden(ayu.get(PAGE).text)
    kept_at = saved(unit, ayu, {**second, "f.full_name": "ZQ Orang Kedua", "f.consent_evidence": picture()})
    one = {**first, **answers(unit, "ZQ Orang Pertama")}
    assert ayu.post(f"{PAGE}/draf", one, on=PAGE, headers=AUTOSAVE).status_code == 409
    beside = ayu.post(PAGE, {**one, "f.assessment_file": picture()}, on=PAGE)
    assert beside.status_code == 409 and "ZQ Orang Kedua" in beside.text and "ZQ Orang Pertama" in beside.text
    assert KEPT not in beside.text, "neither the other's file, nor one that was kept nowhere"
    told = {**one, **hidden(beside.text)}
    assert told["draft_told"] == kept_at and told["draft_seen"] == ""
    assert ayu.post(f"{PAGE}/draf", told, on=PAGE, headers=AUTOSAVE).status_code == 409, "the script decides nothing"
    refused = ayu.post(PAGE, {**told, "f.risk": "", "f.assessment_file": picture()}, on=PAGE)
    assert refused.status_code == 422 and KEPT not in refused.text and hidden(refused.text)["draft_told"] == kept_at
    sent = [ayu.post(PAGE, told, on=PAGE) for _click in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303] and sent[0].headers["Location"] == sent[1].headers["Location"]
    assert not unit.office.engine.cases.documents(unit.actor("Bima"), sent[0].headers["Location"].rpartition("/")[2]).content
    left = ayu.get(PAGE).text
    assert "ZQ Orang Kedua" in left and KEPT in left and hidden(left)["draft_seen"] == kept_at
    assert "belum menjadi kasus" in left and "belum menjadi kasus" not in refused.text, "who opens the form again is told whose it may be"


def test_a_file_kept_with_its_own_page_goes_once_however_often_the_page_is_sent(unit: Unit) -> None:
    ayu = unit.browser("Ayu")
    window = {**hidden(ayu.get(PAGE).text), **answers(unit, "ZQ Orang Ketiga")}
    refused = ayu.post(PAGE, {**window, "f.risk": "", "f.consent_evidence": picture()}, on=PAGE)
    assert refused.status_code == 422 and KEPT in refused.text
    window |= hidden(refused.text)
    window["draft_seen"] = saved(unit, ayu, window)
    sent = [ayu.post(PAGE, window, on=PAGE) for _click in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303] and sent[0].headers["Location"] == sent[1].headers["Location"]
    (document,) = unit.office.engine.cases.documents(unit.actor("Bima"), sent[0].headers["Location"].rpartition("/")[2]).content
    assert document.media_type == "image/png" and KEPT not in ayu.get(PAGE).text


def test_a_draft_of_another_window_is_not_thrown_away_unseen(unit: Unit) -> None:
    ayu = unit.browser("Ayu")
    first = {**hidden(ayu.get(PAGE).text), "f.full_name": "ZQ Orang Pertama"}
    kept_at = saved(unit, ayu, {**first, "f.full_name": "ZQ Orang Kedua"})
    assert ayu.post(f"{PAGE}/draf", {**first, "drop": "1"}, on=PAGE).status_code == 409
    assert ayu.post(f"{PAGE}/draf", {**first, "draft_seen": kept_at, "drop": "1"}, on=PAGE).status_code == 303
    assert "ZQ Orang Kedua" not in ayu.get(PAGE).text
