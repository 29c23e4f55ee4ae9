"""Notices reach people: which were looked at for mail, what each person chose, and the calendar address of each."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_UNMAILED = sa.text("mailed_at IS NULL")


def upgrade() -> None:
    op.add_column("notice", sa.Column("mailed_at", sa.BigInteger()))
    op.execute("UPDATE notice SET mailed_at = at")  # what was said before is not mailed now
    op.create_index("ix_notice_unmailed", "notice", ["at", "id"], sqlite_where=_UNMAILED, postgresql_where=_UNMAILED)
    op.create_table(
        "notice_choice",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("by_kind", sa.Text(), nullable=False),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_until", sa.Integer()),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_notice_choice_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_notice_choice"))
    op.create_table(
        "calendar_feed",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_calendar_feed_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_calendar_feed"),
        sa.UniqueConstraint("token_hash", name="uq_calendar_feed_token_hash"))


def downgrade() -> None:
    op.drop_table("calendar_feed")
    op.drop_table("notice_choice")
    op.drop_index("ix_notice_unmailed", "notice")
    op.drop_column("notice", "mailed_at")
