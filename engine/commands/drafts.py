"""Drafts of SOPs: saved revision by revision, proposed, sent back, approved by others, or given up. Nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine import authorization, errors, pack, sop_refusals
from engine.bundle import SopBundle
from engine.commands import versions
from engine.definitions import Definition
from engine.executor import Context
from engine.lint import guarded
from engine.sop_results import DraftState
from engine.types import LintFinding
from storage import agencies, deployments, drafts, notices, randomness, withdrawals

HEAD, OFFICER = "head_of_unit", "data_protection_officer"
APPROVE = "sop.approve"
PROPOSED = "sop_proposed"
DAY_HAS_PASSED = ("Pilih hari ini atau sesudahnya.", "Choose today or a later day.")
IN_REVIEW, APPROVED, SENT_BACK, TAKEN_BACK, WITHDRAWN = "in_review", "approved", "sent_back", "taken_back", "withdrawn"
LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A bundle with what the check said of it."""

    bundle: SopBundle
    findings: Sequence[LintFinding]


def own(context: Context, draft_id: str) -> drafts.DraftRow:
    """The agency's draft of this id. Raises `NotFound`."""
    row = drafts.get(context.uow, draft_id)
    if row is None or row.agency_id != context.actor.agency_id:
        raise errors.NotFound(draft_id=draft_id)
    return row


def own_proposal(context: Context, proposal_id: str) -> tuple[drafts.ProposalRow, drafts.DraftRow]:
    """The proposal of this id with its draft. Raises `NotFound` also where it is another agency's."""
    row = drafts.get_proposal(context.uow, proposal_id)
    if row is None:
        raise errors.NotFound(proposal_id=proposal_id)
    return row, own(context, row.draft_id)


def own_version(context: Context, deployment_id: str) -> deployments.DeploymentRow:
    """The agency's version of this id. Raises `NotFound`."""
    row = deployments.get(context.uow, deployment_id)
    if row is None or row.agency_id != context.actor.agency_id:
        raise errors.NotFound(deployment_id=deployment_id)
    return row


def files_of(context: Context, row: drafts.DraftRow, number: int | None = None) -> dict[str, bytes]:
    """The bytes of a draft's revision, the latest where no `number` names another: what people check, try and approve.

    Raises:
        NotFound: there is no such revision.
        StateCorrupt: they are no longer what was saved.
    """
    revision = drafts.revision(context.uow, row.id, row.revision if number is None else number)
    if revision is None:
        raise errors.NotFound(draft_id=row.id)
    found = drafts.files(context.uow, row.id, revision.revision)
    if SopBundle.from_files(found).digest != revision.digest:
        raise errors.StateCorrupt(draft_id=row.id)
    return found


def files_of_version(context: Context, deployment_id: str) -> Mapping[str, bytes]:
    """The bytes of one of the agency's versions. Raises `NotFound`, and `StateCorrupt` where they are no longer what was deployed."""
    return context.executor.definition(context.uow, own_version(context, deployment_id).id).files


def newest_of(context: Context, bundle: SopBundle) -> str | None:
    """The agency's newest version of the SOP that these files are of; None where there is none."""
    key = bundle.toml.get("key")
    return next((row.id for row in deployments.of_agency(context.uow, context.actor.agency_id) if row.key == key), None)


def overtaken_by(context: Context, row: drafts.DraftRow) -> str | None:
    """The newest version of the SOP, where it is another than the one the draft was begun from: then nobody can propose or approve it."""
    newest = next((each for each in deployments.of_agency(context.uow, row.agency_id) if each.key == row.key), None)
    return None if newest is None or newest.id == row.based_on else newest.id


def agency_of(context: Context) -> str:
    """The code of the actor's agency."""
    row = agencies.get(context.uow, context.actor.agency_id)
    assert row is not None
    return row.code


def begin(context: Context, checked: Checked, *, based_on: str | None, note: str) -> str:
    """A new draft, of a version or of an SOP there is none of yet. Its id."""
    key = str(checked.bundle.toml.get("key") or "")
    if based_on is not None and own_version(context, based_on).key != key:
        raise sop_refusals.AnotherSop()
    if not key:
        raise errors.InvalidSubmission({"files": ("Sertakan sop.toml yang menyebut kunci (key) SOP.",
                                                  "Send sop.toml along, with the SOP's key.")})
    row = drafts.DraftRow(
        id=randomness.new_id(), agency_id=context.actor.agency_id, key=key, title=_title(checked.bundle), based_on=based_on,
        state=DraftState.DRAFT, revision=1, opened_at=context.now)
    drafts.add(context.uow, row)
    _keep(context, row.id, 1, checked, note, based_on=based_on)
    return row.id


