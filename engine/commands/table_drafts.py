"""What is drafted of an agency's calendar and parameters: checked box by box, seen by nobody else, corrected as long as it is a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Final

from engine import agency_hours, agency_parameters, errors, table_changes, table_refusals, typed_hours
from engine.commands import drafts, tables
from engine.directory import agencies as in_force
from engine.executor import Context
from engine.table_changes import CALENDAR, PARAMETERS
from engine.used_parameters import read_by_steps
from engine.work_calendar import Hours, Season, Week, week_to_json
from storage import randomness
from storage import table_changes as rows

_ONE: Final = timedelta(days=1)
_ALWAYS: Final[Week] = dict.fromkeys(range(7), ((time(0), time(0)),))
_LONGEST_NAME: Final = 200

_NAME = ("Tulis namanya, paling banyak 200 huruf.", "Give its name, at most 200 characters.")
_NO_DAY = ("Isi tanggalnya, misalnya 3/11/2026.", "Enter the date, 3/11/2026 for instance.")
_PASSED = ("Hari libur mulai hari ini; hari kerja mulai besok. Yang sudah dihitung tidak diubah.",
           "Days off from today, days of work from tomorrow. What was counted already is not changed.")
_FROM_TOMORROW = ("Paling awal besok. Yang sudah dihitung tidak diubah.",
                  "Tomorrow at the earliest. What was counted already is not changed.")
_ONLY_SHORTER = ("Hari ini hanya dapat dipersingkat; jam lain paling awal besok. Yang sudah dihitung tidak diubah.",
                 "Today can only be made shorter, other hours begin tomorrow. What was counted already is not changed.")
_TOO_LONG = ("Paling lama 31 hari, dan hari terakhir tidak sebelum yang pertama.",
             "31 days at most, and the last is not before the first.")
_TOO_FAR = ("Kalender belum dihitung sampai tahun itu.", "The calendar does not reach that year yet.")
_BACKWARDS = ("Hari terakhir tidak sebelum yang pertama.", "The last day is not before the first.")
_NO_HOURS = ("Sekurang-kurangnya satu hari dalam seminggu ada jam kerjanya.", "At least one day of the week has hours of work.")
_NO_HOURS_OF_DAY = ("Isi jamnya; bila kantor tutup, usulkan hari libur.", "Give its hours; where the office is closed, propose a day off.")
_IS_OFF = ("Hari itu hari libur; usulkan dahulu agar menjadi hari kerja.",
           "That is a day off; propose first that it becomes a day of work.")
_END = ("Tulis hari terakhirnya: paling awal hari ini, dan sebelum hari terakhirnya sekarang.",
        "Give its last day: today at the earliest, and before its last day now.")
_VALUE = ("Isi bilangan bulat dari 1 sampai 1000 dengan satuannya, atau pilih yang tersedia.",
          "Enter a whole number from 1 to 1000 with its unit, or choose one that is offered.")


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What every change rests on, and the draft of the actor's that it takes the place of."""

    source: str
    reason: str
    change_id: str | None

    def problems(self) -> dict[str, tuple[str, str]]:
        """By box."""
        return drafts.unsaid(source=self.source, reason=self.reason)


def draft_days(context: Context, grounds: Grounds, *, first: date, last: date, name: str, works: bool) -> str:
    """Drafts days off, or days that become days of work. The draft's id.

    Raises:
        InvalidSubmission: no name, source or reason, or days that have come, are too many, or lie too far ahead.
        ChangesNothing: they are so already.
        NotFound, StaleRevision: there is no such draft to change (any more).
    """
    problems = grounds.problems()
    content = table_changes.days(first, last, name=_squeezed(name), works=works)
    if not works:
        problems.update(_unnamed(name))
    if not 0 <= (last - first).days < table_changes.LONGEST_DAYS:
        problems["last"] = _TOO_LONG
    elif tables.has_come(context, CALENDAR, content):
        problems["first"] = _PASSED
    elif _is_too_far(context, last):
        problems["last"] = _TOO_FAR
    return _kept(context, grounds, CALENDAR, content, problems)


