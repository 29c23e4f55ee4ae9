"""Journey 10: at night somebody opens a case of others; the next working day that is reviewed and found improper (security A7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine import errors, reasons
from engine.access_results import AccessReview, OpenedCase
from engine.commands import leave
from engine.directory.refusals import SignInRefused
from engine.types import Actor
from tests.support import office as offices
from tests.support.office import Office

PASSPHRASE = "kuda batu hujan pelan sekali"
WHY = "Penelepon menyebut kode kasus ini dan terancam malam ini juga"
NAME = "Siti Rekaan Rahma"


@dataclass
class Night:
    """Kalbar with two companions who can sign in, and one case that is neither's."""

    office: Office
    case_id: str = ""
    code: str = ""
    accounts: dict[str, str] = field(default_factory=dict)

    def sign_in(self, name: str = "dewi") -> Actor:
        token = self.office.engine.people.sign_in(name, PASSPHRASE, address="10.0.0.1")
        found = self.office.engine.people.actor_of(token)
        assert found is not None
        return found[0]

    def open(self, actor: Actor, *, code: str = "", reason: str = WHY, passphrase: str = PASSPHRASE) -> OpenedCase:
        return self.office.engine.cases.break_glass(actor, code or self.code, reason=reason, passphrase=passphrase, address="10.0.0.1")

    def sees(self, actor: Actor, case_id: str = "") -> bool:
        try:
            self.office.engine.cases.get(actor, case_id or self.case_id)
        except errors.NotFound:
            return False
        return True

    def reviews(self, *roles: str) -> tuple[AccessReview, ...]:
        return self.office.engine.cases.access_reviews(self.office.actor(*roles)).rows


@pytest.fixture
def night(tmp_path: Path, sqlite_url: str) -> Iterator[Night]:
    office = offices.opened(tmp_path, sqlite_url)
    made = Night(office)
    for name in ("dewi", "eko"):
        made.accounts[name] = office.engine.people.create_account(
            office.engine.people.operator("kalbar"), sign_in=name, name=f"{name.title()} Rekaan", passphrase=PASSPHRASE,
            roles=["companion"], demo=True, qualifications_confirmed=office.engine.people.qualifications(office.actor("system_admin"))
            and {"companion": office.engine.people.qualifications(office.actor("system_admin")).get("companion", ())}).id
    made.case_id = office.start({"full_name": NAME}).case_id or ""
    made.code = office.engine.cases.get(office.actor("head_of_unit"), made.case_id).summary.business_key
    office.clock.advance(timedelta(hours=14))  # 22.30
    yield made
    office.database.close()


def test_opened_at_night_reviewed_by_day_found_improper(night: Night) -> None:
    office, dewi = night.office, night.sign_in()
    assert not night.sees(dewi)

    assert not office.engine.cases.find(dewi).rows
    opened = night.open(dewi)
    assert [each.business_key for each in office.engine.cases.find(dewi).rows] == [night.code], "it stands among hers meanwhile"
    assert not office.engine.cases.find(night.sign_in("eko")).rows
    assert (opened.case_id, opened.until) == (night.case_id, office.clock.now() + timedelta(hours=3))
    detail = office.engine.cases.get(dewi, night.case_id)
    assert detail.opened_until == opened.until
    assert not detail.actions, "opened to read, not to act"
    assert NAME not in repr(detail), "names stay masked until asked for"
    office.engine.cases.show_names(dewi, night.case_id)
    assert NAME in repr(office.engine.cases.get(dewi, night.case_id))
    assert [each.business_key for each in office.engine.cases.opened_cases(dewi)] == [night.code]
    assert "glass_broken" in {each.code for each in office.engine.people.notices(office.actor("case_manager"))}
    assert office.engine.cases.reviews_waiting(office.actor("case_manager")) == 1

    office.clock.advance(timedelta(hours=3))
    assert not night.sees(dewi) and not office.engine.cases.opened_cases(dewi) and not office.engine.cases.find(dewi).rows, "three hours are over"

    office.clock.advance(timedelta(hours=7))
    (waiting,) = night.reviews("case_manager")
    assert (waiting.who, waiting.roles, waiting.reason) == ("Dewi Rekaan", ("companion",), WHY)
    assert waiting.may_review and waiting.viewed["read"] >= 2 and waiting.viewed["names"] == 1
    with pytest.raises(reasons.ReasonWanted):
        office.engine.cases.review_access(office.actor("case_manager"), waiting.id, verdict="improper", reason=".")
    judged = "Tidak ada panggilan malam itu di buku telepon unit"
    office.engine.cases.review_access(office.actor("case_manager"), waiting.id, verdict="improper", reason=judged)

    (found,) = night.reviews("data_protection_officer")
    assert (found.verdict, found.review_reason, found.may_review) == ("improper", judged, False)
    assert "access_improper" in {each.code for each in office.engine.people.notices(office.actor("data_protection_officer"))}
    assert office.engine.cases.reviews_waiting(office.actor("head_of_unit")) == 0
    with pytest.raises(leave.AlreadyReviewed):
        office.engine.cases.review_access(office.actor("head_of_unit"), waiting.id, verdict="proper", reason=judged)
    acts = office.engine.audit.acts(office.actor("auditor"), night.case_id)
    assert [(each.what, each.about) for each in acts] == [("break_glass", "case"), ("review", f"{acts[0].seq}:improper")]
    assert office.engine.audit.access_log(office.actor("auditor"), night.case_id).first_bad is None


