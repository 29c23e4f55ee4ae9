"""What an agency decides about its hours, one change over the other, against a model that remembers every day by itself."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from engine import agency_hours, typed_hours
from engine.work_calendar import Hours, Season, WorkCalendar, week_from_json, week_to_json

ZONE = ZoneInfo("Asia/Pontianak")
START = date(2026, 11, 2)
SPAN = 60
OFFICE = {**dict.fromkeys(range(4), ((time(7, 30), time(12)), (time(13), time(16)))), 4: ((time(7, 30), time(11, 30)),)}
DAY = timedelta(days=1)

edges = st.lists(st.integers(0, 288).map(lambda n: n * 300), min_size=2, max_size=8, unique=True).map(sorted)


def blocks(of: list[int]) -> Hours:
    times = [time(edge // 3600 % 24, edge // 60 % 60) for edge in of]
    return tuple(zip(times[::2], times[1::2], strict=False))


hours = edges.map(blocks)
weeks = st.dictionaries(st.integers(0, 6), hours, min_size=1)
days = st.integers(1, SPAN - 10).map(lambda n: START + n * DAY)


@st.composite
def contents(draw: Any) -> dict[str, Any]:
    first = draw(days)
    match draw(st.sampled_from(["week", "season", "day", "undo"])):
        case "week":
            return {"shape": "week", "name": "", "first": first.isoformat(), "week": week_to_json(draw(weeks)),
                    "on_holidays": draw(st.booleans())}
        case "season":
            last = first + draw(st.integers(0, 9)) * DAY
            return {"shape": "season", "name": "Musim", "first": first.isoformat(), "last": last.isoformat(), "week": week_to_json(draw(weeks))}
        case "day":
            return {"shape": "day", "name": "Hari", "day": first.isoformat(), "hours": agency_hours.hours_to_json(draw(hours))}
        case _:
            return {"shape": "day", "name": "", "day": first.isoformat()}


class EveryDay:
    """The layers of each day, kept apart: an ordinary one, seasons in the order they were decided, one of its own; and days off."""

    def __init__(self, holidays: frozenset[date]) -> None:
        self.days = [START + n * DAY for n in range(SPAN)]
        self.ordinary = dict.fromkeys(self.days, OFFICE)
        self.seasons: dict[date, dict[int, Hours]] = {}
        self.own: dict[date, Hours] = {}
        self.off = set(holidays)
        self.holidays = holidays

    def hear(self, content: dict[str, Any]) -> None:
        first = date.fromisoformat(content.get("first") or content["day"])
        for day in (day for day in self.days if day >= first):
            if content["shape"] == "week":
                self.ordinary[day] = week_from_json(content["week"])
                (self.off.discard if content["on_holidays"] or day not in self.holidays else self.off.add)(day)
            elif content["shape"] == "season" and day <= date.fromisoformat(content["last"]):
                self.seasons[day] = week_from_json(content["week"])
        if content["shape"] == "day":
            self.own.pop(first, None)
            if "hours" in content:
                self.own[first] = agency_hours.hours_of(content)

    def hours_on(self, day: date) -> Hours:
        if day in self.off:
            return ()
        return self.own[day] if day in self.own else self.seasons.get(day, self.ordinary[day]).get(day.weekday(), ())


@settings(max_examples=60, deadline=None)
@given(changes=st.lists(contents(), min_size=1, max_size=6), holidays=st.frozensets(days, max_size=4))
def test_every_day_has_what_was_decided_last_and_no_day_before_a_change_is_another(
    changes: list[dict[str, Any]], holidays: frozenset[date],
) -> None:
    ramadan = Season("Ramadan", START - 20 * DAY, START - 10 * DAY, OFFICE)
    calendar, model = WorkCalendar(ZONE, OFFICE, holidays, (ramadan,)), EveryDay(holidays)
    layers = agency_hours.of({}, calendar)
    for content in changes:
        before = calendar
        layers, calendar = agency_hours.changed(layers, calendar, content)
        model.hear(content)
        first = agency_hours.starts(content)
        assert first is not None
        assert [calendar.hours_on(day) for day in model.days] == [model.hours_on(day) for day in model.days]
        past = [first - n * DAY for n in range(1, 90)]
        assert [calendar.hours_on(day) for day in past] == [before.hours_on(day) for day in past]
        kept = agency_hours.of({"hours": agency_hours.to_json(layers)}, calendar)
        assert kept == layers and WorkCalendar.from_json(calendar.to_json()) == calendar
        assert all(agency_hours.on(layers, day) == calendar.usual_hours(day) for day in model.days)


@settings(max_examples=60, deadline=None)
@given(week=weeks)
def test_the_boxes_of_a_week_give_the_same_week(week: dict[int, Hours]) -> None:
    read, problems = typed_hours.week(typed_hours.week_boxes(week))
    assert not problems
    seen = WorkCalendar(ZONE, week, frozenset())
    again = WorkCalendar(ZONE, read, frozenset())
    assert [again.spans_on(START + n * DAY) for n in range(7)] == [seen.spans_on(START + n * DAY) for n in range(7)]


@settings(max_examples=200, deadline=None)
@given(typed=st.dictionaries(st.sampled_from(["open.0", "close.0", "break.0"]),
                             st.text(st.characters(codec="utf-8"), max_size=20) | st.from_regex(r"[0-9]{1,2}[.:][0-9]{2}( ?[-–] ?[0-9]{1,2}[.:][0-9]{2})?", fullmatch=True)))
def test_whatever_is_typed_is_a_week_of_some_hours_or_refused_beside_a_box(typed: dict[str, str]) -> None:
    read, problems = typed_hours.week(typed)
    assert set(problems) <= {"open.0", "close.0", "break.0"}
    assert not (read and problems)
    WorkCalendar(ZONE, read, frozenset())     # whatever is not refused can be held