def draft_week(
    context: Context, grounds: Grounds, *, first: date | None, hours: Mapping[str, str], always: bool, on_holidays: bool,
) -> str:
    """Drafts other ordinary hours from a day on, typed as `typed_hours` reads them; or, `always`, day and night without a holiday.
    The draft's id. Raises as `draft_days`."""
    week, wrong = (_ALWAYS, typed_hours.Problems()) if always else _week(hours)
    problems = {**grounds.problems(), **wrong, **_undated(first=first)}
    if first is None:
        raise errors.InvalidSubmission(problems)
    content = {"shape": agency_hours.WEEK, "name": "", "first": first.isoformat(), "week": week_to_json(week),
               "on_holidays": always or on_holidays}
    if tables.has_come(context, CALENDAR, content):
        problems["first"] = _FROM_TOMORROW
    elif _is_too_far(context, first):
        problems["first"] = _TOO_FAR
    return _kept(context, grounds, CALENDAR, content, problems)


def draft_season(
    context: Context, grounds: Grounds, *, of: date | None, name: str, first: date | None, last: date | None, hours: Mapping[str, str],
) -> str:
    """Drafts a season of other hours; or, of the one that begins on the day `of`, other days, hours or another name: what of it has
    passed by `first` stays. The draft's id.

    Raises:
        NotFound: there is no such season, or it is over.
        And as `draft_days`.
    """
    week, wrong = _week(hours)
    problems = {**grounds.problems(), **_unnamed(name), **wrong, **_undated(first=first, last=last)}
    if first is None or last is None:
        raise errors.InvalidSubmission(problems)
    content: dict[str, Any] = {"shape": agency_hours.SEASON, "name": _squeezed(name), "first": first.isoformat(), "last": last.isoformat(),
                               "week": week_to_json(week)}
    today = context.local_day()
    if of is not None:
        was = _season(context, of)
        content["of"] = was.first.isoformat()
        if was.first <= today < first:
            content["until"] = (first - _ONE).isoformat()
    if last < first:
        problems["last"] = _BACKWARDS
    elif first <= today or tables.has_come(context, CALENDAR, content):
        problems["first"] = _FROM_TOMORROW
    elif _is_too_far(context, last):
        problems["last"] = _TOO_FAR
    elif (other := tables.overlapped(context, content)) is not None:
        problems["first"] = _overlaps(other)
    return _kept(context, grounds, CALENDAR, content, problems)


def end_season(context: Context, grounds: Grounds, *, of: date, last: date | None) -> str:
    """Drafts an earlier last day of a season; None for one that has not begun and is not to. The draft's id. Raises as `draft_season`."""
    was, today, problems = _season(context, of), context.local_day(), grounds.problems()
    content = {"shape": agency_hours.SEASON, "name": was.name, "of": was.first.isoformat()}
    if last is not None:
        content["until"] = last.isoformat()
    if last is None and was.first <= today or last is not None and not max(was.first, today) <= last < was.last:
        problems["last"] = _END
    return _kept(context, grounds, CALENDAR, content, problems)


def draft_day_hours(context: Context, grounds: Grounds, *, day: date | None, name: str, hours: Mapping[str, str]) -> str:
    """Drafts other hours of one day, in the boxes of the key `day`. The draft's id. Raises as `draft_days`."""
    blocks, wrong = typed_hours.day(hours, "day")
    problems = {**grounds.problems(), **_unnamed(name), **wrong, **_undated(day=day)}
    if not blocks and not wrong:
        problems["open.day"] = _NO_HOURS_OF_DAY
    if day is None:
        raise errors.InvalidSubmission(problems)
    content = {"shape": agency_hours.DAY, "name": _squeezed(name), "day": day.isoformat(), "hours": agency_hours.hours_to_json(blocks)}
    if tables.has_come(context, CALENDAR, content):
        problems["day"] = _ONLY_SHORTER
    elif _is_too_far(context, day):
        problems["day"] = _TOO_FAR
    elif day in tables.hours_in_force(context)[1].holidays:
        problems["day"] = _IS_OFF
    return _kept(context, grounds, CALENDAR, content, problems)


