"""What happened: journal, payloads, trace, documents, issued numbers, access log. Only ever added to; erasure empties payloads."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from storage.schema.columns import Instant, metadata

_ASKED = "kind IN ('ask_correction', 'ask_modify')"
_STARTED = "kind = 'start'"

journal = Table(
    "journal", metadata,
    Column("chain_id", Text, primary_key=True),           # an instance, or a case for what happens outside instances
    Column("seq", Integer, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("case_id", Text),
    Column("at", Instant, nullable=False),                # clock of the stimulus
    Column("recorded_at", Instant, nullable=False),       # when it was really written
    Column("actor_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),          # canonical bytes of the entry
    Column("payload_digest", Text),
    Column("state_digest", Text, nullable=False),
    Column("semantics", Integer, nullable=False),
    Column("definition", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("place", Integer),                             # among the entries of its case, from 1; NULL without a case
    Index("uq_journal_place", "case_id", "place", unique=True),
    Index("ix_journal_started", "actor_id", sqlite_where=text(_STARTED), postgresql_where=text(_STARTED)),
    Index("ix_journal_asked", "agency_id", "recorded_at", sqlite_where=text(_ASKED), postgresql_where=text(_ASKED)),
)

payload = Table(
    "payload", metadata,
    Column("digest", Text, primary_key=True),             # SHA-256 of ciphertext
    Column("case_id", Text),
    Column("ciphertext", LargeBinary, nullable=False),
    Index("ix_payload_case", "case_id"),
)

trace = Table(
    "trace", metadata,
    Column("instance_id", Text, primary_key=True),
    Column("n", Integer, primary_key=True),               # counts from 1 within the instance
    Column("seq", Integer, nullable=False),               # of the journal entry that led to it
    Column("at", Instant, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("element_type", Text, nullable=False),
    Column("happened", Text, nullable=False),
    Index("ix_trace_seq", "instance_id", "seq"),
)

document = Table(
    "document", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("case_id", Text),
    Column("instance_id", Text),
    Column("element_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),               # of the plain bytes
    Column("ciphertext", LargeBinary),                    # NULL after erasure
    Column("sensitivity", Text),                          # class of a file that no step asked for; NULL: its step says
    Column("source_digest", Text),                        # what the QR code on the paper says; NULL: it bears none
    Column("void_reason", Text),                          # corrected: an answer it was made from was corrected
    Column("released_to", Text),                          # keyed digest of receiver and plan line; NULL: it stays in the file
    Index("ix_document_case", "case_id", "issued_at"),
    Index("ix_document_source", "source_digest"),
    Index("ix_document_number", "agency_id", "number"),
)

issued_number = Table(
    "issued_number", metadata,
    Column("agency_id", Text, primary_key=True),
    Column("series", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("issued_for", Text, nullable=False),           # idempotency key: asking twice gives the same number
    Column("at", Instant, nullable=False),
    Column("written", Text),                              # as people read it, without capitals and double spaces
    UniqueConstraint("agency_id", "series", "issued_for"),
    Index("uq_issued_number_written", "agency_id", "year", "written", unique=True),
)

_IS_DUAL_ROLE = text("what = 'dual_role'")
access_log = Table(
    "access_log", metadata,
    Column("case_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("what", Text, nullable=False),                 # read | unmask | print | export | break_glass | dual_role
    Column("field_group", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_access_log_account", "account_id", "at"),
    Index("ix_access_log_agency", "agency_id", "at", "case_id", "seq"),
    Index("ix_access_log_dual_role", "agency_id", "at", sqlite_where=_IS_DUAL_ROLE, postgresql_where=_IS_DUAL_ROLE),
)

#: The end of each case's access log, kept apart from it: what was cut off there is missed.
access_head = Table(
    "access_head", metadata,
    Column("case_id", Text, primary_key=True),
    Column("seq", Integer, nullable=False),               # how many entries it has
    Column("hash", Text, nullable=False),                 # of the last
)
