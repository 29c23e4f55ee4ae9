"""A directory of providers, and who took figures out of the house."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "provider",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_provider_agency_id"))
    op.create_index("ix_provider_agency", "provider", ["agency_id", "id"])
    op.create_table(
        "report_export",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_export"),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_report_export_agency_id"))
    op.create_index("ix_report_export_agency", "report_export", ["agency_id", "at", "id"])


def downgrade() -> None:
    op.drop_table("report_export")
    op.drop_table("provider")
