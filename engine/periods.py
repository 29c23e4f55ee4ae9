"""The months and quarters that figures are counted in, as an office's calendar has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from engine import errors

_WRITTEN = re.compile(r"(20\d\d)-(?:(0[1-9]|1[0-2])|T([1-4]))")


@dataclass(frozen=True, order=True)
class Period:
    """`months` months (1 or 3) that begin with month `first` (1 to 12) of `year`."""

    year: int
    first: int
    months: int = 1

    @classmethod
    def read(cls, text: str) -> Period:
        """`2026-11` is a month, `2026-T4` a quarter (*triwulan*). Raises `NotFound` for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise errors.NotFound(period=text[:20])
        year, month, quarter = found.groups()
        return cls(int(year), int(month)) if month else cls(int(year), 3 * int(quarter) - 2, 3)

    @classmethod
    def month_of(cls, day: date) -> Period:
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def quarter(self) -> Period:
        """The quarter it lies in; a quarter is its own."""
        return Period(self.year, (self.first - 1) // 3 * 3 + 1, 3)

    def __str__(self) -> str:
        return f"{self.year}-{self.first:02d}" if self.months == 1 else f"{self.year}-T{(self.first + 2) // 3}"

    def moved(self, by: int) -> Period:
        """So many periods of its kind later, or earlier."""
        years, first = divmod(self.year * 12 + self.first - 1 + by * self.months, 12)
        return Period(years, first + 1, self.months)

    def each_month(self) -> tuple[Period, ...]:
        """Its months, in order."""
        first = Period(self.year, self.first)
        return tuple(first.moved(number) for number in range(self.months))

    def begins(self, zone: ZoneInfo) -> datetime:
        """Its first instant at the office."""
        return datetime.combine(date(self.year, self.first, 1), time(), zone)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The first instant after it."""
        return self.moved(1).begins(zone)
