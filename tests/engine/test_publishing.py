"""An SOP is changed by its owner and put in force by another person, from a day on, for what begins from then."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from engine import errors, sop_refusals
from engine.bundle import SopBundle
from engine.directory.refusals import SignInRefused
from engine.lint import guarded, lint
from engine.results import ReplayVerdict
from engine.sop_results import DraftDetail, DraftState, Proposal
from engine.types import Actor, ClockKind, LintFinding, Severity, TimeStandard
from storage import accounts
from tests.support import office as offices
from tests.support.office import Office

DIAGRAM = "pengelolaan-kasus.bpmn"
PASSPHRASE = "kuda batu hujan pelan sekali"
HALF_AN_HOUR = TimeStandard(duration="PT30M", clock=ClockKind.WORKING_MINUTES, text="30 menit")
GATE = (b">hiv = true<", b'>hiv = true and risk = "high"<')


CHECKED: dict[str, list[LintFinding]] = {}


def checked_once(bundle: SopBundle, *, operations: frozenset[str]) -> list[LintFinding]:
    """The check itself, in this process: the child that bounds it for strangers' bytes has its own tests."""
    if bundle.digest not in CHECKED:
        CHECKED[bundle.digest] = lint(bundle, operations=operations)
    return CHECKED[bundle.digest]


class Bureau:
    """Kalbar's office with the people who change its SOP, each with an account."""

    def __init__(self, office: Office) -> None:
        self.office, self.sops, self._drafts = office, office.engine.sops, 0
        self.owner = self.person("pemilik", "process_owner")
        self.head = self.person("kepala", "head_of_unit")
        self.officer = self.person("pelindungan", "data_protection_officer")

    def person(self, name: str, *roles: str) -> Actor:
        operator = self.office.engine.people.operator("kalbar")
        made = self.office.engine.people.create_account(operator, sign_in=name, name=name, passphrase=PASSPHRASE, roles=roles, demo=True)
        return Actor(account_id=made.id, agency_id=made.agency_id, name=made.name, roles=frozenset(roles))

    @property
    def newest(self) -> Any:
        return self.sops.list(self.owner)[0]

    @property
    def today(self) -> date:
        return (self.office.clock.now() + timedelta(hours=7)).date()

    def draft(self, *edits: tuple[bytes, bytes], file: str = DIAGRAM, owner: Actor | None = None) -> DraftDetail:
        """A new draft of the newest version, with words of one file replaced; without any, 30 minutes for coordinating."""
        owner, newest = owner or self.owner, self.newest.deployment_id
        if not edits:
            begun = self.sops.draft_of(owner, newest)
            return self.sops.set_time(owner, begun.summary.id, "coordinate_provider", HALF_AN_HOUR, expected_revision=1)
        files = dict(self.sops.get(owner, newest).files)
        for old, new in edits:
            assert old in files[file]
            files[file] = files[file].replace(old, new)
        return self.sops.save_draft(owner, files, based_on=newest)

    def touched(self, *, owner: Actor | None = None) -> DraftDetail:
        """A new draft that differs in a remark, and from every other."""
        self._drafts += 1
        return self.draft((b"</bpmn:definitions>", f"<!-- {self._drafts} --></bpmn:definitions>".encode()), owner=owner)

    def propose(self, draft: DraftDetail, *, day: date | None = None, owner: Actor | None = None) -> Proposal:
        return self.sops.propose(owner or self.owner, draft.summary.id, decree="188/12/2026", effective_from=day or self.today,
                                 reason="Mempercepat koordinasi", expected_revision=draft.summary.revision)

    def approve(self, who: Actor, proposal: Proposal, passphrase: str = PASSPHRASE) -> Proposal:
        return self.sops.approve(who, proposal.id, reason="Sudah dibahas", passphrase=passphrase)


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("bureau")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "lint_guarded", checked_once)
        opened = offices.opened(folder, f"sqlite:///{folder / 'kawal.db'}", bundle=offices.with_stories())
        yield Bureau(opened)
        opened.database.close()


