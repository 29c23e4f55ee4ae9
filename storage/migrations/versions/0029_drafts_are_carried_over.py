"""A draft may become one of another version than it was begun from: each revision says of which one it is. Those there are, of the draft's."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.batch_alter_table("sop_draft_revision") as table:
        table.add_column(sa.Column("based_on", sa.Text()))
        table.create_foreign_key("fk_sop_draft_revision_based_on", "deployment", ["based_on"], ["id"])
    op.execute("UPDATE sop_draft_revision SET based_on = "
               "(SELECT based_on FROM sop_draft WHERE sop_draft.id = sop_draft_revision.draft_id)")


def downgrade() -> None:
    with op.batch_alter_table("sop_draft_revision") as table:
        table.drop_constraint("fk_sop_draft_revision_based_on", type_="foreignkey")
        table.drop_column("based_on")
