"""The only place that reads a clock (invariant 7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

#: What clocks set by hand, and stories, keep within: from here a time standard still leads to a day that calendars know.
EARLIEST: Final = datetime(1000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Anything that tells the present instant, aware, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """A clock set by hand, for tests and trials; it only moves forward."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move forward by `by`; a negative step is refused, since time never runs backwards."""
        if by < timedelta(0):
            raise ValueError("a clock cannot be advanced by a negative step")
        self._now += by
