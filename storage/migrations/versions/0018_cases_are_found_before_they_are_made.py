"""Cases are found before they are made: a blind index of whom they are about; files of a case that no step asked for have a class."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "case_search",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "kind", "token", name="pk_case_search"),
    )
    op.create_index("ix_case_search_token", "case_search", ["agency_id", "kind", "token"])
    op.add_column("document", sa.Column("sensitivity", sa.Text()))


def downgrade() -> None:
    op.drop_column("document", "sensitivity")
    op.drop_table("case_search")
