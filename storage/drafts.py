"""Drafts of SOPs: their revisions with the bytes of each, what was proposed, and who decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, literal, select, update

from storage import deployments, rows
from storage.schema import drafted
from storage.unit_of_work import UnitOfWork

draft = drafted.sop_draft
draft_revision = drafted.sop_draft_revision
draft_file = drafted.sop_draft_file
proposal = drafted.sop_proposal
decision = drafted.sop_decision


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    """A draft; `revision` is its latest, `based_on` the version it changes (None: the SOP is new)."""

    id: str
    agency_id: str
    key: str
    title: Any
    based_on: str | None
    state: str
    revision: int
    opened_at: datetime


@dataclass(frozen=True, kw_only=True)
class RevisionRow:
    """One saving of a draft."""

    draft_id: str
    revision: int
    digest: str
    saved_at: datetime
    saved_by: str
    note: str
    findings: Any
    based_on: str | None


@dataclass(frozen=True, kw_only=True)
class ProposalRow:
    """One revision laid before those who approve. `accepted`: scenario -> why it may go otherwise than written."""

    id: str
    draft_id: str
    revision: int
    decree: str
    effective_from: date
    reason: str
    weakens_consent: bool
    proposed_at: datetime
    proposed_by: str
    state: str
    deployment_id: str | None = None
    taken_back_at: datetime | None = None
    accepted: Any = None


@dataclass(frozen=True, kw_only=True)
class DecisionRow:
    """What one person decided on a proposal, and in which role."""

    proposal_id: str
    account_id: str
    role: str
    approved: bool
    reason: str
    decided_at: datetime


def add(uow: UnitOfWork, row: DraftRow) -> None:
    """A new draft; its first revision is added by `add_revision`."""
    uow.execute(insert(draft), rows.values_of(row))


def add_revision(uow: UnitOfWork, row: RevisionRow, files: Mapping[str, tuple[str, bytes]]) -> None:
    """A revision with its files (path -> SHA-256, bytes). Raises Duplicate("pk_sop_draft_revision") when somebody saved first."""
    uow.execute(insert(draft_revision), rows.values_of(row))
    deployments.keep_bytes(uow, files)
    if files:
        uow.execute(insert(draft_file), [
            {"draft_id": row.draft_id, "revision": row.revision, "path": path, "digest": digest}
            for path, (digest, _) in sorted(files.items())])


def copy_revisions(uow: UnitOfWork, draft_id: str, *, to: str, until: int) -> None:
    """Gives the draft `to`, which has none yet, the revisions of another up to one of them, as they were saved and by whom."""
    for table in (draft_revision, draft_file):
        others = [column for column in table.c if column.name != "draft_id"]
        uow.execute(insert(table).from_select(
            ["draft_id", *(column.name for column in others)],
            select(literal(to), *others).where(table.c.draft_id == draft_id, table.c.revision <= until)))


def change(uow: UnitOfWork, draft_id: str, *, was: str, at_revision: int, **values: object) -> bool:
    """Writes `values` to a draft that still is in state `was` at that revision. False: it is not."""
    return bool(uow.execute(update(draft).where(
        draft.c.id == draft_id, draft.c.state == was, draft.c.revision == at_revision).values(**values)).rowcount)


def get(uow: UnitOfWork, draft_id: str) -> DraftRow | None:
    """The draft with this id."""
    return rows.one_of(DraftRow, uow.execute(select(*rows.columns(DraftRow, draft)).where(draft.c.id == draft_id)))


def of_agency(uow: UnitOfWork, agency_id: str, *, limit: int = 200) -> list[DraftRow]:
    """The drafts of an agency, the newest first."""
    return rows.all_of(DraftRow, uow.execute(
        select(*rows.columns(DraftRow, draft)).where(draft.c.agency_id == agency_id)
        .order_by(draft.c.opened_at.desc(), draft.c.id).limit(limit)))


def revisions(uow: UnitOfWork, draft_id: str, *, limit: int = 10_000) -> list[RevisionRow]:
    """Every revision of a draft, the first first."""
    return rows.all_of(RevisionRow, uow.execute(
        select(*rows.columns(RevisionRow, draft_revision)).where(draft_revision.c.draft_id == draft_id)
        .order_by(draft_revision.c.revision).limit(limit)))


def revision(uow: UnitOfWork, draft_id: str, number: int) -> RevisionRow | None:
    """One revision of a draft."""
    return rows.one_of(RevisionRow, uow.execute(
        select(*rows.columns(RevisionRow, draft_revision))
        .where(draft_revision.c.draft_id == draft_id, draft_revision.c.revision == number)))


def files(uow: UnitOfWork, draft_id: str, number: int) -> dict[str, bytes]:
    """The bytes of one revision by path. A bundle's number of files is capped when it is saved."""
    found = uow.execute(
        select(draft_file.c.path, deployments.resource.c.bytes)
        .join(deployments.resource, deployments.resource.c.digest == draft_file.c.digest)
        .where(draft_file.c.draft_id == draft_id, draft_file.c.revision == number).order_by(draft_file.c.path))
    return {row[0]: row[1] for row in found}


