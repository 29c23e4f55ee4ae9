"""Who: accounts, roles with dates and confirmed qualifications, sessions, sign-in attempts, notices."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from storage.schema.columns import Instant, Json, metadata

account = Table(
    "account", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("sign_in", Text, nullable=False),              # lower case
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),        # argon2id
    Column("language", Text, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("last_used", Instant),
    Column("shortcuts", Boolean, nullable=False, server_default=text("true")),  # whether single keys act on pages
    Column("provider_id", Text),                          # of a partner's person: the one provider of the directory they answer for
    UniqueConstraint("sign_in"),
    Index("ix_account_agency", "agency_id", "name"),
)

role_holding = Table(
    "role_holding", metadata,
    Column("account_id", Text, ForeignKey("account.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("from_date", Date, primary_key=True),
    Column("until_date", Date),                           # the last day it is held; NULL: until further notice
    Index("ix_role_holding_role", "role", "account_id"),
)

absence = Table(
    "absence", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),       # who is away
    Column("substitute_id", Text, ForeignKey("account.id"), nullable=False),    # Plt.: holds the roles meanwhile
    Column("from_date", Date, nullable=False),
    Column("until_date", Date, nullable=False),           # the last day away
    Column("decree", Text, nullable=False),               # the written delegation
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("ended_by", Text),                             # who took it back before its last day
    Column("ended_at", Instant),
    Index("ix_absence_substitute", "substitute_id", "until_date"),
    Index("ix_absence_account", "account_id", "until_date"),
    Index("ix_absence_agency", "agency_id", "until_date", "id"),
)

absence_role = Table(
    "absence_role", metadata,
    Column("absence_id", Text, ForeignKey("absence.id"), primary_key=True),
    Column("role", Text, primary_key=True),
)

saved_filter = Table(
    "saved_filter", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),       # who saved it
    Column("role", Text),                                 # shared with whoever holds it; NULL: the saver's own
    Column("name", Text, nullable=False),
    Column("filters", Json, nullable=False),              # ids and enumerations
    Column("at", Instant, nullable=False),
    Index("ix_saved_filter_account", "account_id", "name"),
    Index("ix_saved_filter_role", "agency_id", "role", "name"),
)

qualification = Table(
    "qualification", metadata,
    Column("account_id", Text, ForeignKey("account.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("from_date", Date, primary_key=True),          # of the holding it was confirmed for
    Column("qualification", Text, primary_key=True),      # as the agency's sheet printed it that day
    Column("confirmed_by", Text, nullable=False),         # an account, or the machine's operator
    Column("confirmed_at", Instant, nullable=False),
)

session = Table(
    "session", metadata,
    Column("token_hash", Text, primary_key=True),         # SHA-256: the token itself is only with the browser
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("data", LargeBinary),
    Index("ix_session_account", "account_id"),
    Index("ix_session_ends", "ends_at"),
)

sign_in_attempt = Table(
    "sign_in_attempt", metadata,
    Column("key_hash", Text, primary_key=True),           # of sign-in name and address: neither is kept in clear
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)

notice = Table(
    "notice", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("account_id", Text),                           # for one person, or
    Column("role", Text),                                 # for whoever holds this role in the agency
    Column("at", Instant, nullable=False),
    Column("code", Text, nullable=False),                 # a code and a verb, never content
    Column("case_id", Text),
    Column("task_id", Text),
    Column("once", Text),                                 # idempotency key of what asked for it
    Column("mailed_at", Instant),                         # when its mails were written out; NULL: not looked at yet
    UniqueConstraint("once"),
    Index("ix_notice_unmailed", "at", "id", sqlite_where=text("mailed_at IS NULL"), postgresql_where=text("mailed_at IS NULL")),
    Index("ix_notice_task", "task_id", sqlite_where=text("task_id IS NOT NULL"), postgresql_where=text("task_id IS NOT NULL")),
    Index("ix_notice_account", "account_id", "at"),
    Index("ix_notice_role", "agency_id", "role", "at"),
)

notice_read = Table(
    "notice_read", metadata,
    Column("notice_id", Text, ForeignKey("notice.id"), primary_key=True),
    Column("account_id", Text, primary_key=True),
    Column("read_at", Instant, nullable=False),
)

notice_choice = Table(
    "notice_choice", metadata,
    Column("account_id", Text, ForeignKey("account.id"), primary_key=True),
    Column("email", Text),                                # NULL: the sign-in name, where that is an address
    Column("by_kind", Json, nullable=False),              # kind -> where it is said
    Column("quiet_from", Integer),                        # minutes after local midnight; NULL: no quiet hours
    Column("quiet_until", Integer),
)

calendar_feed = Table(
    "calendar_feed", metadata,
    Column("account_id", Text, ForeignKey("account.id"), primary_key=True),
    Column("nonce", Text, nullable=False),                # with the product's key it gives the token; alone it gives nothing
    Column("token_hash", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("token_hash"),
)
