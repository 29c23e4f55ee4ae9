"""The part of `engine.people` that drafts changes of an agency's calendar and parameters.

Every draft rests on a decree and a reason, and is seen by nobody but its author. With `change_id` it takes the place of that draft of
theirs, of the same shape. All raise `InvalidSubmission` with the problems by box, `ChangesNothing` where it is so already, and for a
`change_id` `NotFound` and `StaleRevision`. A day that is None was not given, or is none that a calendar has: a
problem beside its box. Hours are typed as `engine.typed_hours` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from engine import authorization
from engine.commands import table_drafts as commands
from engine.commands import tables
from engine.executor import Context, Executor
from engine.types import Actor


class AgencyDrafts:
    """One method for each shape of change; each gives the draft's id."""

    _executor: Executor

    def draft_days(
        self, actor: Actor, *, first: date, last: date, name: str, works: bool, source: str, reason: str, change_id: str | None = None,
    ) -> str:
        """Days off (or, `works`, days that become days of work), both ends included."""
        return self._draft(actor, source, reason, change_id, lambda context, grounds: commands.draft_days(
            context, grounds, first=first, last=last, name=name, works=works))

    def draft_week(
        self, actor: Actor, *, first: date | None, hours: Mapping[str, str], always: bool = False, on_holidays: bool = False, source: str,
        reason: str, change_id: str | None = None,
    ) -> str:
        """Other weekly hours from a day on, tomorrow at the earliest. `always`: day and night, every day; `on_holidays`: as well on days
        that are holidays now."""
        return self._draft(actor, source, reason, change_id, lambda context, grounds: commands.draft_week(
            context, grounds, first=first, hours=hours, always=always, on_holidays=on_holidays))

    def draft_season(
        self, actor: Actor, *, name: str, first: date | None, last: date | None, hours: Mapping[str, str], of: date | None = None,
        source: str, reason: str, change_id: str | None = None,
    ) -> str:
        """A season of other hours (Ramadan), both ends included; with `of`, in place of the season that begins on that day."""
        return self._draft(actor, source, reason, change_id, lambda context, grounds: commands.draft_season(
            context, grounds, of=of, name=name, first=first, last=last, hours=hours))

    def end_season(
        self, actor: Actor, *, of: date, last: date | None, source: str, reason: str, change_id: str | None = None,
    ) -> str:
        """An earlier last day of the season that begins on the day `of`; None: one that has not begun does not begin."""
        return self._draft(actor, source, reason, change_id, lambda context, grounds: commands.end_season(
            context, grounds, of=of, last=last))

    def draft_day_hours(
        self, actor: Actor, *, day: date | None, name: str, hours: Mapping[str, str], source: str, reason: str,
        change_id: str | None = None,
    ) -> str:
        """Other hours of one day, over those of its week or season."""
        return self._draft(actor, source, reason, change_id, lambda context, grounds: commands.draft_day_hours(
            context, grounds, day=day, name=name, hours=hours))

    def end_day_hours(self, actor: Actor, *, day: date, source: str, reason: str, change_id: str | None = None) -> str:
        """A day has the hours of its week or season again. Raises `DayPassed` too."""
        return self._draft(actor, source, reason, change_id, lambda context, grounds: commands.end_day_hours(context, grounds, day=day))

    def draft_closing(self, actor: Actor, *, closes: bool, source: str, reason: str, change_id: str | None = None) -> str:
        """What is due on the same day is due at closing time (`closes`), or at 24.00."""
        return self._draft(actor, source, reason, change_id, lambda context, grounds: commands.draft_closing(
            context, grounds, closes=closes))

    def draft_parameter(
        self, actor: Actor, name: str, *, value: str, unit: str = "", source: str, reason: str, change_id: str | None = None,
    ) -> str:
        """Another value of a parameter: a number in a unit it may have, or one of its choices. Raises `NotFound` for one that nothing
        reads."""
        return self._draft(actor, source, reason, change_id, lambda context, grounds: commands.draft_parameter(
            context, grounds, name, text=value, unit=unit))

    def _draft(
        self, actor: Actor, source: str, reason: str, change_id: str | None, draft: Callable[[Context, commands.Grounds], str],
    ) -> str:
        authorization.require(actor, tables.CHANGE)
        grounds = commands.Grounds(source=source, reason=reason, change_id=change_id)
        return self._executor.run(actor, lambda context: draft(context, grounds))
