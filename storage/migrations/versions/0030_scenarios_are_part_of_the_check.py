"""How the scenarios of drafts went is kept, and why one that goes otherwise is accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "scenario_run",
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("went", sa.LargeBinary(), nullable=False),
        sa.Column("played_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_scenario_run_agency_id"),
        sa.PrimaryKeyConstraint("agency_id", "state", "story", name="pk_scenario_run"))
    op.create_index("ix_scenario_run_played", "scenario_run", ["agency_id", "played_at"])
    op.add_column("sop_proposal", sa.Column("accepted", sa.Text()))


def downgrade() -> None:
    op.drop_column("sop_proposal", "accepted")
    op.drop_table("scenario_run")
