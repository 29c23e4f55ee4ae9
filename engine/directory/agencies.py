"""Agencies: from `agency.toml` to the rows and the frozen tables that instances are pinned to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine import sop_toml, work_calendar
from engine.authorization import ABSTRACT_ROLES, KNOWN_ROLES
from engine.toml_files import read_toml
from engine.errors import BundleRefused
from engine.executor import Context
from engine.sop_toml import AgencySheet
from engine.table_changes import Tables, changed
from engine.types import LintFinding, Severity, Text, Value
from engine.work_calendar import InvalidCalendar, Season, WorkCalendar
from storage import agencies, randomness, table_changes, tables_in_force

#: How far back and ahead holidays are frozen, counted from the year the agency is read: standards run over some years at most.
YEARS_BACK, YEARS_AHEAD = 2, 6

_REFUSED: Final = Text("Kalender pada agency.toml tidak dapat dipakai.", "The calendar in agency.toml cannot be used.")
_NO_ROLE: Final = Text("Parameter ini menyebut peran yang tidak dikenal.", "This parameter names an unknown role.")
_A_ROLE: Final = Text("Pakai peran dari docs/architecture.md.", "Use a role that docs/architecture.md lists.")
_INSTEAD: Final = Text(
    "Tulis zona waktu IANA, jam kerja per hari 0 sampai 6, dan tanggal sebagai TTTT-BB-HH.",
    "Give an IANA time zone, hours per weekday 0 to 6, and dates as YYYY-MM-DD.")


def register(context: Context, data: bytes) -> agencies.AgencyRow:
    """Read an agency's sheet and put its calendar and parameters in force for instances that start from now on, with every change of
    them that two people approved since: the agency's own decision stands above its sheet.

    Reading the same sheet twice changes nothing; a changed one does not move running instances (that is a stimulus).

    Raises:
        BundleRefused: the sheet cannot be read, its calendar cannot be used, or a parameter names a role that nobody can hold.
    """
    sheet = sop_toml.read_agency(data)
    _check_roles(sheet)
    known = agencies.by_code(context.uow, sheet.code)
    years = range(context.now.year - YEARS_BACK, context.now.year + YEARS_AHEAD + 1)
    tables = Tables(calendar=calendar_of(sheet, years), parameters=parameters_of(sheet), profile=_profile(sheet, read_toml(data)))
    for change in table_changes.approved(context.uow, known.id) if known else ():
        tables = changed(tables, change.kind, change.content, change.source)
    row = agencies.AgencyRow(
        id=known.id if known else randomness.new_id(), code=sheet.code, name=sheet.name, level=sheet.level, region=sheet.region,
        zone=sheet.timezone, calendar_digest=None, parameters_digest=None, profile={})
    return put_in_force(context, row, tables)


def in_force(context: Context, row: agencies.AgencyRow) -> Tables:
    """The agency's calendar and parameters as cases that begin now are pinned to them."""
    assert row.calendar_digest is not None and row.parameters_digest is not None  # `put_in_force` wrote both
    return Tables(calendar=context.tables[row.calendar_digest], parameters=context.tables[row.parameters_digest], profile=row.profile)


def put_in_force(context: Context, row: agencies.AgencyRow, tables: Tables) -> agencies.AgencyRow:
    """Keeps these tables and has the agency's cases begin by them from now on."""
    for digest, (kind, content) in tables.stored().items():
        tables_in_force.put(context.uow, digest, kind, content)
    row = replace(row, calendar_digest=tables.calendar_digest, parameters_digest=tables.parameters_digest, profile=dict(tables.profile))
    agencies.put(context.uow, row)
    return row


def _check_roles(sheet: AgencySheet) -> None:
    """Raises `BundleRefused` unless whoever stands for a role, mostly an abstract one, is a role that accounts can hold."""
    roles = ABSTRACT_ROLES | KNOWN_ROLES
    wrong = [name for name, value in parameters_of(sheet).items() if name in roles and value not in KNOWN_ROLES]
    if wrong:
        raise BundleRefused([
            LintFinding(code="agency-role", severity=Severity.ERROR, file="agency.toml", line=None, element_id=name,
                        message=_NO_ROLE, instead=_A_ROLE) for name in wrong])


def calendar_of(sheet: AgencySheet, years: Iterable[int]) -> WorkCalendar:
    """The agency's working calendar with its holidays of `years` frozen: the library's, corrected by the sheet's own dates.

    `off` lists further days off (a late decree), `on` days on which the office works although the library says holiday.
    """
    table = sheet.calendar
    try:
        holidays = work_calendar.indonesia(years) if table.get("holidays") == "ID" else frozenset()
        return WorkCalendar(
            zone=ZoneInfo(sheet.timezone),
            week=work_calendar.week_from_json(table["week"]),
            holidays=(holidays | _days(table.get("off", []))) - _days(table.get("on", [])),
            seasons=tuple(
                Season(name=str(season["name"]), first=_day(season["first"]), last=_day(season["last"]),
                       week=work_calendar.week_from_json(season["week"]))
                for season in table.get("season", [])),
            same_day_closes=table.get("same_day_closes", False) is True)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidCalendar, ZoneInfoNotFoundError):
        finding = LintFinding(code="agency-calendar", severity=Severity.ERROR, file="agency.toml", line=None, element_id=None,
                              message=_REFUSED, instead=_INSTEAD)
        raise BundleRefused([finding]) from None


def parameters_of(sheet: AgencySheet) -> dict[str, Value]:
    """name -> value, as the interpreter and decision tables read them."""
    return {name: _value(one.get("value")) for name, one in sheet.parameters.items()}


def roles_of(row: agencies.AgencyRow) -> frozenset[str]:
    """The roles the agency's sheet names."""
    return frozenset(row.profile.get("roles", {}))


def role_title(row: agencies.AgencyRow, role: str) -> Text:
    """What the agency calls a role; the role's own name where its sheet is silent."""
    title = row.profile.get("roles", {}).get(role, {}).get("title", {})
    return Text(title.get("id") or role, title.get("en") or title.get("id") or role)


def _profile(sheet: AgencySheet, more: Mapping[str, Any]) -> dict[str, Any]:
    """What pages, letters and running numbers read of the sheet, as plain JSON: `numbers` maps a series to its pattern."""
    return {
        **{name: _plain(more[name]) if isinstance(more.get(name), dict) else {} for name in ("letterhead", "numbers")},
        "roles": {name: _plain(role) for name, role in sheet.roles.items()},
        "parameters": {name: _plain(one) for name, one in sheet.parameters.items()},
        "calendar": _plain(sheet.calendar),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _value(value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(str(value))


def _days(values: Any) -> frozenset[date]:
    if not isinstance(values, list):
        raise TypeError
    return frozenset(_day(value) for value in values)


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return date.fromisoformat(value)


def local_day(row: agencies.AgencyRow, now: datetime) -> date:
    """Today, as the agency counts it."""
    return now.astimezone(ZoneInfo(row.zone)).date()
