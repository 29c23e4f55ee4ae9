"""Why a standard falls due when it does, in Indonesian and English words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.durations import Duration
from engine.types import ClockKind, Text
from engine.work_calendar import Season, WorkCalendar

_LISTED_DAYS = 366           # a longer list of skipped days explains nothing
_LISTED_GROUPS = 12
_DAYS = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_UNITS = {  # singular, plural
    "months": (Text("bulan", "month"), Text("bulan", "months")),
    "weeks": (Text("minggu", "week"), Text("minggu", "weeks")),
    "days": (Text("hari", "day"), Text("hari", "days")),
    "hours": (Text("jam", "hour"), Text("jam", "hours")),
    "minutes": (Text("menit", "minute"), Text("menit", "minutes")),
    "seconds": (Text("detik", "second"), Text("detik", "seconds")),
}


def explain(
    start: datetime, due: datetime, clock: ClockKind, duration: Duration, calendar: WorkCalendar, language: str
) -> str:
    """One or two sentences: what counts, from when, which days off were skipped, and the due instant."""
    words = _Words("en" if language == "en" else "id", calendar)
    begun, end = words.instant(start), words.instant(due, ends=True)
    match clock:
        case ClockKind.ELAPSED | ClockKind.WORKING_MINUTES if clock is ClockKind.ELAPSED or calendar.never_closes:
            return words.say(
                f"{words.duration(duration)} sejak {begun}, siang malam termasuk hari libur: tenggat {end}.",
                f"{words.duration(duration)} from {begun}, day and night, holidays included: due {end}.",
            )
        case ClockKind.WORKING_MINUTES:
            return words.say(
                f"{words.duration(duration)} menurut jam kerja, sejak {begun}: tenggat {end}.",
                f"{words.duration(duration)} of working time from {begun}: due {end}.",
            ) + words.skipped(start, due)
        case ClockKind.WORKING_DAYS if duration.days:
            return words.say(
                f"{duration.days} hari kerja sesudah {begun}, hari mulai tidak dihitung: tenggat {end}, saat tutup kantor.",
                f"{duration.days} working {'day' if duration.days == 1 else 'days'} after {begun}, the start day not counted: "
                f"due {end}, at closing time.",
            ) + words.skipped(start, due)
        case ClockKind.WORKING_DAYS:
            return words.say(
                f"Sampai tutup kantor pada hari kerja yang sama, sejak {begun}: tenggat {end}.",
                f"Until closing time of the same working day, from {begun}: due {end}.",
            ) + words.skipped(start, due)
        case ClockKind.SAME_DAY:
            return words.say(
                f"Pada hari yang sama, sejak {begun}: tenggat {end}.", f"On the same day, from {begun}: due {end}."
            )


def instant_in_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """A due instant as the office's clock shows it: `Rab 23 Des 2026 pukul 15.40 WIB`."""
    return _Words("en" if language == "en" else "id", WorkCalendar(zone=zone, week={}, holidays=frozenset())).instant(at, ends=True)


class _Words:
    """Phrases in one language and one calendar's local time."""

    def __init__(self, language: str, calendar: WorkCalendar) -> None:
        self.language = language
        self.calendar = calendar

    def say(self, indonesian: str, english: str) -> str:
        return english if self.language == "en" else indonesian

    def instant(self, instant: datetime, *, ends: bool = False) -> str:
        """`Rab 23 Des 2026 pukul 15.40 WIB`; an end at midnight is 24.00 of the day before."""
        local = instant.astimezone(self.calendar.zone)
        midnight = ends and local.time() == time(0)
        day = local.date() - timedelta(days=1) if midnight else local.date()
        return f"{self.day(day)} {day.year} {self.say('pukul ', '')}{self.clock(local.time(), ends=ends)} {local.tzname()}"

    def day(self, day: date) -> str:
        return f"{_DAYS[self.language][day.weekday()]} {day.day} {_MONTHS[self.language][day.month - 1]}"

    def clock(self, value: time, *, ends: bool = False) -> str:
        text = "24:00" if ends and value == time(0) else value.strftime("%H:%M:%S" if value.second else "%H:%M")
        return text.replace(":", self.say(".", ":"))

    def duration(self, duration: Duration) -> str:
        minutes, seconds = divmod(int(duration.time.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60) if minutes % 60 == 0 or minutes > 120 else (0, minutes)
        counts = {
            "months": duration.months, "weeks": duration.weeks, "days": duration.days,
            "hours": hours, "minutes": minutes, "seconds": seconds,
        }
        named = [
            f"{count} {_UNITS[unit][count != 1].in_language(self.language)}" for unit, count in counts.items() if count
        ]
        return " ".join(named) or f"0 {_UNITS['minutes'][1].in_language(self.language)}"

    def skipped(self, start: datetime, due: datetime) -> str:
        """The days off between two instants, why they are off, and the seasons that were in force."""
        first, last = (instant.astimezone(self.calendar.zone).date() for instant in (start, due))
        days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, _LISTED_DAYS))]
        holidays = [day for day in days if day in self.calendar.holidays and self.calendar.usual_hours(day)]
        others = [day for day in days if day not in self.calendar.holidays and not self.calendar.hours_on(day)]
        text = ""
        if holidays:
            text += self.say(" Libur atau cuti bersama: ", " Public holiday or collective leave: ") + self._list(holidays) + "."
        if others:
            text += self.say(" Bukan hari kerja: ", " Not working days: ") + self._list(others) + "."
        seasons = [season for season in self.calendar.seasons if season.first <= last and season.last >= first]
        for season in seasons[:_LISTED_GROUPS]:
            text += self._season(season) if season.name else self._other_hours_after(season, last)
        return text

    def _season(self, season: Season) -> str:
        span = self.day(season.first) if season.first == season.last else f"{self.day(season.first)}–{self.day(season.last)}"
        return self.say(f" Jam kerja {season.name} berlaku {span}.", f" Working hours of {season.name} apply {span}.")

    def _other_hours_after(self, season: Season, last: date) -> str:
        """Ordinary hours that were in force until a day in between."""
        if season.last >= last:
            return ""
        after = self.day(season.last + timedelta(days=1))
        return self.say(f" Sejak {after} jam kerjanya lain.", f" From {after} on the working hours are others.")

    def _list(self, days: Sequence[date]) -> str:
        """`Kam 24 Des, Sab 26–Min 27 Des`: neighbours drawn together."""
        groups = [[days[0], days[0]]]
        for before, day in pairwise(days):
            if day - before == timedelta(days=1):
                groups[-1][1] = day
            else:
                groups.append([day, day])
        shown = [self.day(a) if a == b else f"{self.day(a)}–{self.day(b)}" for a, b in groups[:_LISTED_GROUPS]]
        more = len(groups) - len(shown)
        return ", ".join(shown) + (self.say(f", dan {more} lagi", f", and {more} more") if more else "")
