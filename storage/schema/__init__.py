"""The tables, grouped by life: defined, running, history, identity."""

from storage.schema import access, defined, drafted, history, identity, office, outside, partner, reported, running, search
from storage.schema.columns import Instant, Json, json_text, metadata

__all__ = [
    "Instant", "Json", "access", "defined", "drafted", "history", "identity", "json_text", "metadata", "office", "outside", "partner",
    "reported", "running", "search",
]
