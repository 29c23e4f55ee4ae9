"""What is tried and what was done in it, so that it outlives the process that began it. Trials open before this are gone with theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "sop_trial",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.Text()),
        sa.Column("revision", sa.Integer()),
        sa.Column("calendar_digest", sa.Text()),
        sa.Column("parameters_digest", sa.Text()),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_sop_trial_agency_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sop_trial"))
    op.create_index("ix_sop_trial_opened", "sop_trial", ["opened_at"])
    op.create_table(
        "sop_trial_file",
        sa.Column("trial_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["trial_id"], ["sop_trial.id"], name="fk_sop_trial_file_trial_id"),
        sa.PrimaryKeyConstraint("trial_id", "path", name="pk_sop_trial_file"))
    op.create_table(
        "sop_trial_act",
        sa.Column("trial_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["trial_id"], ["sop_trial.id"], name="fk_sop_trial_act_trial_id"),
        sa.PrimaryKeyConstraint("trial_id", "number", name="pk_sop_trial_act"))


def downgrade() -> None:
    op.drop_table("sop_trial_act")
    op.drop_table("sop_trial_file")
    op.drop_index("ix_sop_trial_opened", "sop_trial")
    op.drop_table("sop_trial")
