"""Who is on duty, conflicts of interest, supervision sessions, escalations; and when a person last acted on a case."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_OPEN = sa.text("state = 'open'")
_DONE = sa.text("state = 'completed'")
_CASE_OPEN = sa.text("closed_at IS NULL")
_UNOWNED = sa.text("closed_at IS NULL AND owner_id IS NULL")
_ACTED = sa.text("""
    UPDATE case_file SET acted_at = coalesce(
        (SELECT max(at) FROM journal WHERE journal.case_id = case_file.id AND journal.actor_id <> 'system'), opened_at)""")
# Tasks that were warned of before there were escalations: their chain begins at their due instant, as everybody's does.
_WARNED = sa.text("""
    INSERT INTO escalation (task_id, agency_id, told, next_at)
    SELECT id, agency_id, 0, due_at FROM task WHERE state = 'open' AND warned_at IS NOT NULL AND due_at IS NOT NULL""")

_INDEXES = (
    ("ix_task_agency_due", "task", ["agency_id", "due_sort", "id"], _OPEN),
    ("ix_task_agency_element", "task", ["agency_id", "element_id", "ready_at"], _OPEN),
    ("ix_task_agency_done", "task", ["agency_id", "completed_at"], _DONE),
    ("ix_case_file_quiet", "case_file", ["agency_id", "acted_at", "id"], _CASE_OPEN),
    ("ix_case_file_unowned", "case_file", ["agency_id", "opened_at", "id"], _UNOWNED),
    ("ix_case_file_owner", "case_file", ["agency_id", "owner_id"], _CASE_OPEN),
)


def upgrade() -> None:
    op.add_column("case_file", sa.Column("acted_at", sa.BigInteger()))
    op.create_table(
        "conflict_of_interest",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_conflict_of_interest_case_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_conflict_of_interest_account_id"),
        sa.PrimaryKeyConstraint("case_id", "account_id", name="pk_conflict_of_interest"))
    op.create_index("ix_conflict_of_interest_account", "conflict_of_interest", ["account_id", "case_id"])
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_duty_shift_agency_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_duty_shift_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_shift"))
    op.create_index("ix_duty_shift_agency", "duty_shift", ["agency_id", "ends_at", "starts_at"])
    op.create_table(
        "supervision_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("supervisor_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_supervision_session_agency_id"),
        sa.ForeignKeyConstraint(["supervisor_id"], ["account.id"], name="fk_supervision_session_supervisor_id"),
        sa.ForeignKeyConstraint(["worker_id"], ["account.id"], name="fk_supervision_session_worker_id"),
        sa.PrimaryKeyConstraint("id", name="pk_supervision_session"))
    op.create_index("ix_supervision_session_agency", "supervision_session", ["agency_id", "held_on", "id"])
    op.create_table(
        "escalation",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("task_id", name="pk_escalation"))
    op.create_index("ix_escalation_next", "escalation", ["next_at", "task_id"])
    op.execute(_ACTED)
    op.execute(_WARNED)
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, _columns, _where in _INDEXES:
        op.drop_index(name, table)
    for table in ("escalation", "supervision_session", "duty_shift", "conflict_of_interest"):
        op.drop_table(table)
    op.drop_column("case_file", "acted_at")
