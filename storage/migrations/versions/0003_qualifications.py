"""Qualifications of role holders: who confirmed each, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table("qualification",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("qualification", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_qualification_account_id"),
        sa.PrimaryKeyConstraint("account_id", "role", "from_date", "qualification", name="pk_qualification"),
    )


def downgrade() -> None:
    op.drop_table("qualification")
