"""The page that says for which provider a partner's person answers, and what that person reads then."""

from __future__ import annotations

from tests.support import office as offices
from tests.web.conftest import Browser
from webui import limits
from webui.app import create_app

PASSPHRASE = "kuda batu hujan pelan sekali"


def test_an_admin_says_for_which_provider_a_partners_person_answers(tmp_path, sqlite_url):
    office = offices.opened(tmp_path, sqlite_url)
    operator, people = office.engine.people.operator("kalbar"), office.engine.people
    provider = office.engine.providers.save(office.actor("data_staff"), {
        "name": "Rumah Sakit Umum Daerah A", "display_name": "RSUD A", "kind": "hospital", "services": ["health_support"]})
    made = {role: people.create_account(operator, sign_in=role.replace("_", "."), name=f"Rekan {role}", passphrase=PASSPHRASE, roles=[role],
                                        demo=True).id for role in ("system_admin", "external_provider", "process_owner")}
    application, page = create_app(office.engine, settings=office.engine.settings), "/akun-mitra"

    def person(role: str) -> Browser:
        limits.limiter.reset()
        browser = Browser(application)
        assert browser.sign_in(role.replace("_", "."), PASSPHRASE).status_code == 303
        return browser

    admin = person("system_admin")
    assert "Rekan external_provider" in admin.get(page).text and "Rekan process_owner" not in admin.get(page).text
    bound = admin.post(f"{page}/{made['external_provider']}", {"penyelenggara": provider}, on=page, follow_redirects=True)
    assert f'value="{provider}" selected>RSUD A' in bound.text and "Berlaku sejak sekarang" in bound.text
    assert admin.post(f"{page}/{made['external_provider']}", {"penyelenggara": "lain"}, on=page).status_code == 404
    assert admin.post(f"{page}/nobody", {"penyelenggara": provider}, on=page).status_code == 404
    assert person("process_owner").get(page).status_code == 404 and "Akun mitra" not in person("process_owner").get("/sop").text
    partner = person("external_provider").get("/tugas?kotak=pool").text
    assert "Rujukan untuk kami" in partner and "Antrean tim" not in partner
    office.database.close()
