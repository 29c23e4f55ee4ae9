"""Running numbers of letters and cases: per agency, series and year, without gaps that nobody can explain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import history, running
from storage.unit_of_work import UnitOfWork

number_series = running.number_series
issued_number = history.issued_number


def issue(uow: UnitOfWork, agency_id: str, series: str, year: int, *, issued_for: str, at: datetime) -> int:
    """The next number of the series, from 1. The same `issued_for` gets the same number however often it asks.

    Raises:
        Duplicate: two transactions asked for the same `issued_for` at once; the one that lost asks again.
    """
    given = uow.execute(select(issued_number.c.number).where(
        issued_number.c.agency_id == agency_id, issued_number.c.series == series,
        issued_number.c.issued_for == issued_for)).scalar_one_or_none()
    if given is not None:
        return int(given)
    first = {"agency_id": agency_id, "series": series, "year": year, "last": 1}
    # One statement, so that two transactions queue on the row instead of reading the same number.
    insertion = postgresql.insert(number_series) if uow.dialect == "postgresql" else sqlite.insert(number_series)
    number: int = uow.execute(
        insertion.values(first).on_conflict_do_update(
            index_elements=[number_series.c.agency_id, number_series.c.series, number_series.c.year],
            set_={"last": number_series.c.last + 1})
        .returning(number_series.c.last)).scalar_one()
    uow.execute(insert(issued_number), {
        "agency_id": agency_id, "series": series, "year": year, "number": number, "issued_for": issued_for, "at": at})
    return number