def test_a_running_case_keeps_its_version_and_a_later_one_gets_the_new(bureau: Bureau) -> None:
    office = bureau.office
    before = office.start()
    first = bureau.newest
    proposal = bureau.propose(bureau.draft(), day=bureau.today + timedelta(days=6))
    assert bureau.approve(bureau.head, proposal).state == "approved"
    same_day = office.start()
    office.clock.advance(timedelta(days=6))
    after = office.start()
    listed = {one.version: one for one in bureau.sops.list(bureau.owner)}
    new = listed[first.version + 1]
    assert (new.state, new.decree, new.effective_from, listed[first.version].state) == (
        "in_force", "188/12/2026", proposal.effective_from, "replaced")
    manager, auditor = office.actor("case_manager"), office.actor("auditor")
    versions = {}
    for name, started in (("before", before), ("same day", same_day), ("after", after)):
        (instance,) = office.engine.cases.get(manager, started.case_id).instances
        versions[name] = instance.version
        assert office.engine.audit.replay(auditor, started.instance_id).verdict is ReplayVerdict.CONFIRMED
        drawn = office.engine.cases.diagram(manager, started.instance_id)
        assert (b"40 menit" in drawn) is (name != "after")   # the replay draws the version the case ran by
    assert versions == {"before": first.version, "same day": first.version, "after": first.version + 1}
    assert {one.version: one.running for one in bureau.sops.list(bureau.owner)} == {first.version: 2, first.version + 1: 1}
    newest = {one.key: one for one in bureau.sops.newest(bureau.owner)}[first.key]
    assert (newest.version, newest.deployment_id) == (first.version + 1, listed[first.version + 1].deployment_id)
    assert bureau.sops.steps(bureau.owner, newest.deployment_id) == bureau.sops.get(bureau.owner, newest.deployment_id).steps != ()
    with pytest.raises(errors.NotFound):
        bureau.sops.steps(bureau.owner, "nowhere")


def test_both_sheets_print_their_own_time(bureau: Bureau) -> None:
    old = bureau.newest
    bureau.approve(bureau.head, bureau.propose(bureau.draft((b"PT10M", b"PT15M"), (b"10 menit", b"15 menit"))))
    new = bureau.newest

    def printed(version_id: str) -> str:
        with zipfile.ZipFile(io.BytesIO(bureau.sops.sop_ap(bureau.owner, version_id, form="xlsx"))) as book:
            return book.read("xl/sharedStrings.xml").decode()

    assert "10 menit" in printed(old.deployment_id) and "15 menit" not in printed(old.deployment_id)
    assert "15 menit" in printed(new.deployment_id) and "10 menit" not in printed(new.deployment_id)
    assert f"{new.version} · 188/12/2026" in printed(new.deployment_id)


def test_nobody_approves_what_they_edited_or_proposed(bureau: Bureau) -> None:
    both = bureau.person("dua.peran", "process_owner", "head_of_unit")
    edited = bureau.propose(bureau.touched(owner=both))
    for act in (lambda: bureau.approve(both, edited), lambda: bureau.sops.send_back(both, edited.id, reason="x")):
        with pytest.raises(sop_refusals.OwnApproval):
            act()
    bureau.sops.send_back(bureau.head, edited.id, reason="Namanya tetap")
    proposed = bureau.propose(bureau.touched(), owner=both)
    with pytest.raises(sop_refusals.OwnApproval):
        bureau.approve(both, proposed)
    assert bureau.sops.draft(bureau.owner, proposed.draft_id).summary.state is DraftState.IN_REVIEW


def test_a_weakened_consent_gate_needs_the_officer_and_two_people(bureau: Bureau) -> None:
    plain = bureau.propose(bureau.touched())
    assert not plain.weakens_consent
    with pytest.raises(errors.NotFound):
        bureau.approve(bureau.officer, plain)
    draft = bureau.draft(GATE)
    assert any(change.kind == "consent_weakened" and change.grave for change in draft.changes)
    proposal = bureau.propose(draft)
    assert proposal.waits_for == ("head_of_unit", "data_protection_officer")
    both = bureau.person("kepala.dan.pdp", "head_of_unit", "data_protection_officer")
    assert bureau.approve(both, proposal).waits_for == ("data_protection_officer",)
    bureau.office.clock.advance(timedelta(seconds=1))
    with pytest.raises(errors.StaleRevision):
        bureau.approve(both, proposal)
    with pytest.raises(errors.StaleRevision):
        bureau.approve(bureau.head, proposal)   # that role has spoken
    version = bureau.newest.version
    done = bureau.approve(bureau.officer, proposal)
    assert (done.state, bureau.newest.version, [each.role for each in done.decisions]) == (
        "approved", version + 1, ["head_of_unit", "data_protection_officer"])


