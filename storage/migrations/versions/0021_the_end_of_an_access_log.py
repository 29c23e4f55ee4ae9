"""How many entries the access log of a case has, and the hash of the last, kept apart from it: an end that was cut off is missed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "access_head",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_access_head"),
    )
    op.execute("INSERT INTO access_head (case_id, seq, hash) SELECT log.case_id, log.seq, log.hash FROM access_log AS log WHERE log.seq = "
               "(SELECT max(later.seq) FROM access_log AS later WHERE later.case_id = log.case_id)")


def downgrade() -> None:
    op.drop_table("access_head")