def save(context: Context, draft_id: str, checked: Checked, *, expected_revision: int, note: str) -> int:
    """The next revision of a draft nobody changed meanwhile. Raises `StaleRevision`, `DraftClosed`, `AnotherSop`."""
    row = own(context, draft_id)
    return _save(context, row, checked, expected_revision=expected_revision, note=note, based_on=row.based_on)


def restore(context: Context, draft_id: str, number: int, checked: Checked, *, expected_revision: int, note: str) -> int:
    """As `save`, with the files of revision `number`: it is a draft of the version that one was of, too."""
    row, earlier = own(context, draft_id), drafts.revision(context.uow, draft_id, number)
    if earlier is None:
        raise errors.NotFound(draft_id=draft_id)
    return _save(context, row, checked, expected_revision=expected_revision, note=note, based_on=earlier.based_on)


def branch(context: Context, draft_id: str, checked: Checked, *, at_revision: int, note: str) -> str:
    """Another draft that has the revisions of this one up to `at_revision`, and these files after them. Its id.

    Who saved what comes along: whoever worked on the one approves the other as little. Raises `NotFound`, `AnotherSop`.
    """
    row, opened = own(context, draft_id), drafts.revision(context.uow, draft_id, at_revision)
    if opened is None:
        raise errors.NotFound(draft_id=draft_id)
    made = replace(row, id=randomness.new_id(), based_on=opened.based_on, state=DraftState.DRAFT, revision=at_revision,
                   opened_at=context.now)
    drafts.add(context.uow, made)
    drafts.copy_revisions(context.uow, row.id, to=made.id, until=at_revision)
    _save(context, made, checked, expected_revision=at_revision, note=note, based_on=made.based_on)
    return made.id


def carry_over(context: Context, draft_id: str, checked: Checked, *, onto: str, expected_revision: int, note: str) -> int:
    """As `save`; from now on it is a draft of `onto`. Raises `StaleRevision` also where another version overtook that one meanwhile."""
    row = own(context, draft_id)
    if overtaken_by(context, row) != onto:
        raise errors.StaleRevision()
    return _save(context, row, checked, expected_revision=expected_revision, note=note, based_on=onto)


def _save(
    context: Context, row: drafts.DraftRow, checked: Checked, *, expected_revision: int, note: str, based_on: str | None,
) -> int:
    if row.state != DraftState.DRAFT:
        raise sop_refusals.DraftClosed()
    if row.revision != expected_revision:
        raise errors.StaleRevision()
    if checked.bundle.toml.get("key", row.key) != row.key:
        raise sop_refusals.AnotherSop()
    number = row.revision + 1
    if not drafts.change(context.uow, row.id, was=DraftState.DRAFT, at_revision=row.revision, revision=number,
                         title=_title(checked.bundle), based_on=based_on):
        raise errors.StaleRevision()
    _keep(context, row.id, number, checked, note, based_on=based_on)
    return number


def propose(
    context: Context, draft_id: str, checked: Checked, *, expected_revision: int, weakens_consent: bool, decree: str,
    effective_from: date, reason: str, accepted: Mapping[str, str],
) -> str:
    """Lays the draft before those who approve; it cannot be changed until they send it back. The proposal's id."""
    row = own(context, draft_id)
    if row.state != DraftState.DRAFT:
        raise sop_refusals.DraftClosed()
    if row.revision != expected_revision:
        raise errors.StaleRevision()
    _refuse_outdated(context, row)
    base = None if row.based_on is None else own_version(context, row.based_on)
    ended = None if base is None else withdrawals.approved(context.uow, base.id)
    if base is not None and ended is None and base.digest == checked.bundle.digest:
        raise sop_refusals.NothingChanged()
    problems = unsaid(decree=decree, reason=reason)
    if effective_from < context.local_day():
        problems["effective_from"] = DAY_HAS_PASSED
    elif base is not None and effective_from < base.effective_from and (ended is None or ended.withdrawn_from > base.effective_from):
        # What that one changes would come into force before its day.
        problems["effective_from"] = ("Versi asalnya belum berlaku pada hari itu; pilih harinya atau sesudahnya.",
                                      "The version it changes is not in force by that day; choose its day or a later one.")
    if problems:
        raise errors.InvalidSubmission(problems)
    if not drafts.change(context.uow, row.id, was=DraftState.DRAFT, at_revision=row.revision, state=DraftState.IN_REVIEW):
        raise errors.StaleRevision()
    proposal = drafts.ProposalRow(
        id=randomness.new_id(), draft_id=row.id, revision=row.revision, decree=decree.strip(), effective_from=effective_from,
        reason=reason.strip(), weakens_consent=weakens_consent, proposed_at=context.now, proposed_by=context.actor.account_id,
        state=IN_REVIEW, accepted=dict(accepted) or None)
    drafts.add_proposal(context.uow, proposal)
    for role in needed(proposal):
        tell(context, proposal.id, PROPOSED, role=role)
    return proposal.id


