"""What people without an account hold: a receipt for what they sent, a code for one answer to the survey. Never the code itself."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Table, Text

from storage.schema.columns import Instant, metadata

public_receipt = Table(
    "public_receipt", metadata,
    Column("code_hash", Text, primary_key=True),          # keyed digest: without the key nobody can try codes against it
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("case_id", Text, ForeignKey("case_file.id"), nullable=False),
    Column("instance_id", Text, ForeignKey("instance.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("withdrawn_at", Instant),                      # whoever sent it takes it back
    Index("ix_public_receipt_case", "case_id"),
)

survey_code = Table(
    "survey_code", metadata,
    Column("code_hash", Text, primary_key=True),          # gone once it was used: nothing says what was answered with it
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("issued_on", Date, nullable=False),            # the day and no more: no instant to lay beside a case's
)
