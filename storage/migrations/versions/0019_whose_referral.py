"""An account may be bound to one provider of the directory; notices are found by task."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("account", sa.Column("provider_id", sa.Text()))
    op.create_index("ix_notice_task", "notice", ["task_id"], sqlite_where=sa.text("task_id IS NOT NULL"),
                    postgresql_where=sa.text("task_id IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_notice_task", "notice")
    op.drop_column("account", "provider_id")
