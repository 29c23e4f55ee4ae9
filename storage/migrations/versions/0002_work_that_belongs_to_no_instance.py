"""Work that belongs to no instance: timers that start one, messages kept for one. Messages between agencies and where a case came from.

On the way down such jobs are dropped: a timer that starts an instance is armed again when its SOP is deployed again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_APART = sa.text("instance_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("job") as job:
        job.alter_column("instance_id", existing_type=sa.Text(), nullable=True)
        job.add_column(sa.Column("deployment_id", sa.Text()))
        job.create_foreign_key("fk_job_deployment_id", "deployment", ["deployment_id"], ["id"])
    op.create_index("uq_job_apart", "job", ["agency_id", "token_id", "kind"], unique=True,
                    sqlite_where=_APART, postgresql_where=_APART)
    op.add_column("message", sa.Column("to_agency", sa.Text()))
    op.add_column("case_file", sa.Column("came_from", sa.Text()))


def downgrade() -> None:
    op.drop_column("case_file", "came_from")
    op.drop_column("message", "to_agency")
    op.drop_index("uq_job_apart", "job")
    op.execute(sa.text("DELETE FROM job WHERE instance_id IS NULL"))
    with op.batch_alter_table("job") as job:
        job.drop_constraint("fk_job_deployment_id", type_="foreignkey")
        job.drop_column("deployment_id")
        job.alter_column("instance_id", existing_type=sa.Text(), nullable=False)
