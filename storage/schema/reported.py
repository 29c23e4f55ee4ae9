"""What an agency knows beside its cases: who provides services, and who took figures out of the house."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from storage.schema.columns import Instant, metadata

provider = Table(
    "provider", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("revision", Integer, nullable=False),          # how often it was written
    Column("checked_on", Date, nullable=False),           # when somebody last asked whether all this is still so
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),    # sealed under a key of the agency: where a shelter is endangers people
    Index("ix_provider_agency", "agency_id", "id"),
)

report_export = Table(
    "report_export", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("account_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("report", Text, nullable=False),
    Column("period", Text, nullable=False),               # as its address says it; "" for what is now
    Column("media", Text, nullable=False),                # csv | xlsx
    Column("reason", Text, nullable=False),
    Column("sha256", Text, nullable=False),               # of the bytes that were taken
    Index("ix_report_export_agency", "agency_id", "at", "id"),
)