@pytest.mark.parametrize(("code", "file", "edits"), [
    ("role-unknown", "sop.toml", [(b'"Manajer Kasus" = "case_manager"', b'"Manajer Kasus" = "manajer_bayangan"')]),
    ("timer-unusable", DIAGRAM, [(b">PT30M<", b">30 menit<")]),
    ("meaningless-id", DIAGRAM, [(before + b"document_case" + after, before + b"Activity_0x1y2z3" + after) for before, after in (
        (b'userTask id="', b'"'), (b'Ref="', b'"'), (b'bpmnElement="', b'"'), (b">", b"<"))]),
])
def test_what_is_wrong_is_kept_but_not_proposed(bureau: Bureau, code: str, file: str, edits: list[tuple[bytes, bytes]]) -> None:
    draft = bureau.draft(*edits, file=file)
    found = [finding for finding in draft.findings if finding.code == code]
    assert found and found[0].severity is not Severity.ADVICE
    assert found[0].message.id and found[0].instead.id
    with pytest.raises(errors.BundleRefused) as refused:
        bureau.propose(draft)
    assert code in {finding.code for finding in refused.value.findings}
    assert bureau.sops.draft(bureau.owner, draft.summary.id).summary.state is DraftState.DRAFT


def test_a_message_that_no_sop_of_the_agency_hears_is_named(bureau: Bureau) -> None:
    """Kalbar's SOP knows no message; one is declared and sent at an end, and then heard by an event sub-process."""
    end, tied = b'<bpmn:endEvent id="case_numbered"', b"<bpmn:incoming>assign_case_number__case_numbered</bpmn:incoming>"
    declared = (b"<bpmn:process id=", b'<bpmn:message id="told" name="told"/><bpmn:process id=')
    message = b'<bpmn:messageEventDefinition messageRef="told"/>'
    hears = (b'<bpmn:startEvent id="xs" isInterrupting="false">' + message + b'</bpmn:startEvent><bpmn:endEvent id="xe"/>'
             b'<bpmn:sequenceFlow id="x" sourceRef="xs" targetRef="xe"/></bpmn:subProcess>')

    def lost(*edits: tuple[bytes, bytes]) -> list[str | None]:
        return [one.element_id for one in bureau.draft(declared, (tied, tied + message), *edits).findings if one.code == "message-to-nobody"]

    assert lost() == ["case_numbered"]
    assert lost((end, b'<bpmn:subProcess id="told_here" triggeredByEvent="true">' + hears + end)) == []


def test_a_risk_is_named_until_it_is_gone_and_accepted_with_a_reason_by_whoever_approves(bureau: Bureau) -> None:
    def unmanned(draft: DraftDetail) -> set[str | None]:
        found = [finding for finding in draft.findings if finding.code == "role-without-people"]
        assert {finding.severity for finding in found} == {Severity.ADVICE}
        return {finding.element_id for finding in found}

    before = unmanned(bureau.touched())
    assert "intake_operator" in before and not {"head_of_unit", "external_provider"} & before, "providers need no account"
    bureau.person("operator.baru", "intake_operator")
    assert unmanned(bureau.touched()) == before - {"intake_operator"}

    step = b"<bpmn:flowNodeRef>approve_plan</bpmn:flowNodeRef>"
    risky = bureau.draft((step, b""), (b"<bpmn:flowNodeRef>revise_plan</bpmn:flowNodeRef>", b"<bpmn:flowNodeRef>revise_plan</bpmn:flowNodeRef>" + step))
    assert [finding.element_id for finding in risky.findings if finding.code == "one-hand"] == ["approve_plan"]
    proposal = bureau.propose(risky)
    with pytest.raises(errors.InvalidSubmission):
        bureau.sops.approve(bureau.head, proposal.id, reason=" ", passphrase=PASSPHRASE)
    with pytest.raises(errors.EngineError):
        bureau.approve(bureau.owner, proposal)
    assert bureau.approve(bureau.head, proposal).state == "approved"
    assert "one-hand" in {finding.code for finding in bureau.sops.get(bureau.owner, bureau.newest.deployment_id).findings}


