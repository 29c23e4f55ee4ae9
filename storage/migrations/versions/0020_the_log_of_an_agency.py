"""The access log is read over all cases of an agency, newest first."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_index("ix_access_log_agency", "access_log", ["agency_id", "at", "case_id", "seq"])


def downgrade() -> None:
    op.drop_index("ix_access_log_agency", "access_log")
