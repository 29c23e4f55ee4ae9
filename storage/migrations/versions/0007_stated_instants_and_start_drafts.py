"""Work written down afterwards: what instant was stated and who accepted it; why a document is void; drafts of start forms."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ASKED = sa.text("kind = 'ask_correction'")


def upgrade() -> None:
    op.add_column("task", sa.Column("stated_at", sa.BigInteger()))
    op.add_column("task", sa.Column("stated_verdict", sa.Text(), nullable=False, server_default=""))
    op.add_column("task", sa.Column("accepted_at", sa.BigInteger()))
    op.add_column("task", sa.Column("accepted_by", sa.Text()))
    op.add_column("document", sa.Column("void_reason", sa.Text()))
    op.create_index("ix_journal_asked", "journal", ["agency_id", "recorded_at"], sqlite_where=_ASKED, postgresql_where=_ASKED)
    op.create_table(
        "start_draft",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sop_key", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "sop_key", name="pk_start_draft"),
    )


def downgrade() -> None:
    op.drop_table("start_draft")
    op.drop_index("ix_journal_asked", "journal")
    op.drop_column("document", "void_reason")
    for name in ("accepted_by", "accepted_at", "stated_verdict", "stated_at"):
        op.drop_column("task", name)
