"""The pool's index also holds the SOP and the step, so that a filter by them reads no task that it leaves out."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_POOL = sa.text("state = 'open' AND assignee_id IS NULL")
_BEFORE = ["agency_id", "role", "risk_rank", "due_sort", "ready_at", "id", "case_id"]


def upgrade() -> None:
    _build([*_BEFORE, "sop_key", "element_id"])


def downgrade() -> None:
    _build(_BEFORE)


def _build(columns: list[str]) -> None:
    op.drop_index("ix_task_pool", "task")
    op.create_index("ix_task_pool", "task", columns, sqlite_where=_POOL, postgresql_where=_POOL)
