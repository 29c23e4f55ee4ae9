"""Indexes of who holds a task leave out those that nobody holds: the pool has its own."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_COLUMNS = {"ix_task_mine": ["assignee_id", "agency_id", "risk_rank", "due_sort", "ready_at", "id"],
            "ix_task_mine_due": ["assignee_id", "agency_id", "due_sort"]}


def upgrade() -> None:
    _replace("state = 'open' AND assignee_id IS NOT NULL")


def downgrade() -> None:
    _replace("state = 'open'")


def _replace(where: str) -> None:
    for name, columns in _COLUMNS.items():
        op.drop_index(name, "task")
        op.create_index(name, "task", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
