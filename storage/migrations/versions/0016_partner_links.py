"""Links for referral partners without an account; to whom a document was released, as a keyed digest."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("document", sa.Column("released_to", sa.Text()))
    op.create_table(
        "partner_link",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.Text()),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger()),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.Column("code", sa.LargeBinary()),
        sa.Column("code_until", sa.BigInteger()),
        sa.Column("code_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("session_hash", sa.Text()),
        sa.Column("session_until", sa.BigInteger()),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_partner_link_agency_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_partner_link_case_id"),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name="fk_partner_link_instance_id"),
        sa.PrimaryKeyConstraint("id", name="pk_partner_link"),
        sa.UniqueConstraint("token_hash", name="uq_partner_link_token_hash"),
        sa.UniqueConstraint("session_hash", name="uq_partner_link_session_hash"))
    op.create_index("ix_partner_link_case", "partner_link", ["case_id", "issued_at"])


def downgrade() -> None:
    op.drop_table("partner_link")
    op.drop_column("document", "released_to")
