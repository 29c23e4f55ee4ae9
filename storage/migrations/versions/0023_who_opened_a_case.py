"""Who began instances is found by person: whoever took a report in finds the case in their list."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_STARTED = sa.text("kind = 'start'")


def upgrade() -> None:
    op.create_index("ix_journal_started", "journal", ["actor_id"], sqlite_where=_STARTED, postgresql_where=_STARTED)


def downgrade() -> None:
    op.drop_index("ix_journal_started", "journal")
