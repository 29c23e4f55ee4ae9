"""An account may be bound to one provider of the directory; notices are found by task, cases of nobody in the order of the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_UNOWNED = sa.text("closed_at IS NULL AND owner_id IS NULL")


def upgrade() -> None:
    op.add_column("account", sa.Column("provider_id", sa.Text()))
    op.create_index("ix_notice_task", "notice", ["task_id"], sqlite_where=sa.text("task_id IS NOT NULL"),
                    postgresql_where=sa.text("task_id IS NOT NULL"))
    op.create_index("ix_case_file_unowned", "case_file", ["agency_id", "opened_at", "id"], sqlite_where=_UNOWNED, postgresql_where=_UNOWNED)


def downgrade() -> None:
    op.drop_index("ix_case_file_unowned", "case_file")
    op.drop_index("ix_notice_task", "notice")
    op.drop_column("account", "provider_id")