def approve(context: Context, proposal_id: str, checked: Checked, definition: Definition, *, reason: str) -> str | None:
    """One person's approval, in the role of theirs that is still missing. The version's id once nobody's is.

    Raises:
        OwnApproval: the actor edited or proposed it.
        StaleRevision: it is in review no more, or this person has decided.
    """
    proposal, row = own_proposal(context, proposal_id)
    role = _decide(context, proposal, row, reason=reason, approved=True)
    if set(needed(proposal)) - {each.role for each in drafts.decisions(context.uow, proposal.id) if each.approved} - {role}:
        return None
    if proposal.effective_from < context.local_day():
        raise sop_refusals.EffectivePast()
    _refuse_outdated(context, row)
    version = versions.put_in_force(context, checked.bundle, definition, findings=checked.findings, effective_from=proposal.effective_from)
    drafts.close_proposal(context.uow, proposal.id, state=APPROVED, deployment_id=version.id)
    drafts.change(context.uow, row.id, was=DraftState.IN_REVIEW, at_revision=row.revision, state=DraftState.APPROVED)
    tell(context, proposal.id, "sop_approved", account_id=proposal.proposed_by)
    return version.id


def send_back(context: Context, proposal_id: str, *, reason: str) -> None:
    """Back to its editors, who may change it and propose again."""
    proposal, row = own_proposal(context, proposal_id)
    _decide(context, proposal, row, reason=reason, approved=False)
    drafts.close_proposal(context.uow, proposal.id, state=SENT_BACK)
    drafts.change(context.uow, row.id, was=DraftState.IN_REVIEW, at_revision=row.revision, state=DraftState.DRAFT)
    tell(context, proposal.id, "sop_sent_back", account_id=proposal.proposed_by)


def take_back(context: Context, proposal_id: str, *, draft_id: str | None) -> None:
    """What the actor proposed and nobody decided for good is a draft again; whoever was to approve it is told of it no more.

    Raises:
        NotFound: they proposed none of that id, or not of that draft (None: of any).
        StaleRevision: it is in review no more.
    """
    proposal, row = own_proposal(context, proposal_id)
    if proposal.proposed_by != context.actor.account_id or draft_id not in (None, row.id):
        raise errors.NotFound(proposal_id=proposal.id)
    if not drafts.close_proposal(context.uow, proposal.id, state=TAKEN_BACK, taken_back_at=context.now):
        raise errors.StaleRevision()
    drafts.change(context.uow, row.id, was=DraftState.IN_REVIEW, at_revision=row.revision, state=DraftState.DRAFT)
    _call_off(context, proposal)


def withdraw(context: Context, draft_id: str) -> None:
    """Gives a draft up, also while it is looked at. It stays readable."""
    row = own(context, draft_id)
    if row.state not in (DraftState.DRAFT, DraftState.IN_REVIEW):
        raise sop_refusals.DraftClosed()
    for proposal in drafts.proposals(context.uow, row.id):
        if proposal.state == IN_REVIEW:
            drafts.close_proposal(context.uow, proposal.id, state=WITHDRAWN)
            _call_off(context, proposal)
    if not drafts.change(context.uow, row.id, was=row.state, at_revision=row.revision, state=DraftState.WITHDRAWN):
        raise errors.StaleRevision()


def needed(proposal: drafts.ProposalRow) -> tuple[str, ...]:
    """The roles whose approval it needs: the officer's, too, where a consent gate is weakened."""
    return (HEAD, OFFICER) if proposal.weakens_consent else (HEAD,)


