"""Dates as Indonesian officials write them."""

from __future__ import annotations

from datetime import date
from typing import Final

MONTHS: Final = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")


def day_in_words(day: date) -> str:
    """`3 Februari 2023`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