def test_two_editors_never_overwrite_each_other(bureau: Bureau) -> None:
    draft, other = bureau.draft(), bureau.person("pemilik.lain", "process_owner")
    ten = TimeStandard(duration="PT10M", clock=ClockKind.WORKING_MINUTES, text="10 menit")
    saved = bureau.sops.set_time(other, draft.summary.id, "document_case", ten, expected_revision=2)
    with pytest.raises(errors.StaleRevision):
        bureau.sops.set_time(bureau.owner, draft.summary.id, "document_case", HALF_AN_HOUR, expected_revision=2)
    with pytest.raises(errors.StaleRevision):
        bureau.propose(draft)
    assert [(one.revision, one.saved_by) for one in saved.revisions] == [(1, "pemilik"), (2, "pemilik"), (3, "pemilik.lain")]
    assert saved.times["document_case"] == ten and saved.times["coordinate_provider"] == HALF_AN_HOUR


def test_of_those_who_save_or_approve_at_once_each_counts_once(bureau: Bureau) -> None:
    draft, heads = bureau.touched(), [bureau.person(f"kepala.{number}", "head_of_unit") for number in range(3)]

    def attempt(act: Callable[[], object]) -> str:
        try:
            act()
        except errors.EngineError as refused:
            return refused.code
        return "done"

    def save(minutes: int) -> object:
        wanted = TimeStandard(duration=f"PT{minutes}M", clock=ClockKind.WORKING_MINUTES, text=f"{minutes} menit")
        return bureau.sops.set_time(bureau.owner, draft.summary.id, "document_case", wanted, expected_revision=1)

    with ThreadPoolExecutor(3) as threads:
        saved = list(threads.map(lambda minutes: attempt(lambda: save(minutes)), (11, 12, 13)))
        version = bureau.newest.version
        proposal = bureau.propose(bureau.sops.draft(bureau.owner, draft.summary.id))
        approved = list(threads.map(lambda head: attempt(lambda: bureau.approve(head, proposal)), heads))
    assert sorted(saved) == ["done", "stale-revision", "stale-revision"] == sorted(approved)
    assert bureau.newest.version == version + 1
    assert "sop_approved" in {notice.code for notice in bureau.office.engine.people.notices(bureau.owner)}


def test_a_draft_is_closed_while_it_is_looked_at_and_open_again_when_sent_back(bureau: Bureau) -> None:
    draft = bureau.touched()
    proposal = bureau.propose(draft)
    with pytest.raises(sop_refusals.DraftClosed):
        bureau.sops.set_time(bureau.owner, draft.summary.id, "document_case", HALF_AN_HOUR, expected_revision=1)
    assert "sop_proposed" in {notice.code for notice in bureau.office.engine.people.notices(bureau.head)}
    bureau.sops.send_back(bureau.head, proposal.id, reason="Belum jelas")
    with pytest.raises(errors.StaleRevision):
        bureau.approve(bureau.head, proposal)
    again = bureau.sops.draft(bureau.owner, draft.summary.id)
    (made,) = again.proposals[0].decisions
    assert (again.summary.state, again.proposals[0].state, made.name, made.approved, made.reason) == (
        DraftState.DRAFT, "sent_back", "kepala", False, "Belum jelas")
    bureau.office.clock.advance(timedelta(seconds=1))
    assert bureau.propose(again).state == "in_review"
    bureau.sops.withdraw_draft(bureau.owner, draft.summary.id)
    ended = bureau.sops.draft(bureau.head, draft.summary.id)
    assert (ended.summary.state, ended.proposals[-1].state) == (DraftState.WITHDRAWN, "withdrawn")
    with pytest.raises(sop_refusals.DraftClosed):
        bureau.propose(ended)


def test_an_approval_needs_the_passphrase_a_reason_and_the_role(bureau: Bureau) -> None:
    proposal = bureau.propose(bureau.touched())
    with pytest.raises(SignInRefused):
        bureau.approve(bureau.head, proposal, "kuda batu hujan cepat sekali")
    with pytest.raises(errors.InvalidSubmission):
        bureau.sops.approve(bureau.head, proposal.id, reason="  ", passphrase=PASSPHRASE)
    with pytest.raises(errors.NotAllowed):
        bureau.approve(bureau.owner, proposal)
    gone = bureau.person("kepala.lama", "head_of_unit")
    with bureau.office.database.unit_of_work() as uow:
        accounts.update_one(uow, gone.account_id, {"disabled_at": bureau.office.clock.now()})
    with pytest.raises(SignInRefused):
        bureau.approve(gone, proposal)
    outsider = Actor(account_id="x", agency_id=bureau.office.elsewhere, name="x", roles=frozenset({"head_of_unit", "process_owner"}))
    for act in (lambda: bureau.approve(outsider, proposal), lambda: bureau.sops.draft(outsider, proposal.draft_id),
                lambda: bureau.sops.compare(outsider, bureau.newest.deployment_id, proposal.draft_id)):
        with pytest.raises(errors.NotFound):
            act()
    assert bureau.sops.draft(bureau.owner, proposal.draft_id).proposals[0].decisions == ()


