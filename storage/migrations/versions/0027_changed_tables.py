"""An agency's calendar and parameters are changed by two people: what was proposed, and how far running cases go on by it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_CARRIED_ON = sa.text("state = 'approved' AND carried_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "table_change",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_reason", sa.Text()),
        sa.Column("calendar_digest", sa.Text()),
        sa.Column("parameters_digest", sa.Text()),
        sa.Column("carried_to", sa.Text(), nullable=False),
        sa.Column("carried_at", sa.BigInteger()),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_table_change_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_table_change"))
    op.create_index("ix_table_change_agency", "table_change", ["agency_id", "made_at"])
    op.create_index("ix_table_change_carried", "table_change", ["decided_at"], sqlite_where=_CARRIED_ON, postgresql_where=_CARRIED_ON)


def downgrade() -> None:
    op.drop_table("table_change")
