"""Numbers of letters and cases: per agency, series and year, without gaps that nobody can explain; no number stands twice.

A series counts by itself. What an agency types from its own register is of the series TYPED. As written, a number is unique per
agency and year whatever its series; what differs in capitals and spaces only is the same number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import history, running
from storage.unit_of_work import UnitOfWork

TYPED = "typed"
number_series = running.number_series
issued_number = history.issued_number
document = history.document
case_file = running.case_file


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A number of a series that stands on nothing. `written` is empty where it was passed over because it stood already."""

    series: str
    number: int
    written: str


def issue(uow: UnitOfWork, agency_id: str, series: str, year: int, *, issued_for: str, at: datetime,
          written: Callable[[int], str] | None = None) -> int:
    """The next number of the series, from 1. The same `issued_for` gets the same number however often it asks.

    `written` is how the series writes it: a number that the agency already wrote itself is passed over.

    Raises:
        Duplicate: two transactions asked for the same `issued_for` at once; the one that lost asks again.
    """
    given = uow.execute(select(issued_number.c.number).where(
        issued_number.c.agency_id == agency_id, issued_number.c.series == series,
        issued_number.c.issued_for == issued_for)).scalar_one_or_none()
    if given is not None:
        return int(given)
    while True:
        number = _counted(uow, agency_id, series, year)
        text = normal(written(number)) if written is not None else None
        if text is None or uow.execute(_holder(agency_id, year, text)).first() is None:
            break
    uow.execute(insert(issued_number), {"agency_id": agency_id, "series": series, "year": year, "number": number,
                                        "issued_for": issued_for, "written": text, "at": at})
    return number


def claim(uow: UnitOfWork, agency_id: str, year: int, text: str, *, instance_id: str, at: datetime) -> bool:
    """Keeps a number typed from the agency's own register for one instance; False: it stands elsewhere already."""
    issued_for = f"{instance_id}:{normal(text)}"
    holder = uow.execute(_holder(agency_id, year, normal(text))).scalar_one_or_none()
    if holder not in (None, issued_for) or is_on_a_document(uow, agency_id, text):
        return False
    if holder is None:
        uow.execute(insert(issued_number), {
            "agency_id": agency_id, "series": TYPED, "year": year, "number": _counted(uow, agency_id, TYPED, year),
            "issued_for": issued_for, "written": normal(text), "at": at})
    return True


def is_on_a_document(uow: UnitOfWork, agency_id: str, text: str, *, but: str = "") -> bool:
    """Whether a document other than `but` bears the number. A void one does, too: no number is used again."""
    found = uow.execute(select(document.c.number).where(
        document.c.agency_id == agency_id, func.lower(document.c.number) == normal(text), document.c.id != but)).first()
    return found is not None


def gaps(uow: UnitOfWork, agency_id: str, year: int) -> list[Gap]:
    """Numbers of the year that were counted and stand neither on a document nor on a case, by series and number."""
    series = uow.execute(select(number_series.c.series, number_series.c.last).where(
        number_series.c.agency_id == agency_id, number_series.c.year == year)).all()
    given = {(row.series, row.number): row.written or "" for row in uow.execute(
        select(issued_number.c.series, issued_number.c.number, issued_number.c.written).where(
            issued_number.c.agency_id == agency_id, issued_number.c.year == year))}
    standing = {normal(text) for (text,) in uow.execute(select(document.c.number).where(document.c.agency_id == agency_id))}
    standing |= {normal(text) for (text,) in uow.execute(select(case_file.c.business_key).where(case_file.c.agency_id == agency_id))}
    counted = [(name, number) for name, last in sorted((row.series, row.last) for row in series) for number in range(1, last + 1)]
    return [Gap(series=name, number=number, written=given.get((name, number), "")) for name, number in counted
            if given.get((name, number), "") not in standing or (name, number) not in given]


def normal(text: str) -> str:
    """A number without what people do not see as a difference."""
    return " ".join(text.casefold().split())


def _holder(agency_id: str, year: int, written: str) -> Select[tuple[str]]:
    return select(issued_number.c.issued_for).where(
        issued_number.c.agency_id == agency_id, issued_number.c.year == year, issued_number.c.written == written)


def _counted(uow: UnitOfWork, agency_id: str, series: str, year: int) -> int:
    """One statement, so that two transactions queue on the row instead of reading the same number."""
    insertion = postgresql.insert(number_series) if uow.dialect == "postgresql" else sqlite.insert(number_series)
    number: int = uow.execute(
        insertion.values({"agency_id": agency_id, "series": series, "year": year, "last": 1}).on_conflict_do_update(
            index_elements=[number_series.c.agency_id, number_series.c.series, number_series.c.year],
            set_={"last": number_series.c.last + 1})
        .returning(number_series.c.last)).scalar_one()
    return number
