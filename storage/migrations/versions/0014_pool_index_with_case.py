"""The pool is counted and paged from its index alone, though a conflict of interest asks which case a task is of."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_POOL = sa.text("state = 'open' AND assignee_id IS NULL")
_COLUMNS = ["agency_id", "role", "risk_rank", "due_sort", "ready_at", "id"]


def upgrade() -> None:
    _replace([*_COLUMNS, "case_id"])


def downgrade() -> None:
    _replace(_COLUMNS)


def _replace(columns: list[str]) -> None:
    op.drop_index("ix_task_pool", "task")
    op.create_index("ix_task_pool", "task", columns, sqlite_where=_POOL, postgresql_where=_POOL)
