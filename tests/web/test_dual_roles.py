"""The auditor reads where one person held both roles, and why."""

from __future__ import annotations

from engine.audit import DualRole
from tests.support.fake_engine import NOW

PATH = "/rangkap-peran"


def test_the_list_names_case_record_and_reason(auditor, engine):
    engine.dual_roles = (DualRole(case_id="case-1", business_key="KLB-2026-000007", at=NOW, record="termination",
                                  reason="Unit berdua <b>saja</b>"),)
    page = auditor.get(PATH).text
    assert "KLB-2026-000007" in page and "Terminasi" in page and "Unit berdua &lt;b&gt;saja" in page
    assert 'href="/kasus/case-1"' in page
    assert PATH in auditor.get("/kasus").text, "it is found from the list of cases"


def test_an_empty_list_says_so_in_both_languages(auditor):
    assert "Belum ada." in auditor.get(PATH).text
    auditor.post("/bahasa", {"language": "en"}, on=PATH)
    assert "None yet." in auditor.get(PATH).text


def test_who_works_on_cases_is_not_shown_the_list(manager):
    assert manager.get(PATH).status_code == 404
    assert PATH not in manager.get("/kasus").text