def test_an_improper_one_ends_at_once(night: Night) -> None:
    dewi = night.sign_in()
    night.open(dewi)
    (waiting,) = night.reviews("head_of_unit")
    night.office.engine.cases.review_access(night.office.actor("head_of_unit"), waiting.id, verdict="improper", reason=WHY)
    assert not night.sees(dewi)


@pytest.mark.parametrize(("given", "refused"), [
    ({"reason": "."}, reasons.ReasonWanted), ({"reason": "darurat"}, reasons.ReasonWanted), ({"reason": "a b c d e f"}, reasons.ReasonWanted),
    ({"passphrase": "bukan frasa sandi saya"}, SignInRefused), ({"passphrase": ""}, SignInRefused),
    ({"code": "KLB-2026-999999"}, errors.NotFound)])
def test_without_reason_passphrase_or_case_it_stays_closed(night: Night, given: dict[str, str], refused: type[Exception]) -> None:
    dewi = night.sign_in()
    with pytest.raises(refused):
        night.open(dewi, **given)
    assert not night.sees(dewi) and not night.reviews("head_of_unit")


def test_it_opens_one_case_to_one_session_of_one_person(night: Night) -> None:
    office, dewi, eko = night.office, night.sign_in(), night.sign_in("eko")
    another = office.start({"full_name": NAME}).case_id or ""
    opened = night.open(dewi)
    assert night.sees(dewi)
    assert not night.sees(dewi, another) and not night.sees(eko)
    parallel = night.sign_in()
    assert not night.sees(parallel), "who sits there never gave the passphrase for it"

    office.clock.advance(timedelta(hours=1))
    assert night.open(parallel).until == opened.until, "taken over, not prolonged"
    assert night.sees(parallel) and not night.sees(dewi)
    assert len(night.reviews("head_of_unit")) == 1


def test_a_role_or_an_account_that_ended_or_moved_away_opens_nothing(night: Night) -> None:
    office, dewi = night.office, night.sign_in()
    token = office.engine.people.sign_in("dewi", PASSPHRASE, address="10.0.0.1")
    found = office.engine.people.actor_of(token)
    assert found is not None
    night.open(found[0])
    assert night.sees(found[0])
    assert not night.sees(replace(found[0], agency_id=office.elsewhere))
    with pytest.raises((errors.NotFound, errors.NotAllowed)):
        office.engine.cases.get(replace(found[0], roles=frozenset({"external_provider"})), night.case_id)
    assert not night.sees(replace(found[0], roles=frozenset({"mediator"}))), "a role that may not break it"

    office.engine.people.disable_account(office.engine.people.operator("kalbar"), night.accounts["dewi"])
    assert office.engine.people.actor_of(token) is None
    with pytest.raises(SignInRefused):
        night.open(dewi)


def test_a_conflict_of_interest_closes_it_and_keeps_it_closed(night: Night) -> None:
    office, dewi, eko = night.office, night.sign_in(), night.sign_in("eko")
    night.open(dewi)
    for name in ("dewi", "eko"):
        office.engine.cases.declare_conflict(office.actor("head_of_unit"), night.case_id, night.accounts[name],
                                             reason="Kerabat dari terlapor dalam kasus ini")
    assert not night.sees(dewi)
    with pytest.raises(errors.NotFound):
        night.open(eko)


def test_nobody_opens_what_is_theirs_or_reviews_themselves(night: Night) -> None:
    office = night.office
    both = replace(night.sign_in(), roles=frozenset({"companion", "supervisor"}))
    with pytest.raises(leave.NothingToBreak):
        night.open(both)
    dewi = night.sign_in()
    night.open(dewi)
    (own,) = office.engine.cases.access_reviews(replace(dewi, roles=frozenset({"supervisor"}))).rows
    assert not own.may_review
    with pytest.raises(leave.OwnAccess):
        office.engine.cases.review_access(replace(dewi, roles=frozenset({"supervisor"})), own.id, verdict="proper", reason=WHY)
    with pytest.raises(errors.NotAllowed):
        office.engine.cases.review_access(office.actor("data_protection_officer"), own.id, verdict="proper", reason=WHY)
    with pytest.raises(errors.NotFound):
        office.engine.cases.review_access(office.stranger(), own.id, verdict="proper", reason=WHY)
