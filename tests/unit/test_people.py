"""People: signing in without telling who exists, sessions that end, roles with dates, notices, agencies."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

import storage
from engine import errors
from engine.clock import ManualClock
from engine.directory import passphrases
from engine.directory.refusals import (
    QualificationNotConfirmed, SignInRefused, SignInTaken, TooManyAttempts, UnknownQualification, UnknownRole, WeakPassphrase,
)
from engine.errors import BundleRefused, EngineError
from engine.executor import Executor
from engine.people import People
from engine.settings import Settings
from engine.types import Actor
from storage import accounts, agencies, notices, sessions, tables_in_force

NOW = datetime(2026, 11, 10, 1, 30, tzinfo=UTC)
PASSPHRASE = "sungai kapuas panjang"
AGENCY = b"""
code = "kalbar"
name = "UPT PPA"
level = "province"
region = "61"
timezone = "Asia/Pontianak"
[calendar]
holidays = "ID"
off = [2026-11-11]
on = [2026-12-25]
[calendar.week]
0 = [["07:30", "12:00"], ["13:00", "16:00"]]
[roles]
case_manager = { title = { id = "Manajer Kasus", en = "Case manager" }, aliases = [] }
psychologist = { title = { id = "Psikolog", en = "Psychologist" }, aliases = [] }
[parameters]
warning_at = { value = "80 %", proposed = true, text = "Peringatan" }
most = { value = 12, proposed = false, text = "" }
"""


@pytest.fixture
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Argon2id as the product uses it."""
    monkeypatch.setattr(passphrases, "_hasher", PasswordHasher())
    passphrases._nobodys.cache_clear()
    yield
    passphrases._nobodys.cache_clear()


class House:
    """People over a database in memory, with a clock set by hand."""

    def __init__(self, tmp_path: Path) -> None:
        self.clock = ManualClock(NOW)
        self.database = storage.Database.open("sqlite://")
        self.database.create_schema()
        settings = Settings(data_dir=tmp_path, demo=True, key=bytes(32))
        self.people = People(Executor(self.database, self.clock, settings.key, {}), settings)
        self.agency_id = self.people.register_agency(AGENCY)
        self.operator = self.people.operator("kalbar")

    def sign_in(self, name: str = "ani", passphrase: str = PASSPHRASE, address: str = "10.0.0.1") -> str:
        return self.people.sign_in(name, passphrase, address=address)

    def actor(self, token: str) -> Actor:
        found = self.people.actor_of(token)
        assert found is not None
        return found[0]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    built.people.create_account(built.operator, sign_in="Ani", name="Ani  Wijaya", passphrase=PASSPHRASE, roles=["case_manager"])
    yield built
    built.database.close()


def test_the_right_passphrase_opens_a_session_with_todays_roles(house: House) -> None:
    found = house.people.actor_of(house.sign_in("  ANI "))
    assert found is not None
    actor, account = found
    assert (actor.name, actor.agency_id, actor.roles) == ("Ani Wijaya", house.agency_id, {"case_manager"})
    assert (account.sign_in, account.agency_name, account.language) == ("ani", "UPT PPA", "id")


@pytest.mark.parametrize(("name", "passphrase"), [
    ("ani", "sungai kapuas pendek"), ("nobody", PASSPHRASE), ("", ""), ("ani", "x" * 5000), ("ani\x00", PASSPHRASE), ("ani", ""),
])
def test_every_wrong_sign_in_is_refused_in_the_same_words(house: House, name: str, passphrase: str) -> None:
    with pytest.raises(SignInRefused) as refused:
        house.sign_in(name, passphrase)
    assert str(refused.value) == str(SignInRefused())


def test_an_unknown_name_costs_as_much_time_as_a_wrong_passphrase(real_hashes: None, house: House) -> None:
    passphrases.is_right("warm", None)

    def cost(name: str, address: str) -> float:
        start = time.process_time()
        with pytest.raises(SignInRefused):
            house.sign_in(name, "not the passphrase", address)
        return time.process_time() - start

    known = statistics.median(cost("ani", f"k{n}") for n in range(5))
    unknown = statistics.median(cost("nobody", f"u{n}") for n in range(5))
    assert 0.5 < known / unknown < 2


