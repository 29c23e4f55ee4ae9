"""What people without an account hold: receipts and survey codes, as keyed digests; and an index for what the agency publishes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_IS_MEASURED = sa.text("verdict IN ('on_time', 'late')")


def upgrade() -> None:
    op.create_table(
        "public_receipt",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_public_receipt_agency_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_public_receipt_case_id"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_public_receipt_instance_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_public_receipt"))
    op.create_index("ix_public_receipt_case", "public_receipt", ["case_id"])
    op.create_table(
        "survey_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_survey_code_agency_id"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_survey_code"))
    op.create_index("ix_task_measured", "task", ["agency_id", "completed_at"],
                    sqlite_where=_IS_MEASURED, postgresql_where=_IS_MEASURED)


def downgrade() -> None:
    op.drop_index("ix_task_measured", "task")
    op.drop_table("survey_code")
    op.drop_table("public_receipt")
