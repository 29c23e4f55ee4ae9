"""Which deployments a process instance ran by before it was migrated: none so far, since none was."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("instance", sa.Column("former_deployments", sa.Text()))


def downgrade() -> None:
    op.drop_column("instance", "former_deployments")
