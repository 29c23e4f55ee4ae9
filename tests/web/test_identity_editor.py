"""The process owner fills in the identity sheet on a page, without a file: the real engine, forms as a browser posts them."""

from __future__ import annotations

import re

from tests.web import test_sop_drafts
from tests.web.test_sop_drafts import House, begin

house = test_sop_drafts.house  # the fixture


def test_an_identity_sheet_is_filled_in_without_a_file(house: House) -> None:
    owner = house.person("process_owner")
    draft = begin(house, owner)
    path = draft.replace("/draf/", "/identitas/")
    assert f'href="{path}"' in owner.get(draft).text
    page = owner.get(path).text
    basis = re.search(r'name="legal_basis"[^>]*>\n(.*?)</textarea>', page, re.S)
    assert basis is not None and 'name="number" type="text" maxlength="1000" autocomplete="off" value="065/ /UPT PPA"' in page
    given = {"revision": "1", "number": "065/12/UPT PPA", "approver": "Kepala UPTD", "effective.d": "1", "effective.m": "Desember",
             "effective.y": "2026", "made.d": "3", "made.m": "2", "made.y": "2023", "legal_basis": basis[1].replace("&#39;", "'") + "\nPergub 1/2026\n"}
    refused = owner.post(path, {**given, "effective.d": "31", "effective.m": "2"}, on=path)
    assert refused.status_code == 422 and "Isi tanggal, bulan, dan tahun." in refused.text
    assert 'value="065/12/UPT PPA"' in refused.text and "Pergub 1/2026" in refused.text, "what was typed is not lost"
    assert owner.post(path, given, on=path).headers["Location"] == draft
    page = owner.get(path).text
    assert "revisi 2" in page and 'value="Kepala UPTD"' in page and "Pergub 1/2026</textarea>" in page
    assert "Lembar identitas berubah" in owner.get(draft).text
    assert f'href="{path}#number"' not in owner.get(draft).text
    owner.post(path, {**given, "revision": "2", "number": " "}, on=path)
    assert f'href="{path}#number"' in owner.get(draft).text, "the finding leads to its box"
    stale = owner.post(path, given, on=path)
    assert stale.status_code == 409 and "disimpan orang lain" in stale.text


def test_the_sheet_is_the_process_owners(house: House) -> None:
    owner, head = house.person("process_owner"), house.person("head_of_unit")
    draft = begin(house, owner)
    path = draft.replace("/draf/", "/identitas/")
    assert head.get(path).status_code == 404
    withdraw = re.search(rf'action="({draft}/cabut)"', owner.get(draft).text)
    assert withdraw is not None
    owner.post(withdraw[1], {"revision": "1"}, on=draft)
    assert owner.get(path).headers.get("Location") == draft, "nobody edits it now"
