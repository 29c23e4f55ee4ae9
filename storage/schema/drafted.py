"""What changes by two people: drafts of SOPs with all their revisions, versions to be withdrawn, an agency's calendar and parameters."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from storage.schema.columns import Instant, Json, metadata

sop_draft = Table(
    "sop_draft", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("key", Text, nullable=False),                  # of the SOP it will be a version of
    Column("title", Json, nullable=False),                # {"id": ..., "en": ...}, of the latest revision
    Column("based_on", Text, ForeignKey("deployment.id")),  # NULL: an SOP of which there is no version yet
    Column("state", Text, nullable=False),                # draft | in_review | approved | withdrawn
    Column("revision", Integer, nullable=False),          # the latest
    Column("opened_at", Instant, nullable=False),
    Index("ix_sop_draft_agency", "agency_id", "opened_at"),
)

sop_draft_revision = Table(
    "sop_draft_revision", metadata,
    Column("draft_id", Text, ForeignKey("sop_draft.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("digest", Text, nullable=False),               # of the bundle
    Column("saved_at", Instant, nullable=False),
    Column("saved_by", Text, nullable=False),
    Column("note", Text, nullable=False),                 # what the editor says of it, or ""
    Column("findings", Json, nullable=False),             # of the check when it was saved
    Column("based_on", Text, ForeignKey("deployment.id")),  # the version it changes: a draft may be carried over to another
)

sop_draft_file = Table(
    "sop_draft_file", metadata,
    Column("draft_id", Text, ForeignKey("sop_draft.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("digest", Text, ForeignKey("resource.digest"), nullable=False),
)

sop_proposal = Table(
    "sop_proposal", metadata,
    Column("id", Text, primary_key=True),
    Column("draft_id", Text, ForeignKey("sop_draft.id"), nullable=False),
    Column("revision", Integer, nullable=False),          # what is proposed; nothing newer can be saved while it is looked at
    Column("decree", Text, nullable=False),               # number of the decision letter (SK)
    Column("effective_from", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("weakens_consent", Boolean, nullable=False),   # the data protection officer must approve, too
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("state", Text, nullable=False),                # in_review | approved | sent_back | taken_back | withdrawn
    Column("deployment_id", Text, ForeignKey("deployment.id")),  # the version it became
    Column("taken_back_at", Instant),                     # by who proposed it
    Column("accepted", Json),                             # scenario -> why it may go otherwise than written
    Index("ix_sop_proposal_draft", "draft_id", "proposed_at"),
    Index("ix_sop_proposal_deployment", "deployment_id"),
)

sop_decision = Table(
    "sop_decision", metadata,
    Column("proposal_id", Text, ForeignKey("sop_proposal.id"), primary_key=True),
    Column("account_id", Text, primary_key=True),         # one person decides once, in one role
    Column("role", Text, nullable=False),
    Column("approved", Boolean, nullable=False),          # false: sent back
    Column("reason", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
)

scenario_run = Table(
    "scenario_run", metadata,
    Column("agency_id", Text, ForeignKey("agency.id"), primary_key=True),
    Column("state", Text, primary_key=True),              # digest of the files it was played on, but scenarios, and the agency's tables
    Column("story", Text, primary_key=True),              # SHA-256 of the scenario's file
    Column("went", LargeBinary, nullable=False),          # canonical bytes
    Column("played_at", Instant, nullable=False),
    Index("ix_scenario_run_played", "agency_id", "played_at"),
)

#: One proposal at a time to withdraw a version, and none once it is withdrawn.
_STANDS = text("state IN ('in_review', 'approved')")
sop_withdrawal = Table(
    "sop_withdrawal", metadata,
    Column("id", Text, primary_key=True),
    Column("deployment_id", Text, ForeignKey("deployment.id"), nullable=False),
    Column("decree", Text, nullable=False),               # number of the decision letter (SK)
    Column("withdrawn_from", Date, nullable=False),       # the first day on which nothing begins by the version
    Column("reason", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("state", Text, nullable=False),                # in_review | approved | sent_back | taken_back
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("decided_reason", Text),
    Index("ix_sop_withdrawal_deployment", "deployment_id", "proposed_at"),
    Index("uq_sop_withdrawal_standing", "deployment_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
)

#: Approved, but running cases are still to go on by it.
_CARRIED_ON = text("state = 'approved' AND carried_at IS NULL")
table_change = Table(
    "table_change", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("kind", Text, nullable=False),                 # calendar | parameters
    Column("content", Json, nullable=False),              # the days, or the parameter with its value
    Column("source", Text, nullable=False),               # number of the decision letter (SK) it rests on
    Column("reason", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("state", Text, nullable=False),                # draft | in_review | approved | sent_back | given_up
    Column("proposed_at", Instant),
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("decided_reason", Text),
    Column("calendar_digest", Text),                      # what was put in force by it
    Column("parameters_digest", Text),
    Column("carried_to", Text, nullable=False),           # the last running instance that was looked at since
    Column("carried_at", Instant),                        # when none was left
    Column("moved", Integer, nullable=False),             # how many deadlines it moved
    Index("ix_table_change_agency", "agency_id", "made_at"),
    Index("ix_table_change_carried", "decided_at", sqlite_where=_CARRIED_ON, postgresql_where=_CARRIED_ON),
)

sop_trial = Table(
    "sop_trial", metadata,                                # what somebody tries; deleted some days after it was opened
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("account_id", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("starts_at", Instant, nullable=False),         # what its own clock said first
    Column("version_id", Text),                           # of what is tried: a version, or a draft; NULL: files of its own
    Column("revision", Integer),                          # of that draft; NULL: a version
    Column("calendar_digest", Text),
    Column("parameters_digest", Text),
    Index("ix_sop_trial_opened", "opened_at"),
)

sop_trial_file = Table(
    "sop_trial_file", metadata,
    Column("trial_id", Text, ForeignKey("sop_trial.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

sop_trial_act = Table(
    "sop_trial_act", metadata,                            # what was done in it, in order, to be done again by another process
    Column("trial_id", Text, ForeignKey("sop_trial.id"), primary_key=True),
    Column("number", Integer, primary_key=True),          # from 1
    Column("ciphertext", LargeBinary, nullable=False),    # under a key of the person's own
)
