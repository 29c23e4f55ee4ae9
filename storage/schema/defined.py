"""What was defined: agencies, deployments and their files, tables in force, settings. Rows are never changed in meaning."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from storage.schema.columns import Instant, Json, metadata

agency = Table(
    "agency", metadata,
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("zone", Text, nullable=False),                 # IANA time zone
    Column("calendar_digest", Text),                      # of the calendar in force today
    Column("parameters_digest", Text),
    Column("profile", Json, nullable=False),              # what agency.toml says, as JSON
    UniqueConstraint("code"),
)

resource = Table(
    "resource", metadata,
    Column("digest", Text, primary_key=True),             # SHA-256 of bytes
    Column("bytes", LargeBinary, nullable=False),
)

deployment = Table(
    "deployment", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("title", Json, nullable=False),                # {"id": ..., "en": ...}
    Column("process_id", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("deployed_at", Instant, nullable=False),
    Column("deployed_by", Text, nullable=False),
    Column("findings", Json, nullable=False),             # lint findings at deployment, as JSON
    UniqueConstraint("agency_id", "key", "version"),
)

deployment_file = Table(
    "deployment_file", metadata,
    Column("deployment_id", Text, ForeignKey("deployment.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("digest", Text, ForeignKey("resource.digest"), nullable=False),
)

table_in_force = Table(
    "table_in_force", metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),                 # calendar | parameters
    Column("content", LargeBinary, nullable=False),       # canonical bytes; the digest is of them
)

setting = Table(
    "setting", metadata,
    Column("key", Text, primary_key=True),
    Column("value", Json),
)