def test_failures_cost_growing_delays_for_this_name_from_this_address_only(house: House) -> None:
    house.people.create_account(house.operator, sign_in="kepala", name="Kepala", passphrase=PASSPHRASE)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            house.sign_in(passphrase="wrong passphrase here")
    with pytest.raises(TooManyAttempts) as refused:
        house.sign_in()                                  # even the right one has to wait
    first_wait = refused.value.retry_after

    house.sign_in(address="10.0.0.2")                    # nobody is shut out from elsewhere
    house.sign_in("kepala")                              # nor a colleague at the same address

    house.clock.advance(first_wait)
    with pytest.raises(SignInRefused):
        house.sign_in(passphrase="wrong passphrase here")
    with pytest.raises(TooManyAttempts) as again:
        house.sign_in()
    assert again.value.retry_after > first_wait

    house.clock.advance(again.value.retry_after)
    house.sign_in()                                      # a delay, never a lock-out
    with pytest.raises(SignInRefused):
        house.sign_in(passphrase="wrong passphrase here")  # and success starts the count anew


def test_a_session_ends_when_idle_and_after_its_day(house: House) -> None:
    token = house.sign_in()
    for _ in range(5):
        house.clock.advance(timedelta(minutes=14))
        assert house.people.actor_of(token) is not None
    house.clock.advance(timedelta(minutes=15))
    assert house.people.actor_of(token) is None

    token = house.sign_in()
    for _ in range(12 * 6 - 1):
        house.clock.advance(timedelta(minutes=10))
        assert house.people.actor_of(token) is not None
    house.clock.advance(timedelta(minutes=10))
    assert house.people.actor_of(token) is None


def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    token, other = house.sign_in(), house.sign_in()
    house.people.sign_out(token)
    house.people.sign_out(token)
    assert house.people.actor_of(token) is None
    assert house.people.actor_of(other) is not None
    assert house.people.actor_of("") is None
    assert house.people.actor_of("\ud800") is None


