"""Numbers as written, so that none stands twice; what the QR code of a document says, so that a paper can be held against it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("issued_number", sa.Column("written", sa.Text()))
    op.create_index("uq_issued_number_written", "issued_number", ["agency_id", "year", "written"], unique=True)
    op.add_column("document", sa.Column("source_digest", sa.Text()))
    op.create_index("ix_document_source", "document", ["source_digest"])
    op.create_index("ix_document_number", "document", ["agency_id", "number"])


def downgrade() -> None:
    op.drop_index("ix_document_number", "document")
    op.drop_index("ix_document_source", "document")
    op.drop_column("document", "source_digest")
    op.drop_index("uq_issued_number_written", "issued_number")
    op.drop_column("issued_number", "written")