def end_day_hours(context: Context, grounds: Grounds, *, day: date) -> str:
    """Drafts that a day has the hours of its week again. The draft's id.

    Raises:
        NotFound: it has no other hours.
        DayPassed: it has come.
        And as `draft_days`.
    """
    found = tables.hours_in_force(context)[0].day(day)
    if found is None:
        raise errors.NotFound()
    content = {"shape": agency_hours.DAY, "name": found.name, "day": day.isoformat()}
    if tables.has_come(context, CALENDAR, content):
        raise table_refusals.DayPassed()
    return _kept(context, grounds, CALENDAR, content, grounds.problems())


def draft_closing(context: Context, grounds: Grounds, *, closes: bool) -> str:
    """Drafts whether what is due on the same day is due at closing time, or at 24.00. The draft's id. Raises as `draft_days`."""
    return _kept(context, grounds, CALENDAR, {"shape": agency_hours.CLOSING, "name": "", "closes": closes}, grounds.problems())


def draft_parameter(context: Context, grounds: Grounds, name: str, *, text: str, unit: str) -> str:
    """Drafts another value of a parameter. The draft's id.

    Raises:
        NotFound: there is no such parameter, or nothing reads it.
        InvalidSubmission: no source or reason, or a value that it cannot have.
        ChangesNothing: it has that value by the agency's own decision already.
        StaleRevision: the draft to change is none any more.
    """
    agency = tables.own_agency(context)
    known = agency_parameters.one(agency.profile, name, read=read_by_steps(context))
    if known is None:
        raise errors.NotFound(parameter=name)
    problems = grounds.problems()
    value = agency_parameters.typed(known, text, unit)
    if value is None:
        problems["value"] = _VALUE
    return _kept(context, grounds, PARAMETERS, table_changes.parameter(name, value or ""), problems)


def _week(typed: Mapping[str, str]) -> tuple[dict[int, Hours], typed_hours.Problems]:
    week, problems = typed_hours.week(typed)
    return week, problems if week or problems else {"open.0": _NO_HOURS}


def _season(context: Context, first: date) -> Season:
    """One that is not over. Raises `NotFound`."""
    found = tables.hours_in_force(context)[0].season_from(first)
    if found is None or found.last < context.local_day():
        raise errors.NotFound()
    return found


def _overlaps(other: Season) -> tuple[str, str]:
    first, last = (f"{day.day}/{day.month}/{day.year}" for day in (other.first, other.last))
    return (f"Bertumpang tindih dengan {other.name}, {first} sampai {last}.", f"It overlaps with {other.name}, {first} to {last}.")


def _undated(**days: date | None) -> dict[str, tuple[str, str]]:
    return {name: _NO_DAY for name, day in days.items() if day is None}


def _unnamed(name: str) -> dict[str, tuple[str, str]]:
    return {} if 1 <= len(name.strip()) <= _LONGEST_NAME else {"name": _NAME}


def _is_too_far(context: Context, day: date) -> bool:
    return day.year >= context.now.year + in_force.YEARS_AHEAD


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _kept(
    context: Context, grounds: Grounds, kind: str, content: Mapping[str, Any], problems: dict[str, tuple[str, str]],
) -> str:
    """A new draft, or the actor's draft of the same shape as it now reads."""
    if problems:
        raise errors.InvalidSubmission(problems)
    row = rows.ChangeRow(
        id=grounds.change_id or randomness.new_id(), agency_id=context.actor.agency_id, kind=kind, content=content,
        source=_squeezed(grounds.source), reason=grounds.reason.strip(), made_at=context.now, made_by=context.actor.account_id,
        state=tables.DRAFT)
    if grounds.change_id is None:
        tables.changed(context, row)
        rows.add(context.uow, row)
        return row.id
    before = tables.own_draft(context, grounds.change_id)
    if (before.kind, before.content.get("shape")) != (kind, content.get("shape")) or (
            kind == PARAMETERS and before.content["name"] != content["name"]):
        raise errors.NotFound(change_id=grounds.change_id)
    tables.changed(context, row)
    if not rows.move(context.uow, row.id, was=tables.DRAFT, state=tables.DRAFT, content=content, source=row.source, reason=row.reason,
                     made_at=row.made_at):
        raise errors.StaleRevision()
    return row.id
