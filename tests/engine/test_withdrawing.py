"""A version is withdrawn by two people: from its day on nothing begins by it, and what runs goes on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine import errors, sop_refusals
from engine.directory.refusals import SignInRefused
from engine.results import ReplayVerdict, SopSummary, Withdrawal
from engine.types import Actor
from storage import jobs
from tests.support import bpmn, neighbours
from tests.support import office as offices
from tests.support.neighbours import HOME, Neighbours
from tests.support.office import KEY, Office

PASSPHRASE = "kuda batu hujan pelan sekali"
DAY = timedelta(days=1)


class Bureau:
    """An office with whoever proposes and whoever approves, each with an account."""

    def __init__(self, office: Office | Neighbours, code: str = "kalbar") -> None:
        self.office, self.sops, people = office, office.engine.sops, office.engine.people

        def hired(name: str, *roles: str) -> Actor:
            made = people.create_account(people.operator(code), sign_in=name, name=name, passphrase=PASSPHRASE, roles=roles, demo=True)
            return Actor(account_id=made.id, agency_id=made.agency_id, name=name, roles=frozenset(roles))

        self.owner, self.head = hired("pemilik", "process_owner"), hired("kepala", "head_of_unit")
        self.both = hired("dua.peran", "process_owner", "head_of_unit")
        self.officer = hired("pelindungan", "data_protection_officer")

    @property
    def today(self) -> date:
        return (self.office.clock.now() + timedelta(hours=7)).date()

    def listed(self, version_id: str) -> SopSummary:
        return next(one for one in self.sops.list(self.owner) if one.deployment_id == version_id)

    def propose(self, version_id: str, *, days: int = 0, who: Actor | None = None) -> Withdrawal:
        self.sops.propose_withdrawal(who or self.owner, version_id, decree="188/9/2026", reason="Dasarnya dicabut",
                                     withdrawn_from=self.today + days * DAY)
        return next(one for one in self.sops.withdrawals(self.owner, version_id) if one.state == "in_review")

    def approve(self, version_id: str, one: Withdrawal, who: Actor | None = None, passphrase: str = PASSPHRASE) -> None:
        self.sops.approve_withdrawal(who or self.head, version_id, one.id, reason="Sesuai", passphrase=passphrase)

    def withdraw(self, version_id: str, *, days: int = 0) -> None:
        self.approve(version_id, self.propose(version_id, days=days))


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("bureau")
    office = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}")
    yield Bureau(office)
    office.database.close()


@pytest.fixture
def small(tmp_path: Path, database_url: str) -> Bureau:
    return Bureau(neighbours.opened(tmp_path, database_url))


def test_another_person_decides_with_their_passphrase(bureau: Bureau) -> None:
    version = bureau.sops.list(bureau.owner)[0].deployment_id
    proposed = bureau.propose(version, days=3, who=bureau.both)
    assert (proposed.state, proposed.proposed_by, bureau.listed(version).state) == ("in_review", "dua.peran", "in_force")
    assert bureau.listed(version).withdrawal_waits
    assert "sop_proposed" in {notice.code for notice in bureau.office.engine.people.notices(bureau.head)}
    with pytest.raises(sop_refusals.OwnApproval):
        bureau.approve(version, proposed, bureau.both)
    with pytest.raises(sop_refusals.OwnApproval):
        bureau.sops.send_back_withdrawal(bureau.both, version, proposed.id, reason="x")
    with pytest.raises(SignInRefused):
        bureau.approve(version, proposed, passphrase="kuda batu hujan cepat sekali")
    with pytest.raises(errors.NotAllowed):
        bureau.approve(version, proposed, bureau.owner)
    with pytest.raises(errors.NotFound):
        bureau.approve(version, proposed, bureau.officer)   # they approve what touches consent; this does not
    with pytest.raises(errors.InvalidSubmission):
        bureau.sops.approve_withdrawal(bureau.head, version, proposed.id, reason=" ", passphrase=PASSPHRASE)
    with pytest.raises(sop_refusals.WithdrawalStands):
        bureau.propose(version)
    assert bureau.listed(version).withdrawn_from is None
    bureau.sops.send_back_withdrawal(bureau.head, version, proposed.id, reason="Masih dipakai")
    with pytest.raises(errors.StaleRevision):
        bureau.approve(version, proposed)
    (ended,) = bureau.sops.withdrawals(bureau.officer, version)
    assert (ended.state, ended.decided_by, ended.decided_reason) == ("sent_back", "kepala", "Masih dipakai")
    assert not bureau.listed(version).withdrawal_waits


def test_who_proposed_it_takes_it_back_and_may_propose_again(bureau: Bureau) -> None:
    version, told = bureau.sops.list(bureau.owner)[0].deployment_id, bureau.office.engine.people.notices
    before = sum(notice.code == "sop_proposed" for notice in told(bureau.head))
    proposed = bureau.propose(version, days=3)
    with pytest.raises(errors.NotFound):
        bureau.sops.take_back_withdrawal(bureau.both, version, proposed.id)
    bureau.sops.take_back_withdrawal(bureau.owner, version, proposed.id)
    taken = next(one for one in bureau.sops.withdrawals(bureau.owner, version) if one.id == proposed.id)
    assert (taken.state, taken.decided_by, taken.decided_at) == ("taken_back", "pemilik", bureau.office.clock.now())
    assert sum(notice.code == "sop_proposed" for notice in told(bureau.head)) == before and not bureau.listed(version).withdrawal_waits
    for act in (lambda: bureau.sops.take_back_withdrawal(bureau.owner, version, proposed.id), lambda: bureau.approve(version, proposed)):
        with pytest.raises(errors.StaleRevision):
            act()
    again = bureau.propose(version, days=3)
    bureau.sops.send_back_withdrawal(bureau.head, version, again.id, reason="Masih dipakai")


def test_another_agency_and_other_roles_find_nothing(bureau: Bureau) -> None:
    version = bureau.sops.list(bureau.owner)[0].deployment_id
    outsider = Actor(account_id="x", agency_id=bureau.office.elsewhere, name="x", roles=frozenset({"head_of_unit", "process_owner"}))
    for act in (lambda: bureau.sops.withdrawals(outsider, version), lambda: bureau.propose(version, who=outsider),
                lambda: bureau.sops.send_back_withdrawal(outsider, version, "x", reason="x"),
                lambda: bureau.sops.approve_withdrawal(outsider, version, "x", reason="x", passphrase=PASSPHRASE)):
        with pytest.raises(errors.NotFound):
            act()
    companion = bureau.office.actor("companion")
    with pytest.raises(errors.NotAllowed):
        bureau.propose(version, who=companion)
    with pytest.raises(errors.NotAllowed):
        bureau.sops.withdrawals(companion, version)
    for wrong in ({"decree": " "}, {"reason": ""}, {"withdrawn_from": bureau.today - DAY}):
        with pytest.raises(errors.InvalidSubmission) as refused:
            bureau.sops.propose_withdrawal(bureau.owner, version, **{
                "decree": "SK", "reason": "r", "withdrawn_from": bureau.today, **wrong})
        assert set(refused.value.problems) == set(wrong)


def test_from_its_day_nothing_begins_by_it_and_what_runs_goes_on(bureau: Bureau) -> None:
    office, version = bureau.office, bureau.sops.list(bureau.owner)[0].deployment_id
    intake, before = office.actor("intake_operator"), office.start()
    bureau.withdraw(version, days=2)
    assert (bureau.listed(version).state, bureau.listed(version).withdrawn_from) == ("in_force", bureau.today + 2 * DAY)
    office.clock.advance(DAY)
    office.start()   # until its day
    assert KEY in {sop.key for sop in office.engine.public.sops("kalbar")}
    office.clock.advance(DAY)
    ended = bureau.listed(version)
    assert (ended.state, ended.withdrawal_decree, ended.running) == ("withdrawn", "188/9/2026", 2)
    assert office.engine.sops.startable(intake) == () and office.engine.public.sops("kalbar") == ()
    for act in (office.start, lambda: office.engine.sops.start_form(intake, KEY), lambda: office.engine.public.sop("kalbar", KEY)):
        with pytest.raises(errors.NotFound):
            act()
    with pytest.raises(sop_refusals.WithdrawalStands):
        bureau.propose(version)
    with zipfile.ZipFile(io.BytesIO(bureau.sops.sop_ap(bureau.owner, version, form="xlsx"))) as book:
        assert "dicabut mulai 12 November 2026, 188/9/2026" in book.read("xl/sharedStrings.xml").decode()
    step = next(each for each in offices.story("a01_rujukan_kesehatan").steps if each.complete is not None)
    doer = office.actor(step.role or "")
    task = next(each for each in office.pool(doer, before) if each.element_id == step.acts_on)
    assert office.complete(doer, task, step.submission).opened
    assert office.engine.audit.replay(office.actor("auditor"), before.instance_id).verdict is ReplayVerdict.CONFIRMED


def begins(event: str = "", *, task: str = "review") -> bytes:
    return bpmn.document(bpmn.process("review_cases", bpmn.start("s", event), bpmn.user(task), bpmn.end(), bpmn.flows("s", task, "e")))


def waiting(small: Bureau) -> list[jobs.JobRow]:
    assert isinstance(small.office, Neighbours)
    return small.office.executor.read(small.owner, lambda context: [
        row for row in jobs.due(context.uow, small.office.clock.now() + 1000 * DAY, kind="start", agency_id=small.owner.agency_id)])


@pytest.mark.parametrize("days", [0, 2])
def test_its_timer_begins_nothing_more(small: Bureau, days: int) -> None:
    office = small.office
    assert isinstance(office, Neighbours)
    version = office.deploy(HOME, "monitoring", begins(bpmn.timer("R/P1D", "timeCycle")))
    small.withdraw(version, days=days)
    assert len(waiting(small)) == (1 if days else 0)
    for _ in range(4):
        office.clock.advance(DAY)
        office.work()
    assert len(office.cases(HOME)) == (1 if days else 0)   # the turn of the day between
    assert waiting(small) == []


def test_a_version_to_come_that_is_withdrawn_leaves_the_one_in_force(small: Bureau) -> None:
    office = small.office
    assert isinstance(office, Neighbours)
    first = office.deploy(HOME, "monitoring", begins(bpmn.timer("R/P1D", "timeCycle")))
    second = office.deploy(HOME, "monitoring", begins(bpmn.timer("R/P1D", "timeCycle"), task="again"),
                           effective_from=small.today + 2 * DAY)
    small.withdraw(second, days=1)
    assert (small.listed(second).state, small.listed(first).state, len(waiting(small))) == ("withdrawn", "in_force", 1)
    for _ in range(4):
        office.clock.advance(DAY)
        office.work()
    assert [task.element_id for case in office.cases(HOME) for task in case.open_tasks] == ["review"] * 4


def test_a_replaced_version_is_not_withdrawn_and_nothing_of_the_old_comes_back(small: Bureau) -> None:
    office = small.office
    assert isinstance(office, Neighbours)
    first = office.deploy(HOME, "monitoring", begins())
    proposed = small.propose(first, days=1)
    second = office.deploy(HOME, "monitoring", begins(task="again"))
    with pytest.raises(sop_refusals.NothingToWithdraw):
        small.approve(first, proposed)
    with pytest.raises(errors.NotFound):
        small.approve(second, proposed)   # a proposal is found through its own version
    small.sops.send_back_withdrawal(small.head, first, proposed.id, reason="Sudah digantikan")
    with pytest.raises(sop_refusals.NothingToWithdraw):
        small.propose(first)
    late = small.propose(second, days=1)
    office.clock.advance(2 * DAY)
    with pytest.raises(sop_refusals.EffectivePast):
        small.approve(second, late)
    small.sops.send_back_withdrawal(small.head, second, late.id, reason="Tanggalnya lewat")
    small.withdraw(second)
    assert {one.state for one in small.sops.list(small.owner)} == {"withdrawn", "replaced"}
