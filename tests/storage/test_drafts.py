"""Drafts of SOPs: every revision kept with its bytes, a proposal decided on once by each, and only while it is in review."""

from __future__ import annotations

from datetime import date

import pytest

from storage import Database, Duplicate, UnitOfWork, crypto, drafts
from tests.storage.builders import NOW, a_deployment, an_agency


def a_draft(uow: UnitOfWork) -> None:
    an_agency(uow)
    a_deployment(uow, "v1")
    drafts.add(uow, drafts.DraftRow(id="draft-1", agency_id="agency-1", key="pengelolaan-kasus", title={"id": "Uji", "en": "Test"},
                                    based_on="v1", state="draft", revision=1, opened_at=NOW))
    a_revision(uow, 1, **{"sop.toml": b"one", "x.bpmn": b"<x/>"})


def a_revision(uow: UnitOfWork, number: int, **files: bytes) -> None:
    drafts.add_revision(uow, drafts.RevisionRow(
        draft_id="draft-1", revision=number, digest=f"d{number}", saved_at=NOW, saved_by="owner", note="", findings=[], based_on="v1",
    ), {path: (crypto.digest(data), data) for path, data in files.items()})


def a_proposal(uow: UnitOfWork) -> None:
    drafts.add_proposal(uow, drafts.ProposalRow(
        id="proposal-1", draft_id="draft-1", revision=1, decree="SK 1", effective_from=date(2026, 12, 1), reason="r", weakens_consent=True,
        proposed_at=NOW, proposed_by="owner", state="in_review"))


def a_decision(uow: UnitOfWork, account_id: str, role: str) -> None:
    drafts.add_decision(uow, drafts.DecisionRow(
        proposal_id="proposal-1", account_id=account_id, role=role, approved=True, reason="r", decided_at=NOW))


def test_every_revision_keeps_its_own_bytes(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_draft(uow)
        a_revision(uow, 2, **{"sop.toml": b"two", "x.bpmn": b"<x/>"})
    with database.unit_of_work() as uow:
        assert drafts.files(uow, "draft-1", 1) == {"sop.toml": b"one", "x.bpmn": b"<x/>"}
        assert drafts.files(uow, "draft-1", 2) == {"sop.toml": b"two", "x.bpmn": b"<x/>"}
        assert [row.revision for row in drafts.revisions(uow, "draft-1")] == [1, 2]
    with pytest.raises(Duplicate) as refused, database.unit_of_work() as uow:
        a_revision(uow, 2)
    assert refused.value.constraint == "pk_sop_draft_revision"


def test_a_draft_changes_only_where_it_still_stands(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_draft(uow)
        assert not drafts.change(uow, "draft-1", was="in_review", at_revision=1, revision=2)
        assert not drafts.change(uow, "draft-1", was="draft", at_revision=2, revision=3)
        assert drafts.change(uow, "draft-1", was="draft", at_revision=1, revision=2, title={"id": "Lain", "en": "Other"})
        (row,) = drafts.of_agency(uow, "agency-1")
        assert (row.revision, row.title, drafts.of_agency(uow, "elsewhere")) == (2, {"id": "Lain", "en": "Other"}, [])


def test_a_proposal_ends_once_and_each_person_decides_once(database: Database) -> None:
    with database.unit_of_work() as uow:
        a_draft(uow)
        a_proposal(uow)
        a_decision(uow, "head", "head_of_unit")
    with pytest.raises(Duplicate) as refused, database.unit_of_work() as uow:
        a_decision(uow, "head", "data_protection_officer")
    assert refused.value.constraint == "pk_sop_decision"
    with database.unit_of_work() as uow:
        assert drafts.hold_proposal(uow, "proposal-1")
        assert drafts.proposal_of(uow, "v1") is None
        assert drafts.close_proposal(uow, "proposal-1", state="approved", deployment_id="v1")
        assert not drafts.hold_proposal(uow, "proposal-1")
        assert not drafts.close_proposal(uow, "proposal-1", state="sent_back")
        found = drafts.proposal_of(uow, "v1")
        assert found is not None and found.weakens_consent is True
        assert (found.state, drafts.decrees(uow, "agency-1"), drafts.decrees(uow, "elsewhere")) == ("approved", {"v1": "SK 1"}, {})
        assert [row.account_id for row in drafts.decisions(uow, "proposal-1")] == ["head"]