def hands_in(context: Context, row: drafts.DraftRow) -> frozenset[str]:
    """The accounts that saved a revision of the draft or proposed one."""
    return frozenset({one.saved_by for one in drafts.revisions(context.uow, row.id)}
                     | {one.proposed_by for one in drafts.proposals(context.uow, row.id)})


def _decide(context: Context, proposal: drafts.ProposalRow, row: drafts.DraftRow, *, reason: str, approved: bool) -> str:
    """Writes the decision down; the role it was made in."""
    actor = context.actor
    if not drafts.hold_proposal(context.uow, proposal.id):
        raise errors.StaleRevision()
    made = drafts.decisions(context.uow, proposal.id)
    if actor.account_id in {each.account_id for each in made}:
        raise errors.StaleRevision()   # one person, one word: the second role needs a second person
    may = [role for role in needed(proposal) if actor.holds(role)]
    if not may or not authorization.allows(actor, APPROVE):
        raise errors.NotFound(proposal_id=proposal.id)
    if actor.account_id in hands_in(context, row):
        raise sop_refusals.OwnApproval()
    require_reason(reason)
    open_roles = [role for role in may if role not in {each.role for each in made}]
    if not open_roles:
        raise errors.StaleRevision()
    drafts.add_decision(context.uow, drafts.DecisionRow(
        proposal_id=proposal.id, account_id=actor.account_id, role=open_roles[0], approved=approved, reason=reason.strip(),
        decided_at=context.now))
    return open_roles[0]


def unsaid(**texts: str) -> dict[str, tuple[str, str]]:
    """What to mend in the texts that a proposal needs, by field."""
    return {name: ("Wajib diisi, paling banyak 2000 huruf.", "Required, at most 2000 characters.")
            for name, text in texts.items() if not 1 <= len(text.strip()) <= LONGEST}


def reasons_given(accepted: Mapping[str, str]) -> dict[str, str]:
    """The reasons that say something, by scenario. Raises `InvalidSubmission` for one that is too long."""
    given = {name: reason.strip() for name, reason in accepted.items() if reason.strip()}
    if any(len(reason) > LONGEST for reason in given.values()):
        raise errors.InvalidSubmission({"accepted": ("Alasan menerima skenario paling banyak 2000 huruf.",
                                                     "A reason to accept a scenario is at most 2000 characters.")})
    return given


def require_reason(reason: str) -> None:
    """Nobody decides without one. Raises `InvalidSubmission`."""
    if unsaid(reason=reason):
        raise errors.InvalidSubmission({"reason": ("Tulis alasannya, paling banyak 2000 huruf.",
                                                   "Give the reason, at most 2000 characters.")})


def tell(context: Context, proposal_id: str, code: str, *, account_id: str | None = None, role: str | None = None) -> None:
    """The notice of what became of a proposal, to a person or to all of a role in the actor's agency; told twice, it comes once."""
    notices.add(context.uow, notices.NoticeRow(
        id=randomness.new_id(), agency_id=context.actor.agency_id, account_id=account_id, role=role, at=context.now, code=code,
        once=told_once(proposal_id, code, role)))


def told_once(proposal_id: str, code: str, role: str | None) -> str:
    """What keeps such a notice from coming twice; by it, it is recalled."""
    return f"{proposal_id}.{code}.{role or ''}"


def _call_off(context: Context, proposal: drafts.ProposalRow) -> None:
    """Nothing waits for the approval of anybody any more."""
    notices.recall(context.uow, [told_once(proposal.id, PROPOSED, role) for role in needed(proposal)])


def _refuse_outdated(context: Context, row: drafts.DraftRow) -> None:
    if overtaken_by(context, row) is not None:
        raise sop_refusals.DraftOutdated()


def _keep(context: Context, draft_id: str, number: int, checked: Checked, note: str, *, based_on: str | None) -> None:
    drafts.add_revision(context.uow, drafts.RevisionRow(
        draft_id=draft_id, revision=number, digest=checked.bundle.digest, saved_at=context.now, saved_by=context.actor.account_id,
        note=" ".join(note.split())[:LONGEST], findings=[guarded.to_json(finding) for finding in checked.findings], based_on=based_on,
    ), {path: (pack.bytes_digest(data), data) for path, data in checked.bundle.files.items()})


def _title(bundle: SopBundle) -> dict[str, str]:
    given = bundle.toml.get("title")
    words = {name: value for name, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}
    return {"id": words.get("id", ""), "en": words.get("en") or words.get("id", "")}