def test_neither_passphrase_nor_token_nor_address_lies_in_the_database(house: House, tmp_path: Path) -> None:
    token = house.sign_in()
    with house.database.reading() as uow:
        row = accounts.by_sign_in(uow, "ani")
        assert row is not None
        assert row.password_hash.startswith("$argon2id$")
        dump = "\n".join(uow._connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert not any(secret in dump for secret in (token, PASSPHRASE, "10.0.0.1"))


def test_a_disabled_account_is_out_at_once(house: House) -> None:
    token = house.sign_in()
    account_id = house.actor(token).account_id
    house.people.disable_account(house.operator, account_id)
    assert house.people.actor_of(token) is None
    with pytest.raises(SignInRefused):
        house.sign_in()


def test_a_new_passphrase_ends_every_session(house: House) -> None:
    token = house.sign_in()
    actor = house.actor(token)
    with pytest.raises(SignInRefused):
        house.people.change_passphrase(actor, "not the old one", "gunung palung tinggi")
    with pytest.raises(WeakPassphrase):
        house.people.change_passphrase(actor, PASSPHRASE, "pendek")
    house.people.change_passphrase(actor, PASSPHRASE, "gunung palung tinggi")
    assert house.people.actor_of(token) is None
    with pytest.raises(SignInRefused):
        house.sign_in()
    house.sign_in(passphrase="gunung palung tinggi")


def test_roles_begin_and_end_on_their_days(house: House) -> None:
    token = house.sign_in()
    account_id = house.actor(token).account_id
    house.people.grant_role(house.operator, account_id, "head_of_unit", from_date=date(2026, 11, 11), until_date=date(2026, 11, 12))
    seen = {}
    for day in range(10, 14):
        seen[day] = house.actor(token if day == 10 else house.sign_in()).roles
        house.clock.advance(timedelta(days=1))
    assert [("head_of_unit" in roles) for roles in seen.values()] == [False, True, True, False]

    house.people.end_role(house.operator, account_id, "case_manager", until_date=date(2026, 11, 13))
    assert house.actor(house.sign_in()).roles == frozenset()  # 14 November


def test_a_day_begins_by_the_agencys_clock(house: House) -> None:
    account_id = house.actor(house.sign_in()).account_id
    house.people.grant_role(house.operator, account_id, "auditor", from_date=date(2026, 11, 11))
    house.clock.advance(datetime(2026, 11, 10, 16, 59, tzinfo=UTC) - NOW)
    assert "auditor" not in house.actor(house.sign_in()).roles   # 23.59 in Pontianak
    house.clock.advance(timedelta(minutes=1))
    assert "auditor" in house.actor(house.sign_in()).roles


@pytest.mark.parametrize(("changes", "refusal"), [
    ({"passphrase": "terlalu pendek"}, WeakPassphrase),           # 14 characters
    ({"passphrase": "aaaaaaaaaaaaaaaaaaaa"}, WeakPassphrase),
    ({"passphrase": "budibudibudibudi"}, WeakPassphrase),         # the name over and over
    ({"sign_in": "ANI"}, SignInTaken),
    ({"sign_in": "a b"}, errors.InvalidSubmission),
    ({"name": "  "}, errors.InvalidSubmission),
    ({"roles": ["emperor"]}, UnknownRole),
    ({"roles": ["operator"]}, UnknownRole),                       # the machine's own role belongs to no person
    ({"agency_id": "another"}, errors.NotFound),
])
def test_an_account_that_should_not_be_is_refused(house: House, changes: dict[str, object], refusal: type[EngineError]) -> None:
    wanted = {"sign_in": "budi", "name": "Budi", "passphrase": PASSPHRASE, "roles": ["companion"], **changes}
    with pytest.raises(refusal):
        house.people.create_account(house.operator, **wanted)  # type: ignore[arg-type]
    assert [account.sign_in for account in house.people.accounts(house.operator)] == ["ani"]


def test_only_who_may_creates_accounts_and_nobody_promotes_themselves(house: House) -> None:
    manager = house.actor(house.sign_in())
    with pytest.raises(errors.NotAllowed):
        house.people.create_account(manager, sign_in="budi", name="Budi", passphrase=PASSPHRASE)
    house.people.create_account(house.operator, sign_in="admin", name="Admin", passphrase=PASSPHRASE, roles=["system_admin"])
    admin = house.actor(house.sign_in("admin"))
    with pytest.raises(errors.NotAllowed):
        house.people.grant_role(admin, admin.account_id, "auditor", from_date=date(2026, 1, 1))
    house.people.grant_role(admin, manager.account_id, "psychologist", from_date=date(2026, 1, 1))  # of the agency's own sheet


def test_a_role_is_granted_once_each_of_its_qualifications_is_confirmed(house: House) -> None:
    house.people.register_agency(AGENCY.replace(
        b'"Psychologist" }', b'"Psychologist" }, qualification = ["Psikolog klinis", "Pelatihan trauma"]'))
    asked = house.people.qualifications(house.operator)
    assert asked == {"psychologist": ("Psikolog klinis", "Pelatihan trauma")}
    account_id, day = house.actor(house.sign_in()).account_id, date(2026, 11, 10)

    for confirmed, refusal in (((), QualificationNotConfirmed), (("Psikolog klinis",), QualificationNotConfirmed),
                               ((*asked["psychologist"], "Dokter"), UnknownQualification)):
        with pytest.raises(refusal):
            house.people.grant_role(house.operator, account_id, "psychologist", from_date=day, qualifications_confirmed=confirmed)
    assert "psychologist" not in house.actor(house.sign_in()).roles
    with pytest.raises(UnknownQualification):
        house.people.grant_role(house.operator, account_id, "auditor", from_date=day, qualifications_confirmed=["Auditor"])

    house.people.grant_role(house.operator, account_id, "psychologist", from_date=day, qualifications_confirmed=asked["psychologist"])
    assert "psychologist" in house.actor(house.sign_in()).roles
    kept = house.people.qualifications_of(house.operator, account_id)
    assert [(one.role, one.qualification, one.confirmed_by, one.confirmed_at) for one in kept] == [
        ("psychologist", "Pelatihan trauma", "operator", NOW), ("psychologist", "Psikolog klinis", "operator", NOW)]


def test_a_new_account_has_its_qualifications_confirmed_too(house: House) -> None:
    house.people.register_agency(AGENCY.replace(b'"Psychologist" }', b'"Psychologist" }, qualification = ["Psikolog klinis"]'))
    new: dict[str, Any] = {"sign_in": "budi", "name": "Budi", "passphrase": PASSPHRASE}
    wrong: list[tuple[list[str], dict[str, list[str]], type[EngineError]]] = [
        (["psychologist"], {}, QualificationNotConfirmed), (["auditor"], {"psychologist": ["Psikolog klinis"]}, UnknownQualification)]
    for roles, confirmed, refusal in wrong:
        with pytest.raises(refusal):
            house.people.create_account(house.operator, **new, roles=roles, qualifications_confirmed=confirmed)
    made = house.people.create_account(
        house.operator, **new, roles=["psychologist"], qualifications_confirmed={"psychologist": ["Psikolog klinis"]})
    assert [one.qualification for one in house.people.qualifications_of(house.operator, made.id)] == ["Psikolog klinis"]
    house.people.register_agency(AGENCY.replace(b'"kalbar"', b'"depok"'))
    with pytest.raises(errors.NotFound):
        house.people.qualifications_of(house.people.operator("depok"), made.id)


def test_a_parameter_that_names_no_role_is_refused(house: House) -> None:
    wrong = AGENCY + b'case_authority = { value = "emperor", proposed = false, text = "" }'
    with pytest.raises(BundleRefused) as caught:
        house.people.register_agency(wrong)
    assert [(one.code, one.element_id) for one in caught.value.findings] == [("agency-role", "case_authority")]
    house.people.register_agency(wrong.replace(b"emperor", b"supervisor"))


def test_an_administrator_reaches_no_account_of_another_agency(house: House) -> None:
    house.people.register_agency(AGENCY.replace(b'"kalbar"', b'"depok"'))
    stranger = house.people.operator("depok")
    account_id = house.actor(house.sign_in()).account_id
    with pytest.raises(errors.NotFound):
        house.people.disable_account(stranger, account_id)
    assert house.people.accounts(stranger) == ()


def test_demo_accounts_live_in_a_demo_only(house: House, tmp_path: Path) -> None:
    assert not house.people.demo_accounts_exist()
    house.people.create_account(house.operator, sign_in="demo", name="Demo", passphrase=PASSPHRASE, demo=True)
    assert house.people.demo_accounts_exist()

    real = People(house.people._executor, Settings(data_dir=tmp_path / "real", key=bytes(32)))
    with pytest.raises(errors.NotAllowed):
        real.create_account(house.operator, sign_in="demo2", name="Demo", passphrase=PASSPHRASE, demo=True)


def test_notices_reach_their_person_and_whoever_holds_the_role(house: House) -> None:
    actor = house.actor(house.sign_in())
    with house.database.unit_of_work() as uow:
        for notice_id, account_id, role, agency_id in (
                ("mine", actor.account_id, None, house.agency_id), ("role", None, "case_manager", house.agency_id),
                ("other-role", None, "auditor", house.agency_id), ("other-agency", None, "case_manager", "another"),
                ("other-person", "somebody", None, house.agency_id)):
            row = notices.NoticeRow(id=notice_id, agency_id=agency_id, account_id=account_id, role=role, at=NOW,
                                    code="task_overdue", once=f"once-{notice_id}")
            assert notices.add(uow, row)
            assert not notices.add(uow, row)

    assert {notice.id for notice in house.people.notices(actor)} == {"mine", "role"}
    assert house.people.notices(actor)[0].text.id
    assert house.people.unread_count(actor) == 2
    for notice_id in ("role", "role", "other-role", "nothing"):
        house.people.mark_read(actor, notice_id)
    assert house.people.unread_count(actor) == 1
    assert [notice.id for notice in house.people.notices(actor) if notice.read_at is None] == ["mine"]


def test_registering_an_agency_freezes_its_tables_and_repeating_it_changes_nothing(house: House) -> None:
    def tables() -> dict[str, tuple[str, bytes]]:
        with house.database.reading() as uow:
            row = agencies.get(uow, house.agency_id)
            assert row is not None
            assert row.calendar_digest is not None
            assert row.parameters_digest is not None
            return tables_in_force.get_many(uow, [row.calendar_digest, row.parameters_digest])

    before = tables()
    assert house.people.register_agency(AGENCY) == house.agency_id
    assert tables() == before
    calendar = next(content for kind, content in before.values() if kind == "calendar").decode()
    assert '"2026-11-11"' in calendar        # the sheet's own day off
    assert '"2026-12-25"' not in calendar    # the office works, whatever the library says
    assert '"2026-08-17"' in calendar
    parameters = next(content for kind, content in before.values() if kind == "parameters")
    assert b"80 %" in parameters

    house.people.register_agency(AGENCY.replace(b"80 %", b"70 %"))
    assert set(tables()) - set(before)
    assert house.people.zone(house.operator) == "Asia/Pontianak"
    assert house.people.role_titles(house.operator)["psychologist"].id == "Psikolog"


@pytest.mark.parametrize("spoil", [
    (b"Asia/Pontianak", b"Asia/Atlantis"), (b"07:30", b"7.30"), (b"2026-11-11", b'"soon"'),
    (b"[calendar.week]", b"[calendar.weak]"),
    (b'code = "kalbar"', b'code = ""'), (b"[roles]", b"[roles"),
])
def test_an_agency_sheet_that_cannot_be_used_is_refused(house: House, spoil: tuple[bytes, bytes]) -> None:
    with pytest.raises(BundleRefused) as refused:
        house.people.register_agency(AGENCY.replace(*spoil))
    assert refused.value.findings


def test_an_ended_session_leaves_the_database(house: House) -> None:
    token = house.sign_in()
    house.clock.advance(timedelta(hours=13))
    house.sign_in()
    with house.database.reading() as uow:
        from engine.directory.sign_in import token_hash
        assert sessions.get(uow, token_hash(token)) is None
