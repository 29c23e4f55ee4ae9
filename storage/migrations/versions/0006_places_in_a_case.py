"""The order of a case's entries over all its journals, written with them. Those there are get the order they were rebuilt in so far."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# By the instant of recording; an entry whose clock ran behind the one before it in its journal still comes after that one.
_NUMBER = sa.text("""
    UPDATE journal SET place = told.place
    FROM (SELECT chain_id, seq, row_number() OVER (PARTITION BY case_id ORDER BY instant, chain_id, seq) AS place
          FROM (SELECT case_id, chain_id, seq, max(recorded_at) OVER (PARTITION BY chain_id ORDER BY seq) AS instant
                FROM journal WHERE case_id IS NOT NULL) AS dated) AS told
    WHERE journal.chain_id = told.chain_id AND journal.seq = told.seq""")
_COUNT = sa.text("UPDATE case_file SET entries = (SELECT count(*) FROM journal WHERE journal.case_id = case_file.id)")


def upgrade() -> None:
    op.add_column("journal", sa.Column("place", sa.Integer()))
    op.add_column("case_file", sa.Column("entries", sa.Integer(), nullable=False, server_default="0"))
    op.execute(_NUMBER)
    op.execute(_COUNT)
    op.drop_index("ix_journal_case", "journal")
    op.create_index("uq_journal_place", "journal", ["case_id", "place"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_journal_place", "journal")
    op.create_index("ix_journal_case", "journal", ["case_id", "recorded_at"])
    op.drop_column("case_file", "entries")
    op.drop_column("journal", "place")
