"""Drafts of every form, not only of start forms: also those of a case, which its key opens."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "form_draft",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        *_columns(),
        sa.PrimaryKeyConstraint("case_id", "form", "account_id", name="pk_form_draft"),
    )
    op.execute("INSERT INTO form_draft (case_id, form, account_id, agency_id, ciphertext, saved_at) "
               "SELECT '', 'start:' || sop_key, account_id, agency_id, ciphertext, saved_at FROM start_draft")
    op.drop_table("start_draft")


def downgrade() -> None:
    op.create_table(
        "start_draft",
        sa.Column("sop_key", sa.Text(), nullable=False),
        *_columns(),
        sa.PrimaryKeyConstraint("account_id", "sop_key", name="pk_start_draft"),
    )
    op.execute("INSERT INTO start_draft (account_id, sop_key, agency_id, ciphertext, saved_at) "
               "SELECT account_id, substr(form, 7), agency_id, ciphertext, saved_at FROM form_draft "
               "WHERE case_id = '' AND substr(form, 1, 6) = 'start:'")
    op.drop_table("form_draft")
