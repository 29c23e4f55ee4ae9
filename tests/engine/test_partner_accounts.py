"""A partner's person sees the referrals to the provider they answer for; another provider's is not there, in no list, count or notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Update, update

from engine import errors
from engine.commands.handling import NotEligible
from engine.results import InboxFilters
from engine.types import Actor, TaskSummary
from storage.schema import running
from tests.support import office as offices
from tests.support.office import Office

PASSPHRASE = "kuda batu hujan pelan sekali"
BOXES = ("mine", "pool", "aside", "done")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def referral(office: Office) -> TaskSummary:
    """A report on a service that waits for RSUD A."""
    started = office.follow("a01_rujukan_kesehatan", until="deliver_intervention")
    return office.task(started, "deliver_intervention")


@pytest.fixture(scope="module")
def providers(office: Office) -> dict[str, str]:
    """Names -> ids. One is known by a longer name than the one that cases say."""
    asked = {"RSUD A": "Rumah Sakit Umum Daerah A", "LBH B": "LBH B"}
    return {shown: office.engine.providers.save(office.actor("data_staff"), {
        "name": name, "display_name": shown, "kind": "hospital", "services": ["health_support"]}) for shown, name in asked.items()}


@pytest.fixture(scope="module")
def people(office: Office, providers: dict[str, str]) -> dict[str, str]:
    operator = office.engine.people.operator("kalbar")
    return {name: office.engine.people.create_account(
        operator, sign_in=name, name=name.title(), passphrase=PASSPHRASE, roles=["external_provider"], demo=True,
        provider_id=providers.get(of)).id for name, of in {"fajar": "RSUD A", "gadis": "RSUD A", "rani": "LBH B", "tono": ""}.items()}


def signed_in(office: Office, name: str) -> Actor:
    found = office.engine.people.actor_of(office.engine.people.sign_in(name, PASSPHRASE, address="here"))
    assert found is not None
    return found[0]


def seen(office: Office, actor: Actor) -> set[str]:
    tasks = office.engine.tasks
    listed = {row.id for box in BOXES for row in tasks.inbox(actor, InboxFilters(box=box)).rows}
    assert sum(tasks.counts(actor)[box] for box in BOXES) == len(listed)
    assert bool(tasks.case_of_code(actor, "KLB-2026-000001")) is bool(listed)
    return listed


def test_each_sees_the_referrals_to_their_own_provider(office, referral, people):
    fajar = signed_in(office, "fajar")
    assert seen(office, fajar) == {referral.id}
    head, answers_for_it = office.actor("head_of_unit"), office.hire("Sari", "companion")
    office.engine.cases.assign_owner(head, referral.case_id, answers_for_it.account_id, note="Sari mengenal keluarganya.")
    assert office.engine.tasks.get(head, referral.id).summary.owner_name == "Sari"
    (row,) = office.engine.tasks.inbox(fajar, InboxFilters(box="pool")).rows
    assert (row.person, row.owner_id, row.owner_name) == (None, None, "")  # a partner is told whom it is about by its packet
    tasks = office.engine.tasks
    for who in (signed_in(office, name) for name in ("rani", "tono")):  # of another provider; of none
        assert seen(office, who) == set()
        tries: list[Callable[[Actor], object]] = [
            lambda who: tasks.get(who, referral.id), lambda who: tasks.for_typing(who, referral.id),
            lambda who: tasks.claim(who, referral.id), lambda who: office.engine.roster.escalation(who, referral.id),
            lambda who: tasks.save_draft(who, referral.id, {}, expected_revision=0),
            lambda who: tasks.complete(who, referral.id, {}, expected_revision=0)]
        for attempt in tries:
            with pytest.raises(errors.NotFound):
                attempt(who)


def test_the_packet_is_told_to_its_provider_and_its_reading_is_logged(office, referral, people):
    fajar, partner = signed_in(office, "fajar"), office.engine.partner
    packet = partner.packet(fajar, referral.id)
    assert {"F10", "F12"} & {each.code for each in packet.documents}
    document = packet.documents[0].id
    assert partner.packet_document(fajar, referral.id, document)[1].startswith(b"%PDF-")
    log = office.engine.audit.access_log(office.actor("head_of_unit"), referral.case_id).page.rows
    assert {f"referral:{referral.id}", document} <= {each.about for each in log}
    for who, which in ((signed_in(office, "rani"), document), (signed_in(office, "tono"), document), (fajar, "0" * 32),
                       (office.actor("head_of_unit"), document)):
        with pytest.raises(errors.NotFound):
            partner.packet_document(who, referral.id, which)


def test_their_form_asks_nothing_of_what_the_unit_writes_down_of_an_answer_it_was_told(office, referral, people):
    fajar, tasks, office_asks = signed_in(office, "fajar"), office.engine.tasks, {"on_behalf_of", "told_at", "received_at"}
    unit = office.actor("external_provider")
    assert office_asks <= {field.key for field in tasks.get(unit, referral.id).form.fields}
    held = tasks.claim(fajar, referral.id)
    for form in (tasks.get(fajar, referral.id).form, tasks.for_typing(fajar, referral.id).form):
        assert office_asks.isdisjoint(field.key for field in form.fields)
    sent = {"services_given": "Perawatan luka", "result": "Membaik", "recommendation": "complete"}
    with pytest.raises(errors.InvalidSubmission):
        tasks.complete(fajar, referral.id, {**sent, "on_behalf_of": "dr. Rekaan", "told_at": office.clock.now()}, expected_revision=held.revision)
    tasks.unclaim(fajar, referral.id)


def test_a_referral_is_given_on_within_its_provider_only(office, referral, people):
    fajar = signed_in(office, "fajar")
    assert {one.name for one in office.engine.tasks.colleagues(fajar)} == {"Fajar", "Gadis"}
    office.engine.tasks.claim(fajar, referral.id)
    for name in ("rani", "tono"):
        with pytest.raises(NotEligible):
            office.engine.tasks.delegate(fajar, referral.id, to=people[name])
    office.engine.tasks.delegate(fajar, referral.id, to=people["gadis"])
    assert seen(office, signed_in(office, "gadis")) == {referral.id}
    done = office.engine.tasks.inbox(office.actor("case_manager"), InboxFilters(box="done")).rows
    others = [each.id for each in done if each.case_id == referral.case_id]
    for other in others:  # who works on a referral works on nothing else of the case
        with pytest.raises(errors.NotFound):
            office.engine.tasks.get(signed_in(office, "gadis"), other)
    assert others
    office.engine.tasks.unclaim(signed_in(office, "gadis"), referral.id)


def test_what_is_said_of_a_referral_reaches_its_provider_alone(office, referral, people):
    told = office.engine.people.notices
    before = {name: len(told(signed_in(office, name))) for name in people}
    office.executor.run(office.actor("head_of_unit"), lambda context: context.uow.execute(_warned(referral.id, office)))
    office.engine.jobs.warn()
    said = {name: len(told(signed_in(office, name))) - before[name] for name in people}
    assert said == {"fajar": 1, "gadis": 1, "rani": 0, "tono": 0}


def _warned(task_id: str, office: Office) -> Update:
    """As if the SOP gave the report a time, of which most is used."""
    now = office.clock.now()
    return update(running.task).where(running.task.c.id == task_id).values(
        due_at=now + timedelta(minutes=5), due_sort=now + timedelta(minutes=5), warn_at=now, warned_at=None)


def test_it_is_gone_when_they_no_longer_answer_for_that_provider(office, referral, people, providers):
    admin, fajar = office.actor("system_admin", name="admin"), people["fajar"]
    office.engine.people.bind_to_provider(admin, fajar, providers["LBH B"])
    assert seen(office, signed_in(office, "fajar")) == set()
    office.engine.people.bind_to_provider(admin, fajar, providers["RSUD A"])
    assert seen(office, signed_in(office, "fajar")) == {referral.id}
    with pytest.raises(errors.NotFound):
        office.engine.people.bind_to_provider(admin, fajar, "nobody-knows-it")
    for role in ("case_manager", "external_provider"):
        with pytest.raises(errors.NotAllowed):
            office.engine.people.bind_to_provider(office.actor(role), fajar, None)
    with pytest.raises((errors.NotFound, errors.NotAllowed)):
        office.engine.people.bind_to_provider(office.stranger(), fajar, None)
