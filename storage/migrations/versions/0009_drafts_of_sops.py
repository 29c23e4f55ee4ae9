"""Drafts of SOPs with their revisions, what was proposed, and who decided."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table("sop_draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_sop_draft_agency_id"),
        sa.ForeignKeyConstraint(["based_on"], ["deployment.id"], name="fk_sop_draft_based_on"),
        sa.PrimaryKeyConstraint("id", name="pk_sop_draft"),
    )
    op.create_index("ix_sop_draft_agency", "sop_draft", ["agency_id", "opened_at"])
    op.create_table("sop_draft_revision",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["sop_draft.id"], name="fk_sop_draft_revision_draft_id"),
        sa.PrimaryKeyConstraint("draft_id", "revision", name="pk_sop_draft_revision"),
    )
    op.create_table("sop_draft_file",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["sop_draft.id"], name="fk_sop_draft_file_draft_id"),
        sa.ForeignKeyConstraint(["digest"], ["resource.digest"], name="fk_sop_draft_file_digest"),
        sa.PrimaryKeyConstraint("draft_id", "revision", "path", name="pk_sop_draft_file"),
    )
    op.create_table("sop_proposal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("weakens_consent", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.Text()),
        sa.ForeignKeyConstraint(["draft_id"], ["sop_draft.id"], name="fk_sop_proposal_draft_id"),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name="fk_sop_proposal_deployment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sop_proposal"),
    )
    op.create_index("ix_sop_proposal_draft", "sop_proposal", ["draft_id", "proposed_at"])
    op.create_index("ix_sop_proposal_deployment", "sop_proposal", ["deployment_id"])
    op.create_table("sop_decision",
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["sop_proposal.id"], name="fk_sop_decision_proposal_id"),
        sa.PrimaryKeyConstraint("proposal_id", "account_id", name="pk_sop_decision"),
    )


def downgrade() -> None:
    for table in ("sop_decision", "sop_proposal", "sop_draft_file", "sop_draft_revision", "sop_draft"):
        op.drop_table(table)
