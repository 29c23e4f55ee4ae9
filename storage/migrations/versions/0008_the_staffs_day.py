"""The staff's day: tasks given on and set aside, who looked at what, absences with substitutes, saved filters, keys switched off."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("task", sa.Column("aside_until", sa.BigInteger()))
    op.add_column("task", sa.Column("given_by", sa.Text()))
    op.add_column("account", sa.Column("shortcuts", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.create_table(
        "task_handling",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("from_id", sa.Text()),
        sa.Column("to_id", sa.Text()),
        sa.Column("until", sa.BigInteger()),
        sa.Column("note", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("task_id", "n", name="pk_task_handling"))
    op.create_index("ix_task_handling_to", "task_handling", ["to_id", "verb", "task_id"])
    op.create_table(
        "task_look",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "task_id", name="pk_task_look"))
    op.create_table(
        "absence",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("substitute_id", sa.Text(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=False),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.Text()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_absence_agency_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_absence_account_id"),
        sa.ForeignKeyConstraint(["substitute_id"], ["account.id"], name="fk_absence_substitute_id"),
        sa.PrimaryKeyConstraint("id", name="pk_absence"))
    op.create_index("ix_absence_substitute", "absence", ["substitute_id", "until_date"])
    op.create_index("ix_absence_account", "absence", ["account_id", "until_date"])
    op.create_index("ix_absence_agency", "absence", ["agency_id", "until_date", "id"])
    op.create_table(
        "absence_role",
        sa.Column("absence_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["absence_id"], ["absence.id"], name="fk_absence_role_absence_id"),
        sa.PrimaryKeyConstraint("absence_id", "role", name="pk_absence_role"))
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_saved_filter_agency_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_saved_filter_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filter"))
    op.create_index("ix_saved_filter_account", "saved_filter", ["account_id", "name"])
    op.create_index("ix_saved_filter_role", "saved_filter", ["agency_id", "role", "name"])


def downgrade() -> None:
    for table in ("saved_filter", "absence_role", "absence", "task_look", "task_handling"):
        op.drop_table(table)
    op.drop_column("account", "shortcuts")
    op.drop_column("task", "given_by")
    op.drop_column("task", "aside_until")
