"""What somebody asked for and nobody answered: beside corrections also that a step begin again."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    _build("kind IN ('ask_correction', 'ask_modify')")


def downgrade() -> None:
    _build("kind = 'ask_correction'")


def _build(asked: str) -> None:
    op.drop_index("ix_journal_asked", "journal")
    op.create_index("ix_journal_asked", "journal", ["agency_id", "recorded_at"], sqlite_where=sa.text(asked), postgresql_where=sa.text(asked))
