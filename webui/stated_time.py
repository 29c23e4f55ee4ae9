"""`Dikerjakan pada`: the instant somebody states for work they write down afterwards, on the clock of their office."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from werkzeug.datastructures import MultiDict

from engine.types import Value
from webui import context

FIELD = "stated_at"   # as the engine's refusal names it, and where a draft keeps it
UNREADABLE = ("Isi tanggal, misalnya 3/11/2026, dan jam, misalnya 09.30; atau kosongkan keduanya.",
              "Enter a date such as 3/11/2026 and a time such as 09:30, or leave both empty.")
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{2})(?::\d{2})?)?\Z")
_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})(?:[/. -](\d{4}|\d{2}))?\Z")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stood in the two inputs. `at` is None where nothing was typed, or nothing that can be read."""

    day: str = ""
    clock: str = ""
    at: datetime | None = None

    @property
    def is_unreadable(self) -> bool:
        return bool(self.day or self.clock) and self.at is None

    @property
    def shown_day(self) -> str:
        """Day, month, year: a browser's own date field would show them in the order of its own language."""
        return "/".join(str(int(part)) for part in reversed(self.day.split("-"))) if self.at is not None else self.day

    @property
    def shown_clock(self) -> str:
        return self.clock.replace(":", ".") if self.at is not None else self.clock

    def as_draft(self) -> dict[str, Value]:
        """For the draft, as typed; nothing where nothing was."""
        return {FIELD: {"day": self.day, "clock": self.clock}} if self.day or self.clock else {}


def read(posted: MultiDict[str, str]) -> Typed:
    """The two inputs of a posted page. Typed 10/11/2026 and 08.30; 10/11 is the last such day, 8 is 08.00."""
    return _typed(posted.get(f"{FIELD}.day", "").strip()[:20], posted.get(f"{FIELD}.clock", "").strip()[:20])


def of_draft(draft: Mapping[str, Value]) -> Typed:
    """What a draft kept."""
    kept = draft.get(FIELD)
    if isinstance(kept, datetime):
        local = kept.astimezone(context.zone())
        return _typed(local.date().isoformat(), f"{local:%H:%M}")
    return _typed(str(kept.get("day", "")), str(kept.get("clock", ""))) if isinstance(kept, Mapping) else Typed()


def _typed(day: str, clock: str) -> Typed:
    found = _CLOCK.match(clock)
    try:
        on = _day(day) if day else None
        at = time(int(found[1]), int(found[2] or 0)) if found else None
    except ValueError:
        return Typed(day=day, clock=clock)
    if on is None or at is None:
        return Typed(day=day, clock=clock)
    return Typed(day=on.isoformat(), clock=f"{at:%H:%M}", at=datetime.combine(on, at, context.zone()).astimezone(UTC))


def _day(typed: str) -> date:
    """The day somebody means: what was done is past, so a day without a year is the last of its name. Raises ValueError."""
    parts = _DAY.match(typed)
    if parts is None:
        return date.fromisoformat(typed)
    today = context.now().astimezone(context.zone()).date()
    if parts[3] is not None:
        return date(int(parts[3]) + (2000 if len(parts[3]) == 2 else 0), int(parts[2]), int(parts[1]))
    this_year = date(today.year, int(parts[2]), int(parts[1]))
    return this_year if this_year <= today else this_year.replace(year=today.year - 1)
