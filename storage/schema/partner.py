"""Links for referral partners without an account: what one leads to, the one-time code that stands now, the session it gave."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from storage.schema.columns import Instant, metadata

partner_link = Table(
    "partner_link", metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),   # keyed digest: the link itself is only with the partner
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("case_id", Text, ForeignKey("case_file.id"), nullable=False),
    Column("instance_id", Text, ForeignKey("instance.id"), nullable=False),
    Column("line_no", Text),                              # of the plan; NULL: the referral of a case without lines
    Column("content", LargeBinary, nullable=False),       # provider, kind, contact: sealed under the case key
    Column("issued_by", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("opened_at", Instant),                         # the read receipt: when the packet was first seen
    Column("done_at", Instant),                           # when its partner reported the service done
    Column("revoked_at", Instant),
    Column("code", LargeBinary),                          # the one-time code, sealed: whoever works on the case tells it
    Column("code_until", Instant),
    Column("code_tries", Integer, nullable=False, server_default="0"),
    Column("session_hash", Text, unique=True),            # of the one browser that is in
    Column("session_until", Instant),
    Index("ix_partner_link_case", "case_id", "issued_at"),
)