def test_a_day_that_has_passed_is_refused_before_and_after(bureau: Bureau) -> None:
    draft = bureau.touched()
    with pytest.raises(errors.InvalidSubmission) as refused:
        bureau.propose(draft, day=bureau.today - timedelta(days=1))
    assert set(refused.value.problems) == {"effective_from"}
    proposal = bureau.propose(draft)
    bureau.office.clock.advance(timedelta(days=1))
    with pytest.raises(sop_refusals.EffectivePast):
        bureau.approve(bureau.head, proposal)
    assert bureau.sops.draft(bureau.owner, draft.summary.id).proposals[0].decisions == ()   # nothing of it was kept


def test_a_version_takes_effect_on_the_day_of_the_one_it_changes_or_later(bureau: Bureau) -> None:
    later = bureau.today + timedelta(days=3)
    bureau.approve(bureau.head, bureau.propose(bureau.touched(), day=later))
    draft = bureau.touched()
    with pytest.raises(errors.InvalidSubmission) as refused:
        bureau.propose(draft, day=later - timedelta(days=1))
    assert set(refused.value.problems) == {"effective_from"}
    assert bureau.propose(draft, day=later).state == "in_review"
    bureau.sops.withdraw_draft(bureau.owner, draft.summary.id)
    bureau.office.clock.advance(timedelta(days=3))


def test_of_two_drafts_of_one_version_the_second_must_begin_again(bureau: Bureau) -> None:
    one, two = bureau.touched(), bureau.touched()
    waiting = bureau.propose(bureau.touched())
    bureau.approve(bureau.head, bureau.propose(one))
    for act in (lambda: bureau.propose(two), lambda: bureau.approve(bureau.head, waiting)):
        with pytest.raises(sop_refusals.DraftOutdated):
            act()


def test_what_is_the_same_or_of_another_sop_is_refused(bureau: Bureau) -> None:
    begun = bureau.sops.draft_of(bureau.owner, bureau.newest.deployment_id)
    with pytest.raises(sop_refusals.NothingChanged):
        bureau.propose(begun)
    with pytest.raises(sop_refusals.AnotherSop):
        bureau.draft((b'key = "pengelolaan-kasus"', b'key = "lain"'), file="sop.toml")
    with pytest.raises(errors.UnknownElement):
        bureau.sops.set_time(bureau.owner, begun.summary.id, "deliver_intervention", HALF_AN_HOUR, expected_revision=1)


def test_who_proposed_takes_it_back_while_it_is_looked_at(bureau: Bureau) -> None:
    people, other = bureau.office.engine.people, bureau.person("pemilik.tarik", "process_owner")
    before = sum(notice.code == "sop_proposed" for notice in people.notices(bureau.head))
    draft = bureau.touched()
    proposal = bureau.propose(draft)
    assert sum(notice.code == "sop_proposed" for notice in people.notices(bureau.head)) == before + 1
    assert proposal.is_proposer
    for who in (other, bureau.head):
        with pytest.raises((errors.NotFound, errors.NotAllowed)):
            bureau.sops.take_back(who, proposal.id)
    with pytest.raises(errors.NotFound):
        bureau.sops.take_back(bureau.owner, proposal.id, draft_id=bureau.touched().summary.id)
    taken = bureau.sops.take_back(bureau.owner, proposal.id, draft_id=draft.summary.id)
    assert (taken.state, taken.taken_back_at, taken.waits_for) == ("taken_back", bureau.office.clock.now(), ())
    assert sum(notice.code == "sop_proposed" for notice in people.notices(bureau.head)) == before, "nothing waits for the head any more"
    for act in (lambda: bureau.sops.take_back(bureau.owner, proposal.id), lambda: bureau.approve(bureau.head, proposal)):
        with pytest.raises(errors.StaleRevision):
            act()
    after = bureau.sops.draft(bureau.owner, draft.summary.id)
    assert after.summary.state is DraftState.DRAFT and after.proposals == (taken,)
    assert bureau.approve(bureau.head, bureau.propose(after)).state == "approved"
    with pytest.raises(errors.StaleRevision):
        bureau.sops.take_back(bureau.owner, bureau.sops.draft(bureau.owner, draft.summary.id).proposals[-1].id)