def file_digests(uow: UnitOfWork, draft_id: str, number: int) -> dict[str, str]:
    """The SHA-256 of every file of one revision by path."""
    found = uow.execute(select(draft_file.c.path, draft_file.c.digest).where(
        draft_file.c.draft_id == draft_id, draft_file.c.revision == number).order_by(draft_file.c.path))
    return {row[0]: row[1] for row in found}


def add_proposal(uow: UnitOfWork, row: ProposalRow) -> None:
    """A new proposal."""
    uow.execute(insert(proposal), rows.values_of(row))


def get_proposal(uow: UnitOfWork, proposal_id: str) -> ProposalRow | None:
    """The proposal with this id."""
    return rows.one_of(ProposalRow, uow.execute(
        select(*rows.columns(ProposalRow, proposal)).where(proposal.c.id == proposal_id)))


def proposals(uow: UnitOfWork, draft_id: str, *, limit: int = 1000) -> list[ProposalRow]:
    """Everything proposed of a draft, the first first."""
    return rows.all_of(ProposalRow, uow.execute(
        select(*rows.columns(ProposalRow, proposal)).where(proposal.c.draft_id == draft_id)
        .order_by(proposal.c.proposed_at, proposal.c.id).limit(limit)))


def proposal_of(uow: UnitOfWork, deployment_id: str) -> ProposalRow | None:
    """The proposal that a version came into force by; None for one the machine's operator deployed."""
    return rows.one_of(ProposalRow, uow.execute(
        select(*rows.columns(ProposalRow, proposal)).where(proposal.c.deployment_id == deployment_id)))


def decrees(uow: UnitOfWork, agency_id: str, *, limit: int = 1000) -> Mapping[str, str]:
    """deployment id -> number of the decree, of the agency's versions that came into force by one."""
    found = uow.execute(
        select(proposal.c.deployment_id, proposal.c.decree).join(draft, draft.c.id == proposal.c.draft_id)
        .where(draft.c.agency_id == agency_id, proposal.c.deployment_id.is_not(None)).order_by(proposal.c.proposed_at).limit(limit))
    return {row.deployment_id: row.decree for row in found}


def hold_proposal(uow: UnitOfWork, proposal_id: str) -> bool:
    """Keeps others from deciding on it in this transaction. False: it is in review no more."""
    return bool(uow.execute(update(proposal).where(proposal.c.id == proposal_id, proposal.c.state == "in_review").values(
        state="in_review")).rowcount)


def close_proposal(
    uow: UnitOfWork, proposal_id: str, *, state: str, deployment_id: str | None = None, taken_back_at: datetime | None = None,
) -> bool:
    """Ends a proposal that is in review. False: it is not any more."""
    return bool(uow.execute(update(proposal).where(proposal.c.id == proposal_id, proposal.c.state == "in_review").values(
        state=state, deployment_id=deployment_id, taken_back_at=taken_back_at)).rowcount)


def add_decision(uow: UnitOfWork, row: DecisionRow) -> None:
    """A decision. Raises Duplicate("pk_sop_decision") where this person decided already."""
    uow.execute(insert(decision), rows.values_of(row))


def decisions(uow: UnitOfWork, proposal_id: str, *, limit: int = 100) -> list[DecisionRow]:
    """The decisions on a proposal, the first first."""
    return rows.all_of(DecisionRow, uow.execute(
        select(*rows.columns(DecisionRow, decision)).where(decision.c.proposal_id == proposal_id)
        .order_by(decision.c.decided_at, decision.c.account_id).limit(limit)))
