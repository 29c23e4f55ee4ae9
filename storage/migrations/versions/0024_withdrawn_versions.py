"""A version of an SOP can be withdrawn: what was proposed, and what another person decided."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_STANDS = sa.text("state IN ('in_review', 'approved')")


def upgrade() -> None:
    op.create_table(
        "sop_withdrawal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.Text(), nullable=False),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column("withdrawn_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_reason", sa.Text()),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name="fk_sop_withdrawal_deployment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sop_withdrawal"))
    op.create_index("ix_sop_withdrawal_deployment", "sop_withdrawal", ["deployment_id", "proposed_at"])
    op.create_index("uq_sop_withdrawal_standing", "sop_withdrawal", ["deployment_id"], unique=True, sqlite_where=_STANDS,
                    postgresql_where=_STANDS)


def downgrade() -> None:
    op.drop_table("sop_withdrawal")
