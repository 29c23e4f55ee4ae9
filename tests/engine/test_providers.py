"""The directory of providers: what is kept, for whom, how long it is trusted, and what it never tells."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from engine.errors import InvalidSubmission, NotAllowed, NotFound, StaleRevision
from storage.schema import reported
from tests.support import office as offices
from tests.support.office import Office

RSUD = {"name": "RSUD Rekaan (klinik VCT)", "display_name": "RSUD Rekaan", "kind": "vct_clinic", "services": ["health_support"],
        "contact_person": "ZQ-Narahubung", "phone": "0800-0000-0003", "address": "Jalan Rekaan 1"}
LBH = {"name": "LBH Rekaan", "display_name": "LBH Rekaan", "kind": "legal_aid", "services": ["legal_support"]}


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    return offices.opened(tmp_path, database_url)


def test_a_provider_is_kept_offered_stopped_and_removed(office):
    data, companion, part = office.actor("data_staff"), office.actor("companion"), office.engine.providers
    first = part.save(data, RSUD, idempotency_key="k1")
    assert part.save(data, RSUD, idempotency_key="k1") == first
    part.save(data, LBH)
    assert part.names(companion) == ("LBH Rekaan", "RSUD Rekaan")  # never what its full name tells
    assert [each.values["name"] for each in part.directory(companion).providers] == ["LBH Rekaan", "RSUD Rekaan (klinik VCT)"]
    part.save(data, {**RSUD, "stops": "Renovasi sampai Desember"}, provider_id=first, expected_revision=1)
    assert part.names(companion) == ("LBH Rekaan",)
    with pytest.raises(StaleRevision):
        part.save(data, RSUD, provider_id=first, expected_revision=1)
    part.remove(data, first)
    with pytest.raises(NotFound):
        part.get(data, first)
    with office.database.unit_of_work() as uow:
        kept = b"".join(uow.execute(select(reported.provider.c.ciphertext)).scalars())
    assert b"LBH" not in kept


def test_who_may_change_it_and_that_another_agency_has_its_own(office):
    part = office.engine.providers
    own = part.save(office.actor("head_of_unit"), LBH)
    for role in ("companion", "intake_operator"):
        with pytest.raises(NotAllowed):
            part.save(office.actor(role), LBH)
    for role in ("auditor", "process_owner", "external_provider"):
        with pytest.raises(NotAllowed):
            part.directory(office.actor(role))
        assert part.names(office.actor(role)) == ()
    stranger = office.stranger()
    assert part.directory(stranger).providers == ()
    for act in (lambda: part.get(stranger, own), lambda: part.confirm(stranger, own), lambda: part.remove(stranger, own),
                lambda: part.save(stranger, LBH, provider_id=own, expected_revision=1)):
        with pytest.raises(NotFound):
            act()
    assert part.get(office.actor("companion"), own).revision == 1


@pytest.mark.parametrize(("given", "wrong"), [
    ({"display_name": "Klinik VCT RSUD"}, {"display_name"}), ({"display_name": "Poli HIV/AIDS"}, {"display_name"}),
    ({"kind": "shelter"}, {"address"}), ({"kind": "apa saja", "services": ["x"]}, {"kind", "services"}),
    ({"name": "", "hours": "x" * 201}, {"name", "hours"})])
def test_what_it_does_not_keep(office, given, wrong):
    with pytest.raises(InvalidSubmission) as refused:
        office.engine.providers.save(office.actor("data_staff"), {**RSUD, **given})
    assert set(refused.value.problems) == wrong


def test_a_provider_is_to_be_checked_again_after_ninety_days(office):
    data, part = office.actor("data_staff"), office.engine.providers
    own = part.save(data, LBH)
    office.clock.advance(timedelta(days=90))
    assert not part.get(data, own).is_due
    office.clock.advance(timedelta(days=1))
    assert part.get(data, own).is_due
    assert (part.directory(data).check_days, part.directory(data).is_proposed) == (90, True)
    part.confirm(data, own)
    assert not part.get(data, own).is_due


def test_the_contact_list_is_a_paper_without_the_place_of_a_shelter(office):
    data, part = office.actor("data_staff"), office.engine.providers
    part.save(data, RSUD)
    part.save(data, {**LBH, "name": "Rumah Aman Rekaan", "display_name": "Rumah Aman", "kind": "shelter"})

    def paper(who) -> str:
        return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(part.contact_list(who))).pages).split())

    own = paper(data)
    elsewhere = office.stranger()   # whose agency has no SOP, and so no such paper of its own
    part.save(elsewhere, RSUD)
    part.save(elsewhere, {**LBH, "name": "Rumah Aman Rekaan", "display_name": "Rumah Aman", "kind": "shelter"})
    plain = paper(elsewhere)
    for flat in (plain, own):
        assert "Rumah Aman Rekaan" in flat and "alamat dirahasiakan" in flat and "RSUD Rekaan (klinik VCT)" in flat
    title = "daftar kontak penyelenggara layanan"   # as the SOPs' own template calls it, in capitals
    assert title in own.casefold() and title not in plain.casefold() and "daftar kontak penyelenggara" in plain.casefold()
