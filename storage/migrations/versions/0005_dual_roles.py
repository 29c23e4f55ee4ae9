"""Who approved what they had proposed themselves, found without reading the whole access log."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_DUAL = sa.text("what = 'dual_role'")


def upgrade() -> None:
    op.create_index("ix_access_log_dual_role", "access_log", ["agency_id", "at"], sqlite_where=_DUAL, postgresql_where=_DUAL)


def downgrade() -> None:
    op.drop_index("ix_access_log_dual_role", "access_log")
