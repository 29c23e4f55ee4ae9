"""Whom cases are about, findable and not readable: keyed digests of names, numbers and birth years."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from storage.schema.columns import metadata

case_search = Table(
    "case_search", metadata,
    Column("case_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),               # nik | name | phone | year
    Column("token", Text, primary_key=True),              # keyed digest under the agency's search key; dies with the case key
    Column("agency_id", Text, nullable=False),
    Index("ix_case_search_token", "agency_id", "kind", "token"),
)
