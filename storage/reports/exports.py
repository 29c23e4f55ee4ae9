"""Who took which figures out of the house, when and why. Only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from storage import rows
from storage.schema import reported
from storage.unit_of_work import UnitOfWork

report_export = reported.report_export


@dataclass(frozen=True, kw_only=True)
class ExportRow:
    """One file that was taken."""

    id: str
    agency_id: str
    account_id: str
    at: datetime
    report: str
    period: str
    media: str
    reason: str
    sha256: str


def add(uow: UnitOfWork, row: ExportRow) -> None:
    """One more."""
    uow.execute(insert(report_export), rows.values_of(row))


def of_agency(uow: UnitOfWork, agency_id: str, *, limit: int = 50) -> list[ExportRow]:
    """Those of one agency, the latest first."""
    return rows.all_of(ExportRow, uow.execute(
        select(*rows.columns(ExportRow, report_export)).where(report_export.c.agency_id == agency_id)
        .order_by(report_export.c.at.desc(), report_export.c.id.desc()).limit(limit)))
