"""Leave to see, for a while: names shown, one field unmasked, a glass broken. Each stands in the access log too, which is the proof."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from storage.schema.columns import Instant, metadata

access_grant = Table(
    "access_grant", metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("agency_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("session", Text, nullable=False),              # which of the account's sessions it was given to
    Column("kind", Text, nullable=False),                 # names | unmask | break_glass
    Column("field", Text, nullable=False),                # what was unmasked, as record.field; else empty
    Column("granted_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("entry", Integer, nullable=False),             # of the access log: the one that says who, what and why
    Column("verdict", Text),                              # of a broken glass, once reviewed: proper | improper
    Column("reviewed_by", Text),
    Column("reviewed_at", Instant),
    Column("review_entry", Integer),                      # of the access log: the reviewer's reason
    Index("ix_access_grant_account", "account_id", "until"),
    Index("ix_access_grant_review", "agency_id", "kind", "granted_at"),
)
