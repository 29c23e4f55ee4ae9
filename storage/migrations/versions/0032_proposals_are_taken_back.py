"""When a proposal was taken back by who made it. None there is was."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("sop_proposal", sa.Column("taken_back_at", sa.BigInteger()))


def downgrade() -> None:
    with op.batch_alter_table("sop_proposal") as table:
        table.drop_column("taken_back_at")
